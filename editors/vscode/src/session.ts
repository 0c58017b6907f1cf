/** The running language server: found, started, restarted, stopped; and what it says about itself. */
import { createInterface } from "node:readline";
import * as vscode from "vscode";
import {
    ExecuteCommandRequest,
    LanguageClient,
    type LanguageClientOptions,
    type MessageActionItem,
    MessageType,
    RevealOutputChannelOn,
    ShowMessageNotification,
    ShowMessageRequest,
    State,
    type StaticFeature,
    TransportKind,
} from "vscode-languageclient/node";
import { showAnswer } from "./answers";
import { forTracing } from "./log";
import { GRID, PROGRAM } from "./languages";
import { failure } from "./messages";
import { done } from "./newcomer";
import type { Notices } from "./notices";
import { linkCodes } from "./pages";
import { CancellableProgress } from "./progress";
import { findServer } from "./server";
import { readStatus } from "./state";
import type { StatusItem } from "./status";
import { surroundings } from "./surroundings";
import type { TraceView } from "./traces";
import type { LiveVerdicts } from "./verdicts";
import { OPEN_WORLD } from "./worldPage";

/** The version of the messages about recorded runs. */
const RECORDINGS = 1;

/** Tells the server that this client shows how examples go, and their worlds. */
const SHOWS: StaticFeature = {
    fillClientCapabilities: (capabilities) => {
        capabilities.experimental = {
            ...(capabilities.experimental as object | undefined),
            karelVerdicts: true,
            karelWorld: true,
            karelQuestion: true,
        };
    },
    initialize: () => {},
    getState: () => ({ kind: "static" }),
    clear: () => {},
};

/** The page that shows worlds in this window; the server would show it in a browser. */
export interface WorldPage {
    /** Shows the world of an example, as the arguments of a lens say. */
    open(args: unknown[]): void;
    /** Whether it is in view. */
    visible(): boolean;
}

/** The library's client, but what the server refuses is no error. */
class Client extends LanguageClient {
    override error(message: string, data?: unknown, showNotification?: boolean | "force"): void {
        const told = data === undefined ? undefined : failure(data);
        if (told === undefined || told.kind === "broken") {
            super.error(message, data, showNotification);
        } else {
            this.outputChannel.info(told.kind === "refused" ? `${message} ${told.message}` : message);
        }
    }
}

export class Session {
    private client: LanguageClient | undefined;
    private readonly traceLog: vscode.LogOutputChannel;
    private readonly progress = new CancellableProgress(() => this.client);
    private readonly started = new vscode.EventEmitter<void>();
    /** Starts and stops run one after the other, whatever order they are asked for in. */
    private queue: Promise<void> = Promise.resolve();

    /** The server runs and can be asked. */
    readonly onDidStart = this.started.event;

    private readonly outdated = new vscode.EventEmitter<object>();

    /** The parameters of the server's notification that recorded runs are of an older text. */
    readonly onDidOutdate = this.outdated.event;

    constructor(
        private readonly context: vscode.ExtensionContext,
        private readonly log: vscode.LogOutputChannel,
        private readonly notices: Notices,
        private readonly status: StatusItem,
        private readonly traces: TraceView,
        private readonly verdicts: LiveVerdicts,
        private readonly page: WorldPage,
    ) {
        this.traceLog = forTracing(log, context.subscriptions);
    }

    start(): Promise<void> {
        return this.enqueue(() => this.startNow());
    }

    stop(): Promise<void> {
        return this.enqueue(() => this.stopNow());
    }

    restart(): Promise<void> {
        return this.enqueue(async () => {
            await this.stopNow();
            await this.startNow();
        });
    }

    /** Whether the server has said that it knows the command. */
    private knows(command: string): boolean {
        return this.client?.initializeResult?.capabilities.executeCommandProvider?.commands.includes(command) ?? false;
    }

    /** Has the server run a command, and shows what it answers; an error's message is meant for people. */
    async execute(command: string, args: unknown[]): Promise<void> {
        await showAnswer(this.traces, command, args, await this.ask(command, args));
        if (command === "karel.synthesize" || command === "karel.showTrace") {
            done(command === "karel.synthesize" ? "synthesized" : "sawTrace");
        }
    }

