/**
 * What the page shows: asks the host for examples and recordings, and again where they are edited; its parts do the rest.
 * No DOM here; whoever shows it is told of every change.
 */
import type {
    DocumentText,
    DocumentVersion,
    ExampleItem,
    ExampleName,
    Page,
    Question,
    Recording,
    Recordings,
} from "./contract";
import { find, key } from "./examples";
import { Finder } from "./finder";
import { Follower } from "./follower";
import { Pages } from "./pages";
import { Pencil } from "./pencil";
import { Player } from "./player";
import { type Connection, OUTDATED, Refusal } from "./rpc";
import { initial, type State } from "./state";
import type { Place, Surroundings } from "./surroundings";
import { said } from "./words";

/** Milliseconds before what has changed meanwhile is asked for again: who types goes on typing. */
const RETRY = 100;

export class Model {
    state: State;
    readonly finder: Finder;
    readonly pencil: Pencil;
    readonly player: Player;
    readonly follower: Follower;
    private readonly listeners = new Set<() => void>();
    /** Counts what was asked for: the answer to anything but the last is late, and dropped. */
    private asking = 0;
    private refreshing: "no" | "once" | "again" = "no";
    private restoring: Place | undefined;
    /** What was last asked for; the example and the moment only until they are shown. */
    private wanted: { uri: string; example?: ExampleName | undefined; at?: number | undefined } | undefined;

    constructor(
        private readonly connection: Connection,
        private readonly surroundings: Surroundings,
    ) {
        this.restoring = surroundings.load();
        this.state = initial(this.restoring, surroundings.editor);
        this.finder = new Finder({
            connection,
            shown: () => {
                const { document, selected } = this.state;
                return document && selected !== undefined ? { uri: document.uri, example: selected } : undefined;
            },
            paged: (recording) => this.paged(recording),
            search: () => this.state.search,
            show: (search) => this.change({ search, ...(search && { playing: false }) }),
            trouble: (error) => this.trouble(error),
        });
        this.pencil = new Pencil({
            connection,
            state: () => this.state,
            change: (change) => this.change(change),
            refreshing: () => this.refreshing !== "no",
            refresh: () => this.refresh(),
            select: (index) => this.select(index),
            trouble: (error) => this.trouble(error),
        });
        this.player = new Player({
            connection,
            surroundings,
            state: () => this.state,
            change: (change) => this.change(change),
            keep: () => this.keep(),
            moved: () => this.follower.highlight(),
            trouble: (error) => this.trouble(error),
        });
        this.follower = new Follower({
            connection,
            surroundings,
            state: () => this.state,
            change: (change) => this.change(change),
            chosen: () => this.chosen(),
            select: (index) => this.select(index),
            seek: (at) => this.player.seek(at),
            go: (at) => this.player.go(at),
            ask: (method, params) => this.ask(method, params, ++this.asking),
            keep: () => this.keep(),
        });
        connection.on("karel/show", (params) => this.onShow(params));
        connection.on("karel/cursor", (params) => this.follower.onCursor(params));
        connection.on("karel/recordingsOutdated", (params) => this.onOutdated(params));
    }

