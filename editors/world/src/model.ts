/**
 * What the page shows and what its buttons do: asks the host for examples and recordings, moves through a run, plays it,
 * follows edits and the cursor. No DOM here; whoever shows it is told of every change.
 */
import type {
    DocumentText,
    DocumentVersion,
    ExampleItem,
    ExampleKey,
    ExampleName,
    Occurrences,
    Page,
    Position,
    Question,
    Range,
    Recording,
    Recordings,
} from "./contract";
import { find, key } from "./examples";
import type { Frame } from "./frame";
import { Finder, type Search } from "./finder";
import { type Drafts, Pencil } from "./pencil";
import { Pages } from "./pages";
import { type Connection, OUTDATED, Refusal } from "./rpc";
import { type Stride, stride } from "./seek";
import { said, spoken, title } from "./words";

/** Steps per second that can be chosen. */
export const SPEEDS: readonly number[] = [1, 2, 4, 8, 16, 60, 250, 1000, 10_000];

/** Milliseconds between two messages about the statement that is carried out. */
const HIGHLIGHT_PACE = 50;

/** Milliseconds before that is done: who types goes on typing. */
const RETRY = 100;

/** What is kept when the page is hidden or loaded anew. */
export interface Place {
    /** The file that was asked for; of an example file, the document that is shown is its program. */
    uri: string;
    example: ExampleKey | undefined;
    at: number;
    speed: number;
    follow: boolean;
    expected: boolean;
}

/** The statement at the editor's cursor, and when the run carries it out. */
export interface AtCursor {
    position: Position;
    occurrences: Occurrences;
}

export interface State {
    link: "waiting" | "open" | "lost";
    document: DocumentVersion | undefined;
    /** Undefined until they are known. */
    examples: ExampleItem[] | undefined;
    selected: number | undefined;
    pages: Pages | undefined;
    frame: Frame | undefined;
    /** The moment that is waited for. */
    seeking: number | undefined;
    playing: boolean;
    /** Steps per second. */
    speed: number;
    /** What is shown is not of the program as it is now. */
    stale: "edited" | "gone" | undefined;
    /** Why nothing, or nothing newer, can be shown. */
    problem: string | undefined;
    /** Why the last change was not made; it is to be read though what is shown is asked for anew. */
    refused: string | undefined;
    /** Show the expected world beside the run's. */
    expected: boolean;
    /** Go to the statement at the editor's cursor. */
    follow: boolean;
    cursor: AtCursor | undefined;
    /** The program, where there is no editor beside the page. */
    text: DocumentText | undefined;
    /** The question which of several programs is meant, where it is open. */
    question: OpenQuestion | undefined;
    /** Programs are looked for, or looked at. */
    search: Search | undefined;
    /** The example is being drawn; what is drawn and not in the text yet is here. */
    drawing: Drafts | undefined;
    /** An editor takes what is drawn. */
    editor: boolean;
    /** The host does, and undoes it where it is asked to. */
    undo: boolean;
    /** The host looks for programs that pass, where no editor does. */
    synthesis: boolean;
    /** What a screen reader is to say. */
    spoken: string;
}

export interface OpenQuestion {
    asked: Question;
    /** The runs of its answers. */
    pages: Pages[];
    /** The user does not want to be asked this. */
    dismissed: boolean;
}

/** What the model needs of its surroundings. */
export interface Surroundings {
    /** Milliseconds, on any clock that does not go back. */
    now(): number;
    /** Calls back before the next picture is drawn. */
    nextFrame(callback: () => void): void;
    after(milliseconds: number, callback: () => void): void;
    load(): Place | undefined;
    save(place: Place): void;
    /** An editor stands beside the page, and shows the program. */
    editor: boolean;
}

export class Model {
    state: State;
    readonly finder: Finder;
    readonly pencil: Pencil;
    private readonly listeners = new Set<() => void>();
    /** Counts what was asked for: the answer to anything but the last is late, and dropped. */
    private asking = 0;
    private moving = 0;
    private refreshing: "no" | "once" | "again" = "no";
    private restoring: Place | undefined;
    /** What was last asked for; the example and the moment only until they are shown. */
    private wanted: { uri: string; example?: ExampleName | undefined; at?: number | undefined } | undefined;
    /** The moment of the last played step. */
    private played = 0;
    private ticking = false;
    private highlighted = "";
    private highlightWaits = false;

