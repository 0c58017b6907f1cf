// The main job in VS Code: mistakes are underlined, an example shows its trace, a code action writes the program.

const assert = require("node:assert");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

let workbench;
before(async () => {
    workbench = await openWorkbench("editing", path.join(__dirname, "../examples"));
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

test("a Karel file has its language", async () => {
    await workbench.open("stairs.karel");
    const mode = workbench.page.locator("#status\\.editor\\.mode");
    await workbench.until("the mode is shown", async () => (await mode.innerText()) === "Karel");
});

test("mistakes are underlined and counted", async () => {
    await workbench.open("mistakes.karel");
    await workbench.page.locator(".monaco-editor .squiggly-error").first().waitFor();
    const problems = workbench.page.locator("#status\\.problems");
    await workbench.until("both mistakes are counted", async () =>
        /Errors: 2\b/.test(await problems.getAttribute("aria-label")),
    );
    await workbench.screenshot("1-mistakes");
});

test("an example's hover shows its trace", async () => {
    await workbench.open("stairs.karel");
    const hover = workbench.page.locator(".monaco-hover:not(.hidden) .monaco-hover-content");
    const name = workbench.page.locator(".view-line span", { hasText: "four by five" }).last();
    const texts = async () => (await hover.allInnerTexts()).join("\n");
    const text = await workbench.until("the hover has the trace", async () => {
        await workbench.page.mouse.move(0, 0);
        await name.hover();
        return workbench.soon(async () => /putMarker/.test(await texts()) && texts());
    });
    assert.match(text, /move turnLeft move turnRight putMarker/);
    await workbench.screenshot("2-trace");
});

test("a code action synthesizes the program", async () => {
    await workbench.open("collect.karel");
    const { page } = workbench;
    const action = page.locator(".action-widget .monaco-list-row", { hasText: "Synthesize main from 5 examples" });
    await workbench.until("the action is offered", async () => {
        await page.locator(".monaco-editor .view-lines").first().click();
        await workbench.goTo(3, 6);
        await page.keyboard.press("Control+.");
        const offered = await action.waitFor({ timeout: 5000 }).then(
            () => true,
            () => false,
        );
        if (!offered) {
            await page.keyboard.press("Escape");
        }
        return offered;
    });
    await workbench.screenshot("3-action");
    await action.click();
    const text = await workbench.until("the hole is replaced", async () => {
        const text = await workbench.text();
        return /while\(frontIsClear\(\)\):/.test(text) && text;
    });
    assert.doesNotMatch(text, /\.\.\.\n/);
    assert.match(text, /pickMarker\(\)/);
    const lenses = page.locator(".codelens-decoration");
    await workbench.until("the examples have been run again", async () =>
        (await lenses.allInnerTexts()).some((lens) => /5\/5 examples pass, 1\/1 test passes/.test(lens)),
    );
    await workbench.screenshot("4-synthesized");
    await page.keyboard.press("Control+s");
    await workbench.until("the file is saved", () => workbench.saved("collect.karel").includes("pickMarker()"));
});
