/** Which moment of the run is shown, and playing it: the steps that are due are shown one after the other. */
import type { Connection } from "./rpc";
import { type Stride, stride } from "./seek";
import type { State } from "./state";
import type { Surroundings } from "./surroundings";
import { spoken } from "./words";

/** Steps per second that can be chosen. */
export const SPEEDS: readonly number[] = [1, 2, 4, 8, 16, 60, 250, 1000, 10_000];

/** What the player needs of the page. */
interface Stage {
    readonly connection: Connection;
    readonly surroundings: Pick<Surroundings, "now" | "nextFrame">;
    state(): State;
    change(change: Partial<Pick<State, "frame" | "seeking" | "playing" | "speed" | "spoken">>): void;
    /** Has the place kept, for when the page is loaded anew. */
    keep(): void;
    /** Another moment is shown. */
    moved(): void;
    trouble(error: unknown): void;
}

export class Player {
    /** Counts the moments that were wanted: the page of any but the last is late, and not shown. */
    private moving = 0;
    /** The moment of the last played step. */
    private played = 0;
    /** The next picture is waited for. */
    private ticking = false;

    constructor(private readonly stage: Stage) {}

    /**
     * Another run is shown, from this moment on; what was wanted of the one before is late. Where it is played, the time
     * until its next step counts from now.
     */
    begin(at: number): void {
        this.played = this.stage.surroundings.now();
        void this.go(at);
    }

    /** Goes to the moment before step `at`, or to the end. */
    seek(at: number): void {
        this.stage.change({ playing: false });
        void this.go(at);
    }

    async stride(kind: Stride): Promise<void> {
        const { pages, frame, seeking } = this.stage.state();
        if (pages === undefined || frame === undefined) {
            return;
        }
        // Keys that come faster than pages go on from where the last one leads.
        const from = seeking ?? frame.at;
        const moving = ++this.moving;
        this.stage.change({ playing: false });
        const way = stride(kind, from, pages.length, pages.step(from));
        if (typeof way === "number") {
            void this.go(way);
            return;
        }
        try {
            const { id } = pages.recording;
            const { step } = await this.stage.connection.request<{ step: number | null }>("karel/recordingSeek", {
                id,
                ...way,
            });
            if (moving === this.moving && this.stage.state().pages === pages) {
                void this.go(step ?? (way.backwards ? 0 : pages.length));
            }
        } catch (error) {
            this.stage.trouble(error);
        }
    }

    /** Goes to where the run shows what is wrong: its end. */
    toEnd(): void {
        this.seek(this.stage.state().pages?.length ?? 0);
    }

    toggle(): void {
        const { playing, pages, frame } = this.stage.state();
        if (pages === undefined || frame === undefined) {
            return;
        }
        if (playing) {
            this.stage.change({ playing: false });
            this.speak();
            return;
        }
        if (frame.at >= pages.length) {
            void this.go(0);
        }
        this.played = this.stage.surroundings.now();
        this.stage.change({ playing: true });
        this.tick();
    }

    setSpeed(speed: number): void {
        this.played = this.stage.surroundings.now();
        this.stage.change({ speed });
        this.stage.keep();
    }

    /** The next of the speeds that can be chosen. */
    faster(by: 1 | -1): void {
        const place = SPEEDS.findIndex((speed) => speed >= this.stage.state().speed);
        this.setSpeed(SPEEDS[Math.max(0, Math.min(place + by, SPEEDS.length - 1))] ?? this.stage.state().speed);
    }

    /** Shows the moment as soon as its page is there, unless another one is wanted by then. */
    async go(at: number): Promise<void> {
        const { pages } = this.stage.state();
        if (pages === undefined) {
            return;
        }
        const to = Math.max(0, Math.min(at, pages.length));
        const moving = ++this.moving;
        if (!pages.has(to)) {
            this.stage.change({ seeking: to });
            try {
                await pages.fetch(to);
            } catch (error) {
                if (moving === this.moving) {
                    this.stage.change({ seeking: undefined, playing: false });
                    this.stage.trouble(error);
                }
                return;
            }
        }
        if (moving === this.moving && this.stage.state().pages === pages) {
            this.stage.change({ frame: pages.frame(to), seeking: undefined });
            if (!this.stage.state().playing) {
                this.speak();
            }
            this.stage.keep();
            this.stage.moved();
        }
    }

    private tick(): void {
        if (this.ticking) {
            return;
        }
        this.ticking = true;
        this.stage.surroundings.nextFrame(() => {
            this.ticking = false;
            if (this.stage.state().playing) {
                this.advance();
                this.tick();
            }
        });
    }

    /** Plays the steps that are due. Where their page is not here yet, time stands still. */
    private advance(): void {
        const { pages, frame, speed, seeking } = this.stage.state();
        if (pages === undefined || frame === undefined || seeking !== undefined) {
            this.played = this.stage.surroundings.now();
            return;
        }
        const due = Math.floor(((this.stage.surroundings.now() - this.played) * speed) / 1000);
        if (due > 0) {
            this.played += (due * 1000) / speed;
            const to = Math.min(frame.at + due, pages.length);
            if (to === pages.length) {
                this.stage.change({ playing: false });
            }
            void this.go(to);
            // The next page is on its way before it is needed.
            void pages.fetch(Math.min(to + Math.max(speed, 500), pages.length)).catch(() => {});
        }
    }

    private speak(): void {
        const { frame, pages } = this.stage.state();
        if (frame !== undefined && pages !== undefined) {
            this.stage.change({ spoken: spoken(frame, pages.recording) });
        }
    }
}
