/** Entry point: one language server for the window, its status item, its commands, its tests. */
import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { exploreExamples } from "./explorer";
import { Session } from "./session";
import { StatusItem } from "./status";
import { TraceView } from "./traces";

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    const log = vscode.window.createOutputChannel("Karel", { log: true });
    const status = new StatusItem();
    const traces = new TraceView();
    const current = new Session(context, log, status, traces);
    session = current;
    context.subscriptions.push(
        log,
        status,
        traces,
        registerCommands(current, log),
        exploreExamples(current),
        vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration("karel.server")) {
                void current.restart();
            }
        }),
        // Trust opens the workspace's own build as a place to find the server.
        vscode.workspace.onDidGrantWorkspaceTrust(() => void current.start()),
    );
    await current.start();
}

export async function deactivate(): Promise<void> {
    await session?.stop();
}
