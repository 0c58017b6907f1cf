/** What the server's command `karel.runExamples` answers, and how it is told. No VS Code here. */

export interface ExampleRun {
    /** The file that it stands in: a program, or a grid file that belongs to one. */
    uri: string;
    name: string;
    /** Held out: reported, never shown to the synthesizer. */
    test: boolean;
    passed: boolean;
    /** Why it did not pass; empty where it did. */
    message: string;
    /** Where its block begins in that file; undefined where the server does not say. */
    line: number | undefined;
}

export interface Runs {
    passed: number;
    total: number;
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
        const range = example["range"];
        const start = isRecord(range) ? range["start"] : undefined;
        const line = isRecord(start) ? start["line"] : undefined;
        return {
            uri: typeof example["uri"] === "string" ? example["uri"] : asked,
            name: typeof example["name"] === "string" ? example["name"] : "",
            test: example["test"] === true,
            passed: example["passed"] === true,
            message: typeof example["message"] === "string" ? example["message"] : "",
            line: typeof line === "number" ? line : undefined,
        };
    });
    return { passed: examples.filter((example) => example.passed).length, total: examples.length, examples };
}

/**
 * Finds an example's run by its file and its name, as two files of one program may have examples of one name.
 * `normal` gives the one spelling of a URI that several may have.
 */
export function runFinder(runs: Runs, normal: (uri: string) => string) {
    const key = (uri: string, name: string) => JSON.stringify([normal(uri), name]);
    const byKey = new Map(runs.examples.map((run) => [key(run.uri, run.name), run]));
    return (uri: string, name: string): ExampleRun | undefined => byKey.get(key(uri, name));
}

export function summary(runs: Runs): string {
    if (runs.total === 0) {
        return "There is no example block here to run.";
    }
    if (runs.passed === runs.total) {
        return runs.total === 1 ? "The example passes." : `All ${runs.total} examples pass.`;
    }
    return `${runs.passed} of ${runs.total} examples pass.`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
