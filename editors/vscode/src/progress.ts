/**
 * Progress of long work. The client library shows it in the status bar, without a way to stop it; work that can be
 * cancelled and takes longer than a moment gets a notification with its seconds and a Cancel button as well.
 */
import * as vscode from "vscode";
import {
    type LanguageClient,
    type Middleware,
    type ProgressToken,
    type WorkDoneProgressBegin,
    type WorkDoneProgressReport,
    WorkDoneProgressCancelNotification,
} from "vscode-languageclient/node";

/** Shorter work than this never pops up, in milliseconds. */
const PATIENCE = 700;

interface Running {
    report(value: WorkDoneProgressBegin | WorkDoneProgressReport): void;
    end(): void;
}

export class CancellableProgress {
    private readonly running = new Map<ProgressToken, Running>();

    /** `client` is asked for when needed: the middleware is made before it. */
    constructor(private readonly client: () => LanguageClient | undefined) {}

    readonly middleware: NonNullable<Middleware["handleWorkDoneProgress"]> = (token, params, next) => {
        next(token, params);
        switch (params.kind) {
            case "begin":
                if (params.cancellable === true) {
                    this.running.get(token)?.end();
                    this.running.set(token, this.start(token, params));
                }
                break;
            case "report":
                this.running.get(token)?.report(params);
                break;
            case "end":
                this.running.get(token)?.end();
                this.running.delete(token);
                break;
        }
    };

    /** The server is gone, and with it the end of everything it had begun. */
    clear(): void {
        for (const one of this.running.values()) {
            one.end();
        }
        this.running.clear();
    }

    private start(token: ProgressToken, begin: WorkDoneProgressBegin): Running {
        let finish: () => void = () => {};
        const finished = new Promise<void>((resolve) => (finish = resolve));
        let shown: vscode.Progress<{ message?: string; increment?: number }> | undefined;
        let latest: WorkDoneProgressBegin | WorkDoneProgressReport = begin;
        let percentage = 0;
        let seconds = 0;

        const draw = () => {
            const increment = Math.max(0, (latest.percentage ?? 0) - percentage);
            percentage += increment;
            shown?.report({ increment, message: [`${seconds} s`, latest.message].filter(Boolean).join(" · ") });
        };
        const clock = setInterval(() => {
            seconds += 1;
            draw();
        }, 1000);
        const timer = setTimeout(() => {
            void vscode.window.withProgress(
                { location: vscode.ProgressLocation.Notification, cancellable: true, title: begin.title },
                async (progress, cancellation) => {
                    cancellation.onCancellationRequested(() => {
                        void this.client()?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
                    });
                    shown = progress;
                    draw();
                    await finished;
                },
            );
        }, PATIENCE);
        return {
            report: (value) => {
                latest = value;
                draw();
            },
            end: () => {
                clearTimeout(timer);
                clearInterval(clock);
                finish();
            },
        };
    }
}
