/** A world on a canvas that fills its place, redrawn when the place, the theme or the world changes. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { between, cellSize, type Ink, Picture, type Pose, poseOf, readInk, type Scene } from "../draw";
import { useRoom } from "./room";
import { onTheme } from "./theme";

/** The largest cell, in pixels of the page. */
export const LARGEST = 72;

/** Milliseconds that the robot takes from one cell to the next, where that is to be seen. */
const GLIDE = 160;

interface Props {
    scene: Scene;
    /** Tells moments apart: the ground may be the same object with other contents. */
    moment: unknown;
    /** What is seen, for who does not see it. */
    label: string;
    /** The robot is to be seen going from where it was. */
    glide: boolean;
    largest?: number;
    /** The pointer goes down in a cell, into another one, and up. */
    onDown?: (row: number, col: number) => void;
    onMove?: (row: number, col: number) => void;
    onUp?: () => void;
}

export function WorldCanvas({ scene, moment, label, glide, largest = LARGEST, onDown, onMove, onUp }: Props) {
    const place = useRef<HTMLDivElement>(null);
    const canvas = useRef<HTMLCanvasElement>(null);
    const ink = useRef<Ink>(undefined);
    const picture = useRef<Picture>(undefined);
    const shown = useRef<Pose>(undefined);
    const room = useRoom(place);
    const [theme, setTheme] = useState(0);
    const { rows, cols, robot } = scene.ground;

    useEffect(() => onTheme(() => setTheme((before) => before + 1)), []);
    useLayoutEffect(() => {
        if (place.current !== null) {
            ink.current = readInk(place.current);
        }
    }, [theme]);

    useLayoutEffect(() => {
        const element = canvas.current;
        const context = element?.getContext("2d");
        if (element === null || context === null || context === undefined || ink.current === undefined) {
            return undefined;
        }
        picture.current ??= new Picture(context);
        const { current: drawn } = picture;
        const ratio = devicePixelRatio || 1;
        const size = Math.min(cellSize(scene.ground, room.width * ratio, room.height * ratio), largest * ratio);
        const [width, height] = [cols * size + 1, rows * size + 1];
        if (element.width !== width || element.height !== height) {
            element.width = width;
            element.height = height;
            element.style.width = `${width / ratio}px`;
            element.style.height = `${height / ratio}px`;
        }
        const colours = ink.current;
        const to = poseOf(robot);
        const from = shown.current;
        shown.current = to;
        const near = from !== undefined && Math.abs(from.row - to.row) + Math.abs(from.col - to.col) <= 1;
        if (!glide || !near || (from.row === to.row && from.col === to.col && from.angle === to.angle)) {
            drawn.draw(scene, size, colours);
            return undefined;
        }
        const begin = performance.now();
        let request = 0;
        const step = () => {
            const part = Math.min(1, (performance.now() - begin) / GLIDE);
            const done = part === 1;
            drawn.draw(done ? scene : { ...scene, pose: between(from, to, part), change: undefined }, size, colours);
            if (!done) {
                request = requestAnimationFrame(step);
            }
        };
        step();
        return () => cancelAnimationFrame(request);
    }, [moment, room.width, room.height, theme, scene.expected, largest]);

    const cellOf = (event: PointerEvent): [row: number, col: number] => {
        const box = (event.currentTarget as Element).getBoundingClientRect();
        const part = (at: number, from: number, size: number, count: number) =>
            Math.max(0, Math.min(count - 1, Math.floor(((at - from) / size) * count)));
        return [
            rows - 1 - part(event.clientY, box.top, box.height, rows),
            part(event.clientX, box.left, box.width, cols),
        ];
    };
    return (
        <div class="place" ref={place}>
            <canvas
                ref={canvas}
                role="img"
                aria-label={label}
                onPointerDown={(event) => {
                    if (onDown !== undefined && event.button === 0) {
                        // A stroke that leaves the canvas goes on.
                        event.currentTarget.setPointerCapture(event.pointerId);
                        onDown(...cellOf(event));
                    }
                }}
                onPointerMove={(event) => onMove?.(...cellOf(event))}
                onPointerUp={() => onUp?.()}
                onPointerCancel={() => onUp?.()}
            />
        </div>
    );
}
