/**
 * Finds the language server: the setting, then the extension's own, then the workspace's build, then `PATH`, then
 * `~/.local/bin`, where `cargo xtask install` puts it and which is not on the `PATH` of every desktop.
 * Plain logic over the facts given to it; it touches no VS Code and no disk by itself.
 */
import * as path from "node:path";

/** What the search may look at. */
export interface Surroundings {
    /** The setting `karel.server.path`, as written. */
    setting: string;
    /** Folder of the extension. */
    extensionPath: string;
    /** Folders of the workspace, first one first. */
    workspaceFolders: readonly string[];
    /** Whether programs that lie in the workspace may be run. */
    trusted: boolean;
    platform: NodeJS.Platform;
    env: Readonly<Record<string, string | undefined>>;
    home: string;
    isExecutable(file: string): boolean;
}

export type Found =
    | { kind: "found"; command: string; source: "setting" | "extension" | "workspace" | "path" | "home" }
    /** `message` says in one sentence what is wrong and what to do about it. */
    | { kind: "missing"; message: string };

/** Never falls back from a setting that names nothing: the user asked for that server and for no other. */
export function findServer(at: Surroundings): Found {
    const paths = at.platform === "win32" ? path.win32 : path.posix;
    const file = at.platform === "win32" ? "karel-lsp.exe" : "karel-lsp";

    const written = at.setting.trim();
    if (written !== "") {
        const wanted = expand(written, at);
        // A bare name is looked up as a shell would do it.
        const command = /[\\/]/.test(wanted) ? executable(wanted, at) : onPath(wanted, at);
        return command === undefined
            ? {
                  kind: "missing",
                  message: `The setting karel.server.path names no program. It is '${written}', and at '${wanted}' there is none: correct it, or empty it to have the server found.`,
              }
            : { kind: "found", command, source: "setting" };
    }

    const bundled = paths.join(at.extensionPath, "server", file);
    if (at.isExecutable(bundled)) {
        return { kind: "found", command: bundled, source: "extension" };
    }
    if (at.trusted) {
        for (const folder of at.workspaceFolders) {
            const built = paths.join(folder, "target", "release", file);
            if (at.isExecutable(built)) {
                return { kind: "found", command: built, source: "workspace" };
            }
        }
    }
    const installed = onPath("karel-lsp", at);
    if (installed !== undefined) {
        return { kind: "found", command: installed, source: "path" };
    }
    const local = paths.join(at.home, ".local", "bin", file);
    if (at.isExecutable(local)) {
        return { kind: "found", command: local, source: "home" };
    }
    return {
        kind: "missing",
        message:
            "The Karel server karel-lsp was not found. It is neither in the extension, nor in the workspace's target/release, nor on PATH, nor in ~/.local/bin: install it with 'cargo xtask install', or set karel.server.path.",
    };
}

/** `~`, `${workspaceFolder}`, `${userHome}` and `${env:NAME}`, as VS Code's own settings write them. */
function expand(text: string, at: Surroundings): string {
    return text
        .replace(/^~(?=$|[\\/])/, () => at.home)
        .replaceAll("${userHome}", () => at.home)
        .replaceAll("${workspaceFolder}", () => at.workspaceFolders[0] ?? "")
        .replace(/\$\{env:([^}]+)\}/g, (_, name: string) => at.env[name] ?? "");
}

/** The file, or on Windows the file with the ending it was written without. */
function executable(file: string, at: Surroundings): string | undefined {
    const candidates = at.platform === "win32" && !/\.exe$/i.test(file) ? [`${file}.exe`, file] : [file];
    return candidates.find((candidate) => at.isExecutable(candidate));
}

function onPath(name: string, at: Surroundings): string | undefined {
    const paths = at.platform === "win32" ? path.win32 : path.posix;
    // Windows spells the variable `Path`.
    const variable = at.env["PATH"] ?? at.env["Path"] ?? "";
    for (const folder of variable.split(paths.delimiter)) {
        // An empty entry would mean the current folder, which is anybody's.
        if (folder === "" || !paths.isAbsolute(folder)) {
            continue;
        }
        const command = executable(paths.join(folder, name), at);
        if (command !== undefined) {
            return command;
        }
    }
    return undefined;
}
