/** Draws a world onto a canvas, sharp at any size: every line lies on the screen's own pixels. */
import type { Heading, Robot } from "./contract";
import type { Change, Ground } from "./frame";

/** The colours, read from the style sheet, so that every theme has its own. */
export interface Ink {
    floor: string;
    line: string;
    wall: string;
    wallEdge: string;
    marker: string;
    markerEdge: string;
    markerText: string;
    robot: string;
    robotEdge: string;
    robotFace: string;
    hint: string;
    wrong: string;
    wrongText: string;
    focus: string;
}

const NAMES: (keyof Ink)[] = [
    "floor",
    "line",
    "wall",
    "wallEdge",
    "marker",
    "markerEdge",
    "markerText",
    "robot",
    "robotEdge",
    "robotFace",
    "hint",
    "wrong",
    "wrongText",
    "focus",
];

/** Reads the colours as they are for `element`: a canvas knows no variables, and no colours that depend on a scheme. */
export function readInk(element: HTMLElement): Ink {
    const probe = document.createElement("span");
    probe.hidden = true;
    element.append(probe);
    const style = getComputedStyle(probe);
    const ink = {} as Ink;
    for (const name of NAMES) {
        probe.style.color = `var(--ink-${name})`;
        ink[name] = style.color;
    }
    probe.remove();
    return ink;
}

/** Where the robot is drawn while it is on its way: parts of cells, and an angle. */
export interface Pose {
    row: number;
    col: number;
    /** Radians clockwise from north. */
    angle: number;
}

export interface Scene {
    ground: Ground;
    /** Where it isn't simply in its cell. */
    pose?: Pose | undefined;
    /** What the next step will change. */
    change?: Change | undefined;
    /** The world that was to come out, where the end isn't it. */
    expected?: Ground | undefined;
    differences?: readonly (readonly [number, number])[] | undefined;
    robotDiffers?: boolean;
    /** Cells to look at. */
    marked?: readonly (readonly [number, number])[] | undefined;
    /** The cell that the keyboard looks at. */
    cell?: { row: number; col: number } | undefined;
}

/** Pixels of a cell at which its details can be told. */
const DETAILED = 15;
/** Pixels of a robot in the smallest cells. */
const SMALLEST_ROBOT = 16;
const FONT = '"Segoe UI", system-ui, -apple-system, "Liberation Sans", sans-serif';

/** The size of a cell, in the canvas' pixels, with which the world fits. */
export function cellSize({ rows, cols }: { rows: number; cols: number }, width: number, height: number): number {
    return Math.max(1, Math.floor(Math.min((width - 1) / cols, (height - 1) / rows)));
}

const ANGLES: Record<Heading, number> = { north: 0, east: Math.PI / 2, south: Math.PI, west: -Math.PI / 2 };

export function poseOf({ row, col, heading }: Robot): Pose {
    return { row, col, angle: ANGLES[heading] };
}

/** A pose between two, the short way round. */
export function between(from: Pose, to: Pose, part: number): Pose {
    const turn = Math.atan2(Math.sin(to.angle - from.angle), Math.cos(to.angle - from.angle));
    const eased = part * part * (3 - 2 * part);
    return {
        row: from.row + (to.row - from.row) * eased,
        col: from.col + (to.col - from.col) * eased,
        angle: from.angle + turn * eased,
    };
}

/** What stands for a wall where counts of markers stand for them. */
const WALL = 10;

/**
 * Draws scenes onto one canvas. What lies in the cells is kept on a canvas of its own, where a step changes one or two: a
 * large world is not drawn anew for each.
 */
export class Picture {
    private readonly kept = document.createElement("canvas");
    private shown: { size: number; ink: Ink; cells: Uint8Array } | undefined;

    constructor(private readonly context: CanvasRenderingContext2D) {}

    /** The canvas is to have the size of the cells, and one pixel more. */
    draw(scene: Scene, size: number, ink: Ink): void {
        const { ground } = scene;
        const { rows, cols } = ground;
        const below = this.kept.getContext("2d");
        if (below === null) {
            return;
        }
        const [width, height] = [cols * size + 1, rows * size + 1];
        let { shown } = this;
        const anew =
            shown?.size !== size || shown.ink !== ink || this.kept.width !== width || this.kept.height !== height;
        if (shown === undefined || anew || shown.cells.length !== rows * cols) {
            this.kept.width = width;
            this.kept.height = height;
            // No cell holds this: all are drawn.
            shown = { size, ink, cells: new Uint8Array(rows * cols).fill(255) };
            this.shown = shown;
        }
        const painter = new Painter(below, scene, size, ink);
        const robot = ground.robot.row * cols + ground.robot.col;
        for (let cell = 0; cell < shown.cells.length; cell++) {
            // Markers under the robot are its badge.
            const holds = cell === robot ? 0 : (ground.markers[cell] ?? 0);
            const value = ground.walls[cell] === 1 ? WALL : holds;
            if (shown.cells[cell] !== value) {
                shown.cells[cell] = value;
                painter.cell(Math.floor(cell / cols), cell % cols, value);
            }
        }
        this.context.drawImage(this.kept, 0, 0);
        new Painter(this.context, scene, size, ink).above();
    }
}

