/** The webview of the worlds: what the page may ask, what it is told, what is marked in the program. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { ResponseError } from "vscode-languageserver-protocol";
import { readArguments, WorldView } from "../src/world";
import { debug, events, EventEmitter, Panel, Position, reset, seen, Uri, window } from "./vscode";

const A = "file:///school/a.karel";
const B = "file:///school/b.karel";
const GRID = "file:///school/b.kgrid";
const STATEMENT = { start: { line: 2, character: 4 }, end: { line: 2, character: 10 } };

const views: WorldView[] = [];
beforeEach(() => {
    views.splice(0).forEach((view) => view.dispose());
    reset();
    mock.timers.reset();
});

interface Token {
    isCancellationRequested: boolean;
}

function opened(answer: (method: string, token: Token) => unknown = () => ({})) {
    const outdated = new EventEmitter<object>();
    const started = new EventEmitter<void>();
    const asked: unknown[] = [];
    const session = {
        onDidOutdate: outdated.event,
        onDidStart: started.event,
        toUri: (uri: Uri) => uri.toString().replace(":", "://"),
        request: async (method: string, params: unknown, token: Token) => {
            asked.push([method, params]);
            return answer(method, token);
        },
    };
    const view = new WorldView(Uri.parse("file:///extension/dist/world") as never, session as never);
    views.push(view);
    return { view, outdated, started, asked };
}

/** A text editor, and what is marked in it. */
function editor(uri: string, version = 1) {
    const marks: unknown[] = [];
    const document = { uri: Uri.parse(uri), languageId: "kareldsl", version };
    return {
        document,
        viewColumn: 1,
        marks,
        setDecorations: (_: unknown, ranges: unknown[]) => void (marks[0] = ranges),
    };
}

const sent = (method: string) => seen.panels[0]?.sent.filter((message) => message["method"] === method) ?? [];
const turns = async () => {
    for (let turn = 0; turn < 5; turn++) {
        await new Promise(setImmediate);
    }
};

test("the page opens beside the program, without the focus, and is told what to show once it listens", () => {
    const { view } = opened();
    view.show(Uri.parse(A) as never, { name: "one", kind: "test", ordinal: 0, uri: A });
    const [panel] = seen.panels;
    assert.deepEqual(panel?.place, { viewColumn: -2, preserveFocus: true });
    assert.deepEqual(panel?.sent, []);
    assert.deepEqual(seen.commands, [["setContext", "karel.sawWorld", true]], "a step of the walkthrough");
    panel?.says({ method: "karel/ready", params: {} });
    const example = { name: "one", kind: "test", ordinal: 0, uri: A };
    assert.deepEqual(sent("karel/show"), [{ jsonrpc: "2.0", method: "karel/show", params: { uri: A, example } }]);
    panel?.says({ method: "karel/ready", params: {} });
    assert.deepEqual(sent("karel/show")[1]?.["params"], { uri: A }, "loaded anew, it shows what it showed");
    view.show(Uri.parse(A) as never);
    assert.equal(seen.panels.length, 1, "there is one page");
    assert.equal(panel?.revealed, 1);
    assert.deepEqual(sent("karel/show")[2]?.["params"], { uri: A });
});

