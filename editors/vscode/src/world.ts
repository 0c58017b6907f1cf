/**
 * Where the page of the worlds is shown: in a webview beside the program that is worked on, and in place of the text of an
 * example file, for who draws in it.
 */
import * as vscode from "vscode";
import { isKarel } from "./languages";
import { done } from "./newcomer";
import type { Session } from "./session";
import { type ExampleName, WorldPanel } from "./worldPanel";

const VIEW = "karel.world";

/** The custom editor of example files, as package.json has it. */
const EDITOR = "karel.worldEditor";

export class WorldView implements vscode.Disposable {
    /** The page beside the program. */
    private beside: { panel: vscode.WebviewPanel; page: WorldPanel } | undefined;
    private readonly subscriptions: vscode.Disposable[];

    constructor(
        /** The folder of the page. */
        private readonly folder: vscode.Uri,
        private readonly session: Session,
    ) {
        this.subscriptions = [
            vscode.window.registerWebviewPanelSerializer(VIEW, {
                // The page itself keeps what it showed.
                deserializeWebviewPanel: (panel, state: unknown) => {
                    const { uri } = (state ?? {}) as { uri?: unknown };
                    this.take(panel, typeof uri === "string" ? vscode.Uri.parse(uri) : undefined);
                    return Promise.resolve();
                },
            }),
            vscode.window.registerCustomEditorProvider(EDITOR, {
                resolveCustomTextEditor: ({ uri }, panel) => {
                    new WorldPanel(panel, session, folder, uri);
                },
            }),
            vscode.window.onDidChangeActiveTextEditor((editor) => this.onEditor(editor)),
        ];
    }

    /** Shows the program's examples beside it, and one of them. The program keeps the focus. */
    show(uri: vscode.Uri, example?: ExampleName, find = false): void {
        if (this.beside === undefined) {
            const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
            this.take(vscode.window.createWebviewPanel(VIEW, "Karel: World", place), uri);
        } else {
            this.beside.panel.reveal(undefined, true);
        }
        this.beside?.page.show(uri, { ...(example !== undefined && { example }), ...(find && { find }) });
        done("sawWorld");
    }

    /** Goes to where a debugged run has stopped, if the page is open: nobody has asked for it. */
    follow(uri: vscode.Uri, example: ExampleName, step: number): void {
        this.beside?.page.show(uri, { example, step });
    }

    /** Whether the page beside the program is in view. */
    get visible(): boolean {
        return this.beside?.panel.visible ?? false;
    }

    dispose(): void {
        this.beside?.panel.dispose();
        vscode.Disposable.from(...this.subscriptions).dispose();
    }

    private take(panel: vscode.WebviewPanel, uri: vscode.Uri | undefined): void {
        this.beside = { panel, page: new WorldPanel(panel, this.session, this.folder, uri) };
        panel.onDidDispose(() => (this.beside = undefined));
    }

    /** The page beside goes with the program that is worked on. */
    private onEditor(editor: vscode.TextEditor | undefined): void {
        if (
            this.beside?.panel.visible === true &&
            editor !== undefined &&
            isKarel(editor.document) &&
            !this.beside.page.shows(editor.document.uri)
        ) {
            this.beside.page.show(editor.document.uri);
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
