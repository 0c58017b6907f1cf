import assert from "node:assert/strict";
import { test } from "node:test";
import { findServer, type Surroundings } from "../src/server";

/** A machine on which only the named files can be run. */
function machine(files: string[], changes: Partial<Surroundings> = {}): Surroundings {
    return {
        setting: "",
        extensionPath: "/ext",
        workspaceFolders: ["/first", "/second"],
        trusted: true,
        platform: "linux",
        env: { PATH: "/usr/bin:/opt/bin" },
        home: "/home/ada",
        isExecutable: (file) => files.includes(file),
        ...changes,
    };
}

const everywhere = [
    "/ext/server/karel-lsp",
    "/first/target/release/karel-lsp",
    "/second/target/release/karel-lsp",
    "/usr/bin/karel-lsp",
    "/opt/bin/karel-lsp",
    "/home/ada/.local/bin/karel-lsp",
];

test("places are tried in order: extension, workspace folders, PATH, home", () => {
    const order = [];
    for (let gone = 0; gone < everywhere.length; gone += 1) {
        const found = findServer(machine(everywhere.slice(gone)));
        assert.equal(found.kind, "found");
        order.push(found.kind === "found" ? [found.command, found.source] : []);
    }
    assert.deepEqual(order, [
        ["/ext/server/karel-lsp", "extension"],
        ["/first/target/release/karel-lsp", "workspace"],
        ["/second/target/release/karel-lsp", "workspace"],
        ["/usr/bin/karel-lsp", "path"],
        ["/opt/bin/karel-lsp", "path"],
        ["/home/ada/.local/bin/karel-lsp", "home"],
    ]);
});

test("the setting wins over every other place", () => {
    const found = findServer(machine([...everywhere, "/my/server"], { setting: " /my/server " }));
    assert.deepEqual(found, { kind: "found", command: "/my/server", source: "setting" });
});

test("a setting that names nothing is an error, not a fall-back", () => {
    const found = findServer(machine(everywhere, { setting: "/my/server" }));
    assert.equal(found.kind, "missing");
    assert.match(
        found.kind === "missing" ? found.message : "",
        /karel\.server\.path names no program\. It is '\/my\/server'/,
    );
});

test("the setting knows the home, the workspace and the environment", () => {
    const expansions: [string, string][] = [
        ["~/bin/karel-lsp", "/home/ada/bin/karel-lsp"],
        ["${userHome}/karel-lsp", "/home/ada/karel-lsp"],
        ["${workspaceFolder}/out/karel-lsp", "/first/out/karel-lsp"],
        ["${env:TOOLS}/karel-lsp", "/tools/karel-lsp"],
    ];
    for (const [setting, command] of expansions) {
        const found = findServer(machine([command], { setting, env: { TOOLS: "/tools" } }));
        assert.deepEqual(found, { kind: "found", command, source: "setting" }, setting);
    }
});

test("a bare name in the setting is looked up on PATH", () => {
    const found = findServer(machine(["/opt/bin/karel-nightly"], { setting: "karel-nightly" }));
    assert.deepEqual(found, { kind: "found", command: "/opt/bin/karel-nightly", source: "setting" });
});

test("what an untrusted workspace has built is not run", () => {
    const found = findServer(machine(everywhere.slice(1), { trusted: false }));
    assert.deepEqual(found, { kind: "found", command: "/usr/bin/karel-lsp", source: "path" });
});

test("relative and empty entries of PATH are skipped", () => {
    const found = findServer(machine(["karel-lsp", "bin/karel-lsp"], { env: { PATH: ":bin:." } }));
    assert.equal(found.kind, "missing");
});

test("Windows: ending, separator and spelling of the variable", () => {
    const windows: Partial<Surroundings> = {
        platform: "win32",
        extensionPath: "C:\\ext",
        workspaceFolders: ["D:\\lessons"],
        env: { Path: "C:\\Windows;C:\\Tools" },
        home: "C:\\Users\\ada",
    };
    assert.deepEqual(findServer(machine(["C:\\Tools\\karel-lsp.exe"], windows)), {
        kind: "found",
        command: "C:\\Tools\\karel-lsp.exe",
        source: "path",
    });
    assert.deepEqual(findServer(machine(["D:\\lessons\\target\\release\\karel-lsp.exe"], windows)), {
        kind: "found",
        command: "D:\\lessons\\target\\release\\karel-lsp.exe",
        source: "workspace",
    });
    assert.deepEqual(findServer(machine(["C:\\Users\\ada\\karel-lsp.exe"], { ...windows, setting: "~\\karel-lsp" })), {
        kind: "found",
        command: "C:\\Users\\ada\\karel-lsp.exe",
        source: "setting",
    });
});

test("nothing anywhere: the message says what to do", () => {
    const found = findServer(machine([]));
    assert.equal(found.kind, "missing");
    assert.match(found.kind === "missing" ? found.message : "", /cargo xtask install.*karel\.server\.path/);
});
