/** Serves the page with a toy of the language server behind it, as `karel world` does with the real one. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { Refused, type Toy } from "./toy";

const TYPES: Record<string, string> = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css" };
/** As strict as VS Code and the language server are. */
export const POLICY =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export class Host {
    /** What pages have sent beside requests. */
    readonly heard: { method: string; params: Record<string, unknown> }[] = [];
    private readonly pages = new Set<WebSocket>();
    /** Holds answers to this method back until it is called. */
    private held: { method: string; release: Promise<void> } | undefined;

    private constructor(
        readonly toy: Toy,
        readonly address: string,
        private readonly end: () => Promise<void>,
    ) {}

    static async start(toy: Toy, folder: string, port = 0): Promise<Host> {
        const server = createServer((request, response) => {
            const name = new URL(request.url ?? "/", "http://localhost").pathname.slice(1) || "index.html";
            const type = TYPES[name.replace(/^.*\./, "")];
            if (type === undefined || name.includes("/")) {
                response.writeHead(404).end();
                return;
            }
            response.writeHead(200, { "content-type": type, "content-security-policy": POLICY });
            response.end(readFileSync(path.join(folder, name)));
        });
        const sockets = new WebSocketServer({ server, path: "/socket" });
        await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
        const close = () =>
            new Promise<void>((resolve) => {
                sockets.clients.forEach((client) => client.terminate());
                sockets.close();
                server.close(() => resolve());
                server.closeAllConnections();
            });
        const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
        const host = new Host(toy, address, close);
        sockets.on("connection", (socket) => host.connect(socket));
        return host;
    }

    notify(method: string, params: object): void {
        this.pages.forEach((page) => page.send(JSON.stringify({ jsonrpc: "2.0", method, params })));
    }

    edit(text: string): void {
        this.notify("karel/recordingsOutdated", this.toy.edit(text));
    }

    /** Answers to the method wait until what this returns is called. */
    hold(method: string): () => void {
        let release = () => {};
        this.held = { method, release: new Promise((resolve) => (release = resolve)) };
        return () => {
            this.held = undefined;
            release();
        };
    }

    /** Ends the connections, as a server that dies. */
    hangUp(): void {
        this.pages.forEach((page) => page.terminate());
    }

    close(): Promise<void> {
        return this.end();
    }

    private connect(socket: WebSocket): void {
        this.pages.add(socket);
        socket.on("close", () => this.pages.delete(socket));
        socket.on("message", (data) => void this.take(socket, String(data)));
        socket.send(
            JSON.stringify({
                jsonrpc: "2.0",
                method: "karel/show",
                params: { uri: this.toy.uri, editor: this.toy.editor, undo: this.toy.undo },
            }),
        );
    }

    private async take(socket: WebSocket, text: string): Promise<void> {
        const { id, method, params } = JSON.parse(text) as {
            id?: number;
            method: string;
            params: Record<string, unknown>;
        };
        if (id === undefined) {
            this.heard.push({ method, params });
            return;
        }
        if (this.held?.method === method) {
            await this.held.release;
        }
        const answer = { jsonrpc: "2.0", id };
        try {
            const result = this.toy.answer(method, params);
            socket.send(JSON.stringify({ ...answer, result }));
            this.toy.told.splice(0).forEach((params) => this.notify("karel/recordingsOutdated", params));
        } catch (error) {
            const code = error instanceof Refused ? error.code : -32603;
            const message = error instanceof Error ? error.message : String(error);
            socket.send(JSON.stringify({ ...answer, error: { code, message } }));
        }
    }
}
