/** How the page reaches its host: VS Code's messages where the page is a webview, else a WebSocket to where it is from. */
import type { Channel } from "./rpc";
import type { Place } from "./surroundings";

interface VsCode {
    postMessage(message: unknown): void;
    getState(): unknown;
    setState(state: unknown): void;
}

declare global {
    /** Only in a webview, and to be called once. */
    function acquireVsCodeApi(): VsCode;
}

export interface Transport {
    channel: Channel;
    /** An editor stands beside the page. */
    editor: boolean;
    load(): Place | undefined;
    save(place: Place): void;
    /** Calls `opened` whenever messages can be sent, and `lost` when they can't be any more. */
    start(opened: () => void, lost: () => void): void;
}

export function transport(): Transport {
    return "acquireVsCodeApi" in globalThis ? webview(acquireVsCodeApi()) : socket();
}

function webview(vscode: VsCode): Transport {
    const channel: Channel = { send: (message) => vscode.postMessage(message), onMessage: () => {} };
    return {
        channel,
        editor: true,
        load: () => (vscode.getState() ?? undefined) as Place | undefined,
        save: (place) => vscode.setState(place),
        start(opened) {
            addEventListener("message", ({ data }) => channel.onMessage(data));
            opened();
        },
    };
}

/** Milliseconds between attempts to reach a host that has gone: it may be started again at the same address. */
const RETRY = 2000;

function socket(): Transport {
    const PLACE = "karel-world";
    // The address of the page has the token that the host wants to see; so has the socket's.
    const address = new URL("socket", location.href);
    address.search = location.search;
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    let open: WebSocket | undefined;
    const channel: Channel = { send: (message) => open?.send(JSON.stringify(message)), onMessage: () => {} };
    return {
        channel,
        editor: false,
        load: () => (JSON.parse(sessionStorage.getItem(PLACE) ?? "null") ?? undefined) as Place | undefined,
        save: (place) => sessionStorage.setItem(PLACE, JSON.stringify(place)),
        start(opened, lost) {
            const connect = () => {
                const socket = new WebSocket(address);
                socket.onopen = () => {
                    open = socket;
                    opened();
                };
                socket.onmessage = ({ data }) => channel.onMessage(JSON.parse(String(data)));
                socket.onclose = () => {
                    open = undefined;
                    lost();
                    setTimeout(connect, RETRY);
                };
            };
            connect();
        },
    };
}
