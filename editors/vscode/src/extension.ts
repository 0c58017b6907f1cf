/** Entry point: one language server for the window, its status item, its commands, its tests. */
import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { registerDebugger } from "./debugger";
import { exploreExamples } from "./explorer";
import { watchNewcomer } from "./newcomer";
import { Notices } from "./notices";
import { provideExplanations } from "./pages";
import { Session } from "./session";
import { StatusItem } from "./status";
import { TraceView } from "./traces";
import { LiveVerdicts } from "./verdicts";
import { readArguments, WorldView } from "./world";

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    const log = vscode.window.createOutputChannel("Karel", { log: true });
    const notices = new Notices(log);
    const status = new StatusItem();
    const verdicts = new LiveVerdicts();
    const traces = new TraceView(verdicts, (args) => current.ask("karel.showTrace", args));
    const current: Session = new Session(context, log, notices, status, traces, verdicts, {
        open: (args) => {
            const named = readArguments(args);
            if (named !== undefined) {
                world.show(named.uri, named.example);
            }
        },
        visible: () => world.visible,
    });
    const world = new WorldView(vscode.Uri.joinPath(context.extensionUri, "dist", "world"), current);
    session = current;
    context.subscriptions.push(
        log,
        status,
        verdicts,
        traces,
        world,
        watchNewcomer(verdicts),
        provideExplanations((code) => current.ask("karel.explain", [code])),
        registerCommands(current, verdicts, notices, log, world),
        exploreExamples(current, verdicts),
        registerDebugger(context, current, verdicts, world),
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
