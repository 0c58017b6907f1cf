import assert from "node:assert/strict";
import { test } from "node:test";
import { readRuns, summary } from "../src/runs";

const at = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 7 } });

test("counts come from the examples themselves", () => {
    const runs = readRuns({
        examples: [
            { name: "a", test: false, passed: true, message: "", range: at(3) },
            { name: "b", test: true, passed: false, message: "crashed", range: at(9) },
            { name: "c", passed: true },
        ],
    });
    assert.ok(runs);
    assert.equal(summary(runs), "2 of 3 examples pass.");
    assert.deepEqual(runs.examples[1], { name: "b", test: true, passed: false, message: "crashed", line: 9 });
    assert.equal(runs.examples[2]?.line, undefined);
});

test("none, one and all", () => {
    const of = (...passed: boolean[]) => {
        const runs = readRuns({ examples: passed.map((p) => ({ name: "n", passed: p })) });
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
        assert.equal(readRuns(odd), undefined, JSON.stringify(odd));
    }
});
