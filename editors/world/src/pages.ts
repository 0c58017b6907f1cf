/**
 * The steps of one recording, asked for page by page and kept while there is room, and the world at any moment of it.
 * No DOM here.
 */
import type { Page, Recording, Step } from "./contract";
import { change, crash, type Frame, type Ground, ground } from "./frame";

/** Steps of a page: one is computed through in well under a millisecond, and is some hundred kilobytes on its way. */
export const PAGE = 1000;

/** Pages that are kept: enough to go back and forth over a hundred thousand steps. */
const ROOM = 100;

export class Pages {
    private readonly kept = new Map<number, Page>();
    private readonly asked = new Map<number, Promise<Page>>();
    /** The moment that was computed last: the next one is mostly near. */
    private playhead: { page: Page; at: number; actions: number; ground: Ground } | undefined;

    /** `ask` gets the steps from a number on, as many as are wanted or as are left. */
    constructor(
        readonly recording: Recording,
        private readonly ask: (from: number, count: number) => Promise<Page>,
    ) {
        const { page, length } = recording;
        // The first page is of the server's length.
        if (page.from === 0 && page.steps.length >= Math.min(PAGE, length)) {
            this.keep({ ...page, steps: page.steps.slice(0, PAGE) });
        }
    }

    get length(): number {
        return this.recording.length;
    }

    /** The step, if its page is here. */
    step(at: number): Step | undefined {
        return this.kept.get(start(at))?.steps[at - start(at)];
    }

    /** Whether `frame` can answer at once. */
    has(at: number): boolean {
        const beyond = at >= this.length && !this.recording.complete;
        return this.length === 0 || beyond || this.kept.has(start(this.within(at)));
    }

    /** Gets the page with this step, unless it is here; resolves when it is. */
    async fetch(at: number): Promise<void> {
        if (!this.has(at)) {
            await this.page(start(this.within(at)));
        }
    }

    /** The world before step `at`, if its page is here. The ground is the same object each time: look at it at once. */
    frame(at: number): Frame | undefined {
        const { recording, length } = this;
        if (at >= length && (length === 0 || !recording.complete)) {
            // The steps that led there are not among the recorded ones.
            return {
                at: length,
                actions: recording.complete ? 0 : undefined,
                ground: ground(recording.end),
                next: undefined,
                change: crash(recording),
                last: undefined,
            };
        }
        // The end is one step behind the last, whose page tells of it.
        const page = this.kept.get(start(this.within(at)));
        if (page === undefined) {
            return undefined;
        }
        this.touch(page);
        if (this.playhead?.page !== page) {
            this.playhead = { page, at: page.from, actions: page.actions, ground: ground(page.world) };
        }
        const { playhead } = this;
        const { markers, cols } = playhead.ground;
        const apply = (step: Step, direction: 1 | -1) => {
            playhead.actions += step.kind === "action" ? direction : 0;
            if (step.markerChange !== 0) {
                const cell = step.robot.row * cols + step.robot.col;
                markers[cell] = (markers[cell] ?? 0) + direction * step.markerChange;
            }
        };
        const stepAt = (number: number) => page.steps[number - page.from];
        for (; playhead.at < at; playhead.at++) {
            const step = stepAt(playhead.at);
            if (step !== undefined) {
                apply(step, 1);
            }
        }
        for (; playhead.at > at; playhead.at--) {
            const step = stepAt(playhead.at - 1);
            if (step !== undefined) {
                apply(step, -1);
            }
        }
        const next = stepAt(at);
        playhead.ground.robot = next?.robot ?? recording.end.robot;
        return {
            at,
            actions: playhead.actions,
            ground: playhead.ground,
            next,
            change: next === undefined ? crash(recording) : change(next),
            last: stepAt(at - 1),
        };
    }

    private within(at: number): number {
        return Math.max(0, Math.min(at, this.length - 1));
    }

    private page(from: number): Promise<Page> {
        const known = this.asked.get(from);
        if (known !== undefined) {
            return known;
        }
        const asked = this.ask(from, PAGE)
            .then((page) => {
                this.keep(page);
                return page;
            })
            .finally(() => this.asked.delete(from));
        this.asked.set(from, asked);
        return asked;
    }

    private keep(page: Page): void {
        this.kept.set(page.from, page);
        const oldest = this.kept.keys().next().value;
        if (this.kept.size > ROOM && oldest !== undefined) {
            this.kept.delete(oldest);
        }
    }

    /** What was looked at last goes last. */
    private touch(page: Page): void {
        this.kept.delete(page.from);
        this.kept.set(page.from, page);
    }
}

/** Where the page with this step begins. */
function start(at: number): number {
    return Math.max(0, at - (at % PAGE));
}