class Painter {
    private readonly rows: number;
    private readonly cols: number;

    constructor(
        private readonly g: CanvasRenderingContext2D,
        private readonly scene: Scene,
        private readonly size: number,
        private readonly ink: Ink,
    ) {
        this.rows = scene.ground.rows;
        this.cols = scene.ground.cols;
    }

    /** A cell with what lies in it, and the lines around it. */
    cell(row: number, col: number, holds: number): void {
        const { g, size, ink } = this;
        const x = this.x(col);
        const y = this.y(row);
        g.fillStyle = ink.floor;
        g.fillRect(x, y, size + 1, size + 1);
        if (holds === WALL) {
            this.wall(row, col);
        } else if (holds > 0) {
            this.marker(row, col, holds);
        }
        if (size >= 4) {
            g.strokeStyle = ink.line;
            g.lineWidth = 1;
            g.strokeRect(x + 0.5, y + 0.5, size, size);
        }
    }

    /** What stands above the cells: the robot, what it will do, what is wrong. */
    above(): void {
        const { scene } = this;
        const { ground } = scene;
        this.differences();
        for (const [row, col] of scene.marked ?? []) {
            this.frame(row, col, this.ink.hint, [], 2);
        }
        this.willChange();
        this.robot(scene.pose ?? poseOf(ground.robot));
        const here = ground.markers[ground.robot.row * this.cols + ground.robot.col] ?? 0;
        if (here > 0) {
            this.badge(ground.robot.row, ground.robot.col, here);
        }
        this.willHandle();
        if (scene.change?.kind === "crash") {
            this.burst(ground.robot, scene.change.at);
        }
        if (scene.cell !== undefined) {
            this.frame(scene.cell.row, scene.cell.col, this.ink.focus, [], 2);
        }
    }

    /** The canvas' pixels of a cell's upper left corner. */
    private x(col: number): number {
        return col * this.size;
    }

    private y(row: number): number {
        return (this.rows - 1 - row) * this.size;
    }

    /** A block of bricks: it can be told from anything else without its colour. */
    private wall(row: number, col: number): void {
        const { g, size, ink } = this;
        const x = this.x(col);
        const y = this.y(row);
        g.fillStyle = ink.wall;
        g.fillRect(x, y, size + 1, size + 1);
        if (size < DETAILED) {
            return;
        }
        g.strokeStyle = ink.wallEdge;
        g.lineWidth = Math.max(1, Math.round(size / 28));
        g.beginPath();
        const courses = 3;
        for (let course = 0; course < courses; course++) {
            const top = y + Math.round((course * size) / courses) + 0.5;
            const middle = course % 2 === 0 ? 0.5 : 0.25;
            g.moveTo(x, top);
            g.lineTo(x + size, top);
            for (const part of course % 2 === 0 ? [middle] : [middle, middle + 0.5]) {
                const joint = x + Math.round(part * size) + 0.5;
                g.moveTo(joint, top);
                g.lineTo(joint, top + size / courses);
            }
        }
        g.stroke();
    }

    private marker(row: number, col: number, count: number): void {
        this.diamond(this.x(col) + this.size / 2, this.y(row) + this.size / 2, this.size * 0.36, count);
    }

    /** A number of markers in the corner, where the robot stands on them. */
    private badge(row: number, col: number, count: number): void {
        const { size } = this;
        this.diamond(this.x(col) + size * 0.76, this.y(row) + size * 0.76, Math.max(size * 0.24, 3), count);
    }

    private diamond(x: number, y: number, radius: number, count: number): void {
        const { g, ink } = this;
        this.rhombus(x, y, radius);
        g.fillStyle = ink.marker;
        g.fill();
        if (radius >= 4) {
            g.strokeStyle = ink.markerEdge;
            g.lineWidth = Math.max(1, radius / 9);
            g.stroke();
        }
        if (radius >= 5) {
            this.text(String(count), x, y, radius * 1.1, ink.markerText);
        }
    }

