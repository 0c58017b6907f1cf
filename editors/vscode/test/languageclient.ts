/**
 * As much of the client library as the extension uses: a client that says what it was given, and a server's side that
 * the tests speak for. The protocol's own types are the real ones.
 */
import type { ChildProcess } from "node:child_process";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { EventEmitter, Uri } from "./vscode";

export * from "vscode-languageserver-protocol";

export const State = { Stopped: 1, Running: 2, Starting: 3 };
export const RevealOutputChannelOn = { Info: 1, Warn: 2, Error: 3, Never: 4 };
export const TransportKind = { stdio: 0 };

type Handler = (params: unknown) => unknown;
interface Feature {
    fillClientCapabilities(capabilities: object): void;
}
// What the tests look at; the library's own types say more.
type Options = Record<string, never> & { middleware: Record<string, (...args: unknown[]) => unknown> };

/** The clients that were made, oldest first, and how the next ones behave. */
export const clients: LanguageClient[] = [];
export const server = {
    commands: ["karel.runExamples", "karel.synthesize", "karel.showTrace", "karel.explain"],
    experimental: { karelRecordings: 1 } as object | undefined,
    /** Why it does not start. */
    refuses: undefined as Error | undefined,
    answer: async (_method: string, _params: unknown, _cancellation: unknown): Promise<unknown> => undefined,
};

export class LanguageClient {
    state = State.Stopped;
    disposed = false;
    readonly capabilities = { experimental: undefined as unknown };
    readonly errors: string[] = [];
    readonly outputChannel: { info(text: string): void };
    readonly code2ProtocolConverter = { asUri: (uri: Uri) => uri.toString() };
    private readonly handlers = new Map<string, Handler>();
    private readonly changed = new EventEmitter<{ newState: number }>();
    readonly onDidChangeState = this.changed.event;

    constructor(
        readonly id: string,
        readonly name: string,
        readonly serverOptions: { command: string; args: string[] },
        readonly options: Options & { outputChannel: { info(text: string): void } },
    ) {
        this.outputChannel = options.outputChannel;
        clients.push(this);
    }

    get initializeResult(): unknown {
        const { commands, experimental } = server;
        const capabilities = { executeCommandProvider: { commands }, experimental };
        return this.state === State.Running
            ? { capabilities, serverInfo: { name: "karel-lsp", version: "1.2" } }
            : undefined;
    }

    registerFeature(feature: Feature): void {
        feature.fillClientCapabilities(this.capabilities);
    }
    onNotification(type: string | { method: string }, handler: Handler): void {
        this.handlers.set(typeof type === "string" ? type : type.method, handler);
    }
    onRequest = this.onNotification;

    async start(): Promise<void> {
        this.become(State.Starting);
        await new Promise(setImmediate);
        if (server.refuses !== undefined) {
            this.become(State.Stopped);
            throw server.refuses;
        }
        this.become(State.Running);
    }
    async dispose(): Promise<void> {
        await new Promise(setImmediate);
        this.disposed = true;
        this.become(State.Stopped);
    }
    /** What the library does where the server ends by itself, and where it starts it again. */
    become(state: number): void {
        this.state = state;
        this.changed.fire({ newState: state });
    }

    async sendRequest(type: string | { method: string }, params: unknown, cancellation: unknown): Promise<unknown> {
        return server.answer(typeof type === "string" ? type : type.method, params, cancellation);
    }
    error(message: string): void {
        this.errors.push(message);
    }

    /** The server says or asks something. */
    says(method: string, params: unknown): unknown {
        const handler = this.handlers.get(method);
        if (handler === undefined) {
            throw new Error(`nobody listens to ${method}`);
        }
        return handler(params);
    }
    /** The server writes a line to its standard error. */
    async writes(line: string): Promise<void> {
        const input = new PassThrough();
        const { stderr } = this.options["stdioOptions"] as unknown as {
            stderr(input: NonNullable<ChildProcess["stderr"]>, channel: unknown): void;
        };
        stderr(input as never, this.outputChannel);
        input.end(`${line}\n`);
        await finished(input);
        await new Promise(setImmediate);
    }
}
