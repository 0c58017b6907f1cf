import assert from "node:assert/strict";
import { test } from "node:test";
import { findExamples } from "../src/examples";

test("headers of examples and tests, whatever the line ends", () => {
    const text = 'def main(): move()\r\nexample "a b":\n    input:\n        >\rtest "c" crashes:\nexample "';
    assert.deepEqual(findExamples(text), [
        { name: "a b", line: 1 },
        { name: "c", line: 4 },
    ]);
});

test("what only looks like one is none", () => {
    assert.deepEqual(findExamples('examples "more.kgrid"\n    example "inner":\n# example "comment":\nexample\n'), []);
});
