/** How the examples of the open documents went, as the server last told. */
import * as vscode from "vscode";
import { type ExampleRun, readVerdicts } from "./runs";

/** The examples of one document. */
export interface Told {
    uri: vscode.Uri;
    examples: ExampleRun[];
}

export class LiveVerdicts implements vscode.Disposable {
    private readonly told = new Map<string, ExampleRun[]>();
    private readonly news = new vscode.EventEmitter<Told[]>();

    /** The documents that one notification is about. */
    readonly onNews = this.news.event;

    /** Takes the server's notification. False: it is none that this extension knows. */
    take(params: unknown): boolean {
        const verdicts = readVerdicts(params);
        if (verdicts === undefined) {
            return false;
        }
        const all: Told[] = [];
        for (const { uri: spelled, version } of verdicts.documents) {
            const uri = vscode.Uri.parse(spelled);
            const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
            // News of an older text are none: the newer one's follow.
            if (open !== undefined && version !== undefined && open.version !== version) {
                continue;
            }
            const examples = verdicts.examples.filter((example) => example.uri === spelled);
            this.told.set(uri.toString(), examples);
            all.push({ uri, examples });
        }
        this.news.fire(all);
        return true;
    }

    /** Undefined where nothing is known of the document. */
    of(uri: vscode.Uri): ExampleRun[] | undefined {
        return this.told.get(uri.toString());
    }

    forget(uri: vscode.Uri): void {
        this.told.delete(uri.toString());
    }

    /** The server that has told it is gone. */
    clear(): void {
        this.told.clear();
    }

    dispose(): void {
        this.news.dispose();
    }
}
