/** All that the page shows, at one moment of its life. */
import type { DocumentText, DocumentVersion, ExampleItem, Occurrences, Position, Question } from "./contract";
import type { Search } from "./finder";
import type { Frame } from "./frame";
import type { Pages } from "./pages";
import type { Drafts } from "./pencil";
import type { Place } from "./surroundings";
import { title } from "./words";

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

/** Before anything is known but what was kept; `editor`: one stands beside the page. */
export function initial(kept: Place | undefined, editor: boolean): State {
    return {
        link: "waiting",
        document: undefined,
        examples: undefined,
        selected: undefined,
        pages: undefined,
        frame: undefined,
        seeking: undefined,
        playing: false,
        speed: kept?.speed ?? 4,
        stale: undefined,
        problem: undefined,
        refused: undefined,
        expected: kept?.expected ?? true,
        follow: kept?.follow ?? true,
        cursor: undefined,
        text: undefined,
        question: undefined,
        search: undefined,
        drawing: undefined,
        editor,
        undo: false,
        synthesis: false,
        spoken: "",
    };
}

/** A heading for the page. */
export function heading({ examples, selected, pages, stale }: State): string {
    const chosen = stale === "gone" ? pages?.recording.example : examples?.find(({ index }) => index === selected);
    return chosen === undefined ? "" : title(chosen);
}
