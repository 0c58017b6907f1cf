/** Where a step over, out or back leads: the calls that are active tell. No DOM here. */
import type { Step } from "./contract";

export type Stride = "in" | "over" | "out" | "back" | "backOver" | "backOut";

/** Parameters of `karel/recordingSeek`, but the recording. */
export interface Seek {
    from: number;
    backwards: boolean;
    depth: number;
}

/**
 * How a stride from the moment `at` finds where it leads: a number is the moment itself. Over: to the next step with no
 * more active calls than now; out: with fewer. `here` is the step that comes next; at the run's end there is none.
 */
export function stride(kind: Stride, at: number, length: number, here: Step | undefined): number | Seek {
    switch (kind) {
        case "in":
            return Math.min(at + 1, length);
        case "back":
            return Math.max(at - 1, 0);
        case "over":
        case "out":
            return here === undefined ? length : { from: at, backwards: false, depth: depth(kind === "out", here) };
        case "backOver":
        case "backOut":
            // From the end it leads into `main`, from where the run ended in a call, too.
            return { from: at, backwards: true, depth: here === undefined ? 0 : depth(kind === "backOut", here) };
    }
}

/** A step out of `main` has nowhere to go but the end: no step has fewer than no active calls. */
function depth(out: boolean, here: Step): number {
    return out ? here.depth - 1 : here.depth;
}
