/** Files to begin with: the server's templates, one as a new file, or all of them as a folder of samples. */
import * as vscode from "vscode";
import { PROGRAM } from "./languages";
import type { Session } from "./session";
import { fileNameProblem, readTemplates, type Template, withEnding } from "./template";

export async function newFromTemplate(session: Session): Promise<void> {
    const templates = readTemplates(await session.ask("karel.templates", []));
    const items = templates.map((template) => ({ label: template.title, detail: template.description, template }));
    const chosen = await vscode.window.showQuickPick(items, {
        title: "New Karel Program",
        placeHolder: "What it begins as",
    });
    if (chosen === undefined) {
        return;
    }
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (folder === undefined) {
        await show(await vscode.workspace.openTextDocument({ language: PROGRAM, content: chosen.template.text }));
        return;
    }
    const there = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
    const { name } = chosen.template;
    const value = there.has(`${name}.karel`) ? `${firstFree(name, there)}.karel` : `${name}.karel`;
    const written = await vscode.window.showInputBox({
        title: "New Karel Program",
        prompt: "The name of the new file",
        value,
        valueSelection: [0, value.length - ".karel".length],
        validateInput: (name) => fileNameProblem(name, there),
    });
    if (written !== undefined) {
        const uri = vscode.Uri.joinPath(folder, withEnding(written));
        await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(chosen.template.text));
        await show(await vscode.workspace.openTextDocument(uri));
    }
}

/** Puts all templates into a folder of the user's choice, and opens it. */
export async function openSamples(session: Session): Promise<void> {
    const templates = readTemplates(await session.ask("karel.templates", []));
    const chosen = await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: "Put Samples Here",
        title: "Where the folder karel-samples is to be",
    });
    const [parent] = chosen ?? [];
    if (parent === undefined) {
        return;
    }
    const folder = vscode.Uri.joinPath(parent, "karel-samples");
    await vscode.workspace.fs.createDirectory(folder);
    const there = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
    // What the user has made of a sample stays.
    for (const { name, text } of templates.filter(({ name }) => !there.has(`${name}.karel`))) {
        await vscode.workspace.fs.writeFile(
            vscode.Uri.joinPath(folder, `${name}.karel`),
            new TextEncoder().encode(text),
        );
    }
    const inWorkspace = vscode.workspace.getWorkspaceFolder(folder) !== undefined;
    const [first] = templates;
    if (inWorkspace && first !== undefined) {
        await show(await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, `${first.name}.karel`)));
    } else {
        const forceNewWindow = vscode.workspace.workspaceFolders !== undefined;
        await vscode.commands.executeCommand("vscode.openFolder", folder, { forceNewWindow });
    }
}

/** With the cursor at the first hole, where the work begins. */
async function show(document: vscode.TextDocument): Promise<void> {
    const hole = /\.\.\.|\(\?\)/.exec(document.getText().replace(/#.*/g, (comment) => " ".repeat(comment.length)));
    const at = document.positionAt(hole?.index ?? 0);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), preview: false });
}

function firstFree(name: Template["name"], there: ReadonlySet<string>): string {
    let number = 2;
    while (there.has(`${name}-${number}.karel`)) {
        number += 1;
    }
    return `${name}-${number}`;
}