    constructor(
        private readonly connection: Connection,
        private readonly surroundings: Surroundings,
    ) {
        this.restoring = surroundings.load();
        this.state = {
            link: "waiting",
            document: undefined,
            examples: undefined,
            selected: undefined,
            pages: undefined,
            frame: undefined,
            seeking: undefined,
            playing: false,
            speed: this.restoring?.speed ?? 4,
            stale: undefined,
            problem: undefined,
            refused: undefined,
            expected: this.restoring?.expected ?? true,
            follow: this.restoring?.follow ?? true,
            cursor: undefined,
            text: undefined,
            question: undefined,
            search: undefined,
            drawing: undefined,
            editor: surroundings.editor,
            undo: false,
            synthesis: false,
            spoken: "",
        };
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
        connection.on("karel/show", (params) => this.onShow(params));
        connection.on("karel/cursor", (params) => this.onCursor(params));
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
        this.highlighted = "";
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

    /** Goes to the moment before step `at`, or to the end. */
    seek(at: number): void {
        this.change({ playing: false });
        void this.go(at);
    }

    async stride(kind: Stride): Promise<void> {
        const { pages, frame, seeking } = this.state;
        if (pages === undefined || frame === undefined) {
            return;
        }
        // Keys that come faster than pages go on from where the last one leads.
        const from = seeking ?? frame.at;
        const moving = ++this.moving;
        this.change({ playing: false });
        const way = stride(kind, from, pages.length, pages.step(from));
        if (typeof way === "number") {
            void this.go(way);
            return;
        }
        try {
            const { id } = pages.recording;
            const { step } = await this.connection.request<{ step: number | null }>("karel/recordingSeek", {
                id,
                ...way,
            });
            if (moving === this.moving && this.state.pages === pages) {
                void this.go(step ?? (way.backwards ? 0 : pages.length));
            }
        } catch (error) {
            this.trouble(error);
        }
    }

    /** Goes to where the run shows what is wrong: its end. */
    toEnd(): void {
        this.seek(this.state.pages?.length ?? 0);
    }

    toggle(): void {
        const { playing, pages, frame } = this.state;
        if (pages === undefined || frame === undefined) {
            return;
        }
        if (playing) {
            this.change({ playing: false });
            this.speak();
            return;
        }
        if (frame.at >= pages.length) {
            void this.go(0);
        }
        this.played = this.surroundings.now();
        this.change({ playing: true });
        this.tick();
    }

    setSpeed(speed: number): void {
        this.played = this.surroundings.now();
        this.change({ speed });
        this.keep();
    }

    /** The next of the speeds that can be chosen. */
    faster(by: 1 | -1): void {
        const place = SPEEDS.findIndex((speed) => speed >= this.state.speed);
        this.setSpeed(SPEEDS[Math.max(0, Math.min(place + by, SPEEDS.length - 1))] ?? this.state.speed);
    }

    setExpected(expected: boolean): void {
        this.change({ expected });
        this.keep();
    }

    setFollow(follow: boolean): void {
        this.change({ follow, ...(follow ? {} : { cursor: undefined }) });
        this.keep();
    }

    /** Has the editor show the statement of a step; of the next one, or where the run ended, unless another is named. */
    reveal(at = this.state.frame?.at): void {
        const { pages, document } = this.state;
        if (pages === undefined || document === undefined || at === undefined) {
            return;
        }
        const step = pages.step(at);
        // At the end of a run that came to its end there is only the example to show.
        const range = step?.range ?? pages.recording.outcome.range ?? this.chosen()?.range;
        if (range !== undefined) {
            const uri = step === undefined && pages.recording.outcome.range === null ? this.chosen()?.uri : undefined;
            this.connection.notify("karel/reveal", { uri: uri ?? pages.recording.document.uri, range });
        }
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
        this.moving++;
        this.restoring = undefined;
        this.wanted = this.wanted && { uri: this.wanted.uri };
        void this.inquire(recording.document);
        this.finder.refresh();
        this.change({ pages, examples, stale: undefined, problem: undefined, cursor: undefined, seeking: undefined });
        this.played = this.surroundings.now();
        void this.go(Math.min(at, pages.length));
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

    /** Shows the moment as soon as its page is there, unless another one is wanted by then. */
    private async go(at: number): Promise<void> {
        const { pages } = this.state;
        if (pages === undefined) {
            return;
        }
        const to = Math.max(0, Math.min(at, pages.length));
        const moving = ++this.moving;
        if (!pages.has(to)) {
            this.change({ seeking: to });
            try {
                await pages.fetch(to);
            } catch (error) {
                if (moving === this.moving) {
                    this.change({ seeking: undefined, playing: false });
                    this.trouble(error);
                }
                return;
            }
        }
        if (moving === this.moving && this.state.pages === pages) {
            this.change({ frame: pages.frame(to), seeking: undefined });
            if (!this.state.playing) {
                this.speak();
            }
            this.keep();
            this.highlight();
        }
    }

    private tick(): void {
        if (this.ticking) {
            return;
        }
        this.ticking = true;
        this.surroundings.nextFrame(() => {
            this.ticking = false;
            if (this.state.playing) {
                this.advance();
                this.tick();
            }
        });
    }

    /** Plays the steps that are due. Where their page is not here yet, time stands still. */
    private advance(): void {
        const { pages, frame, speed, seeking } = this.state;
        if (pages === undefined || frame === undefined || seeking !== undefined) {
            this.played = this.surroundings.now();
            return;
        }
        const due = Math.floor(((this.surroundings.now() - this.played) * speed) / 1000);
        if (due > 0) {
            this.played += (due * 1000) / speed;
            const to = Math.min(frame.at + due, pages.length);
            if (to === pages.length) {
                this.change({ playing: false });
            }
            void this.go(to);
            // The next page is on its way before it is needed.
            void pages.fetch(Math.min(to + Math.max(speed, 500), pages.length)).catch(() => {});
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

    /** Goes to the first time that the statement at the cursor is carried out, unless it is the one that comes next. */
    private onCursor(params: unknown): void {
        const { uri, position } = params as { uri: string; position: Position };
        const { follow, pages, examples, selected, playing, stale } = this.state;
        if (!follow || playing || pages === undefined || stale !== undefined) {
            return;
        }
        const inside = examples?.find((example) => example.uri === uri && holds(example.block, position));
        if (inside !== undefined && inside.index !== selected) {
            void this.select(inside.index);
        } else if (inside === undefined && uri === pages.recording.document.uri) {
            void this.goToStatement(position);
        }
    }

    /** The world before the statement at this place of the program, the first time that it is carried out. */
    async goToStatement(position: Position): Promise<void> {
        const { pages } = this.state;
        if (pages === undefined) {
            return;
        }
        const asking = ++this.asking;
        const { id } = pages.recording;
        const occurrences = await this.ask<Occurrences>("karel/occurrences", { id, position }, asking);
        if (occurrences === undefined || this.state.pages !== pages) {
            return;
        }
        this.change({ cursor: occurrences.range === null ? undefined : { position, occurrences } });
        const [first] = occurrences.steps;
        const next = this.state.frame?.next;
        if (first !== undefined && (next === undefined || !holds(next.range, position))) {
            void this.go(first);
        }
    }

    /** Goes to the time of that number, from 0, that the statement at the cursor is carried out. */
    async goToOccurrence(number: number): Promise<void> {
        const { pages, cursor } = this.state;
        if (pages === undefined || cursor === undefined) {
            return;
        }
        const { occurrences, position } = cursor;
        const listed = occurrences.steps[number - occurrences.from];
        if (listed !== undefined) {
            this.seek(listed);
            return;
        }
        const asking = ++this.asking;
        const { id } = pages.recording;
        const from = Math.max(0, number - 500);
        const others = await this.ask<Occurrences>("karel/occurrences", { id, position, from }, asking);
        const step = others?.steps[number - others.from];
        if (others !== undefined && step !== undefined && this.state.pages === pages) {
            this.change({ cursor: { position, occurrences: others } });
            this.seek(step);
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

    private speak(): void {
        const { frame, pages } = this.state;
        if (frame !== undefined && pages !== undefined) {
            this.change({ spoken: spoken(frame, pages.recording) });
        }
    }

    /** Tells the host which statement comes next, not faster than an editor can show it. */
    private highlight(): void {
        if (this.highlightWaits) {
            return;
        }
        const { frame, pages } = this.state;
        if (frame === undefined || pages === undefined) {
            return;
        }
        const range: Range | null = frame.next?.range ?? pages.recording.outcome.range;
        const message = { ...pages.recording.document, range };
        const text = JSON.stringify(message);
        if (text !== this.highlighted) {
            this.highlighted = text;
            this.connection.notify("karel/highlight", message);
            this.highlightWaits = true;
            this.surroundings.after(HIGHLIGHT_PACE, () => {
                this.highlightWaits = false;
                this.highlight();
            });
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

/** A heading for the page. */
export function heading({ examples, selected, pages, stale }: State): string {
    const chosen = stale === "gone" ? pages?.recording.example : examples?.find(({ index }) => index === selected);
    return chosen === undefined ? "" : title(chosen);
}

/** Tells questions apart. */
function endings({ input, answers }: Question): string {
    return JSON.stringify([input, answers.map(({ recording }) => recording.end)]);
}

function holds({ start, end }: Range, { line, character }: Position): boolean {
    const afterStart = line > start.line || (line === start.line && character >= start.character);
    return afterStart && (line < end.line || (line === end.line && character <= end.character));
}
