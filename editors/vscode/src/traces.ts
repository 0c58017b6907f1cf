/** Shows an example's run, as the server writes it in Markdown, in a preview beside the program. */
import * as vscode from "vscode";

const SCHEME = "karel-trace";

export class TraceView implements vscode.TextDocumentContentProvider, vscode.Disposable {
    private readonly texts = new Map<string, string>();
    private readonly changed = new vscode.EventEmitter<vscode.Uri>();
    private readonly subscriptions: vscode.Disposable[];

    readonly onDidChange = this.changed.event;

    constructor() {
        this.subscriptions = [
            this.changed,
            vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
            vscode.workspace.onDidCloseTextDocument((document) => {
                if (document.uri.scheme === SCHEME) {
                    this.texts.delete(document.uri.toString());
                }
            }),
        ];
    }

    provideTextDocumentContent(uri: vscode.Uri): string {
        return this.texts.get(uri.toString()) ?? "";
    }

    /** One preview for each example: showing it again refreshes it. The program keeps the focus. */
    async show(example: string, markdown: string): Promise<void> {
        const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${example.replaceAll("/", "∕")}.md` });
        this.texts.set(uri.toString(), markdown);
        this.changed.fire(uri);
        const editor = vscode.window.activeTextEditor;
        const taken = editor === undefined ? Promise.resolve() : focusTaken();
        await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
        await taken;
        if (editor?.viewColumn !== undefined) {
            await vscode.window.showTextDocument(editor.document, editor.viewColumn);
        }
    }

    dispose(): void {
        vscode.Disposable.from(...this.subscriptions).dispose();
    }
}

/** The preview takes the focus some time after its command has ended, or never if it was there already. */
function focusTaken(): Promise<void> {
    return new Promise((resolve) => {
        const done = () => {
            clearTimeout(timer);
            subscription.dispose();
            resolve();
        };
        const timer = setTimeout(done, 1500);
        const subscription = vscode.window.onDidChangeActiveTextEditor((editor) => editor ?? done());
    });
}
