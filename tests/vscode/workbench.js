// Real VS Code (the server and web workbench that code-server packs) with the packaged extension, opened in headless
// Chromium: what a test needs to look at it and to work it.
//
// The environment says where things are; `cargo xtask test` sets it:
//   KAREL_VSCODE       folder whose node_modules holds code-server and playwright-core
//   KAREL_VSIX         the packaged extension
//   KAREL_BIN          folder with karel-lsp and karel-synth
//   KAREL_TEST_OUTPUT  where workspace, logs and screenshots go
//   KAREL_TEST_PATIENCE  milliseconds after which what does not come is missing, for who watches the tests

const { spawn, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const os = require("node:os");
const path = require("node:path");
const { createRequire } = require("node:module");

const { KAREL_VSCODE: tools, KAREL_VSIX: vsix, KAREL_BIN: programs, KAREL_TEST_OUTPUT: output } = process.env;
const { chromium } = createRequire(path.join(tools, "package.json"))("playwright-core");
const serverMain = path.join(tools, "node_modules/code-server/lib/vscode/out/server-main.js");

const CHROMIUM = {
    executablePath: process.env.KAREL_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ],
};

// Nothing that moves, asks, or looks for a network.
const SETTINGS = {
    "chat.disableAIFeatures": true,
    "editor.cursorBlinking": "solid",
    "editor.minimap.enabled": false,
    "extensions.autoCheckUpdates": false,
    "extensions.autoUpdate": false,
    "git.enabled": false,
    "npm.fetchOnlinePackageInfo": false,
    "security.workspace.trust.enabled": false,
    "telemetry.telemetryLevel": "off",
    "workbench.enableExperiments": false,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "karel.server.path": path.join(programs, "karel-lsp"),
    // Nothing here is about time.
    "karel.synthesis.budget": 600_000,
};

// Long enough for any busy machine: nothing here is about time.
const PATIENCE = Number(process.env.KAREL_TEST_PATIENCE ?? 240_000);

/** Milliseconds that a person takes from a line's last character to Enter: a list of completions has opened by then. */
const BEFORE_ENTER = 700;

/** Milliseconds after which a gesture that showed nothing is made again: long enough for a list on a busy machine. */
const BRIEFLY = 10_000;

/**
 * Starts VS Code on the folder `name` among the outputs, which holds nothing but `files`: those of a folder that is copied, or
 * texts by their names. `close` ends all that was started. `settings` are the user's own.
 */
async function openWorkbench(name, files = {}, settings = {}) {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "karel-vscode-"));
    const workspace = path.join(output, name);
    // What an earlier run has left there would be found.
    fs.rmSync(workspace, { recursive: true, force: true });
    fs.mkdirSync(workspace, { recursive: true });
    if (typeof files === "string") {
        fs.cpSync(files, workspace, { recursive: true });
    } else {
        Object.entries(files).forEach(([file, text]) => fs.writeFileSync(path.join(workspace, file), text));
    }
    // The window is a remote one to VS Code: settings that name programs count only in the machine's own file.
    for (const scope of ["User", "Machine"]) {
        fs.mkdirSync(path.join(home, "user", scope), { recursive: true });
        fs.writeFileSync(path.join(home, "user", scope, "settings.json"), JSON.stringify({ ...SETTINGS, ...settings }));
    }

    const folders = ["--server-data-dir", `${home}/server`, "--user-data-dir", `${home}/user`];
    const common = [serverMain, "--accept-server-license-terms", ...folders, "--extensions-dir", `${home}/extensions`];
    // A dead address for the gallery: nothing is to be looked for outside.
    const gallery = { serviceUrl: "http://127.0.0.1:9/", itemUrl: "", resourceUrlTemplate: "" };
    const env = { ...process.env, HOME: home, EXTENSIONS_GALLERY: JSON.stringify(gallery) };

    const install = [...common, "--install-extension", vsix, "--force"];
    const installed = spawnSync(process.execPath, install, { env, encoding: "utf8" });
    if (installed.status !== 0) {
        throw new Error(`the extension could not be installed:\n${installed.stdout}${installed.stderr}`);
    }

    const port = await freePort();
    const flags = ["--without-connection-token", "--disable-telemetry", "--disable-workspace-trust"];
    const start = [...common, "--host", "127.0.0.1", "--port", String(port), ...flags];
    const log = fs.openSync(path.join(output, `${name}.log`), "w");
    // A group of its own: the extension host and the language server outlive the page, and end with the group.
    const server = spawn(process.execPath, start, { env, detached: true, stdio: ["ignore", log, log] });
    let browser;
    const close = async () => {
        await browser?.close();
        await endGroup(server);
        fs.closeSync(log);
        fs.rmSync(home, { recursive: true, force: true });
    };
    try {
        await listening(port, server);
        browser = await chromium.launch(CHROMIUM);
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        page.setDefaultTimeout(PATIENCE);
        return new Workbench(page, port, workspace, close, name);
    } catch (error) {
        await close();
        throw error;
    }
}

