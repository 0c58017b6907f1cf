/** Lines above the world: how the example went, what is old, what can't be shown. */
import type { ExampleItem } from "../contract";
import type { Model } from "../model";
import type { Pages } from "../pages";
import type { State } from "../state";
import { verdict } from "../words";
import { Icon } from "./icons";

interface Props {
    model: Model;
    state: State;
    example: ExampleItem | undefined;
}

export function Notices({ model, state: { link, stale, problem, refused, frame, pages, question }, example }: Props) {
    const why = reason(example, pages);
    const atEnd = frame !== undefined && frame.at === pages?.length;
    return (
        <div class="notices" role="status">
            {link === "lost" && (
                <p class="notice warn">
                    The language server can't be reached. The page goes on trying; what is shown is as it was.
                </p>
            )}
            {link !== "lost" && problem !== undefined && <p class="notice warn">{problem}</p>}
            {refused !== undefined && <p class="notice warn">{refused}</p>}
            {stale === "edited" && (
                <p class="notice warn">The program has changed: this is its older run. The new one follows.</p>
            )}
            {stale === "gone" && (
                <p class="notice warn">This example is not in the program any more: this is its last run.</p>
            )}
            {question?.dismissed === true && (
                <p class="notice warn">
                    The examples allow {question.asked.programs} programs that do different things.
                    <button type="button" onClick={() => model.dismiss(false)}>
                        Which is right?
                    </button>
                </p>
            )}
            {example !== undefined && example.verdict !== null && stale === undefined && (
                <p class={`notice ${example.verdict}`}>
                    <Icon name={example.verdict} />
                    <span>
                        <strong class="verdict">{verdict(example)}</strong>
                        {why === undefined ? "" : `: ${why}`}
                    </span>
                    {example.verdict === "fails" && (
                        <button
                            type="button"
                            title="Run to the failure (F)"
                            aria-disabled={atEnd}
                            onClick={() => model.player.toEnd()}
                        >
                            <Icon name="flag" /> Run to the failure
                        </button>
                    )}
                </p>
            )}
        </div>
    );
}

/** How it went: the whole sentence once the run is here. */
function reason(example: ExampleItem | undefined, pages: Pages | undefined): string | undefined {
    if (example === undefined) {
        return undefined;
    }
    const run = pages?.recording.example.index === example.index ? pages.recording : undefined;
    const differs = run?.outcome.kind === "finished" && example.verdict !== "passes";
    return run === undefined || differs ? (example.message ?? undefined) : run.outcome.message;
}
