/** Examples in the test explorer: every `.karel` and `.kgrid` file of the workspace, and one test for each block. */
import * as vscode from "vscode";
import { findExamples } from "./examples";
import { isKarel } from "./languages";
import { readRuns, runFinder } from "./runs";
import type { Session } from "./session";

const FILES = "**/*.{karel,kgrid}";

export function exploreExamples(session: Session): vscode.Disposable {
    const controller = vscode.tests.createTestController("karel.examples", "Karel Examples");
    const watcher = vscode.workspace.createFileSystemWatcher(FILES);
    const read = (uri: vscode.Uri) => void readFile(controller, uri);
    const readOpen = (document: vscode.TextDocument) => {
        if (isKarel(document) && document.uri.scheme === "file") {
            list(controller, document.uri, document.getText());
        }
    };

    // Asked for with no item when the explorer is first shown.
    controller.resolveHandler = async (item) => {
        if (item === undefined) {
            const files = await vscode.workspace.findFiles(FILES);
            await Promise.all(files.map((uri) => readFile(controller, uri)));
        }
    };
    controller.createRunProfile(
        "Run",
        vscode.TestRunProfileKind.Run,
        (request, cancellation) => run(controller, session, request, cancellation),
        true,
    );
    vscode.workspace.textDocuments.forEach(readOpen);
    return vscode.Disposable.from(
        controller,
        watcher,
        watcher.onDidCreate(read),
        watcher.onDidChange(read),
        watcher.onDidDelete((uri) => controller.items.delete(uri.toString())),
        vscode.workspace.onDidOpenTextDocument(readOpen),
        vscode.workspace.onDidChangeTextDocument((event) => readOpen(event.document)),
    );
}

async function readFile(controller: vscode.TestController, uri: vscode.Uri): Promise<void> {
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    try {
        list(controller, uri, open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch {
        // It is gone again, or can't be read: then there is nothing to list.
        controller.items.delete(uri.toString());
    }
}

/** Lists the examples of one file; items that stay keep their results. */
function list(controller: vscode.TestController, uri: vscode.Uri, text: string): void {
    const headers = findExamples(text);
    if (headers.length === 0) {
        controller.items.delete(uri.toString());
        return;
    }
    let file = controller.items.get(uri.toString());
    if (file === undefined) {
        file = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
        controller.items.add(file);
    }
    const old = new Map([...file.children].map(([id, item]) => [id, item]));
    file.children.replace(
        headers.map(({ name, line }) => {
            const item = old.get(name) ?? controller.createTestItem(name, name, uri);
            item.range = new vscode.Range(line, 0, line, 0);
            return item;
        }),
    );
}

async function run(
    controller: vscode.TestController,
    session: Session,
    request: vscode.TestRunRequest,
    cancellation: vscode.CancellationToken,
): Promise<void> {
    const run = controller.createTestRun(request);
    const files = new Map<vscode.TestItem, vscode.TestItem[]>();
    for (const item of request.include ?? [...controller.items].map(([, file]) => file)) {
        const file = item.parent ?? item;
        const wanted = item.parent === undefined ? [...item.children].map(([, example]) => example) : [item];
        files.set(file, [...(files.get(file) ?? []), ...wanted]);
    }
    for (const [file, items] of files) {
        if (cancellation.isCancellationRequested) {
            break;
        }
        const examples = items.filter((item) => !(request.exclude ?? []).includes(item));
        examples.forEach((item) => run.started(item));
        try {
            await runFile(session, run, file, examples);
        } catch (error) {
            const message = new vscode.TestMessage(error instanceof Error ? error.message : String(error));
            examples.forEach((item) => run.errored(item, message));
        }
    }
    run.end();
}

async function runFile(
    session: Session,
    run: vscode.TestRun,
    file: vscode.TestItem,
    items: vscode.TestItem[],
): Promise<void> {
    if (file.uri === undefined) {
        return;
    }
    // The server runs what is open in the editor.
    await vscode.workspace.openTextDocument(file.uri);
    const uri = session.toUri(file.uri);
    const runs = readRuns(await session.ask("karel.runExamples", [uri]), uri);
    const find = runs && runFinder(runs, (uri) => vscode.Uri.parse(uri).toString());
    for (const item of items) {
        const result = find?.(uri, item.id);
        const outcome = result === undefined ? "not run" : result.passed ? "passed" : result.message;
        run.appendOutput(`${file.label}: ${item.label}: ${outcome}\r\n`, undefined, item);
        if (result === undefined) {
            run.skipped(item);
        } else if (result.passed) {
            run.passed(item);
        } else {
            const message = new vscode.TestMessage(result.message);
            if (item.uri !== undefined && item.range !== undefined) {
                message.location = new vscode.Location(item.uri, item.range);
            }
            run.failed(item, message);
        }
    }
}
