// An example file as worlds instead of text: reopened with the page, drawn in with the mouse, undone, loaded anew.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { listeningServer, openWorkbench } = require("./workbench.js");

const server = listeningServer("grid");
let workbench;
before(async () => {
    const settings = { "karel.server.path": server.path, "files.autoSave": "off" };
    workbench = await openWorkbench("grid", path.join(__dirname, "../examples"), settings);
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

test("an example file is reopened as worlds, in its place, and nothing else is opened", async () => {
    await workbench.open("row.kgrid");
    await workbench.running();
    await workbench.screenshot("1-text");
    await workbench.command("View: Reopen Editor With...");
    await workbench.row("Karel World").click();
    await workbench.world();
    await workbench.screenshot("2-worlds");
    assert.deepEqual(await workbench.tabs(), [["row.kgrid*"]]);
    assert.deepEqual(server.opened(), ["row.kgrid"]);
});

test("it is drawn in with the mouse; the editor undoes it, does it again, and saves it", async () => {
    const { page } = workbench;
    const changed = () => workbench.page.locator(".tab.dirty", { hasText: "row.kgrid" }).count();
    const frame = await workbench.world();
    await frame.getByRole("button", { name: "Draw the example" }).click();
    const input = frame.getByRole("application", { name: "Input: draw" }).locator("canvas");
    const { width, height } = await input.boundingBox();
    // The middle one of the upper three cells becomes a wall.
    await input.click({ position: { x: width / 2, y: height / 4 } });
    await workbench.until("it is changed", async () => (await changed()) === 1);
    await workbench.screenshot("3-drawn");
    // The keys are the page's: it has the focus.
    await page.keyboard.press("Control+z");
    await workbench.until("it is undone", async () => (await changed()) === 0);
    await page.keyboard.press("Control+y");
    await workbench.until("it is done again", async () => (await changed()) === 1);
    await page.keyboard.press("Control+s");
    await workbench.until("the file has the wall", () => workbench.saved("row.kgrid").includes("> # ."));
    assert.deepEqual(await workbench.tabs(), [["row.kgrid*"]]);
    assert.deepEqual(server.opened(), ["row.kgrid"]);
});

test("a window that is loaded anew shows the same example of it", async () => {
    const frame = await workbench.world();
    await frame.getByRole("button", { name: "Done" }).click();
    await frame.locator(".overview button", { hasText: "south" }).click();
    await frame.locator("h1", { hasText: 'example "south"' }).waitFor();
    await workbench.kept(/karel\.worldEditor.*south/);
    await workbench.open();
    await (await workbench.world()).locator("h1", { hasText: 'example "south"' }).waitFor();
    assert.deepEqual(await workbench.tabs(), [["row.kgrid*"]]);
    await workbench.screenshot("4-again");
});

test("one that belongs to no program is drawn in, too", async () => {
    const { page } = workbench;
    const text = 'example "alone":\n    input:\n        > . .\n    output:\n        . . >\n';
    fs.writeFileSync(path.join(workbench.workspace, "alone.kgrid"), text);
    await workbench.open("alone.kgrid");
    await workbench.command("View: Reopen Editor With...");
    await workbench.row("Karel World").click();
    const frame = await workbench.until("the page is there", async () => {
        for (const frame of page.frames()) {
            if (
                (await frame
                    .getByText("There is no program beside these examples")
                    .count()
                    .catch(() => 0)) > 0
            ) {
                return frame;
            }
        }
        return undefined;
    });
    await frame.getByRole("button", { name: "Draw the example" }).click();
    const output = frame.getByRole("application", { name: "Output: draw" }).locator("canvas");
    const { width, height } = await output.boundingBox();
    await output.click({ position: { x: width / 2, y: height / 2 } });
    await workbench.until("it is changed", async () => (await page.locator(".tab.dirty").count()) === 1);
    await workbench.screenshot("5-alone");
    await page.keyboard.press("Control+s");
    await workbench.until("the file has the wall", () => workbench.saved("alone.kgrid").includes(". # >"));
});
