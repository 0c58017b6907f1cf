/** All examples of the file, small, with their verdicts. */
import { useEffect, useRef } from "preact/hooks";
import type { ExampleItem } from "../contract";
import { verdict } from "../words";
import { Icon } from "./icons";
import { keepInView } from "./inView";
import { Thumbnail } from "./thumbnail";

interface Props {
    examples: ExampleItem[];
    selected: number | undefined;
    onSelect: (index: number) => void;
}

export function Overview({ examples, selected, onSelect }: Props) {
    const list = useRef<HTMLUListElement>(null);
    useEffect(() => keepInView(list.current), [selected]);
    return (
        <nav class="overview" aria-label="Examples">
            <ul ref={list}>
                {examples.map((example) => (
                    <li key={`${example.uri} ${example.kind} ${example.ordinal} ${example.name}`}>
                        <button
                            type="button"
                            class={example.verdict ?? "undecided"}
                            aria-current={example.index === selected}
                            title={example.message ?? verdict(example)}
                            onClick={() => onSelect(example.index)}
                        >
                            <span class="stamp">{example.input !== null && <Thumbnail world={example.input} />}</span>
                            <span class="caption">
                                <Icon name={example.verdict ?? "undecided"} />
                                <span class="name">{example.name}</span>
                                <span class="unseen">
                                    {example.kind === "test" ? ", held-out test" : ""}, {verdict(example)}
                                </span>
                            </span>
                        </button>
                    </li>
                ))}
            </ul>
        </nav>
    );
}
