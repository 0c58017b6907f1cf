// Coverage: what no example carries out is marked in the program, statements and ways of an `if`; and a run that is to go on
// follows edits and files.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

const PROGRAM = `def main():
    if(frontIsClear()):
        move()
    else:
        turnLeft()
    if(rightIsClear()):
        turnRight()

example "free":
    input:
        > .
        . .
    output:
        . v
        . .
`;

let workbench;
before(async () => {
    workbench = await openWorkbench("coverage");
    fs.writeFileSync(path.join(workbench.workspace, "other.karel"), PROGRAM.replace("turnRight", "turnLeft"));
    fs.writeFileSync(path.join(workbench.workspace, "walk.karel"), PROGRAM);
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

/** The numbers of the lines that are marked so. */
async function lines(mark) {
    const marked = await workbench.page.locator(`.line-numbers${mark}`).allInnerTexts();
    return marked.map((text) => text.trim()).join();
}

const MISSED = ".coverage-deco-miss";

test("what no example carries out is marked", async () => {
    await workbench.open("walk.karel");
    await workbench.lens(/1\/1 example passes/);
    await workbench.command("Test: Run All Tests with Coverage");
    await workbench.until("statement and way are marked", async () => (await lines(MISSED)) === "5,6");
    assert.equal(await lines(".coverage-deco-hit"), "2,3,6,7", "the condition was looked at, and never false");
    await workbench.screenshot("1-coverage");
});

test("a run that is to go on follows edits, and files that no editor shows", async () => {
    const { page } = workbench;
    const explored = (text) => page.locator(`.test-explorer .monaco-list-row[aria-label^="${text}"]`).waitFor();
    await workbench.command("Testing: Focus on Test Explorer View");
    await explored("other.karel (Failed");
    await workbench.command("Test: Start Continuous Run");
    await workbench.row("Coverage").click();
    await page.keyboard.press("Enter");
    await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    await workbench.command("View: Focus First Editor Group");
    // A wall before the robot.
    await workbench.goTo(11, 11);
    await page.keyboard.press("Delete");
    await page.keyboard.type("#");
    await workbench.until("other statements are marked", async () => (await lines(MISSED)) === "3,7");
    await explored("walk.karel (Failed");
    await workbench.lens(/0\/1 example passes/);
    await workbench.screenshot("2-followed");
    fs.writeFileSync(path.join(workbench.workspace, "other.karel"), PROGRAM);
    await explored("other.karel (Passed");
    await workbench.screenshot("3-other");
    assert.deepEqual(await workbench.tabs(), [["walk.karel*"]]);
    // The focus has stayed where it was.
    await page.keyboard.press("Backspace");
    await page.keyboard.type(".");
    await explored("walk.karel (Passed");
    await workbench.until("the first ones are marked", async () => (await lines(MISSED)) === "5,6");
});
