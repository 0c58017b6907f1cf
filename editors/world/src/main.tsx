/** The page: one model, one view, and the transport that the surroundings offer. */
import { render } from "preact";
import { Model } from "./model";
import { Connection } from "./rpc";
import { transport } from "./transport";
import { App } from "./view/app";

const host = transport();
const model = new Model(new Connection(host.channel), {
    now: () => performance.now(),
    nextFrame: (callback) => requestAnimationFrame(callback),
    after: (milliseconds, callback) => setTimeout(callback, milliseconds),
    load: () => host.load(),
    save: (place) => host.save(place),
    editor: host.editor,
});
const root = document.getElementById("world");
if (root !== null) {
    render(<App model={model} />, root);
}
host.start(
    () => model.connected(),
    () => model.disconnected(),
);
