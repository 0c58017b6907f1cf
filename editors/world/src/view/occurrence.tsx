/** The statement at the editor's cursor, and which time of its being carried out is looked at. */
import type { Model } from "../model";
import type { State } from "../state";
import { number } from "../words";

export function Occurrence({ model, state: { cursor, frame } }: { model: Model; state: State }) {
    if (cursor === undefined) {
        return null;
    }
    const { total, from, steps } = cursor.occurrences;
    const line = cursor.position.line + 1;
    if (total === 0) {
        return <p class="occurrence">Line {line} is not carried out in this run.</p>;
    }
    const found = steps.findLastIndex((step) => step <= (frame?.at ?? 0));
    const now = from + Math.max(0, found);
    return (
        <p class="occurrence">
            <label>
                Line {line}, time
                <input
                    type="number"
                    min={1}
                    max={total}
                    value={now + 1}
                    onChange={(event) => void model.follower.goToOccurrence(Number(event.currentTarget.value) - 1)}
                />
            </label>
            <span>of {number(total)}</span>
            <button
                type="button"
                aria-label="The time before"
                aria-disabled={now === 0}
                onClick={() => void model.follower.goToOccurrence(Math.max(0, now - 1))}
            >
                ‹
            </button>
            <button
                type="button"
                aria-label="The time after"
                aria-disabled={now + 1 >= total}
                onClick={() => void model.follower.goToOccurrence(Math.min(total - 1, now + 1))}
            >
                ›
            </button>
        </p>
    );
}
