/** The question which of several programs is meant: one world, and the different ways in which it ends, side by side. */
import { useMemo } from "preact/hooks";
import type { Answer } from "../contract";
import { ground } from "../frame";
import type { Model } from "../model";
import type { Pages } from "../pages";
import type { OpenQuestion } from "../state";
import { count, number, robotAt } from "../words";
import { WorldCanvas } from "./canvas";
import { type Player, PlayerBar, programOf, Run, usePlayer } from "./player";

interface Props {
    model: Model;
    question: OpenQuestion;
    /** Steps per second. */
    speed: number;
}

export function WhichEnding({ model, question: { asked, pages }, speed }: Props) {
    const player = usePlayer(pages, speed);
    const before = useMemo(() => ground(asked.input), [asked]);
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
                            player={player}
                            onChoose={() => void model.answer(index)}
                        />
                    );
                })}
            </div>
            <PlayerBar player={player}>
                <button type="button" class="framed" onClick={() => void model.answer(null)}>
                    None of these
                </button>
                <button type="button" class="framed" onClick={() => model.dismiss(true)}>
                    I don't care
                </button>
            </PlayerBar>
            {others.length > 0 && <p class="robot">{others.join("; ")}.</p>}
        </section>
    );
}

interface EndingProps {
    letter: string;
    answer: Answer;
    run: Pages;
    player: Player;
    onChoose: () => void;
}

function Ending({ letter, answer, run, player, onChoose }: EndingProps) {
    const many = answer.programs.length;
    return (
        <figure>
            <Run
                player={player}
                run={run}
                title={letter}
                label={`${letter}: ${answer.description}`}
                marked={answer.marked}
            />
            <p class="robot">{answer.description}</p>
            <details>
                <summary>{many === 1 ? "Its program" : `The first of its ${number(many)} programs`}</summary>
                <pre>{programOf(answer.text)}</pre>
            </details>
            <button type="button" class="primary" aria-label={`${letter}: this is right`} onClick={onChoose}>
                This is right
            </button>
        </figure>
    );
}
