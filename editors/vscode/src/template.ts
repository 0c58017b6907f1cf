/** The answer of `karel.templates`, and names for new files. No VS Code here. */

export interface Template {
    /** Also the file's name, without its ending. */
    name: string;
    title: string;
    description: string;
    text: string;
}

/** A server's answer, whatever it is; what is no template is left out. */
export function readTemplates(answer: unknown): Template[] {
    const isTemplate = (value: unknown): value is Template =>
        typeof value === "object" &&
        value !== null &&
        ["name", "title", "description", "text"].every(
            (key) => typeof (value as Record<string, unknown>)[key] === "string",
        );
    return Array.isArray(answer) ? answer.filter(isTemplate) : [];
}

export function withEnding(name: string): string {
    return name.trim().endsWith(".karel") ? name.trim() : `${name.trim()}.karel`;
}

/** Why no file of this name can be made; undefined where one can. */
export function fileNameProblem(name: string, there: ReadonlySet<string>): string | undefined {
    const file = withEnding(name);
    if (file === ".karel") {
        return "Give the file a name.";
    }
    if (/[\\/:*?"<>|]/.test(file)) {
        return "A file's name holds no \\ / : * ? \" < > |.";
    }
    return there.has(file) ? `${file} is there already: choose another name.` : undefined;
}
