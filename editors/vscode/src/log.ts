/** The extension's log, and the view of it that the client library writes protocol messages to. */
import * as vscode from "vscode";

/**
 * The library traces only into a log whose level is Trace. Here the setting `karel.trace.server` alone decides: the
 * level that the library sees follows the setting, and the messages are written whatever the log's own level is.
 */
export function forTracing(log: vscode.LogOutputChannel, subscriptions: vscode.Disposable[]): vscode.LogOutputChannel {
    const wanted = () => vscode.workspace.getConfiguration("karel").get<string>("trace.server", "off") !== "off";
    const level = () => (wanted() ? vscode.LogLevel.Trace : log.logLevel);
    const changed = new vscode.EventEmitter<vscode.LogLevel>();
    subscriptions.push(
        changed,
        log.onDidChangeLogLevel(() => changed.fire(level())),
        vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration("karel.trace.server")) {
                changed.fire(level());
            }
        }),
    );
    return Object.create(log, {
        logLevel: { get: level },
        onDidChangeLogLevel: { value: changed.event },
        trace: { value: (message: string, ...rest: unknown[]) => log.info(message, ...rest) },
    }) as vscode.LogOutputChannel;
}
