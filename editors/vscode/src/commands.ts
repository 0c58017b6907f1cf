/** The commands of the palette. Those that need the server ask it; its answer, or why there is none, is shown. */
import * as vscode from "vscode";
import { isKarel } from "./languages";
import type { Session } from "./session";

export function registerCommands(session: Session, log: vscode.LogOutputChannel): vscode.Disposable {
    const atCursor = ({ document, selection }: vscode.TextEditor) => [
        session.toUri(document.uri),
        // The library's and the protocol's positions are the same: UTF-16.
        { line: selection.active.line, character: selection.active.character },
    ];
    return vscode.Disposable.from(
        vscode.commands.registerCommand("karel.restartServer", () => session.restart()),
        vscode.commands.registerCommand("karel.showLog", () => log.show()),
        inEditor("karel.synthesizeProgram", (editor) => session.execute("karel.synthesize", atCursor(editor))),
        inEditor("karel.inferTraceHere", (editor) => session.execute("karel.inferTrace", atCursor(editor))),
        inEditor("karel.runAllExamples", ({ document }) =>
            session.execute("karel.runExamples", [session.toUri(document.uri)]),
        ),
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
