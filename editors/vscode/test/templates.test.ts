/** Files to begin with: one from a template, or a folder of samples. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { newFromTemplate, openSamples } from "../src/templates";
import { disk, type InputOptions, Position, reset, seen, Uri, workspace } from "./vscode";

beforeEach(reset);

const WALK = { name: "walk", title: "Walk", description: "To the wall", text: "# ... later\ndef main():\n    ...\n" };
const TURN = { name: "turn", title: "Turn", description: "On the spot", text: "def main():\n    turnLeft()\n" };
const session = { ask: async (command: string) => (command === "karel.templates" ? [WALK, TURN] : undefined) } as never;

/** Where the cursor was put in the document that was shown last. */
function cursor(): Position | undefined {
    const shown = seen.commands.filter(([command]) => command === "showTextDocument").at(-1);
    return (shown?.[2] as { selection: { start: Position } } | undefined)?.selection.start;
}

test("a template becomes a file of the workspace, under a name that is free, with the cursor at its hole", async () => {
    workspace.workspaceFolders = [{ uri: Uri.parse("file:///school") }];
    disk.set("file:/school/walk.karel", "my own");
    let proposed: InputOptions | undefined;
    seen.choose = ([first]) => first;
    seen.input = (options) => ((proposed = options), options.value);
    await newFromTemplate(session);
    assert.equal(proposed?.value, "walk-2.karel");
    assert.match(proposed?.validateInput?.("walk") ?? "", /is there already/);
    assert.equal(proposed?.validateInput?.("walk-3"), undefined);
    assert.equal(disk.get("file:/school/walk-2.karel"), WALK.text);
    assert.equal(disk.get("file:/school/walk.karel"), "my own");
    assert.deepEqual([cursor()?.line, cursor()?.character], [2, 4]);
});

test("without a folder the template is a document that is not saved", async () => {
    seen.choose = (rows) => rows[1];
    await newFromTemplate(session);
    const document = seen.commands[0]?.[1] as { languageId: string; getText(): string };
    assert.deepEqual([document.languageId, document.getText()], ["kareldsl", TURN.text]);
    assert.equal(disk.size, 0);
});

test("who chooses no template or gives no name gets no file", async () => {
    await newFromTemplate(session);
    workspace.workspaceFolders = [{ uri: Uri.parse("file:///school") }];
    seen.choose = ([first]) => first;
    await newFromTemplate(session);
    await openSamples(session);
    assert.deepEqual([disk.size, seen.commands.length], [0, 0]);
});

test("samples are put into a folder, those that were changed stay, and the folder is opened", async () => {
    seen.folders = [Uri.parse("file:///home/ada")];
    disk.set("file:/home/ada/karel-samples/walk.karel", "my own");
    await openSamples(session);
    assert.equal(disk.get("file:/home/ada/karel-samples/walk.karel"), "my own");
    assert.equal(disk.get("file:/home/ada/karel-samples/turn.karel"), TURN.text);
    const [command, folder, options] = seen.commands[0] ?? [];
    assert.deepEqual(
        [command, String(folder), options],
        ["vscode.openFolder", "file:/home/ada/karel-samples", { forceNewWindow: false }],
    );
    // In the workspace's own folder the first one is shown.
    workspace.workspaceFolders = [{ uri: Uri.parse("file:///home/ada") }];
    await openSamples(session);
    assert.equal(seen.commands.at(-1)?.[0], "showTextDocument");
});
