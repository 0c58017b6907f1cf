/** The server's life: found, started, asked, restarted, stopped, and what the user sees of it. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, mock, test } from "node:test";
import { ResponseError } from "vscode-languageserver-protocol";
import { activate, deactivate } from "../src/extension";
import { clients, server, State } from "./languageclient";
import { commands, configuration, events, reset, seen, TestRunRequest, Uri, window, workspace } from "./vscode";

const A = "file:///school/a.karel";
const folder = mkdtempSync(join(tmpdir(), "karel-session-"));
const program = join(folder, "karel-lsp");
writeFileSync(program, "");
chmodSync(program, 0o755);
mkdirSync(join(folder, "folder"));

let context: { subscriptions: { dispose(): unknown }[]; extensionPath: string; extensionUri: Uri };

beforeEach(async () => {
    await deactivate();
    context?.subscriptions.splice(0).forEach((one) => one.dispose());
    reset();
    clients.length = 0;
    server.refuses = undefined;
    server.answer = async () => undefined;
    Object.assign(configuration, { "server.path": program, "server.arguments": ["--log"] });
});

async function started() {
    context = { subscriptions: [], extensionPath: "/extension", extensionUri: Uri.parse("file:///extension") };
    await activate(context as never);
    return { client: clients.at(-1), item: seen.statusItems[0] };
}

/** A few turns of the event loop: as many as starting and stopping take. */
async function settled(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) {
        await new Promise(setImmediate);
    }
}
const colour = (item?: { backgroundColor: unknown }) => (item?.backgroundColor as { id: string } | undefined)?.id;
const shown = () => seen.messages.map(({ kind, text }) => `${kind}: ${text}`);

test("the server that the setting names is started with its arguments, and shown as running", async () => {
    const { client, item } = await started();
    assert.deepEqual([client?.serverOptions.command, client?.serverOptions.args], [program, ["--log"]]);
    assert.match(item?.text ?? "", /\$\(check\) Karel/);
    assert.match((item?.tooltip as { value: string }).value, /karel-lsp 1\.2 is running/);
    assert.deepEqual(client?.capabilities, {
        experimental: { karelVerdicts: true, karelWorld: true, karelQuestion: true },
    });
});

test("a second start starts none, a restart starts another one when the first has ended", async () => {
    const { client } = await started();
    events.trusted.fire();
    await settled();
    assert.equal(clients.length, 1);
    await commands.executeCommand("karel.restartServer");
    assert.deepEqual(
        clients.map(({ state, disposed }) => [state, disposed]),
        [
            [State.Stopped, true],
            [State.Running, false],
        ],
    );
    // A restart that is asked for twice at once runs one server, too.
    await Promise.all([commands.executeCommand("karel.restartServer"), commands.executeCommand("karel.restartServer")]);
    assert.deepEqual(
        clients.map(({ disposed }) => disposed),
        [true, true, true, false],
    );
    assert.ok(client?.disposed);
});

test("another path of the server starts that one, other settings do not", async () => {
    await started();
    events.configured.fire({ affectsConfiguration: (section) => section === "karel.synthesis" });
    await settled();
    assert.equal(clients.length, 1);
    events.configured.fire({ affectsConfiguration: (section) => section === "karel.server" });
    await settled();
    assert.equal(clients.length, 2);
});

test("the window's end stops the server", async () => {
    const { client, item } = await started();
    await deactivate();
    assert.deepEqual([client?.disposed, client?.state], [true, State.Stopped]);
    assert.match(item?.text ?? "", /circle-slash/);
});

test("a server that is not there is reported, and trying again finds it", async () => {
    configuration["server.path"] = join(folder, "none");
    const tried: unknown[] = [];
    seen.choose = (buttons) => {
        tried.push(...buttons);
        configuration["server.path"] = program;
        return "Try Again";
    };
    const { item } = await started();
    assert.match(shown()[0] ?? "", /^error: The setting karel\.server\.path names no program\.$/);
    await settled();
    assert.deepEqual(tried.slice(0, 2), ["Try Again", "Open Settings"]);
    assert.equal(clients.length, 1);
    assert.match(item?.text ?? "", /\$\(check\)/);
});

