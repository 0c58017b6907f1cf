// Without a server the extension says so briefly, and tries again when asked.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

const late = path.join(process.env.KAREL_TEST_OUTPUT, "late-server");
let workbench;
before(async () => {
    fs.rmSync(late, { force: true });
    workbench = await openWorkbench("missing", path.join(__dirname, "../examples"), { "karel.server.path": late });
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(async () => {
    await workbench?.close();
    fs.rmSync(late, { force: true });
});

test("a server that is not there is told of in a notification's length, and found by Try Again", async () => {
    await workbench.open("stairs.karel");
    const toast = workbench.notification("karel.server.path names no program.");
    await toast.waitFor();
    await workbench.screenshot("1-told");
    const message = await toast.locator(".notification-list-item-message").innerText();
    assert.ok(message.length <= 55, message);
    fs.symlinkSync(path.join(process.env.KAREL_BIN, "karel-lsp"), late);
    await toast.locator(".monaco-button", { hasText: "Try Again" }).click();
    await workbench.lens(/examples pass/);
    await toast.waitFor({ state: "detached" });
});
