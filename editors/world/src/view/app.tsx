/** The whole page. */
import { useEffect, useState } from "preact/hooks";
import { canFind } from "../finder";
import type { Model } from "../model";
import { canDraw } from "../pencil";
import { heading, type State } from "../state";
import { Controls } from "./controls";
import { Details } from "./details";
import { Drawing } from "./drawing";
import { Icon } from "./icons";
import { Keys, useKeys } from "./keys";
import { Notices } from "./notices";
import { Occurrence } from "./occurrence";
import { Overview } from "./overview";
import { Program } from "./program";
import { Programs } from "./programs";
import { WhichEnding } from "./question";
import { Worlds } from "./worlds";

function useModel(model: Model): State {
    const [state, setState] = useState(model.state);
    useEffect(() => model.subscribe(() => setState(model.state)), [model]);
    return state;
}

export function App({ model }: { model: Model }) {
    const state = useModel(model);
    const [help, setHelp] = useState(false);
    useKeys(model, () => setHelp(true));
    const { examples, selected, pages, frame, text, question, search, drawing } = state;
    const example = examples?.find(({ index }) => index === selected);
    const asks = question !== undefined && !question.dismissed;
    const name = state.document?.uri.replace(/^.*\//, "");
    useEffect(() => {
        document.title = ["Karel", name && decodeURIComponent(name)].filter(Boolean).join(": ");
    }, [name]);
    return (
        <>
            <header>
                <h1>{asks ? (name ?? "") : heading(state) || "Karel's world"}</h1>
                <Occurrence model={model} state={state} />
                <div class="toggles" role="group" aria-label="View">
                    {canDraw(state) && (
                        <Toggle
                            icon="draw"
                            label="Draw the example"
                            keys="D"
                            on={drawing !== undefined}
                            onToggle={(on) => model.pencil.draw(on)}
                        />
                    )}
                    {canFind(state) && (
                        <Toggle
                            icon="programs"
                            label="Programs that pass"
                            keys="S"
                            on={search !== undefined}
                            onToggle={(on) => (on ? void model.finder.look() : model.finder.close())}
                        />
                    )}
                    <Toggle
                        icon="expected"
                        label="Expected world"
                        keys="E"
                        on={state.expected}
                        onToggle={(on) => model.setExpected(on)}
                    />
                    <Toggle
                        icon="follow"
                        label="Follow the cursor"
                        keys="C"
                        on={state.follow}
                        onToggle={(on) => model.follower.setFollow(on)}
                    />
                    <button type="button" aria-label="Keys" title="Keys (?)" onClick={() => setHelp(true)}>
                        <Icon name="keys" />
                    </button>
                </div>
            </header>
            {examples !== undefined && examples.length > 0 && (
                <Overview examples={examples} selected={selected} onSelect={(index) => void model.select(index)} />
            )}
            <Notices model={model} state={state} example={asks || search !== undefined ? undefined : example} />
            <main aria-busy={state.seeking !== undefined}>
                {asks ? (
                    <WhichEnding model={model} question={question} speed={state.speed} />
                ) : search !== undefined && example !== undefined ? (
                    <Programs model={model} search={search} example={example.name} speed={state.speed} />
                ) : drawing !== undefined && example !== undefined ? (
                    <Drawing model={model} example={example} drafts={drawing} undo={state.undo} />
                ) : pages === undefined || frame === undefined ? (
                    <div class="empty">
                        <p>{waiting(state)}</p>
                        {canDraw(state) && examples?.length === 0 && (
                            <button type="button" class="primary" onClick={() => void model.pencil.add()}>
                                New example
                            </button>
                        )}
                    </div>
                ) : (
                    <div class="stage">
                        <Worlds state={state} />
                        <div class="side">
                            {text !== undefined && (
                                <Program
                                    model={model}
                                    text={text.text}
                                    range={frame.next?.range ?? pages.recording.outcome.range}
                                />
                            )}
                            <Details model={model} state={state} />
                        </div>
                    </div>
                )}
            </main>
            {!asks && search === undefined && drawing === undefined && <Controls model={model} state={state} />}
            <p class="unseen" aria-live="polite">
                {state.spoken}
            </p>
            <Keys open={help} onClose={() => setHelp(false)} />
        </>
    );
}

function Toggle(props: {
    icon: "draw" | "programs" | "expected" | "follow";
    label: string;
    keys: string;
    on: boolean;
    onToggle: (on: boolean) => void;
}) {
    const { icon, label, keys, on, onToggle } = props;
    return (
        <button
            type="button"
            class="toggle"
            aria-label={label}
            aria-pressed={on}
            title={`${label} (${keys})`}
            onClick={() => onToggle(!on)}
        >
            <Icon name={icon} />
        </button>
    );
}

/** What is to be read where there is no world to be seen. */
function waiting({ link, examples, problem, stale, document: shown }: State): string {
    if (problem !== undefined || link === "lost" || stale === "gone") {
        return "";
    }
    if (shown === undefined) {
        return "Open a Karel program to see its worlds.";
    }
    return examples?.length === 0
        ? "There is no example here yet. An example is a world before and after: begin one, and it is shown here."
        : "The examples are being run …";
}
