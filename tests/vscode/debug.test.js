// Debugging: F5 without a launch.json to a crash, back from there, a breakpoint forwards and in reverse; the lens debugs the
// example that it stands at; the world beside is in step with where the run is stopped.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

const PROGRAM = `def main():
    while(frontIsClear()):
        step()
    step()

def step():
    move()
    if(noMarkersPresent()):
        putMarker()

example "short":
    input:
        > . .
    output:
        . . >

example "good" crashes:
    input:
        >
`;

let workbench;
before(async () => {
    workbench = await openWorkbench("debug");
    fs.writeFileSync(path.join(workbench.workspace, "walk.karel"), PROGRAM);
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

/** The lens above the first example. */
function debugLens() {
    return workbench.page.locator(".codelens-decoration a", { hasText: /^Debug$/ }).first();
}

/** The cursor goes to where a run is stopped. */
function stopped(line) {
    const cursor = workbench.page.locator("#status\\.editor\\.selection");
    return workbench.until(`the run is stopped in line ${line}`, async () =>
        (await cursor.innerText()).includes(`Ln ${line},`),
    );
}

/** Waits until this stands beside the line at which the run is stopped. */
function beside(value) {
    return workbench.until(`beside the line stands ${value}`, async () => (await workbench.text()).includes(value));
}

/** Presses a button of the toolbar of debugging. */
function press(label) {
    return workbench.page.locator(`.debug-toolbar a.action-label[aria-label^="${label}"]`).first().click();
}

async function stop() {
    await press("Stop");
    await workbench.page.locator(".debug-toolbar").waitFor({ state: "hidden" });
}

test("F5 debugs to the crash, which says why, and goes back from there", async () => {
    const { page } = workbench;
    await workbench.open("walk.karel");
    await workbench.lens(/crashes at action 5/);
    await debugLens().waitFor();
    await workbench.goTo(2);
    await page.keyboard.press("F5");
    await workbench.row("short").click();
    await stopped(7);
    const why = page.locator(".exception-widget", { hasText: "move() runs into the edge of the world at action 5." });
    await why.waitFor();
    await workbench.screenshot("1-crash");
    await press("Step Back");
    await stopped(4);
    await press("Step Back");
    await stopped(2);
    await workbench.screenshot("2-back");
    await press("Reverse");
    await beside("robot = row 1, column 1, facing east, markers = 0");
    await stopped(2);
    await stop();
});

test("the world beside the program is in step with the debugger, back from the crash too", async () => {
    await workbench.open("walk.karel");
    await debugLens().waitFor();
    await workbench.goTo(2);
    await workbench.command("Karel: Open World");
    await workbench.told(/^Step 1 of/);
    await debugLens().click();
    await stopped(7);
    await workbench.told(/^End/);
    await workbench.screenshot("3-crash-and-world");
    await press("Step Back");
    await stopped(4);
    await press("Step Back");
    await stopped(2);
    await workbench.told(/^Step 9 of 9: while\(frontIsClear\(\)\), false/);
    await workbench.screenshot("4-back-and-world");
    // Over the call in the loop, to where it begins: not the first time that this line is carried out.
    await press("Step Back");
    await stopped(3);
    await workbench.told(/^Step 6 of 9: move\(\), to row 1, column 3/);
    assert.deepEqual(await workbench.tabs(), [["walk.karel*"], ["Karel: World*"]]);
    await stop();
});

test("a breakpoint stops in both directions, with values beside the line", async () => {
    const { page } = workbench;
    await workbench.open("walk.karel");
    await debugLens().waitFor();
    await workbench.goTo(9);
    await page.keyboard.press("F9");
    await workbench.goTo(12);
    await page.keyboard.press("F5");
    await stopped(9);
    await beside("robot = row 1, column 2, facing east");
    await workbench.screenshot("5-breakpoint");
    await press("Continue");
    await beside("robot = row 1, column 3, facing east");
    await press("Reverse");
    await beside("robot = row 1, column 2, facing east");
    await stop();
});

test("a lens debugs the example that it stands at", async () => {
    const { page } = workbench;
    await workbench.open("walk.karel");
    await debugLens().waitFor();
    await debugLens().click();
    await stopped(9);
    await stop();
    assert.equal(await page.locator(".notifications-toasts .codicon-error").count(), 0);
});