    /** Has the server run a command, and returns what it answers. */
    async ask(command: string, args: unknown[], cancellation?: vscode.CancellationToken): Promise<unknown> {
        // A command may be what has activated the extension.
        await this.queue;
        if (this.client === undefined || this.client.state !== State.Running) {
            throw new Error("The Karel server is not running: 'Karel: Restart Server' starts it.");
        }
        if (!this.knows(command)) {
            throw new Error(
                `The Karel server is too old: it does not know ${command}. Install one of this extension's version.`,
            );
        }
        return this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args }, cancellation);
    }

    /** Asks the server one of the questions about recorded runs. */
    async request(method: string, params: unknown, cancellation?: vscode.CancellationToken): Promise<unknown> {
        await this.queue;
        const client = this.client;
        if (client === undefined || client.state !== State.Running) {
            throw new Error("The Karel server is not running: 'Karel: Restart Server' starts it.");
        }
        const experimental = client.initializeResult?.capabilities.experimental as Record<string, unknown> | undefined;
        if (experimental?.["karelRecordings"] !== RECORDINGS) {
            throw new Error("The Karel server is of another version: it can't show worlds. Install this extension's.");
        }
        return client.sendRequest<unknown>(method, params, cancellation);
    }

    toUri(uri: vscode.Uri): string {
        return this.client?.code2ProtocolConverter.asUri(uri) ?? uri.toString();
    }

    private enqueue(work: () => Promise<void>): Promise<void> {
        const done = this.queue.then(work);
        this.queue = done.catch(() => {});
        return done;
    }

    private async startNow(): Promise<void> {
        if (this.client !== undefined) {
            return;
        }
        const found = findServer(surroundings(this.context));
        if (found.kind === "missing") {
            this.fail(found.message, "Open Settings");
            return;
        }
        this.log.info(`Starting ${found.command} (found by: ${found.source}).`);

        const args = vscode.workspace.getConfiguration("karel").get<string[]>("server.arguments", []);
        const client = new Client(
            "karel",
            "Karel",
            { command: found.command, args, transport: TransportKind.stdio },
            this.options(),
        );
        client.onDidChangeState(({ newState }) => {
            if (client !== this.client) {
                return;
            }
            if (newState !== State.Running) {
                // Who shows what it said shows it as old.
                this.verdicts.clear();
                this.traces.outdate();
            }
            if (newState === State.Starting) {
                this.status.setServer({ kind: "starting" });
            } else if (newState === State.Running) {
                this.status.setServer({ kind: "running", name: name(client) });
                this.started.fire();
            } else {
                this.progress.clear();
                this.status.setServer({ kind: "stopped" });
            }
        });
        client.registerFeature(SHOWS);
        client.onNotification("karel/recordingsOutdated", (params: object) => this.outdated.fire(params));
        client.onNotification("karel/questionAsked", ({ uri, programs }: { uri: string; programs: number }) => {
            // A page that is in view asks by itself.
            if (!this.page.visible()) {
                this.notices.show("info", `${programs} programs pass: which ending is right?`, {
                    "Show Endings": () => this.page.open([uri]),
                });
            }
        });
        client.onNotification("karel/verdicts", (params: unknown) => {
            if (!this.verdicts.take(params)) {
                this.log.warn("Verdicts that this extension does not know.");
            }
        });
        client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
            this.notices.show(
                type === MessageType.Error ? "error" : type === MessageType.Warning ? "warning" : "info",
                message,
            );
        });
        client.onRequest(ShowMessageRequest.type, async ({ message, actions }): Promise<MessageActionItem | null> => {
            const chosen = await this.notices.ask(
                message,
                (actions ?? []).map((action) => action.title),
            );
            return actions?.find((action) => action.title === chosen) ?? null;
        });
        client.onNotification("karel/status", (params: unknown) => {
            const engine = readStatus(params);
            if (engine === undefined) {
                this.log.warn(`A status that this extension does not know: ${JSON.stringify(params)}`);
            } else {
                this.status.setEngine(engine);
            }
        });
        this.client = client;
        this.status.setServer({ kind: "starting" });
        try {
            await client.start();
        } catch (error) {
            this.client = undefined;
            await client.dispose().catch(() => {});
            const reason = error instanceof Error ? error.message : String(error);
            this.fail(`The Karel server did not start: ${reason} (${found.command}).`, "Show Log");
        }
    }

    private async stopNow(): Promise<void> {
        const client = this.client;
        this.client = undefined;
        this.progress.clear();
        if (client !== undefined) {
            // A server that does not answer is ended by the library after its time limit, which is an error to it.
            await client.dispose().catch((error: unknown) => this.log.warn(String(error)));
        }
        this.status.setServer({ kind: "stopped" });
    }

    private options(): LanguageClientOptions {
        const settings = vscode.workspace.getConfiguration("karel");
        return {
            documentSelector: [PROGRAM, GRID].flatMap((language) => [
                { scheme: "file", language },
                { scheme: "untitled", language },
            ]),
            diagnosticCollectionName: "karel",
            initializationOptions: {
                engine: settings.get("engine"),
                synthesis: settings.get("synthesis"),
                run: settings.get("run"),
                inlayHints: settings.get("inlayHints"),
                codeLens: settings.get("codeLens"),
            },
            synchronize: {
                // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is how the server hears of changes
                configurationSection: "karel",
                fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{karel,kgrid}"),
            },
            outputChannel: this.log,
            traceOutputChannel: this.traceLog,
            // What goes wrong shows in the status bar and as a message; the log never jumps into view by itself.
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            stdioOptions: {
                stdout: () => {},
                // Servers log to standard error, so a line there is no error by itself.
                stderr: (input, channel) => {
                    createInterface({ input, crlfDelay: Infinity }).on("line", (line) => channel.info(line));
                },
            },
            middleware: {
                handleWorkDoneProgress: this.progress.middleware,
                handleDiagnostics: (uri, diagnostics, next) => {
                    if (this.knows("karel.explain")) {
                        linkCodes(diagnostics);
                    }
                    next(uri, diagnostics);
                },
                // Lenses run the server's commands directly.
                executeCommand: (command, args: unknown[]) =>
                    command === OPEN_WORLD
                        ? this.page.open(args)
                        : this.execute(command, args).catch((error: unknown) => this.notices.failed(error)),
            },
        };
    }

    private fail(message: string, action: "Open Settings" | "Show Log"): void {
        this.status.setServer({ kind: "failed", message });
        this.notices.show("error", message, {
            "Try Again": () => this.restart(),
            ...(action === "Open Settings"
                ? {
                      [action]: () =>
                          vscode.commands.executeCommand("workbench.action.openSettings", "karel.server.path"),
                  }
                : { [action]: () => this.log.show() }),
        });
    }
}

function name(client: LanguageClient): string {
    const info = client.initializeResult?.serverInfo;
    return info === undefined ? "The language server" : [info.name, info.version].filter(Boolean).join(" ");
}
