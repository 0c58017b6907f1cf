import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleAt, exampleId, readRuns, readVerdicts, summary } from "../src/runs";

const PROGRAM = "file:///school/walk.karel";
const GRIDS = "file:///school/walk.kgrid";

const lines = (first: number, last: number) => ({
    start: { line: first, character: 0 },
    end: { line: last, character: 7 },
});

test("counts come from the examples themselves", () => {
    const runs = readRuns(
        {
            passed: 9,
            examples: [
                { name: "a", test: false, ordinal: 0, verdict: "passes", message: "", block: lines(3, 8) },
                { name: "b", test: true, ordinal: 1, verdict: "fails", message: "crashed", block: lines(9, 14) },
                { name: "c", verdict: "dances" },
            ],
        },
        PROGRAM,
    );
    assert.ok(runs);
    assert.equal(summary(runs), "1 of 3 examples pass, 1 undecided.");
    assert.deepEqual(runs.examples[1], {
        uri: PROGRAM,
        name: "b",
        test: true,
        ordinal: 1,
        verdict: "fails",
        message: "crashed",
        line: 9,
        expected: undefined,
        actual: undefined,
        lastLine: 14,
    });
    assert.deepEqual([runs.examples[2]?.verdict, runs.examples[2]?.line], ["undecided", undefined]);
});

test("kind, name and ordinal tell examples apart", () => {
    const ids = [true, false].flatMap((test) =>
        ["a", "0 a", ""].flatMap((name) => [0, 1].map((ordinal) => exampleId({ test, name, ordinal }))),
    );
    assert.equal(new Set(ids).size, 12);
});

test("the example at a line is the one whose block holds it, else the one above", () => {
    const runs = readRuns(
        {
            examples: [
                { name: "a", block: lines(2, 6) },
                { name: "b", block: lines(8, 12) },
            ],
        },
        PROGRAM,
    );
    const at = (line: number) => exampleAt(runs?.examples ?? [], line)?.name;
    assert.deepEqual([0, 2, 6, 7, 8, 12, 40].map(at), [undefined, "a", "a", "a", "b", "b", "b"]);
});

test("none, one and all", () => {
    const of = (...verdicts: string[]) => {
        const runs = readRuns({ examples: verdicts.map((verdict) => ({ name: "n", verdict })) }, PROGRAM);
        assert.ok(runs);
        return summary(runs);
    };
    assert.equal(of(), "There is no example block here to run.");
    assert.equal(of("passes"), "The example passes.");
    assert.equal(of("passes", "passes"), "All 2 examples pass.");
    assert.equal(of("fails"), "0 of 1 examples pass.");
});

test("what is no answer is refused", () => {
    for (const odd of [undefined, null, [], "5/5", { examples: 5 }]) {
        assert.equal(readRuns(odd, PROGRAM), undefined, JSON.stringify(odd));
        assert.equal(readVerdicts(odd), undefined, JSON.stringify(odd));
    }
    assert.equal(readVerdicts({ examples: [] }), undefined);
    const told = readVerdicts({
        examples: [{ uri: GRIDS }],
        documents: [
            { uri: GRIDS, version: 2 },
            { uri: PROGRAM, version: null },
        ],
    });
    assert.deepEqual(told?.documents, [
        { uri: GRIDS, version: 2 },
        { uri: PROGRAM, version: undefined },
    ]);
});
