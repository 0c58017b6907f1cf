/** A world as small as a stamp. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { World } from "../contract";
import { cellSize, Picture, readInk } from "../draw";
import { ground } from "../frame";
import { onTheme } from "./theme";

/** Pixels of the page that it takes at most each way. */
const [WIDTH, HEIGHT] = [84, 49];

export function Thumbnail({ world }: { world: World }) {
    const canvas = useRef<HTMLCanvasElement>(null);
    const still = useMemo(() => ground(world), [world]);
    const [theme, setTheme] = useState(0);
    // Of many, those that are out of sight are not drawn.
    const [seen, setSeen] = useState(false);
    useEffect(() => {
        const element = canvas.current;
        if (element === null) {
            return undefined;
        }
        const observer = new IntersectionObserver((entries) => {
            if (entries.some((entry) => entry.isIntersecting)) {
                setSeen(true);
                observer.disconnect();
            }
        });
        observer.observe(element);
        return () => observer.disconnect();
    }, []);
    useEffect(() => onTheme(() => setTheme((before) => before + 1)), []);
    useEffect(() => {
        const element = canvas.current;
        const context = element?.getContext("2d");
        if (!seen || element === null || context === null || context === undefined || element.parentElement === null) {
            return;
        }
        const ratio = devicePixelRatio || 1;
        const size = Math.min(cellSize(still, WIDTH * ratio, HEIGHT * ratio), 20 * ratio);
        element.width = still.cols * size + 1;
        element.height = still.rows * size + 1;
        // Cells have a pixel at least: a large world is made smaller as a picture.
        const scale = Math.min(1 / ratio, WIDTH / element.width, HEIGHT / element.height);
        element.style.width = `${element.width * scale}px`;
        element.style.height = `${element.height * scale}px`;
        new Picture(context).draw({ ground: still }, size, readInk(element.parentElement));
    }, [still, theme, seen]);
    return <canvas ref={canvas} aria-hidden="true" />;
}
