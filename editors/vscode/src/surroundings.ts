/** The facts of this machine and window for the search in `server.ts`. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as vscode from "vscode";
import type { Surroundings } from "./server";

export function surroundings(context: vscode.ExtensionContext): Surroundings {
    return {
        setting: vscode.workspace.getConfiguration("karel").get("server.path", ""),
        extensionPath: context.extensionPath,
        workspaceFolders: (vscode.workspace.workspaceFolders ?? [])
            .filter((folder) => folder.uri.scheme === "file")
            .map((folder) => folder.uri.fsPath),
        trusted: vscode.workspace.isTrusted,
        platform: process.platform,
        env: process.env,
        home: os.homedir(),
        isExecutable,
    };
}

function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}