test("the server's settings are opened where it is not there; a folder is no program", async () => {
    configuration["server.path"] = join(folder, "folder");
    seen.choose = (buttons) => buttons.find((button) => button === "Open Settings");
    const { item } = await started();
    await settled();
    assert.equal(clients.length, 0);
    assert.deepEqual(seen.commands, [["workbench.action.openSettings", "karel.server.path"]]);
    assert.deepEqual(
        [item?.text, item?.shown, colour(item)],
        ["$(error) Karel", true, "statusBarItem.errorBackground"],
    );
});

test("a server that lies in the workspace is run when the workspace is trusted", async () => {
    configuration["server.path"] = "";
    const target = join(folder, "target", "release");
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "karel-lsp"), "");
    chmodSync(join(target, "karel-lsp"), 0o755);
    Object.assign(workspace, { workspaceFolders: [{ uri: Uri.parse(`file://${folder}`) }], isTrusted: false });
    const path = process.env["PATH"];
    process.env["PATH"] = "";
    await started();
    const before = clients.map(({ serverOptions }) => serverOptions.command);
    workspace.isTrusted = true;
    events.trusted.fire();
    await settled();
    process.env["PATH"] = path;
    assert.ok(!before.includes(join(target, "karel-lsp")));
    if (before.length === 0) {
        assert.equal(clients[0]?.serverOptions.command, join(target, "karel-lsp"));
    }
});

test("a server that does not start is reported with the reason", async () => {
    server.refuses = new Error("spawn EACCES");
    const { item } = await started();
    assert.match(shown()[0] ?? "", /^error: The Karel server did not start/);
    assert.ok(seen.logged.some((line) => line.includes("spawn EACCES") && line.includes(program)));
    assert.match(item?.text ?? "", /\$\(error\)/);
    assert.deepEqual(seen.messages[0]?.buttons.slice(0, 2), ["Try Again", "Show Log"]);
    // What did not start is not asked, and not in the way of the next.
    server.refuses = undefined;
    await commands.executeCommand("karel.restartServer");
    assert.equal(clients.at(-1)?.state, State.Running);
});

test("the engine's state shows in the item, until the server is gone", async () => {
    const { client, item } = await started();
    client?.says("karel/status", { state: "busy", engine: "cpu", message: "" });
    assert.equal(item?.text, "$(sync~spin) Karel (cpu)");
    client?.says("karel/status", { state: "error", engine: "cpu", message: "Out of memory." });
    assert.equal(item?.text, "$(warning) Karel: engine failed");
    assert.equal(colour(item), "statusBarItem.warningBackground");
    client?.says("karel/status", "dancing");
    assert.ok(seen.logged.some((line) => line.startsWith("warn") && line.includes("dancing")));
    client?.become(State.Stopped);
    assert.equal(item?.text, "$(circle-slash) Karel");
    client?.become(State.Starting);
    assert.equal(item?.text, "$(loading~spin) Karel");
    client?.become(State.Running);
    assert.deepEqual([item?.text, colour(item)], ["$(check) Karel", undefined]);
    const links = (item?.tooltip as { isTrusted: { enabledCommands: string[] } }).isTrusted.enabledCommands;
    assert.deepEqual(links, ["karel.restartServer", "karel.showLog", "workbench.action.openSettings"]);
});

test("what the server tells of examples reaches the explorer, and ends with the server", async () => {
    const { client } = await started();
    const examples = [{ uri: A, name: "one", verdict: "fails", message: "it crashes" }];
    client?.says("karel/verdicts", { documents: [{ uri: A, version: 1 }], examples });
    assert.deepEqual(seen.results, ["one failed"]);
    client?.says("karel/verdicts", "dancing");
    assert.ok(seen.logged.some((line) => line.startsWith("warn Verdicts")));
    window.activeTextEditor = editor(0);
    server.answer = async () => "first run";
    await commands.executeCommand("karel.showTraceHere");
    // Without verdicts there is nothing to choose from any more.
    client?.become(State.Stopped);
    client?.become(State.Running);
    await commands.executeCommand("karel.showTraceHere");
    assert.equal(shown().at(-1), "info: There is no example block here to trace.");
});

