/** The item in the status bar: shown while a Karel file is in view, and whenever the server has failed. */
import * as vscode from "vscode";
import { appearance, type EngineStatus, type ServerState } from "./state";
import { isKarel } from "./languages";

export class StatusItem implements vscode.Disposable {
    private readonly item: vscode.StatusBarItem;
    private readonly subscription: vscode.Disposable;
    private server: ServerState = { kind: "stopped" };
    private engine: EngineStatus | undefined;

    constructor() {
        this.item = vscode.window.createStatusBarItem("karel.status", vscode.StatusBarAlignment.Left, 10);
        this.item.name = "Karel";
        this.item.command = "karel.showLog";
        this.subscription = vscode.Disposable.from(
            vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
            // A document whose language changes is opened anew.
            vscode.workspace.onDidOpenTextDocument(() => this.draw()),
        );
        this.draw();
    }

    setServer(server: ServerState): void {
        this.server = server;
        if (server.kind !== "running") {
            this.engine = undefined;
        }
        this.draw();
    }

    setEngine(engine: EngineStatus): void {
        this.engine = engine;
        this.draw();
    }

    dispose(): void {
        this.subscription.dispose();
        this.item.dispose();
    }

    private draw(): void {
        const { text, details, severity } = appearance(this.server, this.engine);
        this.item.text = text;
        this.item.tooltip = tooltip(details);
        this.item.backgroundColor =
            severity === "normal" ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
        if (severity === "error" || vscode.window.visibleTextEditors.some((editor) => isKarel(editor.document))) {
            this.item.show();
        } else {
            this.item.hide();
        }
    }
}

function tooltip(details: string[]): vscode.MarkdownString {
    const text = new vscode.MarkdownString("", true);
    for (const line of details) {
        // Back-quotes would be shown as they are.
        text.appendText(line.replaceAll("`", "")).appendMarkdown("\n\n");
    }
    const settings = encodeURIComponent(JSON.stringify(["karel"]));
    text.appendMarkdown(
        `[Restart server](command:karel.restartServer) · [Show log](command:karel.showLog) · [Settings](command:workbench.action.openSettings?${settings})`,
    );
    text.isTrusted = {
        enabledCommands: ["karel.restartServer", "karel.showLog", "workbench.action.openSettings"],
    };
    return text;
}
