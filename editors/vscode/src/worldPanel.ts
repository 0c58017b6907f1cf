/**
 * One page of the worlds in one panel, wherever that stands. The page asks the language server through here; it is told of
 * edits and of the cursor, and the statement that it is at is marked in the program.
 */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { DEBUG_TYPE, isKarel } from "./languages";
import type { Session } from "./session";
import { document, readMessage, type Span } from "./worldPage";

/** Milliseconds that the cursor rests before it is followed. */
const REST = 60;

/** An example, as `karel/show` names it. */
export type ExampleName = number | string | { name: string; kind?: string; ordinal?: number; uri?: string };

/** What to show of a file. */
export interface Wanted {
    example?: ExampleName;
    step?: number;
    /** Programs that pass, looked for where none are known. */
    find?: boolean;
}

export class WorldPanel {
    /** What to show as soon as the page listens. */
    private wanted: Wanted = {};
    private listens = false;
    /** The place that was selected for the page: the cursor has not come there by itself. */
    private revealed: { uri: string; at: vscode.Position } | undefined;
    private resting: NodeJS.Timeout | undefined;
    /** What the page waits for, by the id of its request. */
    private readonly asked = new Map<number, vscode.CancellationTokenSource>();
    private readonly mark = vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        backgroundColor: new vscode.ThemeColor("editor.stackFrameHighlightBackground"),
        overviewRulerColor: new vscode.ThemeColor("editor.stackFrameHighlightBackground"),
        overviewRulerLane: vscode.OverviewRulerLane.Full,
    });
    private marked: { uri: string; version: number | null; range: Span | null } | undefined;

    /** Loads the page, of the folder `folder`, into the panel; `uri` is the file that it is to show, if that is known. */
    constructor(
        private readonly panel: vscode.WebviewPanel,
        private readonly session: Session,
        folder: vscode.Uri,
        private uri: vscode.Uri | undefined,
    ) {
        const { webview } = panel;
        webview.options = { enableScripts: true, localResourceRoots: [folder] };
        panel.iconPath = vscode.Uri.joinPath(folder, "..", "..", "images", "icon.svg");
        const subscriptions = [
            this.mark,
            webview.onDidReceiveMessage((message: unknown) => this.onMessage(message)),
            panel.onDidChangeViewState(() => {
                // A page that is hidden is gone; what is marked goes with it, and comes back with it.
                if (!panel.visible) {
                    this.listens = false;
                }
                this.showMark();
            }),
            session.onDidOutdate((params) => this.send("karel/recordingsOutdated", params)),
            // The recordings went with the server that made them.
            session.onDidStart(() => this.showWanted()),
            vscode.window.onDidChangeTextEditorSelection((moved) => this.onCursor(moved)),
            vscode.window.onDidChangeVisibleTextEditors(() => this.showMark()),
            // What is marked is a place in another text.
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                if (document.uri.toString() === this.marked?.uri) {
                    this.showMark();
                }
            }),
        ];
        panel.onDidDispose(() => {
            clearTimeout(this.resting);
            vscode.Disposable.from(...subscriptions).dispose();
        });
        const at = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
        webview.html = document(webview.cspSource, at("world.js"), at("world.css"), randomBytes(16).toString("hex"));
    }

    /** Shows a file's examples; without an example the one that is shown stays, if it is one of them. */
    show(uri: vscode.Uri, wanted: Wanted = {}): void {
        clearTimeout(this.resting);
        this.uri = uri;
        this.wanted = wanted;
        this.showWanted();
    }

    /** Whether this file is what is shown, or will be. */
    shows(uri: vscode.Uri): boolean {
        return this.uri?.toString() === uri.toString();
    }

    private showWanted(): void {
        if (this.listens && this.uri !== undefined) {
            this.send("karel/show", { uri: this.session.toUri(this.uri), ...this.wanted });
            // A page that comes back shows what it showed.
            this.wanted = {};
        }
    }

    private send(method: string, params: object): void {
        if (this.listens) {
            void this.panel.webview.postMessage({ jsonrpc: "2.0", method, params });
        }
    }

    private onMessage(message: unknown): void {
        const read = readMessage(message);
        switch (read?.kind) {
            case "question":
                void this.answer(read.id, read.method, read.params);
                return;
            case "unknown":
                this.reply(read.id, { error: { code: -32601, message: `There is no ${read.method}.` } });
                return;
            case "cancel":
                this.asked.get(read.id)?.cancel();
                return;
            case "ready":
                this.listens = true;
                this.showWanted();
                return;
            case "reveal":
                void this.reveal(vscode.Uri.parse(read.uri), read.range);
                return;
            case "highlight":
                this.marked = { ...read, uri: vscode.Uri.parse(read.uri).toString() };
                this.showMark();
                return;
            case undefined:
                return;
        }
    }

    private async answer(id: number, method: string, params: unknown): Promise<void> {
        const source = new vscode.CancellationTokenSource();
        this.asked.set(id, source);
        try {
            this.reply(id, { result: await this.session.request(method, params, source.token) });
        } catch (error) {
            const { code } = error as { code?: unknown };
            const message = error instanceof Error ? error.message : String(error);
            this.reply(id, { error: { code: typeof code === "number" ? code : -32603, message } });
        } finally {
            this.asked.delete(id);
            source.dispose();
        }
    }

    private reply(id: number, answer: object): void {
        void this.panel.webview.postMessage({ jsonrpc: "2.0", id, ...answer });
    }

    private async reveal(uri: vscode.Uri, { start, end }: Span): Promise<void> {
        const selection = new vscode.Range(start.line, start.character, end.line, end.character);
        this.revealed = { uri: uri.toString(), at: selection.start };
        const shown = vscode.window.visibleTextEditors.find(
            (editor) => editor.document.uri.toString() === uri.toString(),
        );
        // Never in front of the page.
        const { One, Beside } = vscode.ViewColumn;
        await vscode.window.showTextDocument(uri, {
            viewColumn: shown?.viewColumn ?? (this.panel.viewColumn === One ? Beside : One),
            selection: new vscode.Range(selection.start, selection.start),
        });
    }

    /** Marks the statement wherever its program is in view, as long as the text is the one that was run. */
    private showMark(): void {
        for (const editor of vscode.window.visibleTextEditors) {
            if (!isKarel(editor.document)) {
                continue;
            }
            const { marked } = this;
            const { uri, version } = editor.document;
            const here =
                this.panel.visible &&
                marked?.uri === uri.toString() &&
                (marked.version === null || marked.version === version)
                    ? marked.range
                    : null;
            const ranges =
                here === null
                    ? []
                    : [new vscode.Range(here.start.line, here.start.character, here.end.line, here.end.character)];
            editor.setDecorations(this.mark, ranges);
        }
    }

    private onCursor({ textEditor, selections, kind }: vscode.TextEditorSelectionChangeEvent): void {
        const [selection] = selections;
        if (!this.panel.visible || selection === undefined || !isKarel(textEditor.document)) {
            return;
        }
        const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
        if (kind !== Keyboard && kind !== Mouse && vscode.debug.activeDebugSession?.type === DEBUG_TYPE) {
            // The debugger has put it where the run is stopped: it tells which time that is.
            return;
        }
        const uri = textEditor.document.uri;
        const { revealed } = this;
        this.revealed = undefined;
        if (revealed?.uri === uri.toString() && selection.active.isEqual(revealed.at)) {
            return;
        }
        clearTimeout(this.resting);
        this.resting = setTimeout(() => {
            const { line, character } = selection.active;
            this.send("karel/cursor", { uri: this.session.toUri(uri), position: { line, character } });
        }, REST);
    }
}
