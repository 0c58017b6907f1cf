/** What the server says about examples: `karel.examples`, `karel.runExamples` and `karel/verdicts`. No VS Code here. */

export type Verdict = "passes" | "fails" | "undecided";

export interface ExampleRun {
    /** The file that it stands in: a program, or a grid file that belongs to one. */
    uri: string;
    name: string;
    /** Held out: reported, never shown to the synthesizer. */
    test: boolean;
    /** How many of the same kind and name stand above it in its file. */
    ordinal: number;
    /** Undecided: it was not run, or only up to a hole or a mistake. */
    verdict: Verdict;
    /** How it went, in a clause. */
    message: string;
    /** Where it fails by its world: the one that it expects, and the one that the run has left. */
    expected: string | undefined;
    actual: string | undefined;
    /** Where its block begins in that file; undefined where the server does not say. */
    line: number | undefined;
    /** The last line of its block. */
    lastLine: number | undefined;
}

export interface Runs {
    passed: number;
    total: number;
    examples: ExampleRun[];
}

/** The examples of some documents, and how they went with these versions of them. */
export interface Verdicts {
    documents: { uri: string; version: number | undefined }[];
    examples: ExampleRun[];
}

/**
 * A server's answer, whatever it is; undefined where it is no such thing. An example of which it says no file
 * stands in the one that was `asked` about.
 */
export function readRuns(answer: unknown, asked: string): Runs | undefined {
    if (!isRecord(answer) || !Array.isArray(answer["examples"])) {
        return undefined;
    }
    const examples = answer["examples"].filter(isRecord).map((example): ExampleRun => {
        const block = lines(example["block"]) ?? lines(example["range"]);
        const { uri, name, ordinal, verdict, message, expected, actual } = example;
        return {
            uri: typeof uri === "string" ? uri : asked,
            name: typeof name === "string" ? name : "",
            test: example["test"] === true,
            ordinal: typeof ordinal === "number" ? ordinal : 0,
            verdict: verdict === "passes" || verdict === "fails" ? verdict : "undecided",
            message: typeof message === "string" ? message : "",
            expected: typeof expected === "string" ? expected : undefined,
            actual: typeof actual === "string" ? actual : undefined,
            line: block?.first,
            lastLine: block?.last,
        };
    });
    const passed = examples.filter((example) => example.verdict === "passes").length;
    return { passed, total: examples.length, examples };
}

/** The parameters of `karel/verdicts`; undefined where they are no such thing. */
export function readVerdicts(params: unknown): Verdicts | undefined {
    const examples = readRuns(params, "")?.examples;
    if (examples === undefined || !isRecord(params) || !Array.isArray(params["documents"])) {
        return undefined;
    }
    const documents = params["documents"].filter(isRecord).map(({ uri, version }) => ({
        uri: String(uri),
        version: typeof version === "number" ? version : undefined,
    }));
    return { documents, examples };
}

/** Tells an example from all others of its file, and is the same after an edit elsewhere. */
export function exampleId({ test, name, ordinal }: Pick<ExampleRun, "test" | "name" | "ordinal">): string {
    return `${test ? "test" : "example"} ${ordinal} ${name}`;
}

/** What [`exampleId`] was made of; undefined where it is none. */
export function parseExampleId(id: string): Pick<ExampleRun, "test" | "name" | "ordinal"> | undefined {
    const [, kind, ordinal, name] = /^(test|example) (\d+) (.*)$/s.exec(id) ?? [];
    return name === undefined ? undefined : { test: kind === "test", name, ordinal: Number(ordinal) };
}

/** The example whose block holds the line, else the last one that begins above it. */
export function exampleAt(examples: readonly ExampleRun[], line: number): ExampleRun | undefined {
    const above = examples.filter((example) => example.line !== undefined && example.line <= line);
    const holding = above.find((example) => line <= (example.lastLine ?? -1));
    return holding ?? above.at(-1);
}

/** The example whose block holds the line. */
export function exampleIn(examples: readonly ExampleRun[], line: number): ExampleRun | undefined {
    const here = exampleAt(examples, line);
    return here !== undefined && line <= (here.lastLine ?? -1) ? here : undefined;
}

/** How messages about recorded runs name the example. */
export function nameOf({ name, test, ordinal, uri }: ExampleRun) {
    return { name, kind: test ? "test" : "example", ordinal, uri };
}

export function summary(runs: Runs): string {
    if (runs.total === 0) {
        return "There is no example block here to run.";
    }
    if (runs.passed === runs.total) {
        return runs.total === 1 ? "The example passes." : `All ${runs.total} examples pass.`;
    }
    const undecided = runs.examples.filter((example) => example.verdict === "undecided").length;
    return `${runs.passed} of ${runs.total} examples pass${undecided > 0 ? `, ${undecided} undecided` : ""}.`;
}

function lines(range: unknown): { first: number; last: number } | undefined {
    const line = (position: unknown) => (isRecord(position) ? position["line"] : undefined);
    const [first, last] = isRecord(range) ? [line(range["start"]), line(range["end"])] : [];
    return typeof first === "number" ? { first, last: typeof last === "number" ? last : first } : undefined;
}

interface Place {
    line: number;
    character: number;
}

/** A range of the protocol; undefined where it is none. */
export function range(value: unknown): { start: Place; end: Place } | undefined {
    const place = (position: unknown): position is Place =>
        isRecord(position) && typeof position["line"] === "number" && typeof position["character"] === "number";
    const { start, end } = isRecord(value) ? value : {};
    return place(start) && place(end) ? { start, end } : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
