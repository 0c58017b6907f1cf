/**
 * Messages for people. VS Code cuts a notification after some 55 characters: there the fact stands alone, and all of
 * it in the log. What the user did on purpose, such as cancelling, needs no message. No VS Code here.
 */

/** As much as a notification shows of a message. */
export const LIMIT = 55;

/** The fact that the message begins with, in a notification's length; the message itself where it fits. */
export function fact(message: string): string {
    const text = message.trim();
    if (text.length <= LIMIT) {
        return text;
    }
    // Sentences are better ends than clauses, and clauses than words.
    for (const end of [/[.!?](?=\s)/g, /[;:](?=\s)/g, /,(?=\s)/g]) {
        const cuts = [...text.matchAll(end)].map((match) => match.index).filter((at) => at >= 12 && at < LIMIT);
        const at = cuts.at(-1);
        if (at !== undefined) {
            return /[.!?]/.test(text[at] ?? "") ? text.slice(0, at + 1) : `${text.slice(0, at)}.`;
        }
    }
    return `${text.slice(0, LIMIT).replace(/\s+\S*$/, "")}…`;
}

/** What a failed request means to the user. */
export type Failure =
    /** The user cancelled it, or it was given up because the text has changed. */
    | { kind: "silent" }
    /** The server can't do what was asked, and says why; nothing is broken. */
    | { kind: "refused"; message: string }
    | { kind: "broken"; message: string };

// Codes of the protocol.
const REQUEST_CANCELLED = -32800;
const CONTENT_MODIFIED = -32801;
const SERVER_CANCELLED = -32802;
const REQUEST_FAILED = -32803;

export function failure(error: unknown): Failure {
    const { code, name } = (typeof error === "object" && error !== null ? error : {}) as {
        code?: unknown;
        name?: unknown;
    };
    const message = error instanceof Error ? error.message : String(error);
    if (code === REQUEST_CANCELLED || code === SERVER_CANCELLED || name === "Canceled") {
        return { kind: "silent" };
    }
    return { kind: code === REQUEST_FAILED || code === CONTENT_MODIFIED ? "refused" : "broken", message };
}
