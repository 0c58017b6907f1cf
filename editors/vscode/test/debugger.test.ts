import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { registerCommands } from "../src/commands";
import { registerDebugger } from "../src/debugger";
import { exploreExamples } from "../src/explorer";
import { LiveVerdicts } from "../src/verdicts";
import {
    type CodeLens,
    commands,
    configuration,
    type DebugAdapterExecutable,
    EventEmitter,
    events,
    type InlineValueEvaluatableExpression,
    providers,
    reset,
    seen,
    TestRunRequest,
    Uri,
    window,
} from "./vscode";

const A = "file:///school/a.karel";
const block = (line: number) => ({ block: { start: { line }, end: { line: line + 3 } } });
const TWO = [
    { uri: A, name: "one", ordinal: 0, verdict: "passes", message: "", ...block(5) },
    { uri: A, name: "two", ordinal: 0, verdict: "fails", message: "it crashes", test: true, ...block(10) },
];

const started: { dispose(): unknown }[] = [];
beforeEach(() => {
    started.splice(0).forEach((one) => one.dispose());
    reset();
});

interface Configurations {
    resolveDebugConfiguration(folder: undefined, configuration: object): Record<string, unknown> | undefined;
    resolveDebugConfigurationWithSubstitutedVariables(
        folder: undefined,
        configuration: object,
    ): Promise<Record<string, unknown> | undefined>;
}

/** The debugger, with a server that answers with these examples. */
function start(examples: object[] | null = TWO, path = "/none/karel-lsp") {
    configuration["server.path"] = path;
    const verdicts = new LiveVerdicts();
    const session = {
        toUri: (uri: Uri) => uri.toString().replace(":", "://"),
        onDidStart: new EventEmitter<void>().event,
        ask: async () => {
            if (examples === null) {
                throw new Error("The Karel server is not running.");
            }
            return { examples };
        },
    };
    const followed: unknown[][] = [];
    const world = { follow: (uri: Uri, ...at: unknown[]) => void followed.push([uri.fsPath, ...at]) };
    started.push(
        registerDebugger({ extensionPath: "/extension" } as never, session as never, verdicts, world as never),
    );
    started.push(registerCommands(session as never, verdicts, {} as never, {} as never, {} as never));
    started.push(exploreExamples(session as never, verdicts));
    return { verdicts, followed, configurations: providers["configurations"] as Configurations };
}

function open(uri: string, line = 0, languageId = "kareldsl"): void {
    window.activeTextEditor = { document: { uri: Uri.parse(uri), languageId }, selection: { active: { line } } };
}

test("F5 without a launch.json debugs the file that is open", () => {
    const { configurations } = start();
    open(A);
    configuration["run.maxTicks"] = 500;
    assert.deepEqual(configurations.resolveDebugConfiguration(undefined, {}), {
        type: "karel",
        request: "launch",
        name: "Karel",
        program: "/school/a.karel",
        maxTicks: 500,
    });
    const own = { program: "/b.karel", maxTicks: 7, name: "Mine" };
    assert.equal(configurations.resolveDebugConfiguration(undefined, { ...own })?.["maxTicks"], 7);
    open("untitled:Untitled-1");
    assert.equal(configurations.resolveDebugConfiguration(undefined, {}), undefined);
    open("file:///readme.md", 0, "markdown");
    assert.equal(configurations.resolveDebugConfiguration(undefined, {}), undefined);
    assert.deepEqual(
        seen.messages.map(({ text }) => text.split(" ")[0]),
        ["Save", "Open"],
    );
});

test("which of several examples is asked, unless the cursor is in one", async () => {
    const { configurations } = start();
    const program = { program: "/school/a.karel" };
    const resolve = (more = {}) =>
        configurations.resolveDebugConfigurationWithSubstitutedVariables(undefined, { ...program, ...more });
    open(A, 1);
    assert.equal(await resolve(), undefined, "nothing was chosen");
    seen.choose = (items) => items[0];
    const two = { name: "two", test: true, ordinal: 0, file: "/school/a.karel" };
    assert.deepEqual((await resolve())?.["example"], two, "what fails comes first");
    assert.equal(seen.picks.length, 2);
    open(A, 6);
    assert.deepEqual((await resolve())?.["example"], { ...two, name: "one", test: false });
    assert.equal((await resolve({ example: "two" }))?.["example"], "two");
    assert.equal(seen.picks.length, 2);
});

