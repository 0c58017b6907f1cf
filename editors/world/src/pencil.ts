/** What is drawn on the page, on its way into the text: one change after the other, each of the text that is known then. */
import type { Change, DocumentVersion, ExampleItem, Side, World } from "./contract";
import { key } from "./examples";
import { type Connection, OUTDATED, Refusal } from "./rpc";
import type { State } from "./state";
import { said } from "./words";

/** What is to become of the texts. */
export type Rewrite = Change | { kind: "undo" } | { kind: "redo" };

export type Drafts = { [side in Side]?: World };

/** Whether somebody takes what is drawn. */
export function canDraw({ editor, undo }: State): boolean {
    return editor || undo;
}

/** What the pencil needs of the page. */
interface Paper {
    connection: Connection;
    state(): State;
    change(change: Partial<Pick<State, "drawing" | "playing" | "refused">>): void;
    /** What is shown is being asked for anew. */
    refreshing(): boolean;
    refresh(): void;
    select(index: number): Promise<void>;
    trouble(error: unknown): void;
}

export class Pencil {
    /** The changes that wait until the text is the one that they are of. */
    private readonly changes: Rewrite[] = [];
    private editing = false;
    /** An example that is none of `known` is to be shown as soon as it is there, to be drawn or not: it was asked for here. */
    private awaited: { known: ReadonlySet<string>; draws: boolean } | undefined;

    constructor(private readonly paper: Paper) {}

    /** Begins to draw the example, or ends it. */
    draw(on: boolean): void {
        this.paper.change({
            drawing: on && canDraw(this.paper.state()) ? {} : undefined,
            playing: false,
            refused: undefined,
        });
    }

    /** Takes a drawn world: it is shown at once, and goes into the text as soon as that is known. */
    drawn(of: Side, world: World): void {
        const { drawing } = this.paper.state();
        if (drawing !== undefined) {
            this.paper.change({ drawing: { ...drawing, [of]: world } });
            // Of several that wait, the last says it all.
            const undone = this.changes.findLastIndex(({ kind }) => kind === "undo" || kind === "redo");
            const waiting = this.changes.findIndex(
                (change, at) => at > undone && change.kind === "world" && change.of === of,
            );
            if (waiting >= 0) {
                this.changes.splice(waiting, 1);
            }
            this.edit({ kind: "world", of, world });
        }
    }

    /** Adds an example with an empty world below the one that is shown, and begins to draw it. */
    async add(): Promise<void> {
        const { document } = this.paper.state();
        if (document === undefined) {
            return;
        }
        const { uri, version } = document;
        const chosen = this.chosen();
        const example = chosen === undefined ? null : key(chosen);
        const params = { textDocument: { uri }, version, example, change: { kind: "new" } };
        try {
            await this.adding(true, this.paper.connection.request("karel/edit", params));
            this.paper.refresh();
        } catch (error) {
            this.paper.trouble(error);
        }
    }

    /** Has the example shown that the request adds, as soon as it is there, and drawn where that is asked for. */
    async adding(draws: boolean, request: Promise<unknown>): Promise<void> {
        // The text may have changed before the answer comes.
        this.awaited = { known: new Set(this.paper.state().examples?.map(name)), draws };
        try {
            await request;
        } catch (error) {
            this.awaited = undefined;
            throw error;
        }
    }

    /** Has the last change of a drawing taken back, or made again, where no editor does so. */
    undo(kind: "undo" | "redo"): void {
        if (this.paper.state().undo) {
            this.edit({ kind });
        }
    }

    /** Has the example's text changed. One change is one step to undo, in the editor or by `undo`. */
    edit(change: Rewrite): void {
        this.changes.push(change);
        this.paper.change({ refused: undefined });
        void this.editNow();
    }

    /** Another example is shown: what waits is not of it. */
    drop(): void {
        this.changes.length = 0;
    }

    /** The example is known anew: unless more waits, what was drawn is in it. */
    settle(): void {
        if (this.changes.length === 0 && this.paper.state().drawing !== undefined) {
            this.paper.change({ drawing: {} });
        }
    }

    /** The examples are known anew: one that was asked for here may be among them, and is shown then. Whether it is. */
    showAdded(): boolean {
        const { awaited } = this;
        const added = awaited && this.paper.state().examples?.findLast((example) => !awaited.known.has(name(example)));
        if (awaited === undefined || added === undefined) {
            return false;
        }
        this.awaited = undefined;
        void this.paper.select(added.index).then(() => awaited.draws && this.draw(true));
        return true;
    }

    /** Makes the change that waits for longest, if its time has come. */
    async editNow(): Promise<void> {
        const { document } = this.paper.state();
        const [change] = this.changes;
        const busy = this.paper.refreshing() || this.editing;
        const request =
            change === undefined || document === undefined || busy ? undefined : this.toHost(change, document);
        if (request === undefined) {
            return;
        }
        this.changes.shift();
        this.editing = true;
        try {
            await this.paper.connection.request(...request);
            // Nothing is known of the text until it has been asked for again; not every change is one of the text.
            this.editing = false;
            this.paper.refresh();
        } catch (error) {
            this.drop();
            const outdated = error instanceof Refusal && error.code === OUTDATED;
            const refused = outdated ? "The text has changed meanwhile: draw again." : said(error);
            this.paper.change({ drawing: this.paper.state().drawing && {}, refused });
            if (outdated) {
                this.paper.trouble(error);
            }
        } finally {
            this.editing = false;
        }
    }

    /** The request for a change; none while the text is not known that it is of. Undo is of no example. */
    private toHost(change: Rewrite, document: DocumentVersion): [method: string, params: object] | undefined {
        const textDocument = { uri: document.uri };
        if (change.kind === "undo" || change.kind === "redo") {
            return [`karel/${change.kind}`, { textDocument }];
        }
        const { pages, stale } = this.paper.state();
        const chosen = this.chosen();
        if (stale !== undefined || chosen === undefined) {
            return undefined;
        }
        // What can't be run, an example without a program say, can be drawn all the same.
        const { version } = pages?.recording.document ?? document;
        return ["karel/edit", { textDocument, version, example: key(chosen), change }];
    }

    private chosen(): ExampleItem | undefined {
        const { examples, selected } = this.paper.state();
        return examples?.find(({ index }) => index === selected);
    }
}

/** Tells examples apart, whatever their numbers. */
function name(example: ExampleItem): string {
    return JSON.stringify(key(example));
}
