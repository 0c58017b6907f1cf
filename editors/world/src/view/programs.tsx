/** The programs that a synthesis has found, each beside its run of the example, before one of them is taken. */
import type { Candidate } from "../contract";
import type { Search } from "../finder";
import type { Model } from "../model";
import type { Pages } from "../pages";
import { count, number } from "../words";
import { type Player, PlayerBar, programOf, Run, usePlayer } from "./player";

interface Props {
    model: Model;
    search: Search;
    /** The name of the example that they run. */
    example: string;
    /** Steps per second. */
    speed: number;
}

export function Programs({ model, search, example, speed }: Props) {
    return search.kind === "running" ? (
        <section class="question" aria-labelledby="programs">
            <h2 id="programs">Looking for programs that pass …</h2>
            <p>Every example is tried with each of them. What was found is shown here, and nothing is changed.</p>
            <div class="buttons">
                <button type="button" class="framed" onClick={() => model.finder.close()}>
                    Stop
                </button>
            </div>
        </section>
    ) : (
        <Found model={model} search={search} example={example} speed={speed} />
    );
}

type FoundProps = Omit<Props, "search"> & { search: Extract<Search, { kind: "found" }> };

function Found({ model, search: { asked, runs, message }, example, speed }: FoundProps) {
    const player = usePlayer(runs, speed);
    const { candidates, besideOwn } = asked;
    const others = besideOwn ? candidates.length - 1 : candidates.length;
    return (
        <section class="question" aria-labelledby="programs">
            <h2 id="programs">
                {others === 0
                    ? "No other program was found"
                    : `${count(others, besideOwn ? "other program" : "program")} that ${others === 1 ? "passes" : "pass"}`}
            </h2>
            <p>{message ?? `Each runs the example "${example}".`}</p>
            <div class="endings">
                {candidates.map((candidate, index) => {
                    const run = runs[index];
                    return run === undefined ? null : (
                        <Program
                            key={run.recording.id}
                            title={`Program ${number(index + 1)}`}
                            candidate={candidate}
                            run={run}
                            player={player}
                            onTake={() => void model.finder.take(index)}
                        />
                    );
                })}
            </div>
            <PlayerBar player={player}>
                <button type="button" class="framed" onClick={() => model.finder.close()}>
                    Close
                </button>
            </PlayerBar>
        </section>
    );
}

interface ProgramProps {
    title: string;
    candidate: Candidate;
    run: Pages;
    player: Player;
    onTake: () => void;
}

function Program({ title, candidate, run, player, onTake }: ProgramProps) {
    const { passed, examples, isCurrent, text } = candidate;
    const score = `passes ${number(passed)} of ${count(examples, "example")}`;
    return (
        <figure>
            <Run player={player} run={run} title={title} label={`${title}: ${run.recording.outcome.message}`} />
            <p class="robot">{score}</p>
            <pre tabIndex={0} aria-label={`${title}: its text`}>
                {programOf(text)}
            </pre>
            {isCurrent ? (
                <p class="robot">This one is in the file.</p>
            ) : (
                <button type="button" class="primary" aria-label={`${title}: take this program`} onClick={onTake}>
                    Take this program
                </button>
            )}
        </figure>
    );
}
