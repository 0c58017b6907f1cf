/** What the page's buttons and its host's messages do, against a toy of the language server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setWall } from "../src/drawing";
import { Model } from "../src/model";
import { Connection } from "../src/rpc";
import type { Stride } from "../src/seek";
import type { Place, Surroundings } from "../src/surroundings";
import { COLLECT, long, STAIRS } from "./programs";
import { Refused, Toy } from "./toy";

const URI = "file:///school/a.karel";

/** A page without a picture. Time passes by `pass`, and answers come when they are let. */
class Bench {
    readonly toy: Toy;
    readonly model: Model;
    readonly heard: { method: string; params: Record<string, unknown> }[] = [];
    readonly saved: Place[] = [];
    private now = 0;
    private frames: (() => void)[] = [];
    private timers: { at: number; callback: () => void }[] = [];
    private waiting: { method: string; go: () => void }[] = [];
    /** Methods whose answers wait until `release`. */
    readonly held = new Set<string>();
    private readonly channel = { send: (message: object) => this.take(message), onMessage: (_: unknown) => {} };

    constructor(text: string, kept?: Place) {
        this.toy = new Toy(URI, text);
        const surroundings: Surroundings = {
            now: () => this.now,
            nextFrame: (callback) => void this.frames.push(callback),
            after: (milliseconds, callback) => void this.timers.push({ at: this.now + milliseconds, callback }),
            load: () => kept,
            save: (place) => void this.saved.push(place),
            editor: true,
        };
        this.model = new Model(new Connection(this.channel), surroundings);
    }

    async open(example?: number | string): Promise<this> {
        this.model.connected();
        this.host("karel/show", { uri: URI, example });
        await this.settle();
        return this;
    }

    host(method: string, params: object): void {
        this.channel.onMessage({ jsonrpc: "2.0", method, params });
    }

    edit(text: string): void {
        this.host("karel/recordingsOutdated", this.toy.edit(text));
    }

    /** The server tells of the edits that it has made. */
    tell(): void {
        this.toy.told.splice(0).forEach((params) => this.host("karel/recordingsOutdated", params));
    }

    /** Lets everything happen that waits for nothing else. */
    async settle(): Promise<void> {
        for (let turn = 0; turn < 30; turn++) {
            await new Promise(setImmediate);
        }
    }

    async pass(milliseconds: number): Promise<void> {
        this.now += milliseconds;
        const due = this.timers.filter(({ at }) => at <= this.now);
        this.timers = this.timers.filter(({ at }) => at > this.now);
        due.forEach(({ callback }) => callback());
        this.frames.splice(0).forEach((callback) => callback());
        await this.settle();
    }

    async release(method: string): Promise<void> {
        this.held.delete(method);
        const go = this.waiting.filter((waiting) => waiting.method === method);
        this.waiting = this.waiting.filter((waiting) => waiting.method !== method);
        go.forEach(({ go }) => go());
        await this.settle();
    }

    get at(): number | undefined {
        return this.model.state.frame?.at;
    }

    get name(): string | undefined {
        return this.model.state.pages?.recording.example.name;
    }

    private take(message: object): void {
        const { id, method, params } = message as { id?: number; method: string; params: Record<string, unknown> };
        if (id === undefined) {
            this.heard.push({ method, params });
            return;
        }
        const go = () => {
            try {
                const result = this.toy.answer(method, params);
                this.channel.onMessage({ jsonrpc: "2.0", id, result });
            } catch (error) {
                assert.ok(error instanceof Refused, String(error));
                const { code, message } = error;
                this.channel.onMessage({ jsonrpc: "2.0", id, error: { code, message } });
            }
        };
        if (this.held.has(method)) {
            this.waiting.push({ method, go });
        } else {
            setImmediate(go);
        }
    }
}

test("the failing example is shown first, from its beginning", async () => {
    const bench = await new Bench(COLLECT).open();
    assert.equal(bench.name, "it stands on one");
    assert.equal(bench.at, 0);
    assert.match(bench.model.state.spoken, /^Step 1 of 23: while\(frontIsClear\(\)\), true\. Robot at row 4, column 1/);
    assert.deepEqual(bench.heard[0], { method: "karel/ready", params: {} });
});

