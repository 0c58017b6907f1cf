/** The world as it is at one moment of a run, and how a step changes it. No DOM here. */
import type { Heading, Recording, Robot, Step, World } from "./contract";

/** A world whose cells are read by number: row × columns + column. */
export interface Ground {
    rows: number;
    cols: number;
    /** 1 where a wall is. */
    walls: Uint8Array;
    /** How many markers lie there, 0 to 9. */
    markers: Uint8Array;
    robot: Robot;
}

export function ground(world: World): Ground {
    const { rows, cols, robot } = world;
    const walls = new Uint8Array(rows * cols);
    const markers = new Uint8Array(rows * cols);
    for (const [row, col] of world.walls) {
        walls[row * cols + col] = 1;
    }
    for (const [row, col, count] of world.markers) {
        markers[row * cols + col] = count;
    }
    return { rows, cols, walls, markers, robot };
}

export const HEADINGS: readonly Heading[] = ["north", "east", "south", "west"];
const AHEAD: Record<Heading, [row: number, col: number]> = {
    north: [1, 0],
    east: [0, 1],
    south: [-1, 0],
    west: [0, -1],
};

export function ahead({ row, col, heading }: Robot): Robot {
    const [rows, cols] = AHEAD[heading];
    return { row: row + rows, col: col + cols, heading };
}

export function turned(robot: Robot, quarters: 1 | -1): Robot {
    const heading = HEADINGS[(HEADINGS.indexOf(robot.heading) + quarters + 4) % 4] ?? robot.heading;
    return { ...robot, heading };
}

/** Where the robot is after the step, provided that the step can be carried out. */
export function robotAfter(step: Step): Robot {
    const { robot } = step;
    switch (action(step)) {
        case "move":
            return ahead(robot);
        case "turnLeft":
            return turned(robot, -1);
        case "turnRight":
            return turned(robot, 1);
        default:
            return robot;
    }
}

/** The name of the action without its parentheses; of another step none. */
function action({ kind, name }: Step): string {
    return kind === "action" ? (/^\w+/.exec(name)?.[0] ?? "") : "";
}

/** What the next step is going to do to the world. */
export type Change =
    | { kind: "none" }
    | { kind: "move"; robot: Robot }
    | { kind: "turn"; robot: Robot }
    | { kind: "pick" }
    | { kind: "put" }
    /** The run ends there: `at` is the cell that the robot could not enter, or its own. */
    | { kind: "crash"; at: readonly [row: number, col: number] };

export function change(step: Step): Change {
    const robot = robotAfter(step);
    if (step.markerChange !== 0) {
        return { kind: step.markerChange < 0 ? "pick" : "put" };
    }
    if (robot.heading !== step.robot.heading) {
        return { kind: "turn", robot };
    }
    return robot === step.robot ? { kind: "none" } : { kind: "move", robot };
}

/** Where the run came to its end by something that can't be done: the action is no step. */
export function crash({ outcome, end }: Recording): Change {
    if (outcome.kind !== "crashed") {
        return { kind: "none" };
    }
    return { kind: "crash", at: outcome.at ?? [end.robot.row, end.robot.col] };
}

/** One moment of a run: the world before step `at`; after the last step where `at` is the run's length. */
export interface Frame {
    at: number;
    /** The actions carried out before; undefined where the steps that led here are not recorded. */
    actions: number | undefined;
    ground: Ground;
    /** The step that comes next. */
    next: Step | undefined;
    change: Change;
    /** The step that has led here. */
    last: Step | undefined;
}

/** Whether the neighbour so many quarter turns clockwise from the robot's front is no wall, and in the world. */
export function clear({ rows, cols, walls, robot }: Ground, quarters: 0 | 1 | -1): boolean {
    const { row, col } = ahead(quarters === 0 ? robot : turned(robot, quarters));
    return row >= 0 && row < rows && col >= 0 && col < cols && walls[row * cols + col] !== 1;
}
