/**
 * Debugging: the adapter is the language server's program, so that who has the one has the other. F5 on a Karel file needs
 * no launch.json; which example is meant is asked where there are several.
 */
import * as vscode from "vscode";
import { rows } from "./answers";
import { DEBUG_TYPE, GRID, isKarel, PROGRAM } from "./languages";
import { type ExampleRun, exampleIn, readRuns } from "./runs";
import { findServer } from "./server";
import type { Session } from "./session";
import { surroundings } from "./surroundings";
import { InlineValues } from "./values";
import type { LiveVerdicts } from "./verdicts";
import type { WorldView } from "./world";

/** Which example is to be debugged; it is told from all others as the server tells it. */
export interface Example {
    name: string;
    test: boolean;
    ordinal: number;
    /** The path of the file that it stands in. */
    file: string;
}

export function registerDebugger(
    context: vscode.ExtensionContext,
    session: Session,
    verdicts: LiveVerdicts,
    world: WorldView,
): vscode.Disposable {
    return vscode.Disposable.from(
        vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session: { type }, event, body }) => {
            const { program, example, step } = (body ?? {}) as Record<string, unknown>;
            const known = typeof program === "string" && typeof example === "number" && typeof step === "number";
            if (type === DEBUG_TYPE && event === "karel/position" && known) {
                world.follow(vscode.Uri.file(program), example, step);
            }
        }),
        vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
            createDebugAdapterDescriptor: () => adapter(context),
        }),
        vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, new Configurations(session, verdicts)),
        vscode.languages.registerInlineValuesProvider({ language: PROGRAM }, new InlineValues()),
        vscode.languages.registerCodeLensProvider([{ language: PROGRAM }, { language: GRID }], new Lenses(verdicts)),
    );
}

/** Debugs an example of the file; without one the user is asked, where there are several. */
export async function debug(
    uri: vscode.Uri | undefined,
    run?: Pick<ExampleRun, "name" | "test" | "ordinal">,
    options?: vscode.DebugSessionOptions,
): Promise<boolean> {
    const folder = uri === undefined ? undefined : vscode.workspace.getWorkspaceFolder(uri);
    const { name, test, ordinal } = run ?? {};
    const example =
        run === undefined || uri === undefined ? {} : { example: { name, test, ordinal, file: uri.fsPath } };
    const program = uri === undefined ? {} : { program: uri.fsPath };
    const configuration = { type: DEBUG_TYPE, request: "launch", name: name ?? "Karel", ...program, ...example };
    return vscode.debug.startDebugging(folder, configuration, options);
}

function adapter(context: vscode.ExtensionContext): vscode.DebugAdapterDescriptor {
    const found = findServer(surroundings(context));
    if (found.kind === "missing") {
        throw new Error(found.message);
    }
    return new vscode.DebugAdapterExecutable(found.command, ["dap"]);
}

class Configurations implements vscode.DebugConfigurationProvider {
    constructor(
        private readonly session: Session,
        private readonly verdicts: LiveVerdicts,
    ) {}

    /** What is left out, all of it where there is no launch.json, is about the file that is open. */
    resolveDebugConfiguration(
        _: vscode.WorkspaceFolder | undefined,
        configuration: vscode.DebugConfiguration,
    ): vscode.DebugConfiguration | undefined {
        const document = vscode.window.activeTextEditor?.document;
        if (configuration["program"] === undefined) {
            if (document === undefined || !isKarel(document)) {
                void vscode.window.showErrorMessage("Open a Karel file first: it is what is debugged.");
                return undefined;
            }
            if (document.uri.scheme !== "file") {
                void vscode.window.showErrorMessage("Save the program first: it is debugged as it is on the disk.");
                return undefined;
            }
            configuration["program"] = document.uri.fsPath;
        }
        configuration.type = DEBUG_TYPE;
        configuration.request = "launch";
        configuration.name ||= "Karel";
        configuration["maxTicks"] ??= vscode.workspace.getConfiguration("karel").get("run.maxTicks");
        return configuration;
    }

    /** Asks for the example where there are several, unless the cursor is in one of them. */
    async resolveDebugConfigurationWithSubstitutedVariables(
        _: vscode.WorkspaceFolder | undefined,
        configuration: vscode.DebugConfiguration,
    ): Promise<vscode.DebugConfiguration | undefined> {
        const program: unknown = configuration["program"];
        if (typeof program !== "string" || configuration["example"] !== undefined) {
            return configuration;
        }
        const uri = vscode.Uri.file(program);
        const chosen = await this.choose(uri, await this.examples(uri));
        if (chosen === "none") {
            return undefined;
        }
        if (chosen !== undefined) {
            const { name, test, ordinal } = chosen;
            const file = vscode.Uri.parse(chosen.uri).fsPath;
            configuration["example"] = { name, test, ordinal, file } satisfies Example;
        }
        return configuration;
    }

    /** All examples of the program; none where the server can't tell: the debugger then says what is wrong. */
    private async examples(uri: vscode.Uri): Promise<ExampleRun[]> {
        const asked = this.session.toUri(uri);
        try {
            return readRuns(await this.session.ask("karel.runExamples", [asked]), asked)?.examples ?? [];
        } catch {
            return this.verdicts.of(uri) ?? [];
        }
    }

    private async choose(uri: vscode.Uri, examples: ExampleRun[]): Promise<ExampleRun | "none" | undefined> {
        if (examples.length < 2) {
            return examples[0];
        }
        const editor = vscode.window.activeTextEditor;
        const line = editor?.selection.active.line ?? 0;
        const here = vscode.Uri.file(editor?.document.uri.fsPath ?? "").toString();
        const own = examples.filter((example) => vscode.Uri.parse(example.uri).toString() === here);
        const at = exampleIn(own, line);
        if (at !== undefined) {
            return at;
        }
        const title = "Debug an Example";
        const chosen = await vscode.window.showQuickPick(rows(examples, uri.toString()), {
            title,
            matchOnDetail: true,
        });
        return chosen?.run ?? "none";
    }
}

/** *Debug* above each example. */
class Lenses implements vscode.CodeLensProvider {
    private readonly changed = new vscode.EventEmitter<void>();
    readonly onDidChangeCodeLenses = this.changed.event;

    constructor(private readonly verdicts: LiveVerdicts) {
        verdicts.onNews(() => this.changed.fire());
    }

    provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
        const settings = vscode.workspace.getConfiguration("karel", document.uri);
        if (document.uri.scheme !== "file" || !settings.get<boolean>("codeLens.enabled", true)) {
            return [];
        }
        return (this.verdicts.of(document.uri) ?? []).flatMap((run) => {
            const line = run.line ?? 0;
            const command = { title: "Debug", command: "karel.debugExample", arguments: [document.uri, run] };
            return run.line === undefined ? [] : [new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command)];
        });
    }
}
