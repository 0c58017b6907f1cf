/** JSON-RPC 2.0 over anything that carries objects both ways. */

export interface Channel {
    send(message: object): void;
    /** One listener: the connection. */
    onMessage: (message: unknown) => void;
}

/** The code of an answer that the text has changed, or a recording is no longer kept: it is to be asked for anew. */
export const OUTDATED = -32801;

/** What the other side answered in place of a result; its message is for people. */
export class Refusal extends Error {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

interface Waiting {
    resolve: (result: unknown) => void;
    reject: (error: Error) => void;
}

export class Connection {
    private readonly waiting = new Map<number, Waiting>();
    private readonly listeners = new Map<string, (params: unknown) => void>();
    private last = 0;

    constructor(private readonly channel: Channel) {
        channel.onMessage = (message) => this.take(message);
    }

    /** Asks; where the signal says so the question is given up, and the other side answers that it was. */
    request<Result>(method: string, params: object, signal?: AbortSignal): Promise<Result> {
        const id = ++this.last;
        signal?.addEventListener("abort", () => this.waiting.has(id) && this.notify("$/cancelRequest", { id }), {
            once: true,
        });
        return new Promise<Result>((resolve, reject) => {
            this.waiting.set(id, { resolve: (result) => resolve(result as Result), reject });
            this.channel.send({ jsonrpc: "2.0", id, method, params });
        });
    }

    notify(method: string, params: object): void {
        this.channel.send({ jsonrpc: "2.0", method, params });
    }

    on(method: string, listener: (params: unknown) => void): void {
        this.listeners.set(method, listener);
    }

    /** Nobody will answer any more what was asked. */
    abandon(why: string): void {
        const waiting = [...this.waiting.values()];
        this.waiting.clear();
        waiting.forEach(({ reject }) => reject(new Refusal(0, why)));
    }

    private take(message: unknown): void {
        if (typeof message !== "object" || message === null) {
            return;
        }
        const { id, method, params, result, error } = message as Record<string, unknown>;
        if (typeof method === "string") {
            this.listeners.get(method)?.(params);
            return;
        }
        const waiting = typeof id === "number" ? this.waiting.get(id) : undefined;
        if (waiting === undefined) {
            return;
        }
        this.waiting.delete(id as number);
        if (typeof error === "object" && error !== null) {
            const { code, message: why } = error as Record<string, unknown>;
            waiting.reject(
                new Refusal(typeof code === "number" ? code : 0, typeof why === "string" ? why : "It was refused."),
            );
        } else {
            waiting.resolve(result);
        }
    }
}
