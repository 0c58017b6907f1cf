/** What the page says, in the words of the language server's messages. No DOM here. */
import type { ExampleItem, Recording, Robot, Step } from "./contract";
import type { Change, Frame, Ground } from "./frame";

/** What an error says to people. */
export function said(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

export function number(value: number): string {
    return value.toLocaleString("en-GB");
}

export function count(many: number, one: string): string {
    return `${number(many)} ${one}${many === 1 ? "" : "s"}`;
}

/** Rows are counted from the top here, as they are read. */
export function place(rows: number, { row, col }: { row: number; col: number }): string {
    return `row ${rows - row}, column ${col + 1}`;
}

export function robotAt(rows: number, robot: Robot): string {
    return `${place(rows, robot)}, facing ${robot.heading}`;
}

/** What the step is going to do. */
export function willDo(step: Step, change: Change, rows: number): string {
    if (step.kind === "condition" && step.condition !== undefined) {
        return String(step.condition.value);
    }
    if (step.kind === "round" && step.round !== undefined) {
        const { done, count: all } = step.round;
        return done < all ? `round ${done + 1} of ${all} begins` : `all ${count(all, "round")} are done`;
    }
    switch (change.kind) {
        case "move":
            return `to ${place(rows, change.robot)}`;
        case "turn":
            return `to face ${change.robot.heading}`;
        case "pick":
            return "takes one marker";
        case "put":
            return "leaves one marker";
        case "crash":
        case "none":
            return "changes nothing";
    }
}

/**
 * Where the run stands: "Step 9 of 9, action 4". The page numbers steps, which conditions and rounds are, too; verdicts number
 * actions. With both, one finds the other.
 */
export function moment({ at, actions, next, change }: Frame, { length }: Recording): string {
    const step = next === undefined ? `End, step ${number(at)}` : `Step ${number(at + 1)}`;
    const place = `${step} of ${number(length)}`;
    if (actions === undefined) {
        return place;
    }
    const acts = next?.kind === "action" || change.kind === "crash";
    return `${place}, ${acts ? `action ${number(actions + 1)}` : `after ${count(actions, "action")}`}`;
}

/** One sentence or two for who does not see the picture. */
export function spoken(frame: Frame, recording: Recording): string {
    const { ground, next, change, at } = frame;
    const here = markersHere(ground);
    const robot = `Robot at ${robotAt(ground.rows, ground.robot)}, ${markers(here)} there.`;
    if (next === undefined) {
        const parts = [`End, after ${count(recording.length, "step")}.`, recording.outcome.message, robot];
        return [...parts, differences(frame, recording)].filter(Boolean).join(" ");
    }
    return `Step ${at + 1} of ${recording.length}: ${next.name}, ${willDo(next, change, ground.rows)}. ${robot}`;
}

export function markers(many: number): string {
    return many === 0 ? "no markers" : count(many, "marker");
}

export function markersHere({ markers, cols, robot }: Ground): number {
    return markers[robot.row * cols + robot.col] ?? 0;
}

/** In what the end is not as expected. */
export function differences(
    { ground }: Frame,
    { example, expected, differences: cells, robotDiffers, sizeDiffers }: Recording,
): string {
    if (sizeDiffers && example.verdict === "fails") {
        return "The expected world has another size.";
    }
    // What stops at a hole is not wrong yet.
    if (expected === null || example.verdict !== "fails" || (cells.length === 0 && !robotDiffers)) {
        return "";
    }
    const robot = !robotDiffers ? "" : `The robot should be at ${robotAt(expected.rows, expected.robot)}. `;
    const [first] = cells;
    const others =
        first === undefined
            ? ""
            : `${count(cells.length, "cell")} should hold other markers, the first in ${place(ground.rows, { row: first[0], col: first[1] })}.`;
    return `${robot}${others}`.trim();
}

const VERDICTS = { passes: "passes", fails: "fails", undecided: "undecided" };

export function verdict({ verdict: known }: ExampleItem): string {
    return known === null ? "can't be run" : VERDICTS[known];
}

/** `test "far away"` */
export function title({ kind, name }: ExampleItem): string {
    return `${kind} "${name}"`;
}
