/** What stands beside the world: the statement, what it will do, loops, conditions, and the steps around. */
import type { Step } from "../contract";
import { change, clear, type Frame } from "../frame";
import { around } from "../loops";
import type { Model } from "../model";
import type { Pages } from "../pages";
import type { State } from "../state";
import { count, differences, markers, markersHere, moment, number, robotAt, willDo } from "../words";
import { Icon } from "./icons";
import { rove } from "./roving";

interface Props {
    model: Model;
    state: State;
}

/** Steps that are listed before and after the next one. */
const BEFORE = 3;
const AFTER = 3;

export function Details({ model, state: { pages, frame } }: Props) {
    if (pages === undefined || frame === undefined) {
        return null;
    }
    return (
        <aside class="details" aria-label="Step">
            <Statement model={model} pages={pages} frame={frame} />
            <Surroundings pages={pages} frame={frame} />
            <Conditions frame={frame} />
            <Steps model={model} pages={pages} frame={frame} />
        </aside>
    );
}

interface PartProps {
    pages: Pages;
    frame: Frame;
}

function Statement({ model, pages, frame }: PartProps & { model: Model }) {
    const { next, ground } = frame;
    const { outcome, length, complete } = pages.recording;
    const wrong = next === undefined ? differences(frame, pages.recording) : "";
    const line = (next?.range ?? outcome.range)?.start.line;
    return (
        <section class="statement">
            <h2>
                {moment(frame, pages.recording)}
                {line !== undefined && (
                    <button
                        type="button"
                        class="link"
                        title="Show it in the program (Enter)"
                        onClick={() => model.follower.reveal()}
                    >
                        <Icon name="reveal" /> Line {line + 1}
                    </button>
                )}
            </h2>
            {next === undefined ? (
                <p>{outcome.message}</p>
            ) : (
                <p>
                    <code>{next.name}</code> <span class="will">{willDo(next, frame.change, ground.rows)}</span>
                </p>
            )}
            {next === undefined && !complete && (
                <p>Only the first {count(length, "step")} are recorded; this is the world at the run's end.</p>
            )}
            {wrong !== "" && <p class="wrong">{wrong}</p>}
            <p class="robot">
                Robot: {robotAt(ground.rows, ground.robot)}; {markers(markersHere(ground))} there.
            </p>
        </section>
    );
}

/** Calls, loops and conditions that the step stands in. */
function Surroundings({ pages, frame }: PartProps) {
    const steps = around((at) => pages.step(at), frame.at);
    const depth = frame.next?.depth ?? 0;
    if (steps.length === 0 && depth === 0) {
        return null;
    }
    return (
        <ul class="around" aria-label="Within">
            {depth > 0 && <li>{count(depth, "call")} deep</li>}
            {steps.map((step, index) => (
                <li key={index}>
                    <code>{step.name}</code> <Within step={step} />
                </li>
            ))}
        </ul>
    );
}

function Within({ step: { round, condition: tested } }: { step: Step }) {
    if (round !== undefined) {
        const now = Math.min(round.done + 1, round.count);
        return (
            <>
                round {now} of {round.count} <meter min={0} max={round.count} value={now} aria-hidden="true" />
            </>
        );
    }
    return <span class="will">{tested?.value === true ? "true" : "false"}</span>;
}

function Conditions({ frame: { ground } }: { frame: Frame }) {
    const values: [string, boolean][] = [
        ["front is clear", clear(ground, 0)],
        ["left is clear", clear(ground, -1)],
        ["right is clear", clear(ground, 1)],
        ["markers present", markersHere(ground) > 0],
    ];
    return (
        <ul class="conditions" aria-label="Conditions">
            {values.map(([name, value]) => (
                <li key={name} class={value ? "yes" : "no"}>
                    <Icon name={value ? "passes" : "fails"} />
                    {name}
                    <span class="unseen">: {value ? "yes" : "no"}</span>
                </li>
            ))}
        </ul>
    );
}

function Steps({ model, pages, frame }: PartProps & { model: Model }) {
    const from = Math.max(0, Math.min(frame.at - BEFORE, pages.length - BEFORE - AFTER));
    const to = Math.min(pages.length, from + BEFORE + AFTER);
    const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    return (
        <ol class="list" aria-label="Steps" onKeyDown={rove}>
            {numbers.map((at) => {
                const step = pages.step(at);
                const end = at === pages.length;
                return (
                    <li key={at}>
                        <button
                            type="button"
                            tabIndex={at === frame.at ? 0 : -1}
                            aria-current={at === frame.at ? "step" : undefined}
                            onClick={() => {
                                model.player.seek(at);
                                model.follower.reveal(at);
                            }}
                        >
                            <span class="number">{end ? "" : number(at + 1)}</span>
                            <code>{end ? "end" : (step?.name ?? "…")}</code>
                            <span class="effect">
                                {step === undefined ? "" : willDo(step, change(step), frame.ground.rows)}
                            </span>
                        </button>
                    </li>
                );
            })}
        </ol>
    );
}
