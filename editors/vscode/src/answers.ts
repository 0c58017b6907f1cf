/** Shows what the server's commands answer, whether a lens or the palette has run them. */
import * as vscode from "vscode";
import { type ExampleRun, readRuns, summary } from "./runs";
import type { TraceView } from "./traces";

/** `args` are those of the command: the document's URI is the first. */
export async function showAnswer(traces: TraceView, command: string, args: unknown[], answer: unknown): Promise<void> {
    if (command === "karel.showTrace" && typeof answer === "string") {
        await traces.show(args, answer);
    } else if (command === "karel.runExamples") {
        await showRuns(String(args[0]), answer);
    }
}

async function showRuns(asked: string, answer: unknown): Promise<void> {
    const runs = readRuns(answer, asked);
    if (runs === undefined) {
        void vscode.window.showErrorMessage("The server's answer was not understood: its version is another.");
        return;
    }
    if (runs.passed === runs.total) {
        void vscode.window.showInformationMessage(summary(runs));
        return;
    }
    const chosen = await vscode.window.showQuickPick(rows(runs.examples, asked), {
        title: summary(runs),
        placeHolder: "Go to an example",
        matchOnDetail: true,
    });
    if (chosen?.run.line !== undefined) {
        const start = new vscode.Position(chosen.run.line, 0);
        await vscode.window.showTextDocument(vscode.Uri.parse(chosen.run.uri), {
            selection: new vscode.Range(start, start),
        });
    }
}

export interface Row extends vscode.QuickPickItem {
    run: ExampleRun;
}

const ORDER = { fails: 0, undecided: 1, passes: 2 };
const ICONS = { fails: "error", undecided: "circle-outline", passes: "pass" };

/** What failed comes first; within that the order of the file. */
export function rows(examples: readonly ExampleRun[], asked: string): Row[] {
    const here = vscode.Uri.parse(asked).toString();
    return [...examples]
        .sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict])
        .map((run) => {
            const uri = vscode.Uri.parse(run.uri);
            const elsewhere = uri.toString() === here ? "" : vscode.workspace.asRelativePath(uri);
            return {
                run,
                label: `$(${ICONS[run.verdict]}) ${run.name}`,
                description: [elsewhere, run.test ? "held out" : ""].filter(Boolean).join(", "),
                detail: run.message,
            };
        });
}
