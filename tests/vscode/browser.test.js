// The page of recorded runs without an editor: `karel world` serves it to Chromium, it follows the file and writes it. Who must not
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

/** A program in a folder of its own, which `karel world` shows in a browser; the page, and what it complained of. */
async function shown(name, text, act) {
    const file = path.join(fs.mkdtempSync(path.join(output, "browser-")), name);
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
        await act({ file, page, spoken });
        assert.deepEqual(complaints, []);
        karel.kill();
        await page.getByText(/server can't be reached/).waitFor();
    } finally {
        await browser.close();
        karel.kill();
    }
}

test("karel world shows a failing example, steps back from the failure, and follows the file", async () => {
    const text = fs.readFileSync(path.join(EXAMPLES, "crash.karel"), "utf8");
    await shown("crash.karel", text, async ({ file, page, spoken }) => {
        // The first example that fails is the one to look at.
        await spoken(/^Step 1 of 5: repeat\(3\)/);
        await page.keyboard.press("f");
        await spoken(/runs into the edge of the world at action 3\./);
        await page.getByRole("heading", { name: "End, step 5 of 5, action 3" }).waitFor();
        await page.screenshot({ path: path.join(output, "browser-failure.png") });
        await page.keyboard.press("ArrowLeft");
        await spoken(/^Step 5 of 5: repeat\(3\)/);

        // Mended in an editor, it goes on in the page at once.
        fs.writeFileSync(file, text.replace("repeat(3)", "while(frontIsClear())"));
        await spoken(/while\(frontIsClear\(\)\)/);
        await page.screenshot({ path: path.join(output, "browser-mended.png") });
    });
});

test("what is drawn in karel world is in the file, and undone there", async () => {
    const text = fs.readFileSync(path.join(EXAMPLES, "crash.karel"), "utf8");
    await shown("crash.karel", text, async ({ file, page, spoken }) => {
        await spoken(/^Step 1 of 5/);
        /** Waits until the file's text is as wanted. */
        const written = async (wanted) => {
            const deadline = Date.now() + 60_000;
            while (!wanted(fs.readFileSync(file, "utf8"))) {
                assert.ok(Date.now() < deadline, fs.readFileSync(file, "utf8"));
                await page.evaluate(() => new Promise(requestAnimationFrame));
            }
            return fs.readFileSync(file, "utf8");
        };
        await page.keyboard.press("d");
        const input = page.getByRole("application", { name: "Input: draw" });
        await input.focus();
        for (let columns = 0; columns < 5; columns++) {
            await page.keyboard.press("ArrowRight");
        }
        await page.keyboard.press("7");
        const once = await written((now) => now !== text);
        assert.match(once, /^ +.*7$/m);
        await page.keyboard.press("5");
        const twice = await written((now) => now !== once);
        await page.screenshot({ path: path.join(output, "browser-drawn.png") });
        await page.getByRole("button", { name: "Undo" }).click();
        await written((now) => now === once);
        await page.keyboard.press("Control+z");
        await written((now) => now === text);
        await page.keyboard.press("Control+z");
        await page.getByText("There is nothing to undo.").waitFor();
        for (const before of [once, twice]) {
            await page.keyboard.press("Control+Shift+Z");
            await written((now) => now === before);
        }
        // What an editor has written meanwhile is not lost.
        const other = twice.replace("def main", "# mine\ndef main");
        fs.writeFileSync(file, other);
        await page.keyboard.press("Control+z");
        await page.getByText("crash.karel was changed elsewhere meanwhile: take that back first.").waitFor();
        await page.screenshot({ path: path.join(output, "browser-refused.png") });
        assert.equal(fs.readFileSync(file, "utf8"), other);
    });
});
