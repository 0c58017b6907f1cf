/** The commands of the palette. Those that need the server ask it; its answer, or why there is none, is shown. */
import * as vscode from "vscode";
import { rows } from "./answers";
import { debug } from "./debugger";
import { isKarel } from "./languages";
import type { Notices } from "./notices";
import { type ExampleRun, exampleIn, nameOf } from "./runs";
import type { Session } from "./session";
import { newFromTemplate, openSamples } from "./templates";
import type { LiveVerdicts } from "./verdicts";
import type { WorldView } from "./world";

export function registerCommands(
    session: Session,
    verdicts: LiveVerdicts,
    notices: Notices,
    log: vscode.LogOutputChannel,
    world: Pick<WorldView, "show">,
): vscode.Disposable {
    const atCursor = ({ document, selection }: vscode.TextEditor) => [
        session.toUri(document.uri),
        // The library's and the protocol's positions are the same: UTF-16.
        { line: selection.active.line, character: selection.active.character },
    ];
    const command = (name: string, run: (...args: never[]) => unknown) =>
        vscode.commands.registerCommand(name, async (...args: never[]) => {
            try {
                await run(...args);
            } catch (error) {
                notices.failed(error);
            }
        });
    const inEditor = (name: string, run: (editor: vscode.TextEditor) => Promise<void>) =>
        command(name, async () => {
            const editor = vscode.window.activeTextEditor;
            if (editor === undefined || !isKarel(editor.document)) {
                notices.show("info", "Open a Karel file first.", {
                    "New File…": () => vscode.commands.executeCommand("karel.newFromTemplate"),
                });
                return;
            }
            await run(editor);
        });
    return vscode.Disposable.from(
        command("karel.restartServer", () => session.restart()),
        command("karel.showLog", () => log.show()),
        command("karel.newFromTemplate", () => newFromTemplate(session)),
        command("karel.openSamples", () => openSamples(session)),
        command("karel.getStarted", () =>
            vscode.commands.executeCommand(
                "workbench.action.openWalkthrough",
                "karel-by-example.karel-by-example#karel.firstProgram",
            ),
        ),
        inEditor("karel.synthesizeProgram", (editor) => session.execute("karel.synthesize", atCursor(editor))),
        inEditor("karel.showNextSolution", ({ document }) =>
            session.execute("karel.nextSolution", [session.toUri(document.uri)]),
        ),
        inEditor("karel.inferTraceHere", (editor) => session.execute("karel.inferTrace", atCursor(editor))),
        inEditor("karel.runAllExamples", ({ document }) =>
            session.execute("karel.runExamples", [session.toUri(document.uri)]),
        ),
        inEditor("karel.openWorldHere", ({ document, selection }) => {
            const here = exampleIn(verdicts.of(document.uri) ?? [], selection.active.line);
            world.show(document.uri, here && nameOf(here));
            return Promise.resolve();
        }),
        inEditor("karel.lookAtPrograms", ({ document, selection }) => {
            const here = exampleIn(verdicts.of(document.uri) ?? [], selection.active.line);
            world.show(document.uri, here && nameOf(here), true);
            return Promise.resolve();
        }),
        // A lens says which example; from the palette the one at the cursor is meant, else the user chooses.
        command("karel.debugExample", (uri?: vscode.Uri, run?: ExampleRun) =>
            debug(run === undefined ? vscode.window.activeTextEditor?.document.uri : uri, run),
        ),
        inEditor("karel.showTraceHere", (editor) => showTraceHere(session, verdicts, notices, editor)),
    );
}

/** The trace of the example at the cursor; elsewhere in the file the user chooses one. */
async function showTraceHere(
    session: Session,
    verdicts: LiveVerdicts,
    notices: Notices,
    { document, selection }: vscode.TextEditor,
): Promise<void> {
    const examples = verdicts.of(document.uri) ?? [];
    if (examples.length === 0) {
        notices.show("info", "There is no example block here to trace.");
        return;
    }
    const title = "Show the Trace of an Example";
    const chosen =
        exampleIn(examples, selection.active.line) ??
        (await vscode.window.showQuickPick(rows(examples, document.uri.toString()), { title }))?.run;
    if (chosen !== undefined) {
        const { name, test, ordinal } = chosen;
        await session.execute("karel.showTrace", [session.toUri(document.uri), name, { test, ordinal }]);
    }
}