test("to the failure, and back from it step by step", async () => {
    const bench = await new Bench(STAIRS).open("too low");
    bench.model.player.toEnd();
    await bench.settle();
    assert.equal(bench.at, 1);
    assert.match(bench.model.state.spoken, /runs into a wall/);
    await bench.model.player.stride("back");
    await bench.settle();
    assert.equal(bench.at, 0);
    assert.match(bench.model.state.spoken, /^Step 1 of 1: repeat\(3\), round 1 of 3 begins/);
});

test("over a call, out of it, and back over it", async () => {
    const bench = await new Bench(STAIRS).open("room enough");
    const go = async (kind: Stride) => {
        await bench.model.player.stride(kind);
        await bench.settle();
        return bench.at;
    };
    assert.equal(await go("in"), 1, "into climb");
    assert.equal(await go("out"), 5, "putMarker of main");
    assert.equal(await go("backOver"), 0, "the call lies between");
    assert.equal(await go("over"), 5);
    assert.equal(await go("out"), 18, "out of main is the end");
    assert.equal(await go("backOut"), 17);
    assert.equal(await go("backOut"), 0);
});

test("playing goes with the time, not with the pictures, and stops at the end", async () => {
    const bench = await new Bench(COLLECT).open();
    bench.model.player.setSpeed(4);
    bench.model.player.toggle();
    await bench.pass(100);
    assert.equal(bench.at, 0, "a quarter of a second is not over");
    await bench.pass(400);
    assert.equal(bench.at, 2);
    await bench.pass(250);
    assert.equal(bench.at, 3);
    bench.model.player.toggle();
    await bench.pass(1000);
    assert.equal(bench.at, 3, "paused");
    bench.model.player.toggle();
    for (let second = 0; second < 10; second++) {
        await bench.pass(1000);
    }
    assert.equal(bench.at, 23);
    assert.equal(bench.model.state.playing, false);
    bench.model.player.toggle();
    await bench.pass(250);
    assert.equal(bench.at, 1, "once more from the beginning");
});

test("of many places that are wanted before their pages come, the last is shown", async () => {
    const bench = await new Bench(long(300, 5)).open();
    bench.held.add("karel/recordingSteps");
    bench.model.player.seek(2500);
    bench.model.player.seek(4500);
    bench.model.player.seek(3500);
    await bench.settle();
    assert.equal(bench.at, 0, "what is here stays in view");
    assert.equal(bench.model.state.seeking, 3500);
    await bench.release("karel/recordingSteps");
    assert.equal(bench.at, 3500);
    assert.equal(bench.model.state.seeking, undefined);
});

test("an edit is followed: the place is kept, and what is shown meanwhile says that it is old", async () => {
    const bench = await new Bench(COLLECT).open();
    bench.model.player.seek(5);
    await bench.settle();
    bench.held.add("karel/recordings");
    bench.edit(COLLECT.replace("move()", "move()\n        turnLeft()\n        turnRight()"));
    await bench.settle();
    assert.equal(bench.model.state.stale, "edited");
    assert.equal(bench.at, 5);
    await bench.release("karel/recordings");
    assert.equal(bench.model.state.stale, undefined);
    assert.equal(bench.model.state.pages?.recording.document.version, 2);
    assert.equal(bench.at, 5);
    bench.model.player.toEnd();
    await bench.settle();
    bench.edit(COLLECT);
    await bench.settle();
    assert.equal(bench.at, 23, "who looks at the end goes on looking at the end");
});

test("edits that come faster than answers are asked about once more, not once each", async () => {
    const bench = await new Bench(COLLECT).open();
    bench.held.add("karel/recordings");
    const before = bench.toy.asked.length;
    for (let edit = 0; edit < 10; edit++) {
        bench.edit(COLLECT.replace("a row", `row ${edit}`));
        await bench.settle();
    }
    await bench.release("karel/recordings");
    const asked = bench.toy.asked.slice(before).filter((method) => method === "karel/recordings");
    assert.equal(asked.length, 2);
    assert.equal(bench.model.state.examples?.[0]?.name, "row 9");
    assert.equal(bench.model.state.stale, undefined);
});

