import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { exploreExamples } from "../src/explorer";
import { LiveVerdicts } from "../src/verdicts";
import { EventEmitter, events, reset, seen, TestRunRequest, Uri, workspace } from "./vscode";

const started: { dispose(): unknown }[] = [];
beforeEach(() => {
    started.splice(0).forEach((one) => one.dispose());
    reset();
});

const A = "file:///school/a.karel";
const GRID = "file:///school/b.kgrid";
const UNCANCELLED = { isCancellationRequested: false };

const example = (name: string, verdict: string, more: object = {}) => ({
    uri: A,
    name,
    ordinal: 0,
    verdict,
    message: "",
    ...more,
});

/** An explorer, and a server that answers as `answers` says. */
function start(answers: Record<string, unknown> = {}) {
    const verdicts = new LiveVerdicts();
    const asked: string[] = [];
    const serverStarted = new EventEmitter<void>();
    const session = {
        toUri: (uri: Uri) => uri.toString().replace(":", "://"),
        onDidStart: serverStarted.event,
        ask: async (command: string, [uri]: [string]) => {
            asked.push(`${command} ${uri.replace(/^.*\//, "")}`);
            if (command === "karel.coverage") {
                return answers["coverage"];
            }
            if (!(uri in answers)) {
                throw new Error("It can't be read.");
            }
            return { examples: answers[uri] };
        },
    };
    started.push(exploreExamples(session as never, verdicts));
    const [controller] = seen.controllers;
    assert.ok(controller);
    const listed = () =>
        [...controller.items].flatMap(([, file]) =>
            [...file.children].map(([, item]) => `${file.label} ${item.label}`),
        );
    const tell = (...examples: object[]) => verdicts.take({ documents: [{ uri: A, version: 1 }], examples });
    return { controller, listed, tell, asked, verdicts, serverStarted };
}

test("the explorer shows what the server tells after each change, and only what is news", () => {
    const { listed, tell } = start();
    tell(example("one", "passes"), example("two", "fails", { message: "it crashes" }), example("hole", "undecided"));
    assert.deepEqual(listed(), ["a.karel one", "a.karel two", "a.karel hole"]);
    assert.deepEqual(seen.results, ["one passed", "two failed", "hole skipped"]);
    seen.results.length = 0;
    tell(example("one", "passes"), example("two", "passes"), example("hole", "undecided"));
    assert.deepEqual(seen.results, ["two passed"]);
    tell();
    assert.deepEqual(listed(), []);
});

test("two examples of one name and a test of the same are three", () => {
    const { listed, tell } = start();
    tell(
        example("a", "passes"),
        example("a", "fails", { ordinal: 1, message: "wrong" }),
        example("a", "passes", { test: true }),
    );
    assert.deepEqual(listed(), ["a.karel a", "a.karel a", "a.karel a (held out)"]);
    assert.deepEqual(seen.results, ["a passed", "a failed", "a (held out) passed"]);
});

test("news of an older text are none", () => {
    const { listed, tell } = start();
    workspace.textDocuments = [{ uri: Uri.parse(A), languageId: "kareldsl", version: 2 }];
    tell(example("one", "passes"));
    assert.deepEqual(listed(), []);
});

test("all files are listed without opening one, and run from the disk", async () => {
    const { controller, listed, asked } = start({
        [A]: [
            example("one", "passes"),
            example("two", "fails", { message: "wrong" }),
            { uri: GRID, name: "grid", verdict: "passes" },
        ],
        [GRID]: [{ uri: GRID, name: "grid", verdict: "undecided", message: "not run" }],
    });
    workspace.files = [Uri.parse(GRID), Uri.parse(A), Uri.parse("file:///school/gone.karel")];
    await controller.resolveHandler();
    assert.deepEqual(asked, ["karel.examples b.kgrid", "karel.examples a.karel", "karel.examples gone.karel"]);
    assert.equal(listed().length, 4);
    // A real server lists the examples of the file itself only.
    controller.items.get(Uri.parse(A).toString())?.children.delete("example 0 grid");
    await controller.runHandler(new TestRunRequest(), UNCANCELLED);
    assert.deepEqual(seen.results, ["one passed", "two failed: wrong", "grid passed"]);
    assert.equal(seen.endedRuns, 1);
});