test("one example is not asked for, and without a server the debugger decides", async () => {
    const { configurations } = start(TWO.slice(0, 1));
    const program = { program: "/school/a.karel" };
    const resolved = await configurations.resolveDebugConfigurationWithSubstitutedVariables(undefined, { ...program });
    assert.equal((resolved?.["example"] as { name: string }).name, "one");
    const without = start(null).configurations;
    assert.deepEqual(await without.resolveDebugConfigurationWithSubstitutedVariables(undefined, program), program);
    assert.equal(seen.picks.length, 0);
});

test("the adapter is the server's program, or why there is none", () => {
    start(TWO, process.execPath);
    const factory = () =>
        (
            providers["adapter"] as { createDebugAdapterDescriptor(): DebugAdapterExecutable }
        ).createDebugAdapterDescriptor();
    assert.deepEqual([factory().command, factory().args], [process.execPath, ["dap"]]);
    configuration["server.path"] = "/none/karel-lsp";
    assert.throws(factory, /karel.server.path names no program/);
});

test("each example has a lens, which debugs that very one", async () => {
    const { verdicts } = start();
    verdicts.take({ documents: [{ uri: A, version: 1 }], examples: TWO });
    const lenses = () =>
        (providers["lenses"] as { provideCodeLenses(document: object): CodeLens[] }).provideCodeLenses({
            uri: Uri.parse(A),
        });
    assert.deepEqual(
        lenses().map(({ range, command }) => [range.start.line, command.title]),
        [
            [5, "Debug"],
            [10, "Debug"],
        ],
    );
    const { command } = lenses()[1] as CodeLens;
    await commands.executeCommand(command.command, ...command.arguments);
    const [, , launched] = seen.commands.at(-1) as [string, unknown, { example: object; program: string }];
    assert.deepEqual(launched.example, { name: "two", test: true, ordinal: 0, file: "/school/a.karel" });
    configuration["codeLens.enabled"] = false;
    assert.deepEqual(lenses(), []);
});

test("the test explorer debugs an example, or of a file the one that is chosen", async () => {
    const { verdicts } = start();
    verdicts.take({ documents: [{ uri: A, version: 1 }], examples: TWO });
    const controller = seen.controllers.at(-1);
    const file = controller?.items.get(Uri.parse(A).toString());
    const two = file?.children.get("test 0 two");
    assert.ok(controller && file && two);
    await controller.debugHandler(new TestRunRequest([two]));
    await controller.debugHandler(new TestRunRequest([file]));
    const launches = seen.commands.map(([, , launched]) => launched as { name: string; example?: { name: string } });
    assert.deepEqual(
        launches.map(({ name, example }) => [name, example?.name]),
        [
            ["two", "two"],
            ["Karel", undefined],
        ],
    );
});

test("the page of the world goes to where the run stops", () => {
    const { followed } = start();
    const position = { program: "/school/a.karel", example: 1, step: 7 };
    events.debugged.fire({ session: { type: "karel" }, event: "karel/position", body: position });
    events.debugged.fire({ session: { type: "karel" }, event: "karel/position", body: null });
    events.debugged.fire({ session: { type: "karel" }, event: "other", body: position });
    events.debugged.fire({ session: { type: "node" }, event: "karel/position", body: position });
    assert.deepEqual(followed, [["/school/a.karel", 1, 7]]);
});

test("beside the line stand what it asks, the robot and its markers", () => {
    start();
    const values = (text: string) => {
        const document = { lineAt: () => ({ text, range: undefined }) };
        const context = { stoppedLocation: { start: { line: 3 } } };
        const provider = providers["inlineValues"] as {
            provideInlineValues(...args: unknown[]): InlineValueEvaluatableExpression[];
        };
        return provider.provideInlineValues(document, undefined, context).map(({ expression }) => expression);
    };
    assert.deepEqual(values("    while(not(leftIsClear())):"), ["leftIsClear", "round", "robot", "markers"]);
    assert.deepEqual(values("    move()  # while frontIsClear"), ["robot", "markers"]);
});
