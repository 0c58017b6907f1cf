/** The document that the webview of the worlds shows, and the messages that it sends. No VS Code here. */

/** The server's command; in this window the extension shows the page itself. */
export const OPEN_WORLD = "karel.openWorld";

/** Requests that the page may have the server answer. */
const QUESTIONS = new Set([
    "karel/recordings",
    "karel/recording",
    "karel/recordingSteps",
    "karel/recordingSeek",
    "karel/occurrences",
    "karel/text",
    "karel/question",
    "karel/answer",
    "karel/edit",
    "karel/find",
    "karel/candidates",
    "karel/take",
]);

export interface Place {
    line: number;
    character: number;
}

export interface Span {
    start: Place;
    end: Place;
}

/** What the page says. */
export type Message =
    | { kind: "question"; id: number; method: string; params: unknown }
    | { kind: "unknown"; id: number; method: string }
    /** It gives up what it has asked. */
    | { kind: "cancel"; id: number }
    /** It listens now. */
    | { kind: "ready" }
    /** The user wants to see the place. */
    | { kind: "reveal"; uri: string; range: Span }
    /** The statement that comes next; null: there is none. */
    | { kind: "highlight"; uri: string; version: number | null; range: Span | null };

/** Reads a message of the page; undefined where it is none that this extension knows. */
export function readMessage(message: unknown): Message | undefined {
    const { id, method, params } = (message ?? {}) as Record<string, unknown>;
    if (typeof method !== "string") {
        return undefined;
    }
    if (typeof id === "number") {
        return QUESTIONS.has(method) ? { kind: "question", id, method, params } : { kind: "unknown", id, method };
    }
    const { uri, range, version } = (params ?? {}) as Record<string, unknown>;
    const place = isSpan(range) ? range : null;
    if (method === "$/cancelRequest") {
        const { id: asked } = (params ?? {}) as { id?: unknown };
        return typeof asked === "number" ? { kind: "cancel", id: asked } : undefined;
    }
    if (method === "karel/ready") {
        return { kind: "ready" };
    }
    if (method === "karel/reveal" && typeof uri === "string" && place !== null) {
        return { kind: "reveal", uri, range: place };
    }
    if (method === "karel/highlight" && typeof uri === "string") {
        return { kind: "highlight", uri, version: typeof version === "number" ? version : null, range: place };
    }
    return undefined;
}

function isSpan(value: unknown): value is Span {
    const isPlace = (place: unknown) => {
        const { line, character } = (place ?? {}) as Record<string, unknown>;
        return typeof line === "number" && typeof character === "number";
    };
    const { start, end } = (value ?? {}) as Record<string, unknown>;
    return isPlace(start) && isPlace(end);
}

/** The page. Nothing but its own script and style may run in it; `source` is the webview's own address. */
export function document(source: string, script: string, style: string, nonce: string): string {
    const policy = `default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'`;
    return `<!doctype html>
<html lang="en">
    <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Karel</title>
        <link rel="stylesheet" href="${style}" />
        <script nonce="${nonce}" src="${script}" defer></script>
    </head>
    <body>
        <div id="world"></div>
    </body>
</html>`;
}
