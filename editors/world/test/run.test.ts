/** The world at any moment of a run, and the way from moment to moment, against a model that goes step by step. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Page, Recording } from "../src/contract";
import { around } from "../src/loops";
import { PAGE, Pages } from "../src/pages";
import { stride } from "../src/seek";
import { moment } from "../src/words";
import { long, STAIRS } from "./programs";
import { Toy, read, run, type Run, worldAt, worldOf } from "./toy";

const URI = "file:///school/a.karel";

function recorded(text: string, example = 0): { run: Run; pages: Pages; asked: () => number } {
    const toy = new Toy(URI, text);
    const recording = toy.answer("karel/recording", { example }) as Recording;
    const { procedures, examples } = read(text);
    const input = examples[example]?.input;
    assert.ok(input);
    let asked = 0;
    const pages = new Pages(recording, (from, count) => {
        asked++;
        return Promise.resolve(toy.answer("karel/recordingSteps", { id: recording.id, from, count }) as Page);
    });
    return { run: run(procedures, input, 1_000_000), pages, asked: () => asked };
}

test("wherever one goes, the world is the one that the run had there", async () => {
    const { run, pages } = recorded(long(100, 5));
    assert.ok(run.steps.length > 2 * PAGE, String(run.steps.length));
    await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(run.steps.length), { minLength: 1, maxLength: 30 }), async (moments) => {
            for (const at of moments) {
                await pages.fetch(at);
                const frame = pages.frame(at);
                assert.ok(frame);
                assert.deepEqual(worldOf(frame.ground), worldAt(run, at), `at ${at}`);
                assert.deepEqual(frame.next, run.steps[at]);
                assert.equal(frame.actions, run.steps.slice(0, at).filter(({ kind }) => kind === "action").length);
            }
        }),
        { numRuns: 60 },
    );
});

test("what the next step will change is what it changes", async () => {
    for (const text of [STAIRS, long(20, 4)]) {
        const { run, pages } = recorded(text);
        for (let at = 0; at < run.steps.length; at++) {
            await pages.fetch(at);
            const change = pages.frame(at)?.change;
            const [before, after] = [worldAt(run, at), worldAt(run, at + 1)];
            const markers = (world: typeof before) => world.markers.reduce((sum, [, , count]) => sum + count, 0);
            switch (change?.kind) {
                case "move":
                case "turn":
                    assert.deepEqual(change.robot, after.robot);
                    assert.notDeepEqual(before.robot, after.robot);
                    break;
                case "pick":
                    assert.equal(markers(after), markers(before) - 1);
                    break;
                case "put":
                    assert.equal(markers(after), markers(before) + 1);
                    break;
                default:
                    assert.deepEqual(after, before, `step ${at}`);
            }
        }
    }
});

test("a page is asked for once, however many want it", async () => {
    const { pages, asked } = recorded(long(200, 5));
    await Promise.all([pages.fetch(PAGE), pages.fetch(PAGE + 5), pages.fetch(2 * PAGE - 1)]);
    assert.equal(asked(), 1);
    await pages.fetch(PAGE + 7);
    assert.equal(asked(), 1);
    assert.equal(pages.has(2 * PAGE), false);
    await pages.fetch(2 * PAGE);
    assert.equal(asked(), 2);
});

test("a crash is shown in front of the robot that can't move", async () => {
    const { pages } = recorded(STAIRS, 1);
    const end = pages.frame(pages.length);
    assert.equal(end?.next, undefined);
    assert.deepEqual(end?.change, { kind: "crash", at: [1, 4] });
});

test("every moment says its step and its action, and where the run crashed the one that the verdict names", () => {
    const say = (pages: Pages, at: number) => {
        const frame = pages.frame(at);
        assert.ok(frame);
        return moment(frame, pages.recording);
    };
    const { pages: fine } = recorded(STAIRS);
    assert.deepEqual(
        [0, 1, 2, 6, 18].map((at) => say(fine, at)),
        [
            "Step 1 of 18, after 0 actions",
            "Step 2 of 18, action 1",
            "Step 3 of 18, action 2",
            "Step 7 of 18, after 5 actions",
            "End, step 18 of 18, after 15 actions",
        ],
    );
    const { pages: crashes } = recorded(STAIRS, 1);
    assert.match(crashes.recording.outcome.message, /at action 1\./);
    assert.equal(say(crashes, 1), "End, step 1 of 1, action 1");
    const cut = new Pages({ ...fine.recording, complete: false, length: 3 }, () => Promise.reject(new Error()));
    assert.equal(say(cut, 3), "End, step 3 of 3", "how many actions led there is not known");
});

test("the end of a run of which not all is recorded is the end, not what comes after the last step", async () => {
    const { pages } = recorded(STAIRS);
    const end = { ...pages.recording.end, robot: { row: 0, col: 0, heading: "west" as const } };
    const cut = new Pages({ ...pages.recording, complete: false, length: 3, end }, () => Promise.reject(new Error()));
    assert.equal(cut.has(3), true);
    assert.deepEqual(cut.frame(3)?.ground.robot, end.robot);
    assert.equal(cut.frame(2)?.next?.name, "turnLeft()");
});

test("steps over and out of a call go by the active calls", () => {
    const { pages } = recorded(STAIRS);
    const way = (kind: Parameters<typeof stride>[0], at: number) => stride(kind, at, pages.length, pages.step(at));
    // Step 0 is a round of main's, 1 to 4 are climb's.
    assert.equal(pages.step(1)?.depth, 1);
    assert.equal(way("in", 0), 1);
    assert.equal(way("back", 0), 0);
    assert.equal(way("in", pages.length), pages.length);
    assert.deepEqual(way("over", 1), { from: 1, backwards: false, depth: 1 });
    assert.deepEqual(way("out", 1), { from: 1, backwards: false, depth: 0 });
    assert.deepEqual(way("backOver", 5), { from: 5, backwards: true, depth: 0 });
    assert.deepEqual(way("backOut", 2), { from: 2, backwards: true, depth: 0 });
    assert.deepEqual(way("backOver", pages.length), { from: pages.length, backwards: true, depth: 0 });
    assert.equal(way("over", pages.length), pages.length);
});

test("the loops and conditions around a step are told, outermost first, and none of another call", () => {
    const { pages } = recorded(long(3, 4));
    const step = (at: number) => pages.step(at);
    const move = Array.from({ length: pages.length }, (_, at) => at)
        .filter((at) => step(at)?.name === "move()")
        .at(-1);
    assert.ok(move !== undefined);
    const names = around(step, move).map(({ name, round }) => `${name} ${round === undefined ? "" : round.done + 1}`);
    assert.deepEqual(
        names.map((name) => name.trim()),
        ["repeat(3) 3", "repeat(4) 4", "if(frontIsClear())"],
    );
    const stairs = recorded(STAIRS).pages;
    assert.deepEqual(
        around((at) => stairs.step(at), 3),
        [],
        "climb's statements stand in no loop of climb's",
    );
    assert.deepEqual(
        around((at) => stairs.step(at), 5).map(({ name }) => name),
        ["repeat(3)"],
    );
});
