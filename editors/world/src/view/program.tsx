/** The program beside its world, where no editor shows it: the statement that comes next is marked, a click goes there. */
import { useEffect, useRef } from "preact/hooks";
import type { Range } from "../contract";
import type { Model } from "../model";
import { keepInView } from "./inView";
import { rove } from "./roving";

interface Props {
    model: Model;
    text: string;
    /** The statement to mark. */
    range: Range | null;
}

export function Program({ model, text, range }: Props) {
    const section = useRef<HTMLElement>(null);
    const line = range?.start.line;
    useEffect(() => keepInView(section.current), [line]);
    const lines = text.split(/\r\n|\r|\n/);
    return (
        <section ref={section} class="program" aria-label="Program">
            <ol onKeyDown={rove}>
                {lines.map((content, number) => (
                    <li key={number} aria-current={number === line ? "true" : undefined}>
                        <button
                            type="button"
                            // There is nothing to go to in an empty line.
                            hidden={content.trim() === ""}
                            tabIndex={number === (line ?? 0) ? 0 : -1}
                            onClick={() => {
                                const character = content.search(/\S/);
                                void model.follower.goToStatement({ line: number, character: Math.max(0, character) });
                            }}
                        >
                            <Marked content={content} range={number === line ? range : null} />
                        </button>
                    </li>
                ))}
            </ol>
        </section>
    );
}

function Marked({ content, range }: { content: string; range: Range | null }) {
    if (range === null) {
        return <>{content}</>;
    }
    const from = range.start.character;
    const to = range.end.line === range.start.line ? range.end.character : content.length;
    return (
        <>
            {content.slice(0, from)}
            <mark>{content.slice(from, to)}</mark>
            {content.slice(to)}
        </>
    );
}
