/**
 * The page itself, in Chromium, with a toy of the language server behind it. With KAREL_TEST_OUTPUT, pictures are left
 * in that folder; without Chromium (KAREL_CHROMIUM, or where Debian has it) the tests are skipped.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { Host } from "./host";
import { COLLECT, long, STAIRS } from "./programs";
import { readWorld, Toy } from "./toy";

const executablePath = process.env["KAREL_CHROMIUM"] ?? "/usr/bin/chromium";
const output = process.env["KAREL_TEST_OUTPUT"];
const skip = existsSync(executablePath) ? false : `there is no ${executablePath}`;
const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const URI = "file:///school/collect.karel";

let browser: Browser;
before(async () => {
    if (skip === false) {
        browser = await chromium.launch({
            executablePath,
            args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
    }
});
after(() => browser?.close());

class View {
    /** What the page complained of: errors, and what its policy refused. */
    readonly complaints: string[] = [];

    constructor(
        readonly page: Page,
        readonly host: Host,
        private readonly name: string,
    ) {
        page.on("pageerror", (error) => this.complaints.push(String(error)));
        page.on("console", (message) => {
            if (message.type() === "error" || message.type() === "warning") {
                this.complaints.push(message.text());
            }
        });
    }

    async press(...keys: string[]): Promise<void> {
        for (const key of keys) {
            await this.page.keyboard.press(key);
        }
    }

    /** Waits until what a screen reader is told matches. */
    async spoken(text: RegExp): Promise<void> {
        await this.page.locator('[aria-live="polite"]', { hasText: text }).waitFor({ state: "attached" });
    }

    async picture(what: string): Promise<void> {
        if (output !== undefined) {
            await this.page.screenshot({ path: path.join(output, `${this.name}-${what}.png`) });
        }
    }

    /** What axe-core finds that is serious. */
    async findings(): Promise<string[]> {
        // The page's policy lets no script in; the browser itself may.
        await this.page.evaluate(AXE);
        const found = await this.page.evaluate(async () => {
            const axe = (globalThis as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } }).axe;
            interface Finding {
                id: string;
                impact: string;
                nodes: { html: string }[];
            }
            const { violations } = await axe.run();
            return violations.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.map(({ html }) => html) }));
        });
        return found
            .filter(({ impact }) => impact === "serious" || impact === "critical")
            .map(({ id, at }) => `${id}: ${at.join("; ")}`);
    }
}

async function show(
    name: string,
    text: string,
    options: BrowserContextOptions,
    act: (view: View) => Promise<void>,
): Promise<void> {
    const host = await Host.start(new Toy(URI, text), "dist");
    const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, ...options });
    try {
        const view = new View(await context.newPage(), host, name);
        await view.page.goto(host.address);
        await view.spoken(/./);
        await act(view);
        assert.deepEqual(view.complaints, []);
    } finally {
        await context.close();
        await host.close();
    }
}

const THEMES: [string, BrowserContextOptions][] = [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["forced-colours", { colorScheme: "dark", forcedColors: "active" }],
    ["narrow", { colorScheme: "light", viewport: { width: 420, height: 800 } }],
];

for (const [name, options] of THEMES) {
    test(`${name}: nothing serious is in the way of anybody`, { skip }, async () => {
        await show(name, COLLECT, options, async (view) => {
            await view.press("ArrowRight", "ArrowRight", "ArrowRight");
            await view.spoken(/^Step 4 of 23: pickMarker\(\), takes one marker/);
            await view.picture("step");
            assert.deepEqual(await view.findings(), []);
            await view.press("f");
            await view.spoken(/1 cell should hold other markers/);
            await view.picture("failure");
            assert.deepEqual(await view.findings(), []);
            await view.press("?");
            await view.page.locator("dialog[open]").waitFor();
            assert.deepEqual(await view.findings(), []);
            await view.press("Escape");
        });
    });
}