test("who has never looked at the explorer has all examples run, too", async () => {
    const { controller } = start({ [A]: [example("one", "passes"), example("two", "fails")] });
    workspace.files = [Uri.parse(A)];
    await controller.runHandler(new TestRunRequest(), UNCANCELLED);
    assert.deepEqual(seen.results, ["one passed", "two failed: "]);
    seen.commands.length = 0;
    await controller.debugHandler(new TestRunRequest());
    const debugged = seen.commands[0]?.[2] as { name: string };
    assert.equal(debugged.name, "two", "of all there are, the first that fails is debugged");
});

test("a server that starts late, and Refresh, list what the disk holds", async () => {
    const { listed, serverStarted, controller } = start({
        [A]: [{ ...example("one", "passes"), range: { start: { line: 7 }, end: { line: 9 } } }],
    });
    workspace.files = [Uri.parse(A)];
    serverStarted.fire();
    await new Promise(setImmediate);
    // Nobody has looked at the explorer yet.
    assert.deepEqual(listed(), []);
    workspace.files = [];
    await controller.resolveHandler();
    workspace.files = [Uri.parse(A)];
    serverStarted.fire();
    await new Promise(setImmediate);
    assert.deepEqual(listed(), ["a.karel one"]);
    const [, file] = [...controller.items][0] ?? [];
    assert.equal(file?.children.get("example 0 one")?.range?.start.line, 7);
    events.deleted.fire(Uri.parse(A));
    await controller.refreshHandler();
    assert.deepEqual(listed(), ["a.karel one"]);
});

test("a closed document's examples are those of the disk again", async () => {
    const { listed, tell } = start({ [A]: [example("saved", "undecided")] });
    tell(example("typed", "passes"));
    events.closed.fire({ uri: Uri.parse(A), languageId: "kareldsl", version: 3 });
    await new Promise(setImmediate);
    assert.deepEqual(listed(), ["a.karel saved"]);
});

test("what is excluded is not run, and a run that was cancelled asks no more", async () => {
    const { controller, tell, asked } = start({ [A]: [example("one", "passes"), example("two", "passes")] });
    tell(example("one", "fails"), example("two", "fails"));
    seen.results.length = 0;
    const one = controller.items.get(Uri.parse(A).toString())?.children.get("example 0 one");
    assert.ok(one);
    await controller.runHandler(new TestRunRequest(undefined, [one]), UNCANCELLED);
    assert.deepEqual(seen.results, ["two passed"]);
    asked.length = 0;
    await controller.runHandler(new TestRunRequest(), { isCancellationRequested: true });
    assert.deepEqual([asked, seen.endedRuns], [[], 3]);
});

test("one test is run alone, and what can't be run is an error with its reason", async () => {
    const { controller, tell } = start({ [A]: [example("one", "passes"), example("two", "passes")] });
    tell(example("one", "fails"), example("two", "fails"));
    seen.results.length = 0;
    const file = controller.items.get(Uri.parse(A).toString());
    const two = file?.children.get("example 0 two");
    assert.ok(file && two);
    await controller.runHandler(new TestRunRequest([two]), UNCANCELLED);
    assert.deepEqual(seen.results, ["two passed"]);
    const broken = start();
    broken.tell(example("one", "fails"));
    seen.results.length = 0;
    await seen.controllers[1]?.runHandler(new TestRunRequest(), UNCANCELLED);
    assert.deepEqual(seen.results, ["one errored: It can't be read."]);
});