test("an example that is deleted while it is looked at stays, and is said to be gone", async () => {
    const bench = await new Bench(COLLECT).open();
    bench.model.player.seek(3);
    await bench.settle();
    bench.edit(COLLECT.replace(/example "it stands on one"[^]*?(?=test )/, ""));
    await bench.settle();
    assert.equal(bench.model.state.stale, "gone");
    assert.equal(bench.at, 3);
    bench.edit(COLLECT);
    await bench.settle();
    assert.equal(bench.model.state.stale, undefined, "it is back");
});

test("an example is found again by its name when others come before it", async () => {
    const bench = await new Bench(COLLECT).open("upwards");
    bench.edit(COLLECT.replace('example "a row"', 'example "new":\n    input:\n        > .\n\nexample "a row"'));
    await bench.settle();
    assert.equal(bench.name, "upwards");
    assert.equal(bench.model.state.selected, 3);
});

test("the world at the cursor: the first time, and any other time", async () => {
    const bench = await new Bench(COLLECT).open();
    // `move()`, in the loop.
    bench.host("karel/cursor", { uri: URI, position: { line: 3, character: 10 } });
    await bench.settle();
    assert.equal(bench.at, 1);
    assert.equal(bench.model.state.cursor?.occurrences.total, 5);
    await bench.model.follower.goToOccurrence(3);
    await bench.settle();
    assert.equal(bench.model.state.frame?.next?.name, "move()");
    const there = bench.at;
    assert.ok(there !== undefined && there > 1);
    // The cursor in the statement that comes next leads nowhere else.
    bench.host("karel/cursor", { uri: URI, position: { line: 3, character: 9 } });
    await bench.settle();
    assert.equal(bench.at, there);
    // In another example's block it leads there.
    bench.host("karel/cursor", { uri: URI, position: { line: 15, character: 9 } });
    await bench.settle();
    assert.equal(bench.name, "a row");
    bench.model.follower.setFollow(false);
    bench.host("karel/cursor", { uri: URI, position: { line: 3, character: 9 } });
    await bench.settle();
    assert.equal(bench.at, 0, "it is not followed");
});

test("a server that was started anew is asked anew, and the place is kept", async () => {
    const bench = await new Bench(long(300, 5)).open();
    bench.model.player.seek(3);
    await bench.settle();
    bench.toy.restart();
    bench.model.player.seek(2500);
    await bench.settle();
    await bench.pass(1000);
    assert.equal(bench.model.state.problem, undefined);
    bench.model.player.seek(2500);
    await bench.settle();
    assert.equal(bench.at, 2500);
});

test("a connection that is lost leaves what is shown, and comes back to it", async () => {
    const bench = await new Bench(COLLECT).open();
    bench.model.player.seek(7);
    await bench.settle();
    bench.model.disconnected();
    assert.equal(bench.model.state.link, "lost");
    assert.equal(bench.at, 7);
    bench.model.connected();
    await bench.settle();
    assert.equal(bench.model.state.link, "open");
    assert.equal(bench.at, 7);
});

test("a page that is loaded anew is where it was", async () => {
    const first = await new Bench(COLLECT).open("upwards");
    first.model.player.seek(4);
    first.model.player.setSpeed(16);
    await first.settle();
    const again = await new Bench(COLLECT, first.saved.at(-1)).open();
    assert.equal(again.name, "upwards");
    assert.equal(again.at, 4);
    assert.equal(again.model.state.speed, 16);
    const twice = new Bench(COLLECT, first.saved.at(-1));
    twice.host("karel/show", { uri: URI });
    await twice.open();
    assert.equal(twice.name, "upwards", "a host may say twice what to show");
    assert.equal(twice.at, 4);
});

test("the statement that comes next is told, twenty times a second at most", async () => {
    const bench = await new Bench(COLLECT).open();
    const told = () => bench.heard.filter(({ method }) => method === "karel/highlight").length;
    assert.equal(told(), 1);
    for (let at = 1; at < 9; at++) {
        bench.model.player.seek(at);
        await bench.settle();
    }
    assert.equal(told(), 1, "no time has passed");
    await bench.pass(50);
    assert.equal(told(), 2);
    assert.deepEqual(bench.heard.at(-1)?.params["range"], bench.model.state.frame?.next?.range, "the last one");
});