    private rhombus(x: number, y: number, radius: number): void {
        const { g } = this;
        g.beginPath();
        g.moveTo(x, y - radius);
        g.lineTo(x + radius, y);
        g.lineTo(x, y + radius);
        g.lineTo(x - radius, y);
        g.closePath();
    }

    private text(text: string, x: number, y: number, size: number, colour: string): void {
        const { g } = this;
        g.fillStyle = colour;
        g.font = `700 ${Math.round(size)}px ${FONT}`;
        g.textAlign = "center";
        g.textBaseline = "alphabetic";
        // The middle of the digits, not of the line.
        g.fillText(text, x, y + Math.round(size) * 0.36);
    }

    private robot(pose: Pose): void {
        const { g, size, ink } = this;
        g.save();
        g.translate(this.x(pose.col) + size / 2, this.y(pose.row) + size / 2);
        g.rotate(pose.angle);
        if (size < DETAILED) {
            // Larger than its cell, where that is too small to find it in.
            const side = size < SMALLEST_ROBOT / 2 ? SMALLEST_ROBOT : size;
            g.fillStyle = ink.robot;
            g.strokeStyle = ink.floor;
            g.lineWidth = Math.max(1, side / 8);
            g.beginPath();
            g.moveTo(0, -side * 0.5);
            g.lineTo(side * 0.45, side * 0.45);
            g.lineTo(0, side * 0.25);
            g.lineTo(-side * 0.45, side * 0.45);
            g.closePath();
            g.stroke();
            g.fill();
        } else {
            this.body();
        }
        g.restore();
    }

    /** Seen from above, it looks north: tracks at its sides, its nose and its eyes in front. */
    private body(): void {
        const { g, size, ink } = this;
        const edge = Math.max(1, size / 32);
        g.lineWidth = edge;
        g.strokeStyle = ink.robotEdge;
        g.fillStyle = ink.robotEdge;
        for (const side of [-1, 1]) {
            g.beginPath();
            g.roundRect(side * size * 0.3 - size * 0.065, -size * 0.25, size * 0.13, size * 0.54, size * 0.05);
            g.fill();
        }
        this.shell();
        g.fillStyle = ink.robot;
        g.fill();
        g.stroke();
        g.fillStyle = ink.robotFace;
        g.beginPath();
        g.roundRect(-size * 0.17, -size * 0.2, size * 0.34, size * 0.2, size * 0.08);
        g.fill();
        g.fillStyle = ink.robotEdge;
        for (const side of [-1, 1]) {
            g.beginPath();
            g.arc(side * size * 0.08, -size * 0.11, size * 0.038, 0, 2 * Math.PI);
            g.fill();
        }
    }

    private shell(): void {
        const { g, size } = this;
        g.beginPath();
        g.moveTo(0, -size * 0.43);
        g.lineTo(size * 0.16, -size * 0.27);
        g.quadraticCurveTo(size * 0.27, -size * 0.24, size * 0.27, -size * 0.12);
        g.lineTo(size * 0.27, size * 0.2);
        g.quadraticCurveTo(size * 0.27, size * 0.31, size * 0.16, size * 0.31);
        g.lineTo(-size * 0.16, size * 0.31);
        g.quadraticCurveTo(-size * 0.27, size * 0.31, -size * 0.27, size * 0.2);
        g.lineTo(-size * 0.27, -size * 0.12);
        g.quadraticCurveTo(-size * 0.27, -size * 0.24, -size * 0.16, -size * 0.27);
        g.closePath();
    }

    /** Where the robot is going to be, dashed; an arrow leads there. */
    private willChange(): void {
        const { g, size, ink } = this;
        const change = this.scene.change;
        if (change === undefined || size < 6) {
            return;
        }
        g.strokeStyle = ink.hint;
        g.fillStyle = ink.hint;
        if (change.kind === "move") {
            this.ghost(change.robot, ink.hint);
        } else if (change.kind === "turn") {
            this.turnArrow(this.scene.ground.robot, change.robot);
        }
    }

    /** The outline of a robot. */
    private ghost(robot: Robot, colour: string): void {
        const { g, size } = this;
        const pose = poseOf(robot);
        g.save();
        g.translate(this.x(pose.col) + size / 2, this.y(pose.row) + size / 2);
        g.rotate(pose.angle);
        g.strokeStyle = colour;
        g.lineWidth = Math.max(1, Math.round(size / 22));
        g.setLineDash([size / 9, size / 12]);
        if (size < DETAILED) {
            g.strokeRect(-size * 0.3, -size * 0.3, size * 0.6, size * 0.6);
        } else {
            this.shell();
            g.stroke();
        }
        g.restore();
    }

