/** Several runs that are played together: one clock, one slider, and each run's world at that moment. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Pages } from "../pages";
import { number } from "../words";
import { WorldCanvas } from "./canvas";
import { Icon } from "./icons";
import { still } from "./theme";

export interface Player {
    at: number;
    length: number;
    /** Robots are to be seen going from cell to cell. */
    glide: boolean;
    playing: boolean;
    seek: (at: number) => void;
    toggle: () => void;
}

/** All runs at their ends, to be played at that many steps per second. */
export function usePlayer(runs: Pages[], speed: number): Player {
    const length = Math.max(0, ...runs.map((run) => run.length));
    const [at, setAt] = useState(length);
    const [playing, setPlaying] = useState(false);
    const place = useRef(at);
    place.current = at;
    useEffect(() => {
        if (!playing) {
            return undefined;
        }
        const begin = performance.now();
        const from = place.current;
        let request = requestAnimationFrame(function tick() {
            const to = Math.min(length, from + Math.floor(((performance.now() - begin) * speed) / 1000));
            setAt(to);
            if (to < length) {
                request = requestAnimationFrame(tick);
            } else {
                setPlaying(false);
            }
        });
        return () => cancelAnimationFrame(request);
    }, [playing, speed, length]);
    const seek = (to: number) => {
        setPlaying(false);
        setAt(to);
    };
    const toggle = () => {
        if (!playing && at >= length) {
            setAt(0);
            place.current = 0;
        }
        setPlaying(!playing);
    };
    return { at, length, glide: !still() && (!playing || speed <= 4), playing, seek, toggle };
}

/** The buttons of all runs, and others beside them. */
export function PlayerBar({ player, children }: { player: Player; children: ComponentChildren }) {
    const { at, length, playing, seek, toggle } = player;
    return (
        <div class="buttons" role="group" aria-label="All runs">
            <button type="button" class="primary" aria-label={playing ? "Pause" : "Play all"} onClick={toggle}>
                <Icon name={playing ? "pause" : "play"} />
            </button>
            <input
                type="range"
                min={0}
                max={length}
                value={at}
                aria-label="Step of all runs"
                onInput={(event) => seek(Number(event.currentTarget.value))}
            />
            {children}
        </div>
    );
}

interface RunProps {
    player: Player;
    run: Pages;
    /** Stands above the world, before the step. */
    title: string;
    /** What a screen reader says of the world. */
    label: string;
    /** Cells that are marked at the end. */
    marked?: [row: number, col: number][];
}

/** One of the runs, at the moment that all are at. */
export function Run({ player, run, title, label, marked }: RunProps) {
    const at = Math.min(player.at, run.length);
    const [, arrived] = useState(0);
    useEffect(() => {
        if (!run.has(at)) {
            void run.fetch(at).then(
                () => arrived(at),
                () => {},
            );
        }
    }, [run, at]);
    const frame = run.frame(at);
    const ended = at === run.length;
    return (
        <>
            <figcaption>
                <strong>{title}</strong> {ended ? "" : `step ${number(at + 1)} of ${number(run.length)}`}
            </figcaption>
            {frame !== undefined && (
                <WorldCanvas
                    scene={{
                        ground: frame.ground,
                        change: frame.change,
                        ...(ended && marked !== undefined && { marked }),
                    }}
                    moment={frame}
                    label={label}
                    glide={player.glide}
                />
            )}
        </>
    );
}

/** The file without its examples. */
export function programOf(text: string): string {
    return text.split(/^(?:example|test)\b/m)[0]?.trim() ?? "";
}
