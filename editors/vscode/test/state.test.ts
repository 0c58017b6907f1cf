import assert from "node:assert/strict";
import { test } from "node:test";
import { appearance, readStatus } from "../src/state";

test("a notification is read whatever else it says", () => {
    assert.deepEqual(readStatus({ state: "ready", engine: "cpu", message: "Ready.", since: 4 }), {
        state: "ready",
        engine: "cpu",
        message: "Ready.",
    });
    assert.deepEqual(readStatus({ state: "absent" }), { state: "absent", engine: "", message: "" });
    for (const odd of [undefined, null, 3, "ready", [], {}, { state: "dancing" }, { state: 1 }]) {
        assert.equal(readStatus(odd), undefined, JSON.stringify(odd));
    }
});

test("the engine's device stands in the item once it is known", () => {
    const server = { kind: "running", name: "karel-lsp 0.1.0" } as const;
    const ready = appearance(server, { state: "ready", engine: "cuda:0", message: "Ready." });
    assert.equal(ready.text, "$(check) Karel (cuda:0)");
    assert.deepEqual(ready.details, ["karel-lsp 0.1.0 is running.", "Ready."]);
    assert.equal(appearance(server, undefined).text, "$(check) Karel");
});

test("no engine is a warning, no server an error", () => {
    const server = { kind: "running", name: "karel-lsp" } as const;
    const absent = appearance(server, { state: "absent", engine: "", message: "" });
    assert.equal(absent.severity, "warning");
    assert.match(absent.details.join(" "), /everything else works/);
    const broken = appearance(server, { state: "error", engine: "", message: "It ended." });
    assert.deepEqual([broken.text, broken.severity], ["$(warning) Karel: engine failed", "warning"]);
    assert.ok(broken.details.includes("It ended."));
    const failed = appearance({ kind: "failed", message: "It is not there." }, undefined);
    assert.equal(failed.severity, "error");
    assert.deepEqual(failed.details, ["It is not there."]);
});

test("each state of server and engine looks its own way", () => {
    const running = { kind: "running", name: "karel-lsp" } as const;
    const engine = (state: "starting" | "ready" | "busy" | "absent" | "error") =>
        appearance(running, { state, engine: "cpu", message: "" });
    const all = [appearance({ kind: "stopped" }, undefined), appearance({ kind: "starting" }, undefined)];
    assert.deepEqual(
        [...all, engine("starting"), engine("busy"), engine("ready")].map(({ text, severity }) => [text, severity]),
        [
            ["$(circle-slash) Karel", "warning"],
            ["$(loading~spin) Karel", "normal"],
            ["$(loading~spin) Karel", "normal"],
            ["$(sync~spin) Karel (cpu)", "normal"],
            ["$(check) Karel (cpu)", "normal"],
        ],
    );
    const details = (["starting", "busy", "ready", "absent", "error"] as const).map(
        (state) => engine(state).details[1],
    );
    assert.equal(new Set(details).size, 5);
});