test("a shown trace follows the program, and is old when the server is gone", async () => {
    const { client } = await started();
    const asked: unknown[] = [];
    const run = client?.options.middleware["executeCommand"];
    server.answer = async (_, params) => {
        asked.push(params);
        return `run ${asked.length}`;
    };
    const args = [A, "one", { ordinal: 0 }];
    await run?.("karel.showTrace", args);
    const uri = Uri.from({ scheme: "karel-trace", path: "/one.md", query: JSON.stringify([A, { ordinal: 0 }]) });
    const page = () => String(seen.providers.get("karel-trace")?.provideTextDocumentContent(uri));
    assert.equal(page(), "run 1");
    client?.says("karel/verdicts", { documents: [{ uri: A }], examples: [] });
    await settled();
    assert.equal(page(), "run 2");
    assert.deepEqual(
        asked,
        [0, 1].map(() => ({ command: "karel.showTrace", arguments: args })),
    );
    assert.deepEqual(
        seen.commands.filter(([name]) => name === "setContext"),
        [["setContext", "karel.sawTrace", true]],
    );
    client?.become(State.Stopped);
    assert.match(page(), /older run.*run 2/s);
});

const editor = (line: number) => ({
    document: { uri: Uri.parse(A), languageId: "kareldsl" },
    selection: { active: { line, character: 3 } },
});

test("a command's answer is shown, and what it refuses is information", async () => {
    await started();
    window.activeTextEditor = editor(4);
    server.answer = async () => ({ examples: [{ name: "one", verdict: "passes" }] });
    await commands.executeCommand("karel.runAllExamples");
    assert.deepEqual(shown(), ["info: The example passes."]);
    server.answer = () => Promise.reject(new ResponseError(-32803, "There is no hole."));
    await commands.executeCommand("karel.synthesizeProgram");
    assert.equal(shown().at(-1), "info: There is no hole.");
    server.answer = async () => null;
    await commands.executeCommand("karel.synthesizeProgram");
    assert.deepEqual(
        seen.commands.filter(([name]) => name === "setContext"),
        [["setContext", "karel.synthesized", true]],
    );
    await commands.executeCommand("karel.showNextSolution");
    assert.match(shown().at(-1) ?? "", /^error: The Karel server is too old/);
});

test("a lens that fails says why", async () => {
    const { client } = await started();
    server.answer = () => Promise.reject(new Error("The engine ended."));
    await client?.options.middleware["executeCommand"]?.("karel.synthesize", [A]);
    assert.deepEqual(shown(), ["error: The engine ended."]);
});

test("a server that does not run is not asked", async () => {
    const { client } = await started();
    window.activeTextEditor = editor(4);
    client?.become(State.Starting);
    await commands.executeCommand("karel.runAllExamples");
    assert.match(shown()[0] ?? "", /^error: The Karel server is not running/);
});

test("cancelling a run of the tests cancels the server's work", async () => {
    const { client } = await started();
    client?.says("karel/verdicts", { documents: [{ uri: A }], examples: [{ uri: A, name: "one", verdict: "fails" }] });
    const given: unknown[] = [];
    server.answer = async (_, __, cancellation) => given.push(cancellation);
    const cancellation = { isCancellationRequested: false };
    await seen.controllers[0]?.runHandler(new TestRunRequest(), cancellation);
    assert.deepEqual(given, [cancellation]);
});

test("the server's messages have their kind, and its questions get the answer that was chosen", async () => {
    const { client } = await started();
    [1, 2, 3].forEach((type) => client?.says("window/showMessage", { type, message: `message ${type}` }));
    assert.deepEqual(shown(), ["error: message 1", "warning: message 2", "info: message 3"]);
    seen.choose = (buttons) => buttons[1];
    const actions = [{ title: "A" }, { title: "B" }];
    assert.deepEqual(await client?.says("window/showMessageRequest", { type: 3, message: "Which?", actions }), {
        title: "B",
    });
    seen.choose = () => undefined;
    assert.equal(await client?.says("window/showMessageRequest", { type: 3, message: "Which?", actions }), null);
});

test("a question that is left open is shown where its endings can be seen", async () => {
    const { client } = await started();
    seen.choose = () => undefined;
    client?.says("karel/questionAsked", { uri: A, programs: 3 });
    assert.deepEqual(seen.messages, [
        { kind: "info", text: "3 programs pass: which ending is right?", buttons: ["Show Endings"] },
    ]);
    seen.choose = ([first]) => first;
    client?.says("karel/questionAsked", { uri: A, programs: 3 });
    await new Promise(setImmediate);
    assert.equal(seen.panels.length, 1);
    // In a page that is in view the question stands already.
    client?.says("karel/questionAsked", { uri: A, programs: 3 });
    assert.equal(seen.messages.length, 2);
});

