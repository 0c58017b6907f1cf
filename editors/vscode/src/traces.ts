/**
 * Shows an example's run, as the server writes it in Markdown, in a preview beside the program. It follows the
 * program: after every run of the examples it is asked for again, and while that is not done it says that it is old.
 */
import * as vscode from "vscode";
import { isKarel } from "./languages";
import { openPreview } from "./pages";
import type { LiveVerdicts } from "./verdicts";

const SCHEME = "karel-trace";
const OLD = "> ⚠ **This is an older run.** The program has changed since, and its new run is not known yet.\n\n";
const GONE = "> ⚠ **This is an older run.** The example is not there any more.\n\n";

/** A change is followed by the new run within this time, unless the run is long; in milliseconds. */
const PATIENCE = 1000;

interface Shown {
    /** The arguments of the command `karel.showTrace`. */
    args: unknown[];
    markdown: string;
    /** What is to be said above it. */
    banner: string;
}

export class TraceView implements vscode.TextDocumentContentProvider, vscode.Disposable {
    private readonly shown = new Map<string, Shown>();
    private readonly changed = new vscode.EventEmitter<vscode.Uri>();
    private readonly subscriptions: vscode.Disposable[];
    private overdue: NodeJS.Timeout | undefined;

    readonly onDidChange = this.changed.event;

    /** `ask` has the server run the command `karel.showTrace`. */
    constructor(
        verdicts: LiveVerdicts,
        private readonly ask: (args: unknown[]) => Promise<unknown>,
    ) {
        this.subscriptions = [
            this.changed,
            vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
            vscode.workspace.onDidCloseTextDocument((document) => {
                if (document.uri.scheme === SCHEME) {
                    this.shown.delete(document.uri.toString());
                }
            }),
            vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
                if (isKarel(document) && contentChanges.length > 0 && this.shown.size > 0) {
                    this.overdue ??= setTimeout(() => this.outdate(), PATIENCE);
                }
            }),
            verdicts.onNews(() => this.refresh()),
        ];
    }

    provideTextDocumentContent(uri: vscode.Uri): string {
        const shown = this.shown.get(uri.toString());
        return shown === undefined ? "" : shown.banner + shown.markdown;
    }

    /** One preview for each example: showing it again refreshes it. The program keeps the focus. */
    async show(args: unknown[], markdown: string): Promise<void> {
        const name = String(args[1] ?? "Trace").replaceAll("/", "∕");
        const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.md`, query: JSON.stringify([args[0], args[2]]) });
        this.put(uri, { args, markdown, banner: "" });
        await openPreview(uri);
    }

    /** What is shown is of an older program, or of a server that is gone. */
    outdate(): void {
        this.overdue = undefined;
        for (const [uri, shown] of this.shown) {
            this.put(vscode.Uri.parse(uri), { ...shown, banner: shown.banner || OLD });
        }
    }

    private refresh(): void {
        clearTimeout(this.overdue);
        this.overdue = undefined;
        for (const [uri, { args }] of this.shown) {
            void this.ask(args).then(
                (answer) => this.replace(uri, (shown) => ({ ...shown, markdown: String(answer), banner: "" })),
                () => this.replace(uri, (shown) => ({ ...shown, banner: GONE })),
            );
        }
    }

    private replace(uri: string, change: (shown: Shown) => Shown): void {
        const shown = this.shown.get(uri);
        if (shown !== undefined) {
            this.put(vscode.Uri.parse(uri), change(shown));
        }
    }

    private put(uri: vscode.Uri, shown: Shown): void {
        const before = this.provideTextDocumentContent(uri);
        this.shown.set(uri.toString(), shown);
        if (before !== shown.banner + shown.markdown) {
            this.changed.fire(uri);
        }
    }

    dispose(): void {
        clearTimeout(this.overdue);
        vscode.Disposable.from(...this.subscriptions).dispose();
    }
}
