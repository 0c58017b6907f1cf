/** Changes of a drawn world, each giving a new one. No DOM here. */
import type { Heading, World } from "./contract";
import { HEADINGS } from "./frame";

/** The largest side of a world, in cells. */
export const LARGEST = 100;

/** What a click puts into a cell. */
export type Tool = "wall" | "more" | "fewer" | "robot" | "empty";

export interface Cell {
    row: number;
    col: number;
}

const same = (cell: Cell) => (other: readonly number[]) => other[0] === cell.row && other[1] === cell.col;

export function isWall({ walls }: World, cell: Cell): boolean {
    return walls.some(same(cell));
}

export function markersAt({ markers }: World, cell: Cell): number {
    return markers.find(same(cell))?.[2] ?? 0;
}

function isRobot({ robot }: World, { row, col }: Cell): boolean {
    return robot.row === row && robot.col === col;
}

/** The cell with a wall, or without; the robot's cell stays free. */
export function setWall(world: World, cell: Cell, wall: boolean): World {
    if (isWall(world, cell) === wall || (wall && isRobot(world, cell))) {
        return world;
    }
    const others = world.walls.filter((other) => !same(cell)(other));
    const walls: World["walls"] = wall ? [...others, [cell.row, cell.col]] : others;
    return { ...(wall ? setMarkers(world, cell, 0) : world), walls };
}

/** The cell with that many markers, 0 to 9, and no wall. */
export function setMarkers(world: World, cell: Cell, count: number): World {
    const wanted = Math.max(0, Math.min(9, count));
    if (markersAt(world, cell) === wanted) {
        return world;
    }
    const others = world.markers.filter((other) => !same(cell)(other));
    const markers: World["markers"] = wanted > 0 ? [...others, [cell.row, cell.col, wanted]] : others;
    const free = wanted > 0 ? world.walls.filter((other) => !same(cell)(other)) : world.walls;
    return { ...world, walls: free, markers };
}

/** The robot in the cell, whose wall goes; where it stands there already it turns right. */
export function setRobot(world: World, cell: Cell): World {
    return isRobot(world, cell)
        ? turnRobot(world, 1)
        : { ...setWall(world, cell, false), robot: { ...world.robot, row: cell.row, col: cell.col } };
}

export function turnRobot(world: World, quarters: number): World {
    return { ...world, robot: { ...world.robot, heading: turned(world.robot.heading, quarters) } };
}

export function faceRobot(world: World, heading: Heading): World {
    return { ...world, robot: { ...world.robot, heading } };
}

function turned(heading: Heading, quarters: number): Heading {
    return HEADINGS[(HEADINGS.indexOf(heading) + quarters + 4) % 4] ?? heading;
}

/** What the tool makes of the cell; walls come or go, as `wall` says. */
export function apply(world: World, tool: Tool, cell: Cell, wall: boolean): World {
    switch (tool) {
        case "wall":
            return setWall(world, cell, wall);
        case "more":
            return setMarkers(world, cell, markersAt(world, cell) + 1);
        case "fewer":
            return setMarkers(world, cell, markersAt(world, cell) - 1);
        case "robot":
            return setRobot(world, cell);
        case "empty":
            return setMarkers(setWall(world, cell, false), cell, 0);
    }
}

/** Rows come and go in the north, columns in the east; the robot is pushed back into the world. */
export function resize(world: World, rows: number, cols: number): World {
    const size = { rows: clamp(rows), cols: clamp(cols) };
    const inside = (cell: readonly number[]) => (cell[0] ?? 0) < size.rows && (cell[1] ?? 0) < size.cols;
    const { robot } = world;
    const row = Math.min(robot.row, size.rows - 1);
    const col = Math.min(robot.col, size.cols - 1);
    const resized = {
        ...size,
        walls: world.walls.filter(inside),
        markers: world.markers.filter(inside),
        robot: { ...robot, row, col },
    };
    return setWall(resized, { row, col }, false);
}

function clamp(side: number): number {
    return Math.max(1, Math.min(LARGEST, Math.round(side)));
}

/** The whole world a quarter turn to the right. */
export function rotate({ rows, cols, walls, markers, robot }: World): World {
    const to = (row: number, col: number): [number, number] => [cols - 1 - col, row];
    const [row, col] = to(robot.row, robot.col);
    return {
        rows: cols,
        cols: rows,
        walls: walls.map(([row, col]) => to(row, col)),
        markers: markers.map(([row, col, count]) => [...to(row, col), count]),
        robot: { row, col, heading: turned(robot.heading, 1) },
    };
}
