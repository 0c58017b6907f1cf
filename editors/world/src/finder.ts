/** Programs that pass all examples: looked for, and looked at before one is taken. */
import type { Candidates, ExampleName, Finding, Recording } from "./contract";
import type { Pages } from "./pages";
import type { Connection } from "./rpc";
import type { State } from "./state";

export type Search =
    /** They are being looked for. */
    | { kind: "running" }
    /** They were found; `message` says what there is to know about them. */
    | { kind: "found"; asked: Candidates; runs: Pages[]; message: string | undefined };

/** What the finder needs of the page. */
interface Page {
    connection: Connection;
    /** The program that is shown, and the example that candidates are run on. */
    shown(): { uri: string; example: ExampleName } | undefined;
    paged(recording: Recording): Pages;
    /** What is seen of the search; undefined: nothing. */
    search(): Search | undefined;
    show(search: Search | undefined): void;
    trouble(error: unknown): void;
}

/** Whether somebody looks for programs. */
export function canFind({ editor, synthesis }: State): boolean {
    return editor || synthesis;
}

export class Finder {
    private stop: AbortController | undefined;
    /** Counts what was asked for: the answer to anything but the last is late. */
    private asking = 0;

    constructor(private readonly page: Page) {}

    /** Shows the programs of the last synthesis; looks for some where there are none. */
    async look(): Promise<void> {
        if (!(await this.list(undefined))) {
            await this.find();
        }
    }

    async find(): Promise<void> {
        const shown = this.page.shown();
        if (shown === undefined) {
            return;
        }
        this.stop?.abort();
        const stop = new AbortController();
        this.stop = stop;
        this.page.show({ kind: "running" });
        const textDocument = { uri: shown.uri };
        try {
            const { connection } = this.page;
            const { message } = await connection.request<Finding>("karel/find", { textDocument }, stop.signal);
            if (!stop.signal.aborted && !(await this.list(message ?? undefined))) {
                this.close();
            }
        } catch (error) {
            if (this.stop === stop) {
                this.close();
            }
            if (!stop.signal.aborted) {
                this.page.trouble(error);
            }
        }
    }

    /** Ends the search, or what is seen of it. */
    close(): void {
        this.asking++;
        this.stop?.abort();
        this.stop = undefined;
        this.page.show(undefined);
    }

    /** Has the program of that number put into the text. */
    async take(number: number): Promise<void> {
        const search = this.page.search();
        if (search?.kind !== "found") {
            return;
        }
        const { uri, version } = search.asked.document;
        try {
            const params = { textDocument: { uri }, version, candidate: number };
            await this.page.connection.request("karel/take", params);
            this.close();
        } catch (error) {
            this.page.trouble(error);
        }
    }

    /** The text has changed, or another example is looked at. */
    refresh(): void {
        const search = this.page.search();
        if (search?.kind === "found") {
            const { message } = search;
            void this.list(message).then((any) => !any && this.close());
        }
    }

    /** Whether there are any. */
    private async list(message: string | undefined): Promise<boolean> {
        const shown = this.page.shown();
        if (shown === undefined) {
            return false;
        }
        const asking = ++this.asking;
        const params = { textDocument: { uri: shown.uri }, example: shown.example };
        const asked = await this.page.connection
            .request<Candidates | null>("karel/candidates", params)
            .catch(() => null);
        if (asking !== this.asking) {
            return true;
        }
        if (asked === null) {
            return false;
        }
        const runs = asked.candidates.flatMap(({ recording }) =>
            recording === null ? [] : [this.page.paged(recording)],
        );
        this.page.show({ kind: "found", asked, runs, message });
        return true;
    }
}