test("a step is revealed, and at the end of a run that went well the example", async () => {
    const bench = await new Bench(COLLECT).open("a row");
    bench.model.follower.reveal(1);
    assert.deepEqual(bench.heard.at(-1), {
        method: "karel/reveal",
        params: { uri: URI, range: { start: { line: 3, character: 8 }, end: { line: 3, character: 14 } } },
    });
    bench.model.player.toEnd();
    await bench.settle();
    bench.model.follower.reveal();
    const { range } = bench.heard.at(-1)?.params as { range: { start: { line: number } } };
    assert.equal(range.start.line, 12);
});

test("what can't be shown is said", async () => {
    const bench = await new Bench('def main():\n    move()\n\nexample "no input":\n    output:\n        > .\n').open();
    assert.equal(bench.model.state.problem, "This example has no input to run.");
    const none = await new Bench("def main():\n    move()\n").open();
    assert.deepEqual(none.model.state.examples, []);
});

test("a file of many examples is listed whole", async () => {
    const many = Array.from({ length: 450 }, (_, at) => `example "${at}":\n    input:\n        > .\n`);
    const bench = await new Bench(`def main():\n    move()\n\n${many.join("\n")}`).open("449");
    assert.equal(bench.model.state.examples?.length, 450);
    assert.equal(bench.name, "449");
    assert.equal(bench.toy.asked.filter((method) => method === "karel/recordings").length, 3);
});

test("what is drawn is shown at once, and goes into the text one change after the other", async () => {
    const bench = await new Bench(COLLECT).open("a row");
    bench.model.pencil.draw(true);
    const input = bench.model.state.pages?.recording.example.input;
    assert.ok(input);
    bench.held.add("karel/edit");
    const drawn = setWall(input, { row: 0, col: 0 }, true);
    bench.model.pencil.drawn("input", drawn);
    bench.model.pencil.drawn("input", setWall(drawn, { row: 0, col: 2 }, true));
    bench.model.pencil.drawn("input", setWall(drawn, { row: 0, col: 3 }, true));
    assert.equal(bench.model.state.drawing?.input?.walls.length, 3, "the first wall, and two that were drawn");
    await bench.release("karel/edit");
    bench.tell();
    await bench.settle();
    bench.tell();
    await bench.settle();
    assert.deepEqual(bench.model.state.drawing, {}, "the text has it all");
    const cells = bench.model.state.pages?.recording.example.input?.walls;
    assert.deepEqual(
        cells,
        [
            [2, 3],
            [0, 0],
            [0, 3],
        ],
        "of those that waited the last one counts",
    );
    assert.equal(bench.toy.asked.filter((method) => method === "karel/edit").length, 2);
    // A text that has changed meanwhile is not overwritten: what was drawn is dropped, and that is said.
    bench.toy.version++;
    bench.model.pencil.drawn("input", input);
    await bench.settle();
    assert.deepEqual(bench.model.state.drawing, {});
    assert.equal(bench.model.state.refused, "The text has changed meanwhile: draw again.");
});

test("an edit before anything is shown takes nothing from what was asked for", async () => {
    const bench = new Bench(COLLECT);
    bench.held.add("karel/recordings");
    await bench.open("upwards");
    bench.edit(COLLECT);
    bench.host("karel/show", { uri: URI });
    await bench.release("karel/recordings");
    assert.equal(bench.name, "upwards");
});

test("of an example file its own are shown first, and loaded anew the page is where it was", async () => {
    const GRID = "file:///school/a.kgrid";
    const bench = new Bench(COLLECT);
    bench.toy.files.set("upwards", GRID);
    await bench.open();
    assert.equal(bench.name, "it stands on one");
    bench.host("karel/show", { uri: GRID });
    await bench.settle();
    assert.equal(bench.name, "upwards");
    bench.model.player.seek(4);
    await bench.settle();
    bench.host("karel/show", { uri: URI });
    await bench.settle();
    assert.deepEqual([bench.name, bench.at], ["upwards", 4], "the program's other document is worked on now");
    bench.host("karel/show", { uri: GRID });
    bench.model.player.seek(3);
    await bench.settle();
    const again = new Bench(COLLECT, bench.saved.at(-1));
    again.toy.files.set("upwards", GRID);
    again.model.connected();
    again.host("karel/show", { uri: GRID });
    await again.settle();
    assert.deepEqual([again.name, again.at], ["upwards", 3]);
});