test("every key does what the list says", { skip }, async () => {
    await show("keys", STAIRS, {}, async (view) => {
        const { page } = view;
        await view.spoken(/^Step 1 of 1/);
        await view.press("p");
        await view.spoken(/^Step 1 of 18: repeat\(3\)/);
        await view.press("ArrowRight", "o");
        await view.spoken(/^Step 6 of 18: putMarker/);
        await view.press("Shift+ArrowLeft");
        await view.spoken(/^Step 1 of 18/);
        await view.press("Shift+ArrowRight");
        await view.spoken(/^Step 6 of 18/);
        await view.press("ArrowLeft");
        await view.spoken(/^Step 5 of 18: turnRight/);
        await view.press("Shift+O");
        await view.spoken(/^Step 1 of 18/);
        await view.press("End");
        await view.spoken(/^End, after 18 steps/);
        await view.press("Home");
        await view.spoken(/^Step 1 of 18/);
        // Slowly, so that it is seen to play; then fast.
        await view.press("-", "-", "Space");
        await page.getByRole("button", { name: "Pause" }).waitFor();
        await view.press("+", "+", "+", "+", "+");
        await view.spoken(/^End, after 18 steps/);
        await page.getByRole("button", { name: "Play" }).waitFor();
        const expected = page.locator("figcaption", { hasText: "Expected" });
        await expected.waitFor();
        await view.press("e");
        await expected.waitFor({ state: "detached" });
        await view.press("c");
        await page.locator('button[aria-label="Follow the cursor"][aria-pressed="false"]').waitFor();
        await view.press("n");
        await view.spoken(/^Step 1 of 1/);
        await view.press("Enter");
        await page.waitForFunction(() => true);
        const revealed = () => view.host.heard.some(({ method }) => method === "karel/reveal");
        while (!revealed()) {
            await page.evaluate(() => new Promise(requestAnimationFrame));
        }
    });
});

