/** Which example is meant, whatever numbers the examples have by now. */
import type { ExampleItem, ExampleKey, ExampleName } from "./contract";

export function key({ kind, name, ordinal, uri }: ExampleItem): ExampleKey {
    return { kind, name, ordinal, uri };
}

/** The example of that name, the first where several have it. */
export function find(examples: readonly ExampleItem[], wanted: ExampleName): ExampleItem | undefined {
    if (typeof wanted === "number") {
        return examples.find(({ index }) => index === wanted);
    }
    const { name, kind, ordinal, uri } = typeof wanted === "string" ? { name: wanted } : wanted;
    return examples.find(
        (example) =>
            example.name === name &&
            (kind === undefined || example.kind === kind) &&
            (ordinal === undefined || example.ordinal === ordinal) &&
            (uri === undefined || example.uri === uri),
    );
}
