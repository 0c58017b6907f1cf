import assert from "node:assert/strict";
import { test } from "node:test";
import { readRuns, runFinder, summary } from "../src/runs";

const PROGRAM = "file:///school/walk.karel";
const GRIDS = "file:///school/walk.kgrid";

const at = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 7 } });

test("counts come from the examples themselves", () => {
    const runs = readRuns({
        examples: [
            { name: "a", test: false, passed: true, message: "", range: at(3) },
            { name: "b", test: true, passed: false, message: "crashed", range: at(9) },
            { name: "c", passed: true },
        ],
    }, PROGRAM);
    assert.ok(runs);
    assert.equal(summary(runs), "2 of 3 examples pass.");
    assert.deepEqual(runs.examples[1], {
        uri: PROGRAM,
        name: "b",
        test: true,
        passed: false,
        message: "crashed",
        line: 9,
    });
    assert.equal(runs.examples[2]?.line, undefined);
});

test("an example in a grid file is told from the program's own of the same name", () => {
    const runs = readRuns(
        {
            passed: 1,
            total: 2,
            examples: [
                { uri: PROGRAM, range: at(0), name: "a", test: false, passed: true, message: "" },
                { uri: GRIDS, range: at(7), name: "a", test: false, passed: false, message: "crashed" },
            ],
        },
        PROGRAM,
    );
    assert.ok(runs);
    assert.deepEqual(
        runs.examples.map(({ uri, line }) => [uri, line]),
        [[PROGRAM, 0], [GRIDS, 7]],
    );
    const find = runFinder(runs, (uri) => uri.toLowerCase());
    assert.equal(find(PROGRAM, "a")?.passed, true);
    assert.equal(find(GRIDS, "a")?.message, "crashed");
    assert.equal(find("FILE:///school/walk.kgrid", "a")?.line, 7);
    assert.equal(find(GRIDS, "b"), undefined);
});

test("none, one and all", () => {
    const of = (...passed: boolean[]) => {
        const runs = readRuns({ examples: passed.map((p) => ({ name: "n", passed: p })) }, PROGRAM);
        assert.ok(runs);
        return summary(runs);
    };
    assert.equal(of(), "There is no example block here to run.");
    assert.equal(of(true), "The example passes.");
    assert.equal(of(true, true), "All 2 examples pass.");
    assert.equal(of(false), "0 of 1 examples pass.");
});

test("what is no answer is refused", () => {
    for (const odd of [undefined, null, [], "5/5", { examples: 5 }]) {
        assert.equal(readRuns(odd, PROGRAM), undefined, JSON.stringify(odd));
    }
});
