/** The world of the run, and the one that is to come out. */
import { useMemo, useRef } from "preact/hooks";
import { cellSize, type Scene } from "../draw";
import { ground } from "../frame";
import type { State } from "../state";
import { robotAt } from "../words";
import { LARGEST, WorldCanvas } from "./canvas";
import { useRoom } from "./room";
import { still } from "./theme";

/** Steps a second above which the robot is not seen on its way. */
const GLIDING = 4;

/** Pixels of a line above a world. */
const CAPTION = 24;

/** The world of the run, and beside it the one that is to come out. */
export function Worlds({ state: { pages, frame, expected: showsExpected, playing, speed, spoken } }: { state: State }) {
    const wanted = pages?.recording.expected ?? null;
    const expected = useMemo(() => (wanted === null ? undefined : ground(wanted)), [wanted]);
    const place = useRef<HTMLDivElement>(null);
    const room = useRoom(place);
    if (pages === undefined || frame === undefined) {
        return null;
    }
    const { recording } = pages;
    const ended = frame.at === pages.length;
    const scene: Scene = {
        ground: frame.ground,
        change: frame.change,
        ...(ended &&
            recording.example.verdict === "fails" && {
                expected,
                differences: recording.differences,
                robotDiffers: recording.robotDiffers,
            }),
    };
    const shown = showsExpected && expected !== undefined;
    // One below the other where that lets them be larger.
    const beside = Math.min(LARGEST, cellSize(frame.ground, room.width / 2, room.height - CAPTION));
    const below = Math.min(LARGEST, cellSize(frame.ground, room.width, room.height / 2 - CAPTION));
    return (
        <div ref={place} class={shown && below > beside ? "worlds below" : "worlds"}>
            <figure>
                {shown && <figcaption>{ended ? "End of the run" : "Now"}</figcaption>}
                <WorldCanvas
                    scene={scene}
                    moment={frame}
                    label={spoken || "The world"}
                    glide={!still() && (!playing || speed <= GLIDING)}
                />
            </figure>
            {shown && (
                <figure>
                    <figcaption>Expected</figcaption>
                    <WorldCanvas
                        scene={{ ground: expected }}
                        moment={expected}
                        label={`Expected: the robot at ${robotAt(expected.rows, expected.robot)}`}
                        glide={false}
                    />
                </figure>
            )}
        </div>
    );
}
