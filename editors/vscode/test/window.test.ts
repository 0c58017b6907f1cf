/** What the user sees of commands, answers, traces, progress and the server's state. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, mock, test } from "node:test";
import { showAnswer } from "../src/answers";
import { registerCommands } from "../src/commands";
import { watchNewcomer } from "../src/newcomer";
import { CancellableProgress } from "../src/progress";
import { StatusItem } from "../src/status";
import { TraceView } from "../src/traces";
import { LiveVerdicts } from "../src/verdicts";
import { commands, events, registeredCommands, reset, seen, Uri, window } from "./vscode";

beforeEach(reset);

const A = "file:///school/a.karel";
const GRID = "file:///school/a.kgrid";
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
    publisher: string;
    name: string;
    contributes: { commands: { command: string }[]; walkthroughs: { id: string }[] };
};
const range = (line: number) => ({ start: { line, character: 0 }, end: { line: line + 4, character: 9 } });

/** The types are of an older Node, which took the names alone. */
function fakeTime(): void {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] } as never);
}

function pageOf(name: string): string {
    const uri = Uri.from({ scheme: "karel-trace", path: `/${name}.md`, query: JSON.stringify([A, undefined]) });
    return String(seen.providers.get("karel-trace")?.provideTextDocumentContent(uri));
}

test("a trace follows the program, and says that it is old while it can't", async () => {
    fakeTime();
    const verdicts = new LiveVerdicts();
    let answer = async (): Promise<unknown> => "second run";
    const traces = new TraceView(verdicts, () => answer());
    await showAnswer(traces, "karel.showTrace", [A, "a"], "first run");
    assert.equal(pageOf("a"), "first run");
    const [command, , editor, options] = seen.commands[0] ?? [];
    assert.deepEqual([command, editor], ["vscode.openWith", "vscode.markdown.preview.editor"]);
    assert.equal((options as { preserveFocus: boolean }).preserveFocus, true);
    const document = { uri: Uri.parse(A), languageId: "kareldsl", version: 2 };
    events.changed.fire({ document, contentChanges: [{}] });
    mock.timers.tick(1000);
    assert.match(pageOf("a"), /older run.*\n\nfirst run$/s);
    const told = async () => {
        verdicts.take({ documents: [{ uri: A }], examples: [] });
        await new Promise(setImmediate);
    };
    const changed: string[] = [];
    traces.onDidChange((uri) => changed.push(uri.path));
    await told();
    assert.equal(pageOf("a"), "second run");
    assert.deepEqual(changed, ["/a.md"]);
    answer = () => Promise.reject(new Error("no such example"));
    await told();
    assert.match(pageOf("a"), /older run.*not there.*second run$/s);
    // A page that was closed is not asked for again.
    const asked: unknown[] = [];
    answer = async () => asked.push("once more");
    events.closed.fire({ uri: seen.commands[0]?.[1] as Uri, languageId: "markdown", version: 1 });
    await told();
    assert.deepEqual([asked, pageOf("a")], [[], ""]);
    traces.dispose();
    mock.timers.reset();
});

test("what fails is listed first, and choosing a row goes there", async () => {
    const examples = [
        { uri: A, name: "good", verdict: "passes", range: range(2) },
        { uri: A, name: "open", verdict: "undecided", message: "stops at a hole", range: range(8) },
        { uri: A, name: "bad", test: true, verdict: "fails", message: "it crashes", range: range(14) },
    ];
    seen.choose = ([first]) => first;
    await showAnswer({} as never, "karel.runExamples", [A], { examples });
    const rows = seen.picks[0]?.items as { label: string; description: string; detail: string }[];
    assert.deepEqual(
        rows.map(({ label }) => label),
        ["$(error) bad", "$(circle-outline) open", "$(pass) good"],
    );
    assert.deepEqual([rows[0]?.description, rows[0]?.detail], ["held out", "it crashes"]);
    assert.equal(seen.picks[0]?.title, "1 of 3 examples pass, 1 undecided.");
    assert.equal((seen.commands[0]?.[2] as { selection: { start: { line: number } } }).selection.start.line, 14);
    await showAnswer({} as never, "karel.runExamples", [A], { examples: [examples[0]] });
    assert.equal(seen.messages[0]?.text, "The example passes.");
    await showAnswer({} as never, "karel.runExamples", [A], {
        examples: [examples[2], { ...examples[2], uri: GRID, test: false }],
    });
    const described = seen.picks[1]?.items as { description: string }[];
    assert.deepEqual(
        described.map(({ description }) => description),
        ["held out", "a.kgrid"],
    );
    await showAnswer({} as never, "karel.runExamples", [A], "5 of 5");
    assert.deepEqual(seen.messages.at(-1)?.kind, "error");
});

