/** What the status item says, worked out from the server's process and the engine's notifications. No VS Code here. */

/** Parameters of the server's notification `karel/status`. */
export interface EngineStatus {
    state: "starting" | "ready" | "busy" | "absent" | "error";
    /** What runs, such as `cpu`; empty where nothing does. */
    engine: string;
    /** A sentence for people. */
    message: string;
}

export type ServerState =
    | { kind: "stopped" }
    | { kind: "starting" }
    | { kind: "running"; name: string }
    /** `message` says what is wrong and what to do. */
    | { kind: "failed"; message: string };

export interface Appearance {
    /** With `$(icon)`s. */
    text: string;
    /** Lines of the tooltip, plain text. */
    details: string[];
    severity: "normal" | "warning" | "error";
}

/** Synthesis being away is a warning; no server at all is an error. */
export function appearance(server: ServerState, engine: EngineStatus | undefined): Appearance {
    switch (server.kind) {
        case "stopped":
            return { text: "$(circle-slash) Karel", details: ["The language server is stopped."], severity: "warning" };
        case "starting":
            return { text: "$(loading~spin) Karel", details: ["The language server is starting."], severity: "normal" };
        case "failed":
            return { text: "$(error) Karel", details: [server.message], severity: "error" };
        case "running":
            return running(server.name, engine);
    }
}

function running(name: string, engine: EngineStatus | undefined): Appearance {
    const first = `${name} is running.`;
    if (engine === undefined) {
        return {
            text: "$(check) Karel",
            details: [first, "The synthesis engine has not been needed yet."],
            severity: "normal",
        };
    }
    const details = [first, engine.message || defaultMessage(engine)];
    const device = engine.engine === "" ? "" : ` (${engine.engine})`;
    switch (engine.state) {
        case "starting":
            return { text: "$(loading~spin) Karel", details, severity: "normal" };
        case "busy":
            return { text: `$(sync~spin) Karel${device}`, details, severity: "normal" };
        case "ready":
            return { text: `$(check) Karel${device}`, details, severity: "normal" };
        case "absent":
            return { text: "$(warning) Karel: no synthesis", details, severity: "warning" };
        case "error":
            return { text: "$(warning) Karel: engine failed", details, severity: "warning" };
    }
}

function defaultMessage(engine: EngineStatus): string {
    switch (engine.state) {
        case "starting":
            return "The synthesis engine is starting.";
        case "busy":
            return "The synthesis engine is at work.";
        case "ready":
            return "The synthesis engine is ready.";
        case "absent":
            return "There is no synthesis engine; everything else works.";
        case "error":
            return "The synthesis engine failed; the log says why.";
    }
}

/** A notification from a server of any version: unknown states and missing texts are no reason to fail. */
export function readStatus(params: unknown): EngineStatus | undefined {
    if (typeof params !== "object" || params === null) {
        return undefined;
    }
    const { state, engine, message } = params as Record<string, unknown>;
    switch (state) {
        case "starting":
        case "ready":
        case "busy":
        case "absent":
        case "error":
            return {
                state,
                engine: typeof engine === "string" ? engine : "",
                message: typeof message === "string" ? message : "",
            };
        default:
            return undefined;
    }
}
