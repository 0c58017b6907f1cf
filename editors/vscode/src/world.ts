/**
 * The worlds of a program's examples, in a webview beside it. The page asks the language server through here; it is told
 * of edits and of the cursor, and the statement that it is at is marked in the program.
 */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { isKarel } from "./languages";
import type { Session } from "./session";
import { document, readMessage, type Span } from "./worldPage";

const VIEW = "karel.world";

/** Milliseconds that the cursor rests before it is followed. */
const REST = 60;

/** An example, as `karel/show` names it. */
export type ExampleName = number | string | { name: string; kind?: string; ordinal?: number; uri?: string };

export class WorldView implements vscode.Disposable {
    private panel: vscode.WebviewPanel | undefined;
    /** The program that is shown. */
    private uri: vscode.Uri | undefined;
    /** What to show as soon as the page listens. */
    private wanted: { example?: ExampleName } = {};
    private listens = false;
    /** The place that was selected for the page: the cursor has not come there by itself. */
    private revealed: { uri: string; at: vscode.Position } | undefined;
    private resting: NodeJS.Timeout | undefined;
    private session: Session | undefined;
    private readonly mark = vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        backgroundColor: new vscode.ThemeColor("editor.stackFrameHighlightBackground"),
        overviewRulerColor: new vscode.ThemeColor("editor.stackFrameHighlightBackground"),
        overviewRulerLane: vscode.OverviewRulerLane.Full,
    });
    private marked: { uri: string; version: number | null; range: Span | null } | undefined;
    private readonly subscriptions: vscode.Disposable[];

    constructor(private readonly folder: vscode.Uri) {
        this.subscriptions = [
            this.mark,
            vscode.window.registerWebviewPanelSerializer(VIEW, {
                // The page itself keeps what it showed.
                deserializeWebviewPanel: (panel, state: unknown) => {
                    const { uri } = (state ?? {}) as { uri?: unknown };
                    this.uri = typeof uri === "string" ? vscode.Uri.parse(uri) : undefined;
                    this.take(panel);
                    return Promise.resolve();
                },
            }),
            vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) =>
                this.onCursor(textEditor, selections[0]),
            ),
            vscode.window.onDidChangeActiveTextEditor((editor) => this.onEditor(editor)),
            vscode.window.onDidChangeVisibleTextEditors(() => this.showMark()),
            // What is marked is a place in another text.
            vscode.workspace.onDidChangeTextDocument(({ document }) => {
                if (document.uri.toString() === this.marked?.uri) {
                    this.showMark();
                }
            }),
        ];
    }

    /** Has the page's questions answered by the session's server. */
    connect(session: Session): void {
        this.session = session;
        this.subscriptions.push(
            session.onDidOutdate((params) => this.send("karel/recordingsOutdated", params)),
            session.onDidStart(() => {
                // The recordings went with the server that made them.
                if (this.uri !== undefined) {
                    const uri = session.toUri(this.uri);
                    this.send("karel/recordingsOutdated", { uri, version: null, ids: [] });
                }
            }),
        );
    }

    /** Shows the program's examples beside it, and one of them. The program keeps the focus. */
    show(uri: vscode.Uri, example?: ExampleName): void {
        this.uri = uri;
        this.wanted = example === undefined ? {} : { example };
        if (this.panel === undefined) {
            const beside = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
            this.take(vscode.window.createWebviewPanel(VIEW, "Karel: World", beside));
            return;
        }
        this.panel.reveal(undefined, true);
        this.showWanted();
    }

    /** Goes to where a debugged run has stopped, if the page is open: nobody has asked for it. */
    follow(uri: vscode.Uri, example: ExampleName, step: number): void {
        if (this.session !== undefined && this.listens) {
            this.uri = uri;
            this.send("karel/show", { uri: this.session.toUri(uri), example, step });
        }
    }

    dispose(): void {
        clearTimeout(this.resting);
        this.panel?.dispose();
        vscode.Disposable.from(...this.subscriptions).dispose();
    }

    private take(panel: vscode.WebviewPanel): void {
        this.panel = panel;
        this.listens = false;
        const { webview } = panel;
        webview.options = { enableScripts: true, localResourceRoots: [this.folder] };
        panel.iconPath = vscode.Uri.joinPath(this.folder, "..", "..", "images", "icon.svg");
        webview.onDidReceiveMessage((message: unknown) => this.onMessage(message));
        panel.onDidDispose(() => {
            this.panel = undefined;
            this.listens = false;
            this.marked = undefined;
            this.showMark();
        });
        panel.onDidChangeViewState(() => {
            // A page that is hidden is gone; what is marked goes with it, and comes back with it.
            if (!panel.visible) {
                this.listens = false;
            }
            this.showMark();
        });
        const at = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(this.folder, name)).toString();
        webview.html = document(webview.cspSource, at("world.js"), at("world.css"), randomBytes(16).toString("hex"));
    }

    private showWanted(): void {
        if (this.listens && this.uri !== undefined && this.session !== undefined) {
            this.send("karel/show", { uri: this.session.toUri(this.uri), ...this.wanted });
            // A page that comes back shows what it showed.
            this.wanted = {};
        }
    }

    private send(method: string, params: object): void {
        if (this.listens) {
            void this.panel?.webview.postMessage({ jsonrpc: "2.0", method, params });
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
        try {
            this.reply(id, { result: await this.session?.request(method, params) });
        } catch (error) {
            const { code } = error as { code?: unknown };
            const message = error instanceof Error ? error.message : String(error);
            this.reply(id, { error: { code: typeof code === "number" ? code : -32603, message } });
        }
    }

    private reply(id: number, answer: object): void {
        void this.panel?.webview.postMessage({ jsonrpc: "2.0", id, ...answer });
    }

    private async reveal(uri: vscode.Uri, { start, end }: Span): Promise<void> {
        const selection = new vscode.Range(start.line, start.character, end.line, end.character);
        this.revealed = { uri: uri.toString(), at: selection.start };
        const shown = vscode.window.visibleTextEditors.find(
            (editor) => editor.document.uri.toString() === uri.toString(),
        );
        await vscode.window.showTextDocument(uri, {
            viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
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
                this.panel?.visible === true &&
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

    private onCursor(editor: vscode.TextEditor, selection: vscode.Selection | undefined): void {
        if (this.panel?.visible !== true || selection === undefined || !isKarel(editor.document)) {
            return;
        }
        const uri = editor.document.uri;
        const { revealed } = this;
        this.revealed = undefined;
        if (revealed?.uri === uri.toString() && selection.active.isEqual(revealed.at)) {
            return;
        }
        clearTimeout(this.resting);
        this.resting = setTimeout(() => {
            const { line, character } = selection.active;
            const { session } = this;
            if (session !== undefined) {
                this.send("karel/cursor", { uri: session.toUri(uri), position: { line, character } });
            }
        }, REST);
    }

    /** The page goes with the program that is worked on. */
    private onEditor(editor: vscode.TextEditor | undefined): void {
        if (
            this.panel?.visible === true &&
            editor !== undefined &&
            isKarel(editor.document) &&
            editor.document.uri.toString() !== this.uri?.toString()
        ) {
            this.uri = editor.document.uri;
            this.wanted = {};
            this.showWanted();
        }
    }
}

/** The program and the example that the arguments of a lens name. */
export function readArguments([uri, example, which]: unknown[]):
    { uri: vscode.Uri; example?: ExampleName } | undefined {
    if (typeof uri !== "string") {
        return undefined;
    }
    const program = vscode.Uri.parse(uri);
    if (typeof example === "string") {
        const { test, ordinal } = (which ?? {}) as { test?: unknown; ordinal?: unknown };
        const known = typeof test === "boolean" && typeof ordinal === "number";
        return {
            uri: program,
            example: known ? { name: example, kind: test ? "test" : "example", ordinal, uri } : example,
        };
    }
    const named = typeof example === "number" || (typeof example === "object" && example !== null && "name" in example);
    return named ? { uri: program, example: example as ExampleName } : { uri: program };
}
