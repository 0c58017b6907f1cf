// The world of an example, seen: a failing one is opened beside its program, stepped back from its failure, and followed
// while the program is edited, drawn in, hidden and shown again.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

const examples = path.join(__dirname, "../examples");
const CRASH = fs.readFileSync(path.join(examples, "crash.karel"), "utf8");

const ENGINE = ["python3", path.join(__dirname, "../two_programs.py")];
const OPEN = `def main():
    ...

example "short":
    input:
        > .
        . .
    output:
        . >
        . .
`;

let workbench;

before(async () => {
    workbench = await openWorkbench("world", examples, { "karel.engine.command": ENGINE });
    fs.writeFileSync(path.join(workbench.workspace, "open.karel"), OPEN);
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

test("a failing example is opened, and stepped back from its failure", async () => {
    await workbench.open("crash.karel");
    await workbench.lens(/crashes at action 3/);
    await workbench.screenshot("1-program");
    // The lens above the example opens its world.
    const lenses = workbench.page.locator(".codelens-decoration", { hasText: "crashes at action 3" });
    await workbench.until("the world is opened", async () => {
        await workbench.click(lenses.locator("a", { hasText: "World" }));
        return workbench.soon(() => workbench.shown());
    });
    const frame = await workbench.world();
    await frame.locator("h1", { hasText: 'example "too short"' }).waitFor();
    await workbench.told(/^Step 1 of/);
    await workbench.screenshot("2-world");
    await frame.getByRole("button", { name: "Run to the failure" }).click();
    await workbench.told(/^End.*edge of the world/);
    await workbench.until("the statement that failed is marked", async () => (await workbench.marked()).join() === "4");
    await workbench.screenshot("3-failure");
    const end = await frame.locator(".count").innerText();
    assert.match(end, /^(\d+) \/ \1$/);
    await frame.getByRole("button", { name: "Step back", exact: true }).click();
    await workbench.told(/^Step \d+ of/);
    const [, before, length] = /^Step (\d+) of (\d+)/.exec(await workbench.spoken());
    assert.equal(before, length, "the last step comes next again");
    await workbench.screenshot("4-back");
});

test("a step's statement is shown in the program, and the cursor shows its world", async () => {
    const frame = await workbench.world();
    await frame.locator(".list button", { hasText: "repeat(3)" }).and(frame.locator(":visible")).first().click();
    await workbench.told(/^Step \d+ of \d+: repeat\(3\)/);
    await workbench.until("the loop's head is marked", async () => (await workbench.marked()).join() === "3");
    // The program has the focus now.
    await workbench.goTo(4, 11);
    await workbench.told(/^Step 2 of \d+: move\(\)/);
    await frame.locator(".occurrence", { hasText: "Line 4" }).waitFor();
    await frame.getByRole("button", { name: "The time after" }).click();
    await workbench.told(/^Step 4 of \d+: move\(\)/);
    await workbench.screenshot("5-cursor");
});

test("the page follows the program as it is edited", async () => {
    const { page } = workbench;
    const frame = await workbench.world();
    await workbench.command("View: Focus First Editor Group");
    await workbench.goTo(3, 13);
    await page.keyboard.press("Backspace");
    await page.keyboard.type("1");
    await page.keyboard.press("Escape");
    await workbench.until("the run is the new program's", async () =>
        /\/ 2$/.test(await frame.locator(".count").innerText()),
    );
    assert.equal(await frame.locator(".notice.warn").count(), 0);
    await workbench.lens(/0\/3 examples pass/);
    await workbench.screenshot("6-edited");
    // What was saved by itself is as it was for the tests after this one.
    await workbench.until("it is the old one again", async () => {
        await page.keyboard.press("Control+z");
        return workbench.soon(async () => (await workbench.text()).includes("repeat(3)"));
    });
});

test("a world is drawn with the mouse, and the editor undoes it", async () => {
    const { page } = workbench;
    const frame = await workbench.world();
    await frame.getByRole("button", { name: "Draw the example" }).click();
    const input = frame.getByRole("application", { name: "Input: draw" }).locator("canvas");
    const { width, height } = await input.boundingBox();
    // The middle one of three cells becomes a wall.
    await input.click({ position: { x: width / 2, y: height / 2 } });
    await workbench.until("the text has the wall", async () => (await workbench.text()).includes("> # ."));
    await frame.locator(".overview button.fails", { hasText: "too short" }).waitFor();
    await workbench.lens(/crashes at action 1/);
    await workbench.screenshot("7-drawn");
    await frame.getByRole("button", { name: "Done" }).click();
    await workbench.command("View: Focus First Editor Group");
    await workbench.until("it is undone", async () => {
        await page.keyboard.press("Control+z");
        return workbench.soon(async () => !(await workbench.text()).includes("> # ."));
    });
    await workbench.until("it is saved as it was", async () => workbench.saved("crash.karel") === CRASH);
});

test("a page that was hidden is where it was", async () => {
    const { page } = workbench;
    const frame = await workbench.world();
    await frame.locator(".overview button", { hasText: "too long" }).click();
    await frame.locator("h1", { hasText: 'example "too long"' }).waitFor();
    await frame.getByRole("button", { name: "Step", exact: true }).click();
    await workbench.told(/^Step 2 of 6/);
    // Another page opens in its place: VS Code throws the hidden one away.
    const tab = page.locator(".tab", { hasText: "Karel: World" });
    await workbench.until("it is hidden", async () => {
        await workbench.click(tab);
        await workbench.command("File: New Untitled Text File");
        return workbench.soon(async () => (await workbench.shown()) === undefined);
    });
    await workbench.until("it is shown again", async () => {
        await workbench.click(tab);
        return workbench.soon(async () => (await workbench.shown()) !== undefined);
    });
    await workbench.told(/^Step 2 of 6/);
    await (await workbench.world()).locator("h1", { hasText: 'example "too long"' }).waitFor();
    await workbench.screenshot("8-again");
});

test("which program is meant is answered by a click on an ending", async () => {
    const { page } = workbench;
    await workbench.open("open.karel");
    await workbench.running();
    await workbench.goTo(2, 6);
    await workbench.command("Karel: Synthesize Program from Examples");
    await workbench.until("a program is found", async () => (await workbench.text()).includes("    move()"));
    // The notification leads to the endings, unless the page is there already and shows them.
    const button = page.locator(".notifications-toasts .monaco-button", { hasText: "Show Endings" });
    const frame = await workbench.until("the endings are shown", async () => {
        if ((await button.count()) > 0) {
            await workbench.click(button);
        }
        const frame = await workbench.shown();
        return (await frame?.getByRole("heading", { name: "Which ending is right?" }).count()) === 1 && frame;
    });
    await workbench.screenshot("9-question");
    await frame.getByRole("button", { name: "B: this is right" }).click();
    await workbench.until("the ending is an example, and the program one that ends so", async () => {
        const text = await workbench.text();
        return text.includes('example "deciding"') && text.includes("while(frontIsClear())");
    });
    await frame.locator(".overview button.passes", { hasText: "deciding" }).waitFor();
    await frame.locator("h1", { hasText: 'example "deciding"' }).waitFor();
    await workbench.lens(/2\/2 examples pass/);
    await workbench.screenshot("10-answered");
});
