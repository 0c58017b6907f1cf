// What is shown of the examples agrees, whatever has just been typed: lenses, test explorer, traces; and what the user
// does on purpose is no error.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

const BLOCK = (kind, name, output) =>
    `${kind} "${name}":\n    input:\n        > . .\n        . . .\n    output:\n        ${output}\n        . . .\n`;
const STEP = `def main():\n    move()\n${BLOCK("example", "one", ". > .")}${BLOCK("example", "one", "> . .")}${BLOCK("test", "one", ". > .")}`;

let workbench;

function write(name, text) {
    fs.writeFileSync(path.join(workbench.workspace, name), text);
}

/** Opens the program as it was: what is typed in this window is saved by itself. */
async function openStep() {
    await workbench.open();
    write("step.karel", STEP);
    await workbench.open("step.karel");
    await workbench.lens(/1\/2 examples pass, 1\/1 test passes/);
}

before(async () => {
    workbench = await openWorkbench("live");
    write("step.karel", STEP);
    write("other.karel", `def main():\n    ...\n${BLOCK("example", "hole", ". > .")}`);
    // No program does both; a search for one would go on for long.
    const impossible = ["> 1", "> 2"].map(
        (row, at) =>
            `example "${at}":\n    input:\n        ${row}\n        . .\n    output:\n        . >${at + 5}\n        ${at + 3} 7\n`,
    );
    write("long.karel", `def main():\n    ...\n${impossible.join("")}`);
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

/** The rows of the test explorer, each with its state. */
async function explorer() {
    const rows = workbench.page.locator(".test-explorer .monaco-list-row");
    return rows.evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? row.textContent));
}

test("a folder with Karel files has them in the test explorer before one is opened", async () => {
    await workbench.open();
    const { page } = workbench;
    await page.locator('.activitybar [aria-label^="Testing"]').first().click();
    await page.locator(".test-explorer .monaco-list-row", { hasText: "step.karel" }).waitFor();
    await workbench.until("all files are listed", async () => (await explorer()).length >= 3);
    await workbench.command("Test: Run All Tests");
    await workbench.until("they were run", async () =>
        (await explorer()).some((row) => /step\.karel.*Failed/i.test(row)),
    );
    await workbench.screenshot("1-explorer");
    const tabs = await page.locator(".tabs-container .tab").count();
    assert.equal(tabs, 0, "no file was opened");
});

test("explorer and lenses follow the text", async () => {
    const { page } = workbench;
    await openStep();
    await page.locator('.activitybar [aria-label^="Testing"]').first().click();
    const file = page.locator(".test-explorer .monaco-list-row", { hasText: "step.karel" });
    await file.waitFor();
    const ones = async () => (await explorer()).filter((row) => /^one\b/.test(row));
    await file.click();
    await page.keyboard.press("ArrowRight");
    await workbench.until("the examples are in view", async () => (await ones()).length === 3);
    const states = async () => (await ones()).map((row) => /passed|failed|skipped/i.exec(row)?.[0]);
    await workbench.until(
        "they are shown as the lenses say",
        async () => (await states()).join() === "Passed,Failed,Passed",
    );
    await workbench.screenshot("2-before");
    await page.locator(".monaco-editor .view-line", { hasText: "move()" }).first().click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("...");
    await page.keyboard.press("Escape");
    await workbench.lens(/0\/2 examples pass/);
    await workbench.until("a hole is no failure", async () => (await states()).join() === "Skipped,Skipped,Skipped");
    await workbench.screenshot("3-after");
});

test("a trace takes no focus and follows the program", async () => {
    const { page } = workbench;
    await openStep();
    await page.locator(".monaco-editor .view-line", { hasText: "example" }).first().click();
    await workbench.command("Karel: Show Trace of an Example");
    await workbench.until("the trace is shown", async () => /1 action/.test(await workbench.previews()));
    // Keys go on into the program.
    await workbench.goTo(2, 1);
    await page.keyboard.press("End");
    await page.keyboard.type("; turnLeft()");
    await page.keyboard.press("Escape");
    await workbench.until("the trace is the new program's", async () => /turnLeft/.test(await workbench.previews()));
    await workbench.screenshot("4-trace");
    assert.match(await workbench.text(), /move\(\); turnLeft\(\)/);
});

test("the server comes back after a restart", async () => {
    const { page } = workbench;
    await openStep();
    await workbench.command("Karel: Restart Server");
    await workbench.running();
    await workbench.goTo(2, 1);
    await page.keyboard.press("End");
    await page.keyboard.type("; turnLeft()");
    await workbench.lens(/0\/2 examples pass/);
});

test("the code of a mistake leads to its explanation", async () => {
    const { page } = workbench;
    await openStep();
    await workbench.goTo(2, 1);
    await page.keyboard.press("End");
    await page.keyboard.type("; mvoe()");
    await page.locator(".monaco-editor .squiggly-error").first().waitFor();
    await page.keyboard.press("F8");
    const link = page.locator("a.code-link").first();
    await link.click();
    await workbench.until("the explanation is rendered", async () => /^K\d\d\d$/m.test(await workbench.previews()));
    await workbench.screenshot("5-code");
    assert.doesNotMatch(await workbench.previews(), /UPDATE_EXPECT|### /);
});

test("cancelling a search is silent", async () => {
    const { page } = workbench;
    await workbench.open("long.karel");
    await workbench.running();
    await workbench.goTo(2, 5);
    await workbench.command("Karel: Synthesize Program from Examples");
    const progress = workbench.notification("Synthesize");
    await progress.waitFor();
    await workbench.until("its seconds are shown", async () => /\d s/.test(await progress.innerText()));
    await workbench.screenshot("6-progress");
    await page.locator(".notifications-toasts .monaco-button", { hasText: "Cancel" }).click();
    await progress.waitFor({ state: "detached" });
    await workbench.until("the engine is ready again", async () => (await workbench.lenses()).length > 0);
    assert.equal(await page.locator(".notifications-toasts .notification-list-item .codicon-error").count(), 0);
});