test("what a newcomer has seen and done is checked off", () => {
    const verdicts = new LiveVerdicts();
    const watched = watchNewcomer(verdicts);
    const tell = (...examples: object[]) => {
        seen.commands.length = 0;
        verdicts.take({ documents: [{ uri: A }], examples: examples.map((example) => ({ uri: A, ...example })) });
        return seen.commands.map(([, deed]) => deed);
    };
    const [one, held] = [
        { name: "one", verdict: "passes" },
        { name: "held", test: true, verdict: "passes" },
    ];
    assert.deepEqual(tell(one), []);
    assert.deepEqual(tell(one, { name: "two", verdict: "fails" }), ["karel.sawFailure", "karel.drewExample"]);
    assert.deepEqual(tell(one, one, held), ["karel.heldOut"]);
    watched.dispose();
});

test("progress shows seconds and what was found, and Cancel cancels this very work", async () => {
    fakeTime();
    const sent: unknown[] = [];
    const client = { sendNotification: async (_: unknown, params: unknown) => void sent.push(params) };
    const progress = new CancellableProgress(() => client as never);
    const say = (token: string, value: object) => progress.middleware(token, value as never, () => {});
    say("t1", { kind: "begin", title: "Synthesize main", cancellable: true });
    say("t2", { kind: "begin", title: "Indexing" });
    say("t1", { kind: "report", message: "2 programs found" });
    mock.timers.tick(3000);
    assert.deepEqual(
        seen.progress.map(({ title }) => title),
        ["Synthesize main"],
    );
    assert.equal(seen.progress[0]?.reports.at(-1)?.message, "3 s · 2 programs found");
    seen.progress[0]?.cancel.fire();
    assert.deepEqual(sent, [{ token: "t1" }]);
    say("t1", { kind: "end" });
    await new Promise(setImmediate);
    assert.equal(seen.progress[0]?.over, true);
    // Work that is done at once pops up nothing.
    say("t3", { kind: "begin", title: "Synthesize at once", cancellable: true });
    say("t3", { kind: "end" });
    mock.timers.tick(3000);
    assert.equal(seen.progress.length, 1);
    mock.timers.reset();
});

