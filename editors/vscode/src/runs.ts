/** What the server's command `karel.runExamples` answers, and how it is told. No VS Code here. */

export interface ExampleRun {
    name: string;
    /** Held out: reported, never shown to the synthesizer. */
    test: boolean;
    passed: boolean;
    /** Why it did not pass; empty where it did. */
    message: string;
    /** Where its block begins, if it lies in the document that was asked about. */
    line: number | undefined;
}

export interface Runs {
    passed: number;
    total: number;
    examples: ExampleRun[];
}

/** A server's answer, whatever it is; undefined where it is no such thing. */
export function readRuns(answer: unknown): Runs | undefined {
    if (!isRecord(answer) || !Array.isArray(answer["examples"])) {
        return undefined;
    }
    const examples = answer["examples"].filter(isRecord).map((example): ExampleRun => {
        const range = example["range"];
        const start = isRecord(range) ? range["start"] : undefined;
        const line = isRecord(start) ? start["line"] : undefined;
        return {
            name: typeof example["name"] === "string" ? example["name"] : "",
            test: example["test"] === true,
            passed: example["passed"] === true,
            message: typeof example["message"] === "string" ? example["message"] : "",
            line: typeof line === "number" ? line : undefined,
        };
    });
    return { passed: examples.filter((example) => example.passed).length, total: examples.length, examples };
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