    private turnArrow(robot: Robot, to: Robot): void {
        const { g, size, ink } = this;
        const x = this.x(robot.col) + size / 2;
        const y = this.y(robot.row) + size / 2;
        const quarter = Math.PI / 2;
        const from = ANGLES[robot.heading] - quarter;
        const turn = Math.sign(Math.sin(ANGLES[to.heading] - ANGLES[robot.heading]));
        const radius = size * 0.46;
        const [begin, end] = [from + turn * 0.3, from + turn * (quarter - 0.1)];
        g.save();
        g.strokeStyle = ink.hint;
        g.fillStyle = ink.hint;
        g.lineWidth = Math.max(1, Math.round(size / 22));
        g.beginPath();
        g.arc(x, y, radius, begin, end, turn < 0);
        g.stroke();
        g.translate(x + radius * Math.cos(end), y + radius * Math.sin(end));
        g.rotate(end + (turn > 0 ? Math.PI : 0));
        g.beginPath();
        g.moveTo(0, -size * 0.1);
        g.lineTo(size * 0.08, size * 0.05);
        g.lineTo(-size * 0.08, size * 0.05);
        g.closePath();
        g.fill();
        g.restore();
    }

    /** What is going to be taken or left, as a tag at the cell's corner. */
    private willHandle(): void {
        const change = this.scene.change;
        if (change?.kind === "pick" || change?.kind === "put") {
            const { row, col } = this.scene.ground.robot;
            this.tag(row, col, change.kind === "pick" ? "−1" : "+1", this.ink.hint, this.ink.floor);
        }
    }

    private tag(row: number, col: number, text: string, colour: string, ground: string): void {
        const { g, size } = this;
        if (size < DETAILED) {
            this.frame(row, col, colour, [2, 2], 1);
            return;
        }
        const height = Math.max(10, size * 0.3);
        const width = height * (0.55 * text.length + 0.5);
        const x = this.x(col) + size - width + 1;
        const y = this.y(row);
        g.fillStyle = colour;
        g.beginPath();
        g.roundRect(x, y, width, height, [height * 0.2, 0, height * 0.2, height * 0.4]);
        g.fill();
        this.text(text, x + width / 2, y + height / 2, height * 0.78, ground);
    }

    /** A cell that differs has a thick frame with a cut corner, and tells what should be there. */
    private differences(): void {
        const { scene, ink } = this;
        const { expected } = scene;
        for (const [row, col] of scene.differences ?? []) {
            this.frame(row, col, ink.wrong, [], 3);
            const wanted = expected?.markers[row * this.cols + col] ?? 0;
            this.tag(row, col, `≠${wanted}`, ink.wrong, ink.wrongText);
        }
        if (scene.robotDiffers === true && expected !== undefined) {
            this.frame(expected.robot.row, expected.robot.col, ink.wrong, [], 2);
            this.ghost(expected.robot, ink.wrong);
        }
    }

    private frame(row: number, col: number, colour: string, dash: number[], width: number): void {
        const { g, size } = this;
        const thick = Math.max(1, Math.min(width * Math.max(1, Math.round(size / 30)), size / 3));
        g.save();
        g.strokeStyle = colour;
        g.lineWidth = thick;
        g.setLineDash(dash);
        g.strokeRect(this.x(col) + thick / 2 + 0.5, this.y(row) + thick / 2 + 0.5, size - thick, size - thick);
        g.restore();
    }

    /** A star between the robot and what it can't enter; where it stands, if it did not move. */
    private burst(robot: Robot, [row, col]: readonly [row: number, col: number]): void {
        const { g, size, ink } = this;
        const moves = robot.row !== row || robot.col !== col;
        const part = moves ? 0.5 : 0;
        const inside = (value: number, all: number) => Math.max(size * 0.22, Math.min(value, all - size * 0.22));
        const x = inside(this.x(robot.col + (col - robot.col) * part) + size / 2, this.cols * size);
        const y = inside(this.y(robot.row + (row - robot.row) * part) + size / 2, this.rows * size);
        const points = 8;
        g.beginPath();
        for (let at = 0; at < points * 2; at++) {
            const radius = size * (at % 2 === 0 ? 0.28 : 0.14);
            const angle = (at * Math.PI) / points;
            g.lineTo(x + radius * Math.sin(angle), y - radius * Math.cos(angle));
        }
        g.closePath();
        g.fillStyle = ink.wrong;
        g.fill();
        g.strokeStyle = ink.floor;
        g.lineWidth = Math.max(1, size / 30);
        g.stroke();
        if (size >= DETAILED) {
            this.text("!", x, y, size * 0.24, ink.wrongText);
        }
    }
}
