// A window that is loaded anew has the page of the worlds where it was, with what it showed.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

// A server that takes its time: the page is there before it.
const slow = path.join(process.env.KAREL_TEST_OUTPUT, "slow-server");
fs.writeFileSync(slow, `#!/bin/sh\nsleep 3\nexec "${process.env.KAREL_BIN}/karel-lsp" "$@"\n`, { mode: 0o755 });

let workbench;
before(async () => {
    workbench = await openWorkbench("reload", path.join(__dirname, "../examples"), { "karel.server.path": slow });
});
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

test("the page comes back beside the program, at the same step of the same example", async () => {
    await workbench.open("crash.karel");
    await workbench.lens(/crashes at action 3/);
    await workbench.command("Karel: Open World");
    const frame = await workbench.world();
    await frame.locator(".overview button", { hasText: "too long" }).click();
    await frame.getByRole("button", { name: "Step", exact: true }).click();
    await workbench.told(/^Step 2 of 6/);
    const before = await workbench.tabs();
    assert.deepEqual(before, [["crash.karel*"], ["Karel: World*"]]);
    await workbench.screenshot("1-before");
    await workbench.kept(/karel\.world.*too long.*"at\W+1\b/);
    await workbench.open();
    await workbench.told(/^Step 2 of 6/);
    await (await workbench.world()).locator("h1", { hasText: 'example "too long"' }).waitFor();
    assert.deepEqual(await workbench.tabs(), before);
    await workbench.until("the statement is marked", async () => (await workbench.marked()).join() === "4");
    await workbench.screenshot("2-after");
});
