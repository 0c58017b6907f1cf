/** The commands of the palette. Those that need the server ask it; its answer, or why there is none, is shown. */
import * as vscode from "vscode";
import { isKarel } from "./languages";
import { type ExampleRun, readRuns, summary } from "./runs";
import type { Session } from "./session";

export function registerCommands(session: Session, log: vscode.LogOutputChannel): vscode.Disposable {
    return vscode.Disposable.from(
        vscode.commands.registerCommand("karel.restartServer", () => session.restart()),
        vscode.commands.registerCommand("karel.showLog", () => log.show()),
        inEditor("karel.synthesizeProgram", (editor) => atCursor(session, "karel.synthesize", editor)),
        inEditor("karel.inferTraceHere", (editor) => atCursor(session, "karel.inferTrace", editor)),
        inEditor("karel.runAllExamples", (editor) => runAllExamples(session, editor)),
    );
}

/** Errors of these commands have messages meant for people. */
function inEditor(command: string, run: (editor: vscode.TextEditor) => Promise<void>): vscode.Disposable {
    return vscode.commands.registerCommand(command, async () => {
        const editor = vscode.window.activeTextEditor;
        if (editor === undefined || !isKarel(editor.document)) {
            void vscode.window.showInformationMessage("Open a Karel file first: this command works in its editor.");
            return;
        }
        try {
            await run(editor);
        } catch (error) {
            void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
        }
    });
}

async function atCursor(session: Session, command: string, editor: vscode.TextEditor): Promise<void> {
    await session.execute(command, ...session.toProtocol(editor.document, editor.selection.active));
}

async function runAllExamples(session: Session, editor: vscode.TextEditor): Promise<void> {
    const runs = readRuns(await session.execute("karel.runExamples", session.toUri(editor.document.uri)));
    if (runs === undefined) {
        throw new Error("The Karel language server's answer to karel.runExamples was not understood: the log may say why.");
    }
    if (runs.passed === runs.total) {
        void vscode.window.showInformationMessage(summary(runs));
        return;
    }
    const chosen = await vscode.window.showQuickPick(
        // What failed comes first; within that the order of the file.
        [...runs.examples].sort((a, b) => Number(a.passed) - Number(b.passed)).map((run) => new Row(run)),
        { title: summary(runs), placeHolder: "Go to an example", matchOnDetail: true },
    );
    if (chosen?.run.line !== undefined) {
        const start = new vscode.Position(chosen.run.line, 0);
        await vscode.window.showTextDocument(editor.document, {
            viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active,
            selection: new vscode.Range(start, start),
        });
    }
}

class Row implements vscode.QuickPickItem {
    readonly label: string;
    readonly description: string;
    readonly detail: string;

    constructor(readonly run: ExampleRun) {
        this.label = `$(${run.passed ? "pass" : "error"}) ${run.name}`;
        this.description = run.test ? "held out" : "";
        this.detail = run.message;
    }
}