test("the focus is seen, and Tab reaches every button", { skip }, async () => {
    await show("focus", COLLECT, {}, async ({ page }) => {
        const seen = new Set<string>();
        for (let tab = 0; tab < 40; tab++) {
            await page.keyboard.press("Tab");
            const focused = await page.evaluate(() => {
                const element = document.activeElement;
                if (element === null || element === document.body) {
                    return undefined;
                }
                const { outlineStyle, outlineWidth } = getComputedStyle(element);
                const name = element.getAttribute("aria-label") ?? element.textContent;
                return { name, ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
            });
            if (focused !== undefined) {
                assert.ok(focused.ring, `${focused.name} shows no focus`);
                seen.add(focused.name);
            }
        }
        for (const name of [
            "Play",
            "Step back",
            "Step",
            "Step over calls",
            "Expected world",
            "Run to the failure",
            "Keys",
        ]) {
            assert.ok(
                [...seen].some((other) => other.trim() === name),
                `${name} is not reached: ${[...seen].join(", ")}`,
            );
        }
    });
});

test("the world is drawn on the screen's own pixels, and as large as fits", { skip }, async () => {
    await show("sharp", COLLECT, { deviceScaleFactor: 1.5 }, async ({ page }) => {
        const sizes = await page.locator("canvas[role=img]").evaluateAll((all) =>
            all.map((canvas) => {
                const { width, height } = canvas as HTMLCanvasElement;
                const box = canvas.getBoundingClientRect();
                const room = canvas.parentElement?.getBoundingClientRect();
                return { width, height, shown: [box.width, box.height], room: [room?.width ?? 0, room?.height ?? 0] };
            }),
        );
        assert.equal(sizes.length, 2);
        for (const { width, height, shown, room } of sizes) {
            assert.ok(Math.abs((shown[0] ?? 0) * 1.5 - width) < 0.1 && Math.abs((shown[1] ?? 0) * 1.5 - height) < 0.1);
            assert.ok((shown[0] ?? 0) <= (room[0] ?? 0) && (shown[1] ?? 0) <= (room[1] ?? 0));
            assert.equal((width - 1) % 8, 0, "whole cells");
        }
    });
});

test(
    "a click on a statement shows the world before it, and a click on a step reveals its statement",
    { skip },
    async () => {
        await show("clicks", COLLECT, {}, async (view) => {
            const { page } = view;
            await page.locator(".program button", { hasText: "pickMarker()" }).click();
            await view.spoken(/^Step 4 of 23: pickMarker/);
            await page.locator(".occurrence", { hasText: "of 3" }).waitFor();
            await page.getByRole("button", { name: "The time after" }).click();
            await view.spoken(/^Step 11 of 23: pickMarker/);
            await page.locator(".list button", { hasText: "move()" }).first().click();
            await view.spoken(/^Step \d+ of 23: move/);
            while (!view.host.heard.some(({ method }) => method === "karel/reveal")) {
                await page.evaluate(() => new Promise(requestAnimationFrame));
            }
        });
    },
);

test("a server that goes away and comes back loses nothing", { skip }, async () => {
    await show("away", COLLECT, {}, async (view) => {
        await view.press("End", "ArrowLeft");
        await view.spoken(/^Step 23 of 23/);
        view.host.hangUp();
        await view.page.locator(".notice.warn", { hasText: "can't be reached" }).waitFor();
        await view.picture("lost");
        assert.equal(await view.page.locator("canvas[role=img]").count(), 2);
        await view.page.locator(".notice.warn").waitFor({ state: "detached" });
        await view.spoken(/^Step 23 of 23/);
    });
});

test("an edit is followed while the run is looked at", { skip }, async () => {
    await show("edit", COLLECT, {}, async (view) => {
        await view.press("End");
        await view.spoken(/1 cell should hold/);
        view.host.edit(COLLECT.replace("        move()\n", "        move()\n        putMarker()\n"));
        await view.spoken(/^End, after 30 steps/);
        await view.page.locator(".program", { hasText: "putMarker" }).waitFor();
    });
});

test("a hundred by a hundred cells full of markers are stepped through at once", { skip }, async () => {
    await show("large", long(3000, 100), {}, async (view) => {
        const { page } = view;
        await view.press("End");
        await view.spoken(/^End, after 8\d,\d{3} steps/);
        const times = await page.evaluate(async () => {
            const times: number[] = [];
            for (let step = 0; step < 40; step++) {
                const begin = performance.now();
                dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
                await new Promise(requestAnimationFrame);
                await new Promise((resolve) => setTimeout(resolve));
                times.push(performance.now() - begin);
            }
            return times.sort((a, b) => a - b);
        });
        console.log(`step to frame, 100×100: p50 ${times[20]?.toFixed(1)} ms, p99 ${times[39]?.toFixed(1)} ms`);
        await view.picture("100x100");
        await view.spoken(/^Step 8\d,?\d{3} of/);
    });
});

test("the question which program is meant is asked in pictures that play", { skip }, async () => {
    const programs = ["move()", "move()\n    turnLeft()", "turnLeft()\n    putMarker()"];
    const open = {
        programs: programs.map((body) => `def main():\n    ${body}\n`),
        input: readWorld("> . 3\n. # ."),
    };
    for (const [name, options] of THEMES) {
        await show(`question-${name}`, COLLECT, options, async (view) => {
            const { page, host } = view;
            await page.locator(".question").waitFor({ state: "detached" });
            host.toy.open = open;
            host.edit(COLLECT);
            await page.getByRole("heading", { name: "Which ending is right?" }).waitFor();
            assert.equal(await page.locator(".endings canvas").count(), 4);
            await view.picture("asked");
            assert.deepEqual(await view.findings(), []);
            await page.getByRole("button", { name: "I don't care" }).click();
            await page.locator(".question").waitFor({ state: "detached" });
            // It is not put again after an edit that leaves it open.
            host.edit(COLLECT);
            await page.getByRole("button", { name: "Which is right?" }).click();
            await page.getByRole("button", { name: "Play all" }).click();
            await page.locator("figcaption", { hasText: "step 1 of 1" }).first().waitFor();
            await page.getByRole("button", { name: "B: this is right" }).click();
            await page.locator(".question").waitFor({ state: "detached" });
            assert.deepEqual(host.toy.answered, [1]);
        });
    }
});

test("programs are looked for, looked at, and one is taken", { skip }, async () => {
    const bodies = ["while(frontIsClear()):\n        move()", "repeat(6):\n        move()"];
    for (const [name, options] of THEMES) {
        await show(`programs-${name}`, COLLECT, options, async (view) => {
            const { page, host } = view;
            await page.locator(".program").waitFor();
            const button = page.getByRole("button", { name: "Programs that pass" });
            assert.equal(await button.count(), 0, "there is no editor to take one");
            host.toy.finds = bodies.map((body) => COLLECT.replace(/while[^]*?turnAround\(\)\n/, `${body}\n`));
            host.toy.editor = true;
            host.notify("karel/show", { uri: URI, example: "a row", editor: true });
            const release = host.hold("karel/find");
            await button.click();
            await page.getByRole("heading", { name: "Looking for programs that pass" }).waitFor();
            assert.deepEqual(await view.findings(), []);
            await page.getByRole("button", { name: "Stop" }).click();
            await page.getByRole("heading", { name: "Looking for programs" }).waitFor({ state: "detached" });
            while (!host.heard.some(({ method }) => method === "$/cancelRequest")) {
                await page.evaluate(() => new Promise(requestAnimationFrame));
            }
            release();
            await button.click();
            await page.getByRole("heading", { name: "2 programs that pass" }).waitFor();
            assert.equal(host.toy.text, COLLECT, "nothing has changed");
            assert.equal(await page.locator(".endings canvas").count(), 2);
            await page.getByRole("button", { name: "Play all" }).click();
            await page
                .locator("figcaption", { hasText: /step \d+ of/ })
                .first()
                .waitFor();
            await view.picture("found");
            assert.deepEqual(await view.findings(), []);
            await page.getByRole("button", { name: "Program 2: take this program" }).click();
            await page.locator(".question").waitFor({ state: "detached" });
            assert.match(host.toy.text, /repeat\(6\)/);
            // Those that were found are there to be looked at again.
            const asked = host.toy.asked.filter((method) => method === "karel/find").length;
            await view.press("s");
            await page.getByText("This one is in the file.").waitFor();
            assert.equal(host.toy.asked.filter((method) => method === "karel/find").length, asked);
            await view.press("s");
            await page.locator(".question").waitFor({ state: "detached" });
        });
    }
});

test("the first example is begun on the page", { skip }, async () => {
    await show("first", "def main():\n    move()\n", {}, async ({ page, host }) => {
        await page.locator("main", { hasText: "There is no example here yet" }).waitFor();
        host.toy.editor = true;
        host.notify("karel/show", { uri: URI, editor: true });
        await page.getByRole("button", { name: "New example" }).click();
        await page.getByRole("application", { name: "Input: draw" }).waitFor();
        assert.match(host.toy.text, /example "new":/);
    });
});

test("an example is drawn with the mouse and with keys", { skip }, async () => {
    for (const [name, options] of THEMES) {
        await show(`drawing-${name}`, COLLECT, options, async (view) => {
            const { page, host } = view;
            await page.locator(".program").waitFor();
            assert.equal(await page.getByRole("button", { name: "Draw the example" }).count(), 0, "there is no editor");
            host.toy.editor = true;
            host.notify("karel/show", { uri: URI, example: "upwards", editor: true });
            await page.getByRole("button", { name: "Draw the example" }).click();
            const input = page.getByRole("application", { name: "Input: draw" });
            await input.waitFor();
            assert.deepEqual(await view.findings(), []);
            const box = await input.locator("canvas").boundingBox();
            assert.ok(box !== null);
            const side = box.width / 3;
            // A wall from the west to the middle of the third row from above.
            await page.mouse.move(box.x + side / 2, box.y + side * 2.5);
            await page.mouse.down();
            await page.mouse.move(box.x + side * 1.5, box.y + side * 2.5, { steps: 3 });
            await page.mouse.up();
            const until = async (text: string) => {
                while (!host.toy.text.includes(text)) {
                    await page.evaluate(() => new Promise(requestAnimationFrame));
                }
            };
            await until("# # 9\n");
            await input.focus();
            await view.press("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowLeft", "ArrowLeft", "5");
            await until("5 . 1\n        # . .\n        # # 9\n");
            await page
                .locator('[aria-live="polite"]', { hasText: "row 1, column 1: 5 markers" })
                .waitFor({ state: "attached" });
            await view.picture("drawn");
            await page.getByRole("button", { name: "Copy the input to the output" }).click();
            await until("    output:\n        5 . 1\n");
            await page.getByRole("button", { name: "Done" }).click();
            await view.spoken(/^Step 1 of/);
        });
    }
});

test("where no editor does, the page undoes and redoes what was drawn, by buttons and by keys", { skip }, async () => {
    await show("undo", COLLECT, {}, async (view) => {
        const { page, host } = view;
        await page.locator(".program").waitFor();
        host.toy.undo = true;
        host.notify("karel/show", { uri: URI, example: "upwards", editor: false, undo: true });
        await page.getByRole("button", { name: "Draw the example" }).waitFor();
        await view.press("d");
        const input = page.getByRole("application", { name: "Input: draw" });
        await input.waitFor();
        const becomes = async (wanted: (text: string) => boolean) => {
            const deadline = Date.now() + 20_000;
            while (!wanted(host.toy.text)) {
                assert.ok(Date.now() < deadline, host.toy.text);
                await page.evaluate(() => new Promise(requestAnimationFrame));
            }
            return host.toy.text;
        };
        const until = (text: string) => becomes((now) => now === text);
        const changed = (from: string) => becomes((now) => now !== from);
        await input.focus();
        await view.press("7");
        const once = await changed(COLLECT);
        await page.getByRole("spinbutton", { name: "Input: Rows" }).press("ArrowUp");
        const twice = await changed(once);
        // Also where the focus is in a field.
        await view.press("Control+z");
        await until(once);
        await view.press("Control+Shift+Z");
        await until(twice);
        await page.getByRole("button", { name: "Undo" }).click();
        await until(once);
        await view.press("Control+y");
        await until(twice);
        await view.picture("redone");
        assert.deepEqual(await view.findings(), []);
        await view.press("Control+z", "Control+z");
        await until(COLLECT);
        await page.getByRole("button", { name: "Redo" }).click();
        await until(once);
        assert.equal(await page.getByText("Undo is the editor's").count(), 0);
    });
});

test("who does not like motion sees none", { skip }, async () => {
    await show("still", COLLECT, { reducedMotion: "reduce" }, async (view) => {
        const picture = () =>
            view.page
                .locator("canvas[role=img]")
                .first()
                .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
        await view.press("ArrowRight", "ArrowRight");
        await view.spoken(/^Step 3 of/);
        const first = await picture();
        for (let frame = 0; frame < 20; frame++) {
            await view.page.evaluate(() => new Promise(requestAnimationFrame));
        }
        assert.equal(await picture(), first);
    });
});
