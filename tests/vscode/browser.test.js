// The page of recorded runs without an editor: `karel world` serves it to Chromium, and it follows the file. Who must not
// come in is tested where the server is (`server/world/tests`).

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");
const { test } = require("node:test");

const { KAREL_VSCODE: tools, KAREL_BIN: programs, KAREL_TEST_OUTPUT: output } = process.env;
const { chromium } = createRequire(path.join(tools, "package.json"))("playwright-core");

const EXAMPLES = path.join(__dirname, "../examples");

/** `karel world` of the file: the program, and the address that it prints. */
async function serve(file) {
    const karel = spawn(path.join(programs, "karel"), ["world", file, "--no-browser"]);
    const [address] = await new Promise((resolve, reject) => {
        readline.createInterface({ input: karel.stdout }).once("line", (line) => resolve([line]));
        karel.once("exit", (code) => reject(new Error(`karel world ended with ${code}`)));
    });
    return { karel, address };
}

test("karel world shows a failing example, steps back from the failure, and follows the file", async () => {
    const file = path.join(fs.mkdtempSync(path.join(output, "browser-")), "crash.karel");
    const text = fs.readFileSync(path.join(EXAMPLES, "crash.karel"), "utf8");
    fs.writeFileSync(file, text);
    const { karel, address } = await serve(file);
    const browser = await chromium.launch({
        executablePath: process.env.KAREL_CHROMIUM ?? "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
    try {
        const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
        const complaints = [];
        page.on("pageerror", (error) => complaints.push(String(error)));
        page.on("console", (message) => {
            if (["error", "warning"].includes(message.type())) {
                complaints.push(message.text());
            }
        });
        const spoken = (words) =>
            page.locator('[aria-live="polite"]', { hasText: words }).waitFor({ state: "attached" });
        await page.goto(address);
        // The first example that fails is the one to look at.
        await spoken(/^Step 1 of 5: repeat\(3\)/);
        await page.keyboard.press("f");
        await spoken(/runs into/);
        await page.screenshot({ path: path.join(output, "browser-failure.png") });
        await page.keyboard.press("ArrowLeft");
        await spoken(/^Step 5 of 5: repeat\(3\)/);

        // Mended in an editor, it goes on in the page at once.
        fs.writeFileSync(file, text.replace("repeat(3)", "while(frontIsClear())"));
        await spoken(/while\(frontIsClear\(\)\)/);
        await page.screenshot({ path: path.join(output, "browser-mended.png") });
        assert.deepEqual(complaints, []);

        karel.kill();
        await page.getByText(/server can't be reached/).waitFor();
    } finally {
        await browser.close();
        karel.kill();
    }
});