/** The language server behind a program that keeps what it is told. `opened` names the documents that it was told are open. */
function listeningServer(name) {
    const heard = path.join(output, `${name}-heard.log`);
    const program = path.join(output, `${name}-server`);
    fs.writeFileSync(heard, "");
    fs.writeFileSync(program, `#!/bin/sh\ntee -a "${heard}" | "${programs}/karel-lsp" "$@"\n`, { mode: 0o755 });
    const opened = () =>
        [...fs.readFileSync(heard, "utf8").matchAll(/"textDocument\/didOpen".*?"uri":"[^"]*\/([^"]*)"/g)].map(
            ([, file]) => file,
        );
    return { path: program, opened };
}

/** An open window of VS Code. */
class Workbench {
    constructor(page, port, workspace, close, name) {
        Object.assign(this, { page, port, workspace, close, name });
    }

    /** Loads the window afresh with the workspace's file `name` open; without it, with no file open. */
    async open(name) {
        const authority = `127.0.0.1:${this.port}`;
        const query = new URLSearchParams({ folder: this.workspace });
        if (name !== undefined) {
            const payload = [["openFile", `vscode-remote://${authority}${path.join(this.workspace, name)}`]];
            query.set("payload", JSON.stringify(payload));
        }
        await this.page.goto(`http://${authority}/?${query}`, { waitUntil: "domcontentloaded" });
        const shown = name === undefined ? ".monaco-workbench .part.statusbar" : ".monaco-editor .view-line";
        await this.page.locator(shown).first().waitFor();
    }

    /** Types as people do: a pause at each line's end and after each word lets a completion list open before Enter. */
    async type(text) {
        for (const part of text.split(/(\n|(?<=\w)(?=\W))/)) {
            if (part === "\n") {
                await this.page.waitForTimeout(BEFORE_ENTER);
                await this.page.keyboard.press("Enter");
            } else if (part !== "") {
                await this.page.keyboard.type(part, { delay: 40 });
            }
        }
    }

    /** Waits until the status item says that the server runs. */
    running() {
        const item = this.page.locator("#karel-by-example\\.karel-by-example\\.karel\\.status");
        return this.until(
            "the server runs",
            async () =>
                (await item.allInnerTexts()).some((text) => /Karel/.test(text)) &&
                (await item.locator(".codicon-check, .codicon-warning").count()) > 0,
        );
    }

    /** What the previews of Markdown show. */
    async previews() {
        const texts = [];
        for (const frame of this.page
            .frames()
            .filter((frame) => frame.name() === "active-frame" || /fake\.html/.test(frame.url()))) {
            texts.push(
                await frame
                    .locator("body")
                    .innerText({ timeout: 5000 })
                    .catch(() => ""),
            );
        }
        return texts.join("\n");
    }

    /** The titles of the lenses in view. */
    async lenses() {
        const texts = await this.page.locator(".codelens-decoration").allInnerTexts();
        return texts.map((text) => text.replaceAll("\u00a0", " "));
    }

    /** Waits until a lens has this text. */
    lens(text) {
        return this.until(`a lens says ${text}`, async () => (await this.lenses()).some((lens) => text.test(lens)));
    }

    /** The lines that are in view. Monaco shows blanks as no-break spaces. */
    async text() {
        const lines = await this.page.locator(".monaco-editor .view-line").evaluateAll((lines) =>
            lines
                .map((line) => ({ top: parseFloat(line.style.top), text: line.textContent }))
                .sort((a, b) => a.top - b.top)
                .map((line) => line.text),
        );
        return lines.join("\n").replaceAll("\u00a0", " ");
    }

    /** What the file `name` holds on the disk. */
    saved(name) {
        return fs.readFileSync(path.join(this.workspace, name), "utf8");
    }

    /** Puts the cursor at the 1-based `line` and `column`. */
    async goTo(line, column = 1) {
        await this.page.keyboard.press("Control+g");
        await this.page.locator(".quick-input-widget input").waitFor();
        // The box opens with a colon, and typing replaces what is selected behind it.
        await this.page.keyboard.type(`${line}:${column}`);
        await this.page.keyboard.press("Enter");
        await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    }

    /**
     * Runs the command with this title from the command palette, as soon as it is there: extensions bring it late. A page
     * that comes into view meanwhile takes the focus and closes the palette, which is then opened anew.
     */
    async command(title) {
        const palette = this.page.locator(".quick-input-widget input");
        await this.until(`the palette ran ${title}`, async () => {
            await this.page.keyboard.press("F1");
            // A webview that has the focus has it until the palette takes it: keys would be the page's.
            const focused = (input) => input === document.activeElement;
            if (!(await this.soon(() => palette.evaluate(focused, undefined, { timeout: BRIEFLY })))) {
                return false;
            }
            await this.page.keyboard.type(title);
            if (await this.click(this.row(title))) {
                return true;
            }
            await this.page.keyboard.press("Escape");
            return false;
        });
    }

    /** Takes the code action with this text at the cursor, as soon as the server offers it. */
    async action(text) {
        const row = this.page.locator(".action-widget .monaco-list-row", { hasText: text }).first();
        await this.until(`the action ${text} is taken`, async () => {
            await this.page.keyboard.press("Control+.");
            if (await this.click(row)) {
                return true;
            }
            await this.page.keyboard.press("Escape");
            return false;
        });
    }

    /** Clicks what may come and go again, and says whether it was there long enough. */
    click(locator) {
        return locator.click({ timeout: BRIEFLY }).then(
            () => true,
            () => false,
        );
    }

    /** The row of the list that is open in the middle of the window. */
    row(text) {
        return this.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first();
    }

    /** A notification with this text. */
    notification(text) {
        return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text }).first();
    }

    /** The frame of the page of the worlds, if it shows one. */
    async shown() {
        for (const frame of this.page.frames()) {
            const canvases = frame.locator("#world canvas[role=img]");
            if ((await canvases.count().catch(() => 0)) > 0 && (await canvases.first().isVisible())) {
                return frame;
            }
        }
        return undefined;
    }

    /** The page's frame, as soon as it shows a world. */
    world() {
        return this.until("a world is shown", () => this.shown());
    }

    /** What the page tells a screen reader. */
    async spoken() {
        return (await this.world()).locator('[aria-live="polite"]').innerText();
    }

    /** Waits until the page tells of this. */
    told(text) {
        return this.until(`the page says ${text}`, async () => text.test(await this.spoken().catch(() => "")));
    }

    /** The lines of the program that are marked, counted from 1. */
    async marked() {
        const tops = await this.page
            .locator(".monaco-editor .view-overlays .cdr[class*=ced-]")
            .evaluateAll((marks) => marks.map((mark) => mark.parentElement.style.top));
        const lines = await this.page
            .locator(".monaco-editor .line-numbers")
            .evaluateAll((numbers) =>
                numbers.map((number) => ({ number: Number(number.textContent), top: number.parentElement.style.top })),
            );
        return lines.filter(({ top }) => tops.includes(top)).map(({ number }) => number);
    }

    /** Waits until the window has written down this of its editors: in a browser it does so now and then, not on leaving. */
    kept(text) {
        const keeps = async () => {
            const open = (request) =>
                new Promise((resolve, reject) => {
                    request.onsuccess = () => resolve(request.result);
                    request.onerror = () => reject(request.error);
                });
            const values = [];
            for (const { name } of await indexedDB.databases()) {
                const database = await open(indexedDB.open(name));
                if (database.objectStoreNames.contains("ItemTable")) {
                    const table = database.transaction("ItemTable").objectStore("ItemTable");
                    values.push(await open(table.get("memento/workbench.parts.editor")));
                }
                database.close();
            }
            return values.join("");
        };
        return this.until(`the window remembers ${text}`, async () => text.test(await this.page.evaluate(keeps)));
    }

    /** The tabs of each group of editors, from the left; the one that is shown with an asterisk. */
    tabs() {
        return this.page
            .locator(".editor-group-container")
            .evaluateAll((groups) =>
                groups.map((group) =>
                    [...group.querySelectorAll(".tab")].map(
                        (tab) =>
                            tab.querySelector(".monaco-icon-label").textContent +
                            (tab.classList.contains("active") ? "*" : ""),
                    ),
                ),
            );
    }

    /** Keeps a picture of the window among the test's outputs. */
    screenshot(name) {
        return this.page.screenshot({ path: path.join(output, `${this.name}-${name}.png`) });
    }

    /** Waits until `condition` gives something true, and returns it. */
    async until(what, condition) {
        const value = await within(PATIENCE, condition);
        if (!value) {
            throw new Error(`waited in vain until ${what}`);
        }
        return value;
    }

    /** Whether `condition` comes true while a gesture's effect is waited for; where it does not, the gesture was lost. */
    soon(condition) {
        return within(BRIEFLY, () => condition().catch(() => false));
    }
}

/** The first thing that is true that `condition` gives within so many milliseconds, if any. */
async function within(milliseconds, condition) {
    const end = Date.now() + milliseconds;
    while (Date.now() < end) {
        const value = await condition();
        if (value) {
            return value;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return undefined;
}

function freePort() {
    return new Promise((resolve, reject) => {
        const probe = net.createServer().once("error", reject);
        probe.listen(0, "127.0.0.1", () => {
            const { port } = probe.address();
            probe.close(() => resolve(port));
        });
    });
}

async function listening(port, server) {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
        if (server.exitCode !== null) {
            throw new Error(`VS Code's server ended with ${server.exitCode}; see its log`);
        }
        const answered = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
        if (answered?.ok) {
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("VS Code's server does not answer; see its log");
}

/** Ends the process and all that it has started: by force what has not ended after a while. */
async function endGroup(leader) {
    const gone = (signal) => {
        try {
            return !process.kill(-leader.pid, signal);
        } catch {
            return true;
        }
    };
    for (const signal of ["SIGTERM", "SIGKILL"]) {
        if (gone(signal) || (await within(BRIEFLY, async () => gone(0)))) {
            return;
        }
    }
}

module.exports = { listeningServer, openWorkbench };
