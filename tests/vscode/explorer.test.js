// The test explorer: examples are run without a document being opened or the focus moved, a wrong world is compared with the
// expected one, and an example is debugged.

const assert = require("node:assert");
const { after, afterEach, before, test } = require("node:test");
const { listeningServer, openWorkbench } = require("./workbench.js");

const PROGRAM = `def main():
    move()
    turnRight()

example "near":
    input:
        > .
        . .
    output:
        . v
        . .

example "far":
    input:
        > . .
        . . .
    output:
        . . v
        . . .
`;

const server = listeningServer("explorer");
let workbench;
before(async () => {
    // The extension starts by itself in a folder that holds a program.
    const files = { "walk.karel": PROGRAM, "notes.txt": "Notes.\n" };
    workbench = await openWorkbench("explorer", files, { "karel.server.path": server.path });
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

/** The example's row among the results of the last run. */
function result(name) {
    return workbench.page.locator(".test-output-peek-tree .monaco-list-row", { hasText: name }).first();
}

test("all examples are run, and no document is opened nor the focus moved", async () => {
    const { page } = workbench;
    await workbench.open("notes.txt");
    await page.locator(".monaco-editor .view-lines").first().click();
    await page.keyboard.press("Control+End");
    await workbench.command("Test: Run All Tests");
    await result("near").locator(".codicon-testing-passed-icon").waitFor();
    await result("far").locator(".codicon-testing-failed-icon").waitFor();
    await page.keyboard.type("Still here.");
    await workbench.until("it is typed", async () => (await workbench.text()).includes("Still here."));
    await workbench.screenshot("1-run");
    assert.deepEqual(await workbench.tabs(), [["notes.txt*"]]);
    assert.deepEqual(server.opened(), []);
});

test("a world that is not the expected one is compared with it", async () => {
    const { page } = workbench;
    await result("far").click();
    const sides = page.locator(".panel .monaco-diff-editor .view-lines");
    const lines = async (side) => (await sides.nth(side).innerText()).replaceAll("\u00a0", " ");
    await workbench.until("both worlds are there", async () => (await sides.count()) === 2);
    await workbench.until("the expected one", async () => /^\. \. v\s+\. \. \.$/.test(await lines(0)));
    await workbench.until("the actual one", async () => /^\. v \.\s+\. \. \.$/.test(await lines(1)));
    await workbench.screenshot("2-compared");
    assert.deepEqual(server.opened(), []);
    // In the program it is compared where the example stands.
    await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "walk.karel" }).dblclick();
    await workbench.lens(/1\/2 examples pass/);
    await workbench.command("Test: Run All Tests");
    await page.locator(".test-error-content-widget").click();
    await page.locator(".zone-widget .monaco-diff-editor").waitFor();
    await workbench.screenshot("3-peeked");
    await page.keyboard.press("Escape");
});

test("an example is debugged", async () => {
    const { page } = workbench;
    await workbench.command("Testing: Focus on Test Explorer View");
    const row = page.locator(".test-explorer .monaco-list-row", { hasText: "far" });
    await row.waitFor();
    await row.hover();
    await row.locator(".action-label[aria-label^='Debug Test']").click();
    // It stops where the run ends, for its world is wrong there.
    await page.locator(".exception-widget", { hasText: "Expected the robot at row 1, column 3" }).waitFor();
    const cursor = page.locator("#status\\.editor\\.selection");
    await workbench.until("the last statement is shown", async () => (await cursor.innerText()).includes("Ln 3,"));
    await workbench.screenshot("4-debugged");
});
