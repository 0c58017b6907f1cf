/** Shows what the server's commands answer, whether a lens or the palette has run them. */
import * as vscode from "vscode";
import { type ExampleRun, readRuns, summary } from "./runs";
import type { TraceView } from "./traces";

/** `args` are those of the command: the document's URI is the first. */
export async function showAnswer(traces: TraceView, command: string, args: unknown[], answer: unknown): Promise<void> {
    if (command === "karel.showTrace" && typeof answer === "string") {
        await traces.show(String(args[1] ?? "Trace"), answer);
    } else if (command === "karel.runExamples") {
        await showRuns(String(args[0]), answer);
    }
}

async function showRuns(asked: string, answer: unknown): Promise<void> {
    const runs = readRuns(answer, asked);
    if (runs === undefined) {
        void vscode.window.showErrorMessage(
            "The Karel language server's answer about the examples was not understood: the log may say why.",
        );
        return;
    }
    if (runs.passed === runs.total) {
        void vscode.window.showInformationMessage(summary(runs));
        return;
    }
    const chosen = await vscode.window.showQuickPick(
        // What failed comes first; within that the order of the file.
        [...runs.examples].sort((a, b) => Number(a.passed) - Number(b.passed)).map((run) => new Row(run, asked)),
        { title: summary(runs), placeHolder: "Go to an example", matchOnDetail: true },
    );
    if (chosen?.run.line !== undefined) {
        const start = new vscode.Position(chosen.run.line, 0);
        await vscode.window.showTextDocument(vscode.Uri.parse(chosen.run.uri), { selection: new vscode.Range(start, start) });
    }
}

class Row implements vscode.QuickPickItem {
    readonly label: string;
    readonly description: string;
    readonly detail: string;

    constructor(
        readonly run: ExampleRun,
        asked: string,
    ) {
        const uri = vscode.Uri.parse(run.uri);
        const elsewhere = uri.toString() !== vscode.Uri.parse(asked).toString();
        this.label = `$(${run.passed ? "pass" : "error"}) ${run.name}`;
        this.description = [elsewhere ? vscode.workspace.asRelativePath(uri) : "", run.test ? "held out" : ""]
            .filter(Boolean)
            .join(", ");
        this.detail = run.message;
    }
}