test("nothing but the page's own script and style may run", () => {
    const { view } = opened();
    view.show(Uri.parse(A) as never);
    const html = seen.panels[0]?.webview.html ?? "";
    const nonce = /script-src 'nonce-([0-9a-f]{32})'"/.exec(html)?.[1];
    assert.ok(nonce);
    assert.match(html, /content="default-src 'none'; style-src https:\/\/webview\.example; script-src/);
    assert.equal(html.split("<script").length, 2);
    assert.ok(html.includes(`<script nonce="${nonce}" src="file:/extension/dist/world/world.js"`));
    assert.doesNotMatch(html, /<style|style=|onclick|unsafe/);
    view.dispose();
    opened().view.show(Uri.parse(A) as never);
    assert.ok(!seen.panels[1]?.webview.html.includes(nonce), "each page has its own");
});

test("the page's questions are the server's, with its answers and its refusals; others are not handed on", async () => {
    const { view, asked } = opened((method) => {
        if (method === "karel/recordingSteps") {
            throw new ResponseError(-32801, "This recording is no longer kept.");
        }
        return { total: 3 };
    });
    view.show(Uri.parse(A) as never);
    const [panel] = seen.panels;
    panel?.says({ id: 1, method: "karel/recordings", params: { textDocument: { uri: A } } });
    panel?.says({ id: 2, method: "karel/recordingSteps", params: { id: "x", from: 0 } });
    panel?.says({ id: 3, method: "workspace/executeCommand", params: {} });
    await turns();
    assert.deepEqual(asked, [
        ["karel/recordings", { textDocument: { uri: A } }],
        ["karel/recordingSteps", { id: "x", from: 0 }],
    ]);
    const answers = Object.fromEntries((panel?.sent ?? []).map(({ id, result, error }) => [id, result ?? error]));
    assert.deepEqual(answers[1], { total: 3 });
    assert.deepEqual(answers[2], { code: -32801, message: "This recording is no longer kept." });
    assert.deepEqual(answers[3], { code: -32601, message: "There is no workspace/executeCommand." });
});

test("a page that looks for programs can give that up", async () => {
    const tokens: Token[] = [];
    const { view } = opened((_, token) => {
        tokens.push(token);
        return new Promise(() => {});
    });
    view.show(Uri.parse(A) as never, undefined, true);
    const [panel] = seen.panels;
    panel?.says({ method: "karel/ready", params: {} });
    assert.deepEqual(sent("karel/show")[0]?.["params"], { uri: A, find: true });
    panel?.says({ id: 7, method: "karel/find", params: { textDocument: { uri: A } } });
    await turns();
    assert.equal(tokens[0]?.isCancellationRequested, false);
    panel?.says({ method: "$/cancelRequest", params: { id: 8 } });
    assert.equal(tokens[0].isCancellationRequested, false, "that is another request");
    panel?.says({ method: "$/cancelRequest", params: { id: 7 } });
    assert.equal(tokens[0].isCancellationRequested, true);
});

test("the cursor is followed when it rests, but not where the page has put it", async () => {
    mock.timers.enable({ apis: ["setTimeout"] } as never);
    const { view } = opened();
    view.show(Uri.parse(A) as never);
    seen.panels[0]?.says({ method: "karel/ready", params: {} });
    const program = editor(A);
    const move = (line: number) =>
        events.selected.fire({ textEditor: program, selections: [{ active: new Position(line, 4) }] });
    move(1);
    move(3);
    mock.timers.tick(60);
    assert.deepEqual(
        sent("karel/cursor").map(({ params }) => params),
        [{ uri: A, position: { line: 3, character: 4 } }],
    );
    seen.panels[0]?.says({ method: "karel/reveal", params: { uri: A, range: STATEMENT } });
    assert.equal(seen.commands.at(-1)?.[0], "showTextDocument");
    move(2);
    mock.timers.tick(60);
    assert.equal(sent("karel/cursor").length, 1);
    move(5);
    mock.timers.tick(60);
    assert.equal(sent("karel/cursor").length, 2);
});

test("the debugger's stops are followed by what it tells, not by the cursor that it puts there", () => {
    mock.timers.enable({ apis: ["setTimeout"] } as never);
    const { view } = opened();
    view.show(Uri.parse(A) as never);
    seen.panels[0]?.says({ method: "karel/ready", params: {} });
    const move = (line: number, kind?: number) => {
        const moved = { textEditor: editor(A), selections: [{ active: new Position(line, 4) }] };
        events.selected.fire(kind === undefined ? moved : { ...moved, kind });
    };
    move(1, 1);
    debug.activeDebugSession = { type: "karel" };
    view.follow(Uri.parse(A) as never, 0, 7);
    move(3);
    move(3, 3);
    mock.timers.tick(60);
    assert.equal(sent("karel/cursor").length, 0);
    move(4, 2);
    mock.timers.tick(60);
    assert.equal(sent("karel/cursor").length, 1, "the user's own click still counts");
    debug.activeDebugSession = { type: "node" };
    move(5);
    mock.timers.tick(60);
    assert.equal(sent("karel/cursor").length, 2, "another program is debugged");
});

test("the statement is marked where its program is in view, as long as its text is the one that was run", () => {
    const { view } = opened();
    view.show(Uri.parse(A) as never);
    const [panel] = seen.panels;
    const [program, other] = [editor(A, 7), editor(B, 7)];
    window.visibleTextEditors = [program, other];
    panel?.says({ method: "karel/highlight", params: { uri: A, version: 7, range: STATEMENT } });
    const marked = ({ marks }: { marks: unknown[] }) =>
        (marks[0] as { start: { line: number } }[]).map((r) => r.start.line);
    assert.deepEqual([marked(program), marked(other)], [[2], []]);
    program.document.version = 8;
    events.changed.fire({ document: program.document, contentChanges: [{}] });
    assert.deepEqual(marked(program), [], "the text is another one");
    panel?.says({ method: "karel/highlight", params: { uri: A, version: 8, range: STATEMENT } });
    assert.deepEqual(marked(program), [2]);
    panel?.turn(false);
    assert.deepEqual(marked(program), [], "the page is hidden");
    panel?.turn(true);
    assert.deepEqual(marked(program), [2]);
    panel?.dispose();
    assert.deepEqual(marked(program), []);
});

test("edits are told, and a server that was started anew is asked anew for what is shown", () => {
    const { view, outdated, started } = opened();
    view.show(Uri.parse(A) as never, 1);
    seen.panels[0]?.says({ method: "karel/ready", params: {} });
    outdated.fire({ uri: A, version: 2, ids: ["r1"] });
    started.fire();
    assert.deepEqual(
        seen.panels[0]?.sent.map(({ method, params }) => [method, params]),
        [
            ["karel/show", { uri: A, example: 1 }],
            ["karel/recordingsOutdated", { uri: A, version: 2, ids: ["r1"] }],
            ["karel/show", { uri: A }],
        ],
    );
    seen.panels[0].dispose();
    outdated.fire({ uri: A, version: 3, ids: [] });
    started.fire();
    assert.equal(seen.panels[0].sent.length, 3, "a page that is closed is told nothing");
});

test("the page goes with the program that is worked on, and comes back where it was", () => {
    const { view } = opened();
    view.show(Uri.parse(A) as never);
    const [panel] = seen.panels;
    panel?.says({ method: "karel/ready", params: {} });
    events.activeEditor.fire(editor(A));
    assert.equal(sent("karel/show").length, 1, "it is shown already");
    events.activeEditor.fire({
        document: { uri: Uri.parse("file:///notes.txt"), languageId: "plaintext", version: 1 },
    });
    assert.equal(sent("karel/show").length, 1);
    events.activeEditor.fire(editor(B));
    assert.deepEqual(sent("karel/show")[1]?.["params"], { uri: B });
    // Hidden and shown again, the page is loaded anew and says so.
    panel?.turn(false);
    panel?.turn(true);
    panel?.says({ method: "karel/ready", params: {} });
    assert.deepEqual(sent("karel/show")[2]?.["params"], { uri: B });
});

test("a window that is loaded anew has the page with its program", async () => {
    opened();
    const panel = new Panel("karel.world", "Karel: World", undefined);
    await seen.serializers.get("karel.world")?.deserializeWebviewPanel(panel, { uri: A });
    assert.match(panel.webview.html, /world\.js/);
    panel.says({ method: "karel/ready", params: {} });
    assert.deepEqual(panel.sent[0]?.["params"], { uri: A });
});

test("an example file is shown in place of its text, for itself", () => {
    const { view } = opened();
    view.show(Uri.parse(A) as never);
    const [beside] = seen.panels;
    beside?.says({ method: "karel/ready", params: {} });
    const panel = new Panel("karel.worldEditor", "b.kgrid", undefined);
    seen.editors.get("karel.worldEditor")?.resolveCustomTextEditor({ uri: Uri.parse(GRID) }, panel);
    assert.match(panel.webview.html, /world\.js/);
    panel.says({ method: "karel/ready", params: {} });
    assert.deepEqual(panel.sent[0]?.["params"], { uri: GRID });
    // Neither the program that is worked on nor the debugger takes it elsewhere: that is for the page beside.
    events.activeEditor.fire(editor(B));
    view.follow(Uri.parse(B) as never, 0, 3);
    assert.equal(panel.sent.length, 1);
    assert.deepEqual(sent("karel/show").at(-1)?.["params"], { uri: B, example: 0, step: 3 });
    // What it is at is marked in the program, whatever the page beside marks.
    const program = editor(A);
    window.visibleTextEditors = [program];
    panel.says({ method: "karel/highlight", params: { uri: A, version: 1, range: STATEMENT } });
    assert.equal((program.marks[0] as unknown[]).length, 1);
});

test("a place is never shown in front of the page", () => {
    opened();
    const panel = new Panel("karel.worldEditor", "b.kgrid", undefined);
    seen.editors.get("karel.worldEditor")?.resolveCustomTextEditor({ uri: Uri.parse(GRID) }, panel);
    const column = () => (seen.commands.at(-1)?.[2] as { viewColumn: number }).viewColumn;
    panel.viewColumn = 1;
    panel.says({ method: "karel/reveal", params: { uri: A, range: STATEMENT } });
    assert.equal(column(), -2);
    panel.viewColumn = 2;
    panel.says({ method: "karel/reveal", params: { uri: A, range: STATEMENT } });
    assert.equal(column(), 1);
    window.visibleTextEditors = [{ ...editor(A), viewColumn: 3 }];
    panel.says({ method: "karel/reveal", params: { uri: A, range: STATEMENT } });
    assert.equal(column(), 3, "where it is in view already");
});

test("a debugger that stops while the page is hidden is where the page comes back to", () => {
    const { view } = opened();
    view.show(Uri.parse(A) as never);
    const [panel] = seen.panels;
    panel?.says({ method: "karel/ready", params: {} });
    panel?.turn(false);
    view.follow(Uri.parse(B) as never, 1, 4);
    assert.equal(sent("karel/show").length, 1);
    assert.equal(panel?.revealed, 0, "nobody has asked for the page");
    panel?.turn(true);
    panel?.says({ method: "karel/ready", params: {} });
    assert.deepEqual(sent("karel/show")[1]?.["params"], { uri: B, example: 1, step: 4 });
});

test("a lens names the program and the example", () => {
    const read = (...args: unknown[]) => {
        const named = readArguments(args);
        return named && [named.uri.toString().replace(":", "://"), named.example];
    };
    assert.deepEqual(read(A), [A, undefined]);
    assert.deepEqual(read(A, "one", { test: true, ordinal: 2 }), [
        A,
        { name: "one", kind: "test", ordinal: 2, uri: A },
    ]);
    assert.deepEqual(read(A, "one"), [A, "one"]);
    assert.deepEqual(read(A, 3), [A, 3]);
    assert.equal(read(), undefined);
});