test("a file that changes on the disk is listed again, and its results are outdated", async () => {
    const { controller, listed } = start({ [A]: [example("one", "undecided")] });
    events.changedOnDisk.fire(Uri.parse(A));
    await new Promise(setImmediate);
    assert.deepEqual(listed(), ["a.karel one"]);
    assert.deepEqual(seen.results, ["a.karel outdated"]);
    events.deleted.fire(Uri.parse(A));
    assert.equal([...controller.items].length, 0);
});

const span = (line: number) => ({ start: { line, character: 4 }, end: { line, character: 9 } });

test("coverage tells what no example carries out, of each program once", async () => {
    const ways = [
        { name: "if", range: span(3), times: 0 },
        { name: "else", range: span(2), times: 4 },
    ];
    const statements = [{ range: span(1), times: 2 }, { range: span(2), times: 4, ways }, { times: 1 }];
    const grid = [{ uri: GRID, name: "grid", verdict: "passes" }];
    const { controller, tell, verdicts } = start({
        [A]: [example("one", "passes"), ...grid],
        [GRID]: grid,
        coverage: { uri: A, version: 1, statements },
    });
    tell(example("one", "passes"));
    verdicts.take({ documents: [{ uri: GRID, version: 1 }], examples: grid });
    await controller.coverageHandler(new TestRunRequest(), UNCANCELLED);
    assert.deepEqual(
        seen.coverage.map((file) => file.uri.toString()),
        [Uri.parse(A).toString()],
    );
    const [file] = seen.coverage;
    assert.ok(file);
    const told = (await controller.details(file)).map(({ executed, location, branches }) => [
        executed,
        location.start.line,
        ...branches.map(({ label, executed }) => `${label} ${executed}`),
    ]);
    assert.deepEqual(told, [
        [2, 1],
        [4, 2, "if 0", "else 4"],
    ]);
    seen.coverage.length = 0;
    await controller.runHandler(new TestRunRequest(), UNCANCELLED);
    assert.deepEqual(seen.coverage, [], "a plain run tells none");
});

test("a world that is not the expected one is compared with it", async () => {
    const wrong = example("one", "fails", { message: "wrong", expected: ". >", actual: "> .", ...{ block: span(3) } });
    const { controller, tell } = start({ [A]: [wrong, example("two", "fails", { message: "it crashes" })] });
    tell(wrong, example("two", "fails"));
    seen.why.length = 0;
    await controller.runHandler(new TestRunRequest(), UNCANCELLED);
    assert.deepEqual(
        seen.why.map(({ message, expectedOutput, actualOutput }) => [message, expectedOutput, actualOutput]),
        [
            ["wrong", ". >", "> ."],
            ["it crashes", undefined, undefined],
        ],
    );
    assert.ok(seen.why[0]?.location, "it is shown at the example");
});

test("a run that is to go on runs again after each change, until it is cancelled", async () => {
    const { controller, tell, asked, verdicts } = start({ [A]: [example("one", "passes")] });
    tell(example("one", "passes"));
    const cancelled = new EventEmitter<void>();
    const token = { isCancellationRequested: false, onCancellationRequested: cancelled.event };
    const ended = controller.runHandler(new TestRunRequest(undefined, undefined, undefined, true), token);
    const settled = () => new Promise(setImmediate);
    await settled();
    assert.equal(asked.length, 1);
    tell(example("one", "fails"));
    await settled();
    assert.equal(asked.length, 2);
    await settled();
    assert.equal(asked.length, 2, "once for each change");
    assert.ok(!seen.results.includes("one failed"), "nothing is shown twice");
    verdicts.forget(Uri.parse(A) as never);
    events.changedOnDisk.fire(Uri.parse(A));
    await settled();
    await settled();
    assert.deepEqual(asked.slice(2), ["karel.examples a.karel", "karel.runExamples a.karel"], "no editor shows it");
    token.isCancellationRequested = true;
    cancelled.fire();
    await ended;
    tell(example("one", "passes"));
    await settled();
    assert.equal(asked.length, 4);
});
