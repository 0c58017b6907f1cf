/** Pages of Markdown, shown rendered: the runs of examples, and what there is to read about a diagnostic's code. */
import * as vscode from "vscode";

/** The scheme of the explanations; package.json has its documents open as previews. */
const CODES = "karel-code";

/** Opens the document's preview beside the editor, which keeps the focus. */
export async function openPreview(uri: vscode.Uri): Promise<void> {
    await vscode.commands.executeCommand("vscode.openWith", uri, "vscode.markdown.preview.editor", {
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
    });
}

/** `ask` has the server explain a code. */
export function provideExplanations(ask: (code: string) => Promise<unknown>): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(CODES, {
        provideTextDocumentContent: async (uri) => {
            const code = uri.path.replace(/^\/|\.md$/g, "");
            return ask(code).then(
                String,
                (error: unknown) => `# ${code}\n\n${error instanceof Error ? error.message : String(error)}\n`,
            );
        },
    });
}

/** Has the code of a diagnostic lead to its explanation: the server's link is to a file that VS Code shows as text. */
export function linkCodes(diagnostics: vscode.Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
        const { code } = diagnostic;
        if (typeof code === "object") {
            const path = `/${String(code.value)}.md`;
            diagnostic.code = { value: code.value, target: vscode.Uri.from({ scheme: CODES, path }) };
        }
    }
}