test("the status item is in view with a Karel file, and with a server that failed always", () => {
    const status = new StatusItem();
    const [item] = seen.statusItems;
    assert.equal(item?.shown, false);
    window.visibleTextEditors = [{ document: { languageId: "kareldsl" } }];
    events.editors.fire();
    assert.equal(item?.shown, true);
    status.setServer({ kind: "running", name: "karel-lsp" });
    status.setEngine({ state: "absent", engine: "", message: "Set `karel.engine.command`." });
    assert.match(item?.text ?? "", /no synthesis/);
    assert.doesNotMatch((item?.tooltip as { value: string }).value, /`/);
    window.visibleTextEditors = [];
    status.setServer({ kind: "failed", message: "It is not there." });
    assert.equal(item?.shown, true);
    status.dispose();
});

function withCommands(fails?: Error) {
    const asked: unknown[][] = [];
    const execute = async (command: string, args: unknown[]) => {
        asked.push([command, ...args]);
        if (fails !== undefined) {
            throw fails;
        }
    };
    const ask = async () => [];
    const session = {
        ask,
        execute,
        restart: async () => asked.push(["restart"]),
        toUri: (uri: Uri) => uri.toString().replace(":", "://"),
    };
    const verdicts = new LiveVerdicts();
    const notices = {
        show: (kind: string, text: string) => asked.push([kind, text]),
        failed: (error: Error) => asked.push(["failed", error.message]),
    };
    const registered = registerCommands(
        session as never,
        verdicts,
        notices as never,
        { show: () => asked.push(["log"]) } as never,
        { show: (uri: unknown, example: unknown) => asked.push(["world", String(uri), example]) } as never,
    );
    return { asked, verdicts, registered };
}

const editor = (line: number, languageId = "kareldsl") => ({
    document: { uri: Uri.parse(A), languageId },
    selection: { active: { line, character: 3 } },
});

test("each command asks the server for its own work", async () => {
    const { asked, registered } = withCommands();
    window.activeTextEditor = editor(7);
    for (const name of [
        "synthesizeProgram",
        "showNextSolution",
        "inferTraceHere",
        "runAllExamples",
        "restartServer",
        "showLog",
    ]) {
        await commands.executeCommand(`karel.${name}`);
    }
    const position = { line: 7, character: 3 };
    assert.deepEqual(asked, [
        ["karel.synthesize", A, position],
        ["karel.nextSolution", A],
        ["karel.inferTrace", A, position],
        ["karel.runExamples", A],
        ["restart"],
        ["log"],
    ]);
    registered.dispose();
});

test("the commands for newcomers open the walkthrough, the templates and the samples", async () => {
    const { registered } = withCommands();
    const { publisher, name, contributes } = manifest;
    seen.commands.length = 0;
    await commands.executeCommand("karel.getStarted");
    const walkthrough = `${publisher}.${name}#${contributes.walkthroughs[0]?.id}`;
    assert.deepEqual(seen.commands[1], ["workbench.action.openWalkthrough", walkthrough]);
    await commands.executeCommand("karel.newFromTemplate");
    await commands.executeCommand("karel.openSamples");
    assert.deepEqual(
        seen.picks.map(({ title }) => title),
        ["New Karel Program", "Where the folder karel-samples is to be"],
    );
    registered.dispose();
});

test("the trace is the one of the example at the cursor; elsewhere one is chosen", async () => {
    const { asked, verdicts, registered } = withCommands();
    const examples = [
        { uri: A, name: "a", ordinal: 0, verdict: "passes", block: range(2) },
        { uri: A, name: "a", ordinal: 1, verdict: "fails", block: range(8) },
    ];
    verdicts.take({ documents: [{ uri: A }], examples });
    window.activeTextEditor = editor(9);
    await commands.executeCommand("karel.showTraceHere");
    window.activeTextEditor = editor(0);
    await commands.executeCommand("karel.showTraceHere");
    seen.choose = ([first]) => first;
    await commands.executeCommand("karel.showTraceHere");
    const second = ["karel.showTrace", A, "a", { test: false, ordinal: 1 }];
    assert.deepEqual(asked, [second, second]);
    registered.dispose();
});

test("outside a Karel file a command says what to do, and a failure is told", async () => {
    const { asked, registered } = withCommands(new Error("no engine"));
    await commands.executeCommand("karel.synthesizeProgram");
    window.activeTextEditor = editor(1, "python");
    await commands.executeCommand("karel.runAllExamples");
    window.activeTextEditor = editor(1);
    await commands.executeCommand("karel.synthesizeProgram");
    assert.deepEqual(
        asked.map(([first]) => first),
        ["info", "info", "karel.synthesize", "failed"],
    );
    assert.deepEqual(asked.at(-1), ["failed", "no engine"]);
    registered.dispose();
});

test("every contributed command is registered, and no other", () => {
    const { registered } = withCommands();
    assert.deepEqual(registeredCommands().sort(), manifest.contributes.commands.map(({ command }) => command).sort());
    registered.dispose();
});
