/** The question which of several programs is meant: one world, and the different ways in which it ends, side by side. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Answer } from "../contract";
import { ground } from "../frame";
import type { Model, OpenQuestion } from "../model";
import type { Pages } from "../pages";
import { count, number, robotAt } from "../words";
import { WorldCanvas } from "./canvas";
import { Icon } from "./icons";
import { still } from "./theme";

interface Props {
    model: Model;
    question: OpenQuestion;
    /** Steps per second. */
    speed: number;
}

export function WhichEnding({ model, question: { asked, pages }, speed }: Props) {
    const length = Math.max(...pages.map((run) => run.length));
    const [at, setAt] = useState(length);
    const [playing, setPlaying] = useState(false);
    const place = useRef(at);
    place.current = at;
    const before = useMemo(() => ground(asked.input), [asked]);
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
    const toggle = () => {
        if (!playing && at >= length) {
            setAt(0);
            place.current = 0;
        }
        setPlaying(!playing);
    };
    const others = [
        asked.crashing > 0 ? `${count(asked.crashing, "program")} would crash here` : "",
        asked.endless > 0 ? `${count(asked.endless, "program")} would never end here` : "",
    ].filter(Boolean);
    return (
        <section class="question" aria-labelledby="question">
            <h2 id="question">Which ending is right?</h2>
            <p>
                Your examples allow {number(asked.programs)} programs that do different things. In this world they end
                differently; the one that you choose becomes an example.
            </p>
            <div class="endings">
                <figure>
                    <figcaption>Before</figcaption>
                    <WorldCanvas
                        scene={{ ground: before }}
                        moment={before}
                        label={`Before: the robot at ${robotAt(before.rows, before.robot)}`}
                        glide={false}
                    />
                </figure>
                {asked.answers.map((answer, index) => {
                    const run = pages[index];
                    return run === undefined ? null : (
                        <Ending
                            key={run.recording.id}
                            letter={String.fromCharCode(65 + index)}
                            answer={answer}
                            run={run}
                            at={Math.min(at, run.length)}
                            glide={!still() && (!playing || speed <= 4)}
                            onChoose={() => void model.answer(index)}
                        />
                    );
                })}
            </div>
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
                    onInput={(event) => {
                        setPlaying(false);
                        setAt(Number(event.currentTarget.value));
                    }}
                />
                <button type="button" class="framed" onClick={() => void model.answer(null)}>
                    None of these
                </button>
                <button type="button" class="framed" onClick={() => model.dismiss(true)}>
                    I don't care
                </button>
            </div>
            {others.length > 0 && <p class="robot">{others.join("; ")}.</p>}
        </section>
    );
}

interface EndingProps {
    letter: string;
    answer: Answer;
    run: Pages;
    at: number;
    glide: boolean;
    onChoose: () => void;
}

function Ending({ letter, answer, run, at, glide, onChoose }: EndingProps) {
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
    const many = answer.programs.length;
    return (
        <figure>
            <figcaption>
                <strong>{letter}</strong> {ended ? "" : `step ${number(at + 1)} of ${number(run.length)}`}
            </figcaption>
            {frame !== undefined && (
                <WorldCanvas
                    scene={{
                        ground: frame.ground,
                        change: frame.change,
                        ...(ended && { marked: answer.marked }),
                    }}
                    moment={frame}
                    label={`${letter}: ${answer.description}`}
                    glide={glide}
                />
            )}
            <p class="robot">{answer.description}</p>
            <details>
                <summary>{many === 1 ? "Its program" : `The first of its ${number(many)} programs`}</summary>
                <pre>{program(answer.text)}</pre>
            </details>
            <button type="button" class="primary" aria-label={`${letter}: this is right`} onClick={onChoose}>
                This is right
            </button>
        </figure>
    );
}

/** The file without its examples. */
function program(text: string): string {
    return text.split(/^(?:example|test)\b/m)[0]?.trim() ?? "";
}