test("the server gets its settings, both languages saved or not, and changes of both on the disk", async () => {
    Object.assign(configuration, { engine: 1, synthesis: 2, run: 3, inlayHints: 4, codeLens: 5 });
    const { client } = await started();
    const options = client?.options as unknown as Record<string, unknown>;
    assert.deepEqual(options["initializationOptions"], { engine: 1, synthesis: 2, run: 3, inlayHints: 4, codeLens: 5 });
    assert.deepEqual(options["documentSelector"], [
        { scheme: "file", language: "kareldsl" },
        { scheme: "untitled", language: "kareldsl" },
        { scheme: "file", language: "karelgrid" },
        { scheme: "untitled", language: "karelgrid" },
    ]);
    const { configurationSection, fileEvents } = options["synchronize"] as {
        configurationSection: string;
        fileEvents: { pattern: string };
    };
    assert.deepEqual([configurationSection, fileEvents.pattern], ["karel", "**/*.{karel,kgrid}"]);
    assert.equal(options["revealOutputChannelOn"], 4);
    await client?.writes("a line of the server's log");
    assert.ok(seen.logged.includes("info a line of the server's log"));
});

test("the code of a diagnostic leads to its explanation", async () => {
    const { client } = await started();
    const diagnostics = [
        { code: { value: "K101", target: Uri.parse("file:///cache/diagnostics.md") } },
        { code: "plain" },
    ];
    let passedOn: unknown;
    client?.options.middleware["handleDiagnostics"]?.(
        Uri.parse(A),
        diagnostics,
        (_: unknown, all: unknown) => (passedOn = all),
    );
    assert.equal(passedOn, diagnostics);
    const target = (diagnostics[0]?.code as { target: Uri }).target;
    assert.equal(target.toString(), "karel-code:/K101.md");
    server.answer = async (_, params) => `# ${(params as { arguments: string[] }).arguments[0]} explained`;
    assert.equal(await seen.providers.get("karel-code")?.provideTextDocumentContent(target), "# K101 explained");
    server.answer = () => Promise.reject(new Error("There is no such code."));
    assert.equal(
        await seen.providers.get("karel-code")?.provideTextDocumentContent(target),
        "# K101\n\nThere is no such code.\n",
    );
});

test("only what broke is the library's error", async () => {
    const { client } = await started();
    const error = client?.error.bind(client) as (message: string, data?: unknown) => void;
    error("Request failed.", new ResponseError(-32800, "Canceled"));
    error("Request failed.", new ResponseError(-32803, "There is no hole."));
    assert.deepEqual(client?.errors, []);
    assert.ok(seen.logged.includes("info Request failed. There is no hole."));
    error("Request failed.", new Error("It ended."));
    error("The connection is gone.");
    assert.deepEqual(client?.errors, ["Request failed.", "The connection is gone."]);
});

test("progress of a server that is gone ends", async () => {
    const { client } = await started();
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] } as never);
    let passedOn = 0;
    const value = { kind: "begin", title: "Searching", cancellable: true };
    client?.options.middleware["handleWorkDoneProgress"]?.("token", value, () => (passedOn += 1));
    mock.timers.tick(800);
    assert.deepEqual(
        seen.progress.map(({ title, over, cancellable }) => [title, over, cancellable]),
        [["Searching", false, true]],
    );
    client?.become(State.Stopped);
    mock.timers.reset();
    await settled();
    assert.deepEqual([seen.progress[0]?.over, passedOn], [true, 1]);
});

test("karel.trace.server alone decides what is traced, at once", async () => {
    const { client } = await started();
    const trace = (client?.options as unknown as { traceOutputChannel: TraceLog }).traceOutputChannel;
    const levels: number[] = [];
    trace.onDidChangeLogLevel((level) => levels.push(level));
    assert.equal(trace.logLevel, 3);
    configuration["trace.server"] = "messages";
    events.configured.fire({ affectsConfiguration: (section) => section === "karel.trace.server" });
    assert.deepEqual([levels, trace.logLevel], [[1], 1]);
    trace.trace("a message");
    assert.ok(seen.logged.includes("info a message"));
});

interface TraceLog {
    logLevel: number;
    onDidChangeLogLevel(listener: (level: number) => void): void;
    trace(text: string): void;
}
