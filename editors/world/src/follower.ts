/** The editor beside the page: its cursor leads to a moment of the run, and it is told which statement comes next. */
import type { ExampleItem, Occurrences, Position, Range } from "./contract";
import type { Connection } from "./rpc";
import type { State } from "./state";
import type { Surroundings } from "./surroundings";

/** Milliseconds between two messages about the statement that is carried out. */
const HIGHLIGHT_PACE = 50;

/** What the follower needs of the page. */
interface Page {
    readonly connection: Connection;
    readonly surroundings: Pick<Surroundings, "after">;
    state(): State;
    change(change: Partial<Pick<State, "cursor" | "follow">>): void;
    chosen(): ExampleItem | undefined;
    select(index: number): Promise<void>;
    /** Goes to the moment, and plays no further. */
    seek(at: number): void;
    /** Goes to the moment. */
    go(at: number): Promise<void>;
    /** What the host answers; undefined where it refused, or where anything else was asked for meanwhile. */
    ask<Result>(method: string, params: object): Promise<Result | undefined>;
    /** Has the place kept, for when the page is loaded anew. */
    keep(): void;
}

export class Follower {
    /** What the host was last told, and still knows. */
    private highlighted = "";
    /** It was told just now: it hears of the next statement a little later. */
    private highlightWaits = false;

    constructor(private readonly page: Page) {}

    /** The host may be another one than before: it knows nothing of what was told. */
    connected(): void {
        this.highlighted = "";
    }

    setFollow(follow: boolean): void {
        this.page.change({ follow, ...(follow ? {} : { cursor: undefined }) });
        this.page.keep();
    }

    /** Has the editor show the statement of a step; of the next one, or where the run ended, unless another is named. */
    reveal(at = this.page.state().frame?.at): void {
        const { pages, document } = this.page.state();
        if (pages === undefined || document === undefined || at === undefined) {
            return;
        }
        const step = pages.step(at);
        // At the end of a run that came to its end there is only the example to show.
        const range = step?.range ?? pages.recording.outcome.range ?? this.page.chosen()?.range;
        if (range !== undefined) {
            const uri =
                step === undefined && pages.recording.outcome.range === null ? this.page.chosen()?.uri : undefined;
            this.page.connection.notify("karel/reveal", { uri: uri ?? pages.recording.document.uri, range });
        }
    }

    /** Goes to the first time that the statement at the cursor is carried out, unless it is the one that comes next. */
    onCursor(params: unknown): void {
        const { uri, position } = params as { uri: string; position: Position };
        const { follow, pages, examples, selected, playing, stale } = this.page.state();
        if (!follow || playing || pages === undefined || stale !== undefined) {
            return;
        }
        const inside = examples?.find((example) => example.uri === uri && holds(example.block, position));
        if (inside !== undefined && inside.index !== selected) {
            void this.page.select(inside.index);
        } else if (inside === undefined && uri === pages.recording.document.uri) {
            void this.goToStatement(position);
        }
    }

    /** The world before the statement at this place of the program, the first time that it is carried out. */
    async goToStatement(position: Position): Promise<void> {
        const { pages } = this.page.state();
        if (pages === undefined) {
            return;
        }
        const { id } = pages.recording;
        const occurrences = await this.page.ask<Occurrences>("karel/occurrences", { id, position });
        if (occurrences === undefined || this.page.state().pages !== pages) {
            return;
        }
        this.page.change({ cursor: occurrences.range === null ? undefined : { position, occurrences } });
        const [first] = occurrences.steps;
        const next = this.page.state().frame?.next;
        if (first !== undefined && (next === undefined || !holds(next.range, position))) {
            void this.page.go(first);
        }
    }

    /** Goes to the time of that number, from 0, that the statement at the cursor is carried out. */
    async goToOccurrence(number: number): Promise<void> {
        const { pages, cursor } = this.page.state();
        if (pages === undefined || cursor === undefined) {
            return;
        }
        const { occurrences, position } = cursor;
        const listed = occurrences.steps[number - occurrences.from];
        if (listed !== undefined) {
            this.page.seek(listed);
            return;
        }
        const { id } = pages.recording;
        const from = Math.max(0, number - 500);
        const others = await this.page.ask<Occurrences>("karel/occurrences", { id, position, from });
        const step = others?.steps[number - others.from];
        if (others !== undefined && step !== undefined && this.page.state().pages === pages) {
            this.page.change({ cursor: { position, occurrences: others } });
            this.page.seek(step);
        }
    }

    /** Tells the host which statement comes next, not faster than an editor can show it. */
    highlight(): void {
        if (this.highlightWaits) {
            return;
        }
        const { frame, pages } = this.page.state();
        if (frame === undefined || pages === undefined) {
            return;
        }
        const range: Range | null = frame.next?.range ?? pages.recording.outcome.range;
        const message = { ...pages.recording.document, range };
        const text = JSON.stringify(message);
        if (text !== this.highlighted) {
            this.highlighted = text;
            this.page.connection.notify("karel/highlight", message);
            this.highlightWaits = true;
            this.page.surroundings.after(HIGHLIGHT_PACE, () => {
                this.highlightWaits = false;
                this.highlight();
            });
        }
    }
}

function holds({ start, end }: Range, { line, character }: Position): boolean {
    const afterStart = line > start.line || (line === start.line && character >= start.character);
    return afterStart && (line < end.line || (line === end.line && character <= end.character));
}
