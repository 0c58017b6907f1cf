/** Notifications: the fact in front, all of it in the log, and a button for what can be done about it. */
import * as vscode from "vscode";
import { fact, failure } from "./messages";

type Kind = "info" | "warning" | "error";

/** What the user may do about a message, by the button's title. */
export type Ways = Record<string, () => unknown>;

export class Notices {
    constructor(private readonly log: vscode.LogOutputChannel) {}

    /** Shows the message; not awaited, as it may stay until the user has dealt with it. */
    show(kind: Kind, message: string, ways: Ways = {}): void {
        const short = fact(message);
        this.log[kind === "warning" ? "warn" : kind](message);
        const all: Ways = short === message ? ways : { ...ways, More: () => this.log.show() };
        const show = {
            info: vscode.window.showInformationMessage,
            warning: vscode.window.showWarningMessage,
            error: vscode.window.showErrorMessage,
        }[kind];
        void show(short, ...Object.keys(all)).then((chosen) => chosen !== undefined && all[chosen]?.());
    }

    /** Tells of a request that failed, as far as it is news to the user. */
    failed(error: unknown): void {
        const told = failure(error);
        if (told.kind === "refused") {
            this.show("info", told.message);
        } else if (told.kind === "broken") {
            this.show("error", told.message, { "Show Log": () => this.log.show() });
        }
    }

    /** A server's question, with a button for each answer. Undefined: none was chosen. */
    async ask(message: string, answers: string[]): Promise<string | undefined> {
        this.log.info(message);
        return vscode.window.showInformationMessage(fact(message), ...answers);
    }
}
