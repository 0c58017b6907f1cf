// A newcomer's first hour, from an empty folder: walkthrough, a template, a failing example, a program of one's own typed
// at human speed with a mistake, and its synthesis.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

let workbench;
before(async () => {
    workbench = await openWorkbench("hour");
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

/** Chooses the first template; a page that comes into view meanwhile takes the focus, and the list with it. */
async function newFile() {
    const { page } = workbench;
    const name = page.locator(".quick-input-widget input");
    await workbench.until("a name is proposed for a new file", async () => {
        await workbench.command("Karel: New File from Template");
        return (
            (await workbench.click(workbench.row("First program"))) &&
            (await workbench.soon(async () => (await name.inputValue({ timeout: 1000 })) === "first.karel"))
        );
    });
}

test("the walkthrough leads to a first program that works", async () => {
    const { page } = workbench;
    await workbench.open();
    await workbench.command("Karel: Get Started");
    await page
        .locator(".getting-started-category, .getting-started-step", { hasText: "Begin with a program that works" })
        .first()
        .waitFor();
    await workbench.screenshot("1-walkthrough");
    await newFile();
    await workbench.screenshot("2-name");
    await page.keyboard.type("walk");
    await page.keyboard.press("Enter");
    await workbench.lens(/3\/3 examples pass/);
    await workbench.screenshot("3-first");
    assert.match(workbench.saved("walk.karel"), /turnLeft\(\)/);
    // Another of the same name is not overwritten.
    await newFile();
    await page.keyboard.type("walk");
    await page.locator(".quick-input-widget", { hasText: "is there already" }).waitFor();
    await page.keyboard.press("Escape");
});

test("a key runs the examples, another shows a trace", async () => {
    const { page } = workbench;
    await workbench.open("walk.karel");
    await workbench.lens(/3\/3 examples pass/);
    await page.locator(".monaco-editor .view-line", { hasText: "six cells" }).first().click();
    await page.keyboard.press("Control+Alt+r");
    await workbench.notification("All 3 examples pass.").waitFor();
    await page.keyboard.press("Control+Alt+v");
    await workbench.until("the trace is shown", async () => /turnLeft/.test(await workbench.previews()));
    await workbench.screenshot("4-trace");
});

test("an example that fails says so in all places, and chooses to go there", async () => {
    const { page } = workbench;
    await workbench.open("walk.karel");
    await workbench.lens(/3\/3 examples pass/);
    await page
        .locator(".monaco-editor .view-line", { hasText: /^\s*turnLeft\(\)$/ })
        .first()
        .click();
    await page.keyboard.press("Control+Shift+k");
    await workbench.lens(/✗ wrong result/);
    await workbench.lens(/0\/3 examples pass/);
    await workbench.screenshot("5-failing");
    await workbench.command("Karel: Run All Examples");
    await workbench.row("three cells").waitFor();
    await workbench.screenshot("6-failed-list");
    await workbench.row("three cells").click();
    await workbench.until("the cursor is at the example", async () =>
        /Ln (9|1\d)/.test(await page.locator("#status\\.editor\\.selection").innerText()),
    );
    await page.locator(".monaco-editor .view-lines").first().click();
    await page.keyboard.press("Control+z");
    await workbench.lens(/3\/3 examples pass/);
});

test("a program of one's own: typed with a mistake, fixed, and found from its examples", async () => {
    const { page } = workbench;
    fs.writeFileSync(path.join(workbench.workspace, "mine.karel"), "");
    await workbench.open("mine.karel");
    await workbench.running();
    await page.locator(".monaco-editor .view-lines").first().click();
    await workbench.type("def main():\nmvoe()");
    await page.locator(".monaco-editor .squiggly-error").first().waitFor();
    await workbench.screenshot("7-mistake");
    await workbench.action("move");
    await workbench.until("it is fixed", async () => /move\(\)/.test(await workbench.text()));
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+End");
    await workbench.type('...\n\nexample "to the wall":\ninput:\n> . . .\noutput:\n. . . >');
    await page.keyboard.press("Enter");
    await workbench.type('example "further":\ninput:\n> . . . .\noutput:\n. . . . >');
    await workbench.lens(/0\/2 examples pass/);
    await workbench.screenshot("8-typed");
    assert.equal(
        (await workbench.text())
            .split("\n")
            .map((line) => line.trimEnd())
            .join("\n")
            .trimEnd(),
        'def main():\n    ...\n\nexample "to the wall":\n    input:\n        > . . .\n    output:\n        . . . >\nexample "further":\n    input:\n        > . . . .\n    output:\n        . . . . >',
    );
    await workbench.goTo(2, 5);
    await page.keyboard.press("Control+Alt+g");
    await workbench.lens(/2\/2 examples pass/);
    await workbench.screenshot("9-synthesized");
    const found = await workbench.text();
    assert.match(found, /move\(\)/);
    // Two examples leave much open: the next program is another, and passes, too.
    await page.keyboard.press("Control+Alt+n");
    await workbench.until("the next program is there", async () => (await workbench.text()) !== found);
    await workbench.lens(/2\/2 examples pass/);
    await workbench.screenshot("10-next");
    assert.equal(await page.locator(".notifications-toasts .codicon-error").count(), 0);
});
