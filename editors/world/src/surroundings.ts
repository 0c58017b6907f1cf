/** What the page needs of where it is shown: a clock, and a place to keep what is to be found again. */
import type { ExampleKey } from "./contract";

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

/** What the model needs of where the page is shown. */
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
