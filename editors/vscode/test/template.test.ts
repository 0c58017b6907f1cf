import assert from "node:assert/strict";
import { test } from "node:test";
import { fileNameProblem, readTemplates, withEnding } from "../src/template";

test("templates are read whatever else is answered", () => {
    const good = { name: "first", title: "First", description: "It walks.", text: "def main(): move()\n" };
    assert.deepEqual(readTemplates([good, { name: "x" }, null, 5]), [good]);
    assert.deepEqual(readTemplates({ good }), []);
});

test("a new file has the ending, and never takes the place of another", () => {
    assert.equal(withEnding(" walk "), "walk.karel");
    assert.equal(withEnding("walk.karel"), "walk.karel");
    const there = new Set(["walk.karel"]);
    assert.equal(fileNameProblem("run", there), undefined);
    for (const wrong of ["", " ", "walk", "walk.karel", "a/b", "a\\b", "c:d"]) {
        assert.equal(typeof fileNameProblem(wrong, there), "string", wrong);
    }
});