test("an example that can't be run is drawn all the same", async () => {
    const text = 'def main():\n    move()\n\nexample "no input":\n    output:\n        > .\n';
    const bench = await new Bench(text).open();
    assert.equal(bench.model.state.pages, undefined);
    bench.model.pencil.draw(true);
    const output = bench.model.state.examples?.[0]?.expected;
    assert.ok(output);
    bench.model.pencil.drawn("output", setWall(output, { row: 0, col: 1 }, true));
    await bench.settle();
    bench.tell();
    await bench.settle();
    assert.match(bench.toy.text, /> #/);
    assert.deepEqual(bench.model.state.drawing, {});
    assert.equal(bench.model.state.examples?.[0]?.expected?.walls.length, 1);
});

test("an example that is begun here is shown, and drawn", async () => {
    const bench = await new Bench(COLLECT).open("upwards");
    bench.host("karel/show", { uri: URI, editor: true });
    await bench.settle();
    const { length } = bench.model.state.examples ?? [];
    await bench.model.pencil.add();
    bench.tell();
    await bench.settle();
    const { examples, selected, pages, drawing } = bench.model.state;
    assert.equal(examples?.length, length + 1);
    assert.equal(examples[length]?.name, "new");
    assert.equal(selected, length);
    assert.equal(pages?.recording.example.name, "new", "what is named is what is shown");
    assert.deepEqual(drawing, {});
});

test("what is drawn is undone and redone in its turn, where the host says that it does so", async () => {
    const bench = await new Bench(COLLECT).open("a row");
    bench.model.pencil.undo("undo");
    await bench.settle();
    assert.ok(!bench.toy.asked.includes("karel/undo"), "an editor's undo is not the page's");
    bench.host("karel/show", { uri: bench.toy.uri, editor: false, undo: true });
    await bench.settle();
    const settled = async () => {
        for (let turn = 0; turn < 4; turn++) {
            bench.tell();
            await bench.settle();
        }
    };
    bench.model.pencil.draw(true);
    const input = bench.model.state.pages?.recording.example.input;
    assert.ok(input);
    const walls = () => bench.model.state.pages?.recording.example.input?.walls.length;
    const before = input.walls.length;
    // Undone while it waits, and drawn on: the one undone must not be taken for the one drawn after it.
    bench.held.add("karel/edit");
    bench.model.pencil.drawn("input", setWall(input, { row: 0, col: 0 }, true));
    bench.model.pencil.drawn("input", setWall(input, { row: 0, col: 2 }, true));
    bench.model.pencil.undo("undo");
    bench.model.pencil.drawn("input", setWall(input, { row: 0, col: 3 }, true));
    await bench.release("karel/edit");
    await settled();
    const asked = bench.toy.asked.filter((method) => /edit|undo/.test(method));
    assert.deepEqual(asked, ["karel/edit", "karel/edit", "karel/undo", "karel/edit"]);
    assert.equal(walls(), before + 1);
    for (let drawn = 0; drawn < 2; drawn++) {
        bench.model.pencil.undo("undo");
        await settled();
    }
    assert.equal(bench.toy.text, COLLECT, "the first text, byte for byte");
    assert.equal(walls(), before);
    assert.equal(bench.model.state.refused, undefined);
    bench.model.pencil.undo("undo");
    await settled();
    assert.equal(bench.model.state.refused, "There is nothing to undo.");
    // It can be read until something else is tried, also while the text changes.
    bench.edit(COLLECT);
    await settled();
    assert.equal(bench.model.state.refused, "There is nothing to undo.");
    bench.model.pencil.undo("redo");
    await settled();
    assert.equal(walls(), before + 1);
    assert.equal(bench.model.state.refused, undefined);
    // Also where the example is gone.
    bench.edit("def main():\n    move()\n");
    await settled();
    assert.equal(bench.model.state.stale, "gone");
    bench.model.pencil.undo("undo");
    await settled();
    assert.equal(bench.toy.text, COLLECT);
});