    subscribe(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    /** The transport is open, for the first time or again: what is shown is asked for anew. */
    connected(): void {
        const again = this.state.link === "lost";
        // What was asked while nobody listened gets no answer.
        this.connection.abandon("The connection to the language server was lost.");
        this.change({ link: "open", problem: undefined });
        this.follower.connected();
        this.connection.notify("karel/ready", {});
        if (again && this.state.document !== undefined) {
            this.refresh();
        }
    }

    disconnected(): void {
        this.refreshing = "no";
        this.change({ link: "lost", playing: false, seeking: undefined });
        this.connection.abandon("The connection to the language server is lost.");
    }

    /** Shows a file's examples, and one of them at one moment of its run. */
    async show(uri: string, example?: ExampleName, at?: number): Promise<void> {
        // Of a program and its example files, the one that is worked on changes; the example that is looked at need not.
        const same = [this.wanted?.uri, this.state.document?.uri, this.chosen()?.uri].includes(uri);
        const wanted = this.wanted?.uri === uri && example === undefined ? this.wanted : { uri, example, at };
        this.wanted = wanted;
        // It is kept until something is shown: a host may say twice what to show.
        const kept = this.restoring;
        const restored = kept?.uri === uri && wanted.example === undefined ? kept : undefined;
        if (!same) {
            this.change({
                document: { uri, version: null },
                examples: undefined,
                selected: undefined,
                pages: undefined,
                frame: undefined,
                cursor: undefined,
                playing: false,
                stale: undefined,
            });
            this.finder.close();
        }
        const asking = ++this.asking;
        const answer = await this.list(uri, asking);
        if (answer === undefined) {
            return;
        }
        const { document, examples } = answer;
        this.change({ document, examples, problem: undefined });
        // What can't be run is never shown but as it is drawn: it is in the text now.
        this.pencil.settle();
        // An example file's own come before the others of its program.
        const own = uri === document.uri ? [] : examples.filter((one) => one.uri === uri);
        const first = own.length > 0 ? own : examples;
        const named = wanted.example ?? restored?.example;
        const found = named === undefined ? this.chosen() : find(examples, named);
        const chosen = found ?? first.find(({ verdict }) => verdict === "fails") ?? first[0];
        if (chosen === undefined) {
            const spoken = "There is no example here yet.";
            this.change({ selected: undefined, pages: undefined, frame: undefined, spoken });
            return;
        }
        const shown = chosen.index === this.state.selected ? this.state.frame?.at : undefined;
        await this.select(chosen.index, wanted.at ?? restored?.at ?? shown ?? 0);
    }

    /** Shows the run of an example, from its beginning unless a moment is given. */
    async select(index: number, at = 0): Promise<void> {
        const { document } = this.state;
        if (document === undefined) {
            return;
        }
        const asking = ++this.asking;
        if (index !== this.state.selected) {
            this.pencil.drop();
            const drawing = this.state.drawing && {};
            const cleared = { playing: false, cursor: undefined, stale: undefined, refused: undefined };
            this.change({ ...cleared, selected: index, drawing });
        }
        const textDocument = { uri: document.uri };
        const recording = await this.ask<Recording>("karel/recording", { textDocument, example: index }, asking);
        if (recording !== undefined) {
            this.replace(recording, at);
        }
    }

    /** Selects the example that is so many further on. */
    next(by: 1 | -1): void {
        const { examples, selected } = this.state;
        if (examples !== undefined && examples.length > 0) {
            const place = examples.findIndex(({ index }) => index === selected);
            const to = examples[(place + by + examples.length) % examples.length];
            if (to !== undefined) {
                void this.select(to.index);
            }
        }
    }

    setExpected(expected: boolean): void {
        this.change({ expected });
        this.keep();
    }

    /** Takes the answer of that number to the question; null: none of them is right. */
    async answer(number: number | null): Promise<void> {
        const { question } = this.state;
        if (question === undefined) {
            return;
        }
        const { uri, version } = question.asked.document;
        try {
            const params = { textDocument: { uri }, version, answer: number };
            await this.pencil.adding(number === null, this.connection.request("karel/answer", params));
            this.change({ question: undefined });
        } catch (error) {
            this.trouble(error);
        }
    }

    /** The user does not want to be asked, or does again. */
    dismiss(dismissed: boolean): void {
        const { question } = this.state;
        if (question !== undefined) {
            this.change({ question: { ...question, dismissed } });
        }
    }

    private chosen(): ExampleItem | undefined {
        return this.state.examples?.find(({ index }) => index === this.state.selected);
    }

    private replace(recording: Recording, at: number): void {
        const pages = this.paged(recording);
        const examples = this.state.examples?.map((example) =>
            example.index === recording.example.index ? recording.example : example,
        );
        this.restoring = undefined;
        this.wanted = this.wanted && { uri: this.wanted.uri };
        void this.inquire(recording.document);
        this.finder.refresh();
        this.change({ pages, examples, stale: undefined, problem: undefined, cursor: undefined, seeking: undefined });
        this.player.begin(Math.min(at, pages.length));
        void this.read(recording.document);
        this.pencil.settle();
    }

    /** Looks whether the last synthesis has left a question open. Not every host can be asked. */
    private async inquire(document: DocumentVersion): Promise<void> {
        const params = { textDocument: { uri: document.uri } };
        const asked = await this.connection.request<Question | null>("karel/question", params).catch(() => null);
        if (this.state.pages?.recording.document.uri !== document.uri) {
            return;
        }
        if (asked === null) {
            this.change({ question: undefined });
            return;
        }
        const before = this.state.question;
        const same = before !== undefined && endings(before.asked) === endings(asked);
        const pages = asked.answers.map(({ recording }) => this.paged(recording));
        this.change({ question: { asked, pages, dismissed: same && before.dismissed } });
    }

    private paged(recording: Recording): Pages {
        const { id } = recording;
        return new Pages(recording, (from, count) =>
            this.connection.request<Page>("karel/recordingSteps", { id, from, count }),
        );
    }

    /** Gets the program's text, unless this very one is here. */
    private async read(document: DocumentVersion): Promise<void> {
        const known = this.state.text?.document;
        const same = known?.uri === document.uri && known.version === document.version && document.version !== null;
        if (this.state.editor || same) {
            return;
        }
        const params = { textDocument: { uri: document.uri } };
        const text = await this.connection.request<DocumentText>("karel/text", params).catch(() => undefined);
        if (this.state.pages?.recording.document.uri === document.uri) {
            this.change({ text });
        }
    }

    /** Asks again for what is shown; once more when that is answered, if it was outdated meanwhile. */
    private refresh(): void {
        if (this.refreshing !== "no") {
            this.refreshing = "again";
            return;
        }
        this.refreshing = "once";
        void this.refreshNow().finally(() => {
            const again = this.refreshing === "again";
            this.refreshing = "no";
            if (again) {
                this.refresh();
            } else {
                void this.pencil.editNow();
            }
        });
    }

    private async refreshNow(): Promise<void> {
        const { document, frame, pages } = this.state;
        const chosen = this.chosen();
        if (document === undefined) {
            return;
        }
        if (pages === undefined && this.wanted !== undefined) {
            // Nothing is shown yet: what was asked for still is.
            await this.show(this.wanted.uri, this.wanted.example, this.wanted.at);
            return;
        }
        const asking = ++this.asking;
        const textDocument = { uri: document.uri };
        const answer = await this.list(document.uri, asking);
        if (answer === undefined) {
            return;
        }
        // One that has become a test, or is none any more, is still the one that was looked at.
        const same =
            chosen === undefined
                ? answer.examples[0]
                : (find(answer.examples, key(chosen)) ?? find(answer.examples, { name: chosen.name, uri: chosen.uri }));
        this.change({ document: answer.document, examples: answer.examples, problem: undefined });
        if (this.pencil.showAdded()) {
            return;
        }
        if (same === undefined) {
            this.change({ stale: "gone", selected: undefined, playing: false });
            return;
        }
        this.change({ selected: same.index });
        const recording = await this.ask<Recording>("karel/recording", { textDocument, example: same.index }, asking);
        if (recording !== undefined) {
            // Who looks at the end goes on looking at the end.
            const ended = frame !== undefined && pages !== undefined && frame.at === pages.length && pages.length > 0;
            this.replace(recording, ended ? recording.length : (this.state.frame?.at ?? 0));
        }
    }

    private onShow(params: unknown): void {
        const { uri, example, step, editor, undo, synthesis, find } = params as {
            uri: string;
            example?: ExampleName | null;
            step?: number | null;
            editor?: boolean;
            undo?: boolean;
            synthesis?: boolean;
            find?: boolean;
        };
        // A browser, too, may stand beside an editor.
        this.change({ editor: editor ?? this.state.editor, undo: undo ?? false, synthesis: synthesis ?? false });
        void this.show(uri, example ?? undefined, step ?? undefined).then(() => {
            if (find === true) {
                void this.finder.look();
            }
        });
    }

    private onOutdated(params: unknown): void {
        const { uri, ids } = params as { uri: string; ids?: string[] };
        const { document, pages } = this.state;
        if (
            document?.uri === uri ||
            pages?.recording.document.uri === uri ||
            (pages !== undefined && ids?.includes(pages.recording.id))
        ) {
            if (pages !== undefined) {
                this.change({ stale: "edited" });
            }
            this.refresh();
        }
    }

    /** All examples of the file, of which one answer has two hundred. */
    private async list(uri: string, asking: number): Promise<Recordings | undefined> {
        const textDocument = { uri };
        const list = await this.ask<Recordings>("karel/recordings", { textDocument }, asking);
        while (list !== undefined && list.examples.length < list.total) {
            const from = list.examples.length;
            const more = await this.ask<Recordings>("karel/recordings", { textDocument, from }, asking);
            if (more === undefined) {
                return undefined;
            }
            if (more.examples.length === 0) {
                break;
            }
            list.examples.push(...more.examples);
        }
        return list;
    }

    /** What the host answers; undefined where it refused, or where something else was asked for meanwhile. */
    private async ask<Result>(method: string, params: object, asking: number): Promise<Result | undefined> {
        try {
            const answer = await this.connection.request<Result>(method, params);
            return asking === this.asking ? answer : undefined;
        } catch (error) {
            if (asking === this.asking) {
                this.trouble(error);
            }
            return undefined;
        }
    }

    private trouble(error: unknown): void {
        if (error instanceof Refusal && error.code === OUTDATED) {
            this.surroundings.after(RETRY, () => this.refresh());
            return;
        }
        if (this.state.link !== "lost") {
            this.change({ problem: said(error) });
        }
    }

    private keep(): void {
        const { frame, speed, follow, expected } = this.state;
        const chosen = this.chosen();
        if (this.wanted !== undefined) {
            const { uri } = this.wanted;
            const example = chosen === undefined ? undefined : key(chosen);
            this.surroundings.save({ uri, example, at: frame?.at ?? 0, speed, follow, expected });
        }
    }

    private change(change: { [Key in keyof State]?: State[Key] | undefined }): void {
        this.state = { ...this.state, ...change } as State;
        this.listeners.forEach((listener) => listener());
    }
}

/** Tells questions apart. */
function endings({ input, answers }: Question): string {
    return JSON.stringify([input, answers.map(({ recording }) => recording.end)]);
}
