/** A world that is drawn: by the mouse, and by keys with a cell that they go from. */
import { useMemo, useRef, useState } from "preact/hooks";
import type { Heading, World } from "../contract";
import {
    apply,
    type Cell,
    faceRobot,
    isWall,
    markersAt,
    setMarkers,
    setRobot,
    setWall,
    type Tool,
    turnRobot,
} from "../drawing";
import { ground } from "../frame";
import { markers, place, robotAt } from "../words";
import { WorldCanvas } from "./canvas";

interface Props {
    /** `Input`, `Output`. */
    name: string;
    world: World;
    tool: Tool;
    onDrawn: (world: World) => void;
}

const STEPS: Record<string, [row: number, col: number]> = {
    ArrowUp: [1, 0],
    ArrowDown: [-1, 0],
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
};
const FACING: Record<string, Heading> = { "^": "north", ">": "east", v: "south", "<": "west" };

export function Board({ name, world, tool, onDrawn }: Props) {
    const [cell, setCell] = useState<Cell>({ row: world.rows - 1, col: 0 });
    const [focused, setFocused] = useState(false);
    // A stroke is one change, made at its end.
    const [stroke, setStroke] = useState<World>();
    const walls = useRef(true);
    const shown = stroke ?? world;
    const still = useMemo(() => ground(shown), [shown]);
    const here = { row: Math.min(cell.row, shown.rows - 1), col: Math.min(cell.col, shown.cols - 1) };

    const begin = (at: Cell) => {
        setCell(at);
        walls.current = !isWall(world, at);
        setStroke(apply(world, tool, at, walls.current));
    };
    const go = (at: Cell) => {
        if (stroke !== undefined && tool !== "robot" && (at.row !== here.row || at.col !== here.col)) {
            setCell(at);
            setStroke(apply(stroke, tool, at, walls.current));
        }
    };
    const end = () => {
        setStroke(undefined);
        if (stroke !== undefined && stroke !== world) {
            onDrawn(stroke);
        }
    };
    const onKey = (event: KeyboardEvent) => {
        const step = STEPS[event.key];
        if (event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (step !== undefined) {
            const row = Math.max(0, Math.min(world.rows - 1, here.row + step[0]));
            const col = Math.max(0, Math.min(world.cols - 1, here.col + step[1]));
            setCell({ row, col });
        } else {
            const next = typed(world, here, event.key, tool);
            if (next === undefined) {
                return;
            }
            if (next !== world) {
                onDrawn(next);
            }
        }
        event.preventDefault();
        event.stopPropagation();
    };
    return (
        <div
            class="board"
            role="application"
            tabIndex={0}
            aria-label={`${name}: draw`}
            aria-describedby="drawing-keys"
            onKeyDown={onKey}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
        >
            <WorldCanvas
                scene={{ ground: still, cell: focused ? here : undefined }}
                moment={`${JSON.stringify(shown)} ${focused} ${here.row} ${here.col}`}
                label={`${name}: the robot at ${robotAt(shown.rows, shown.robot)}`}
                glide={false}
                onDown={(row, col) => begin({ row, col })}
                onMove={(row, col) => go({ row, col })}
                onUp={end}
            />
            <p class="unseen" aria-live="polite">
                {focused ? describe(shown, here) : ""}
            </p>
        </div>
    );
}

/** What a key makes of the cell; undefined: it is no key of this. */
function typed(world: World, cell: Cell, key: string, tool: Tool): World | undefined {
    const facing = FACING[key];
    if (facing !== undefined) {
        return faceRobot(setRobot(turnRobot(world, 0), cell), facing);
    }
    if (/^[0-9]$/.test(key)) {
        return setMarkers(world, cell, Number(key));
    }
    switch (key) {
        case "#":
        case "w":
            return setWall(world, cell, !isWall(world, cell));
        case "+":
            return setMarkers(world, cell, markersAt(world, cell) + 1);
        case "-":
            return setMarkers(world, cell, markersAt(world, cell) - 1);
        case "r":
            return setRobot(world, cell);
        case ".":
        case "Delete":
        case "Backspace":
            return apply(world, "empty", cell, false);
        case " ":
        case "Enter":
            return apply(world, tool, cell, !isWall(world, cell));
        default:
            return undefined;
    }
}

function describe(world: World, cell: Cell): string {
    const robot = world.robot.row === cell.row && world.robot.col === cell.col;
    const parts = [isWall(world, cell) ? "wall" : markers(markersAt(world, cell))];
    if (robot) {
        parts.unshift(`the robot, facing ${world.robot.heading}`);
    }
    return `${place(world.rows, cell)}: ${parts.join(", ")}`;
}
