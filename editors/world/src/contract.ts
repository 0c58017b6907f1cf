/** What the page and its host say to each other: `server/PROTOCOL.md`, as types. No DOM here, and no transport. */

export type Heading = "north" | "east" | "south" | "west";

export interface Position {
    line: number;
    /** In UTF-16 units, as in the language server protocol. */
    character: number;
}

export interface Range {
    start: Position;
    end: Position;
}

/** Rows count from the southernmost, columns from the westernmost, both from 0. */
export interface Robot {
    row: number;
    col: number;
    heading: Heading;
}

export interface World {
    rows: number;
    cols: number;
    walls: [row: number, col: number][];
    markers: [row: number, col: number, count: number][];
    robot: Robot;
}

export type Verdict = "passes" | "fails" | "undecided";

export interface ExampleItem {
    /** Its place among all of the program's. */
    index: number;
    name: string;
    /** A test is held out: the synthesis never sees it. */
    kind: "example" | "test";
    /** How many of the same kind and name stand above it in its file. */
    ordinal: number;
    /** The file that it stands in: the program, or an example file. */
    uri: string;
    /** Its name. */
    range: Range;
    /** All of it. */
    block: Range;
    /** Null: it can't be run. */
    verdict: Verdict | null;
    /** How it went, in a clause. */
    message: string | null;
    input: World | null;
    expected: World | null;
    /** The example expects a crash. */
    crashes: boolean;
}

export interface DocumentVersion {
    uri: string;
    version: number | null;
}

/** The answer to `karel/recordings`. */
export interface Recordings {
    document: DocumentVersion;
    /** How many there are, of which at most 200 are listed at once. */
    total: number;
    examples: ExampleItem[];
}

/** Names an example: by its index, or so that it is found again after an edit elsewhere. */
export type ExampleName = number | string | ExampleKey;

export interface ExampleKey {
    name: string;
    kind?: ExampleItem["kind"];
    ordinal?: number;
    uri?: string;
}

export type OutcomeKind = "finished" | "crashed" | "outOfTicks" | "endlessLoop" | "tooDeep" | "hole" | "mistake";

export interface Outcome {
    kind: OutcomeKind;
    /** For people. */
    message: string;
    /** The statement at which the run ended, where there is one. */
    range: Range | null;
    /** The cell that the robot could not enter, perhaps outside of the world by one; null: it did not crash so. */
    at: [row: number, col: number] | null;
}

export interface Step {
    /** The statement; of one with a block, its head. */
    range: Range;
    kind: "action" | "condition" | "round";
    /** The statement as one writes it. */
    name: string;
    /** As it was before the step. */
    robot: Robot;
    markerChange: -1 | 0 | 1;
    condition?: { test: string; negated: boolean; value: boolean };
    round?: { done: number; count: number };
    /** How many calls are active. */
    depth: number;
}

/** Some consecutive steps, and the world before the first of them. */
export interface Page {
    from: number;
    /** The actions that are carried out before it. */
    actions: number;
    world: World;
    steps: Step[];
}

/** The answer to `karel/recording`. */
export interface Recording {
    id: string;
    document: DocumentVersion;
    example: ExampleItem;
    start: World;
    /** Steps that are recorded. */
    length: number;
    ticks: number;
    /** False: the run goes on after the steps that are recorded. */
    complete: boolean;
    outcome: Outcome;
    end: World;
    expected: World | null;
    /** The cells in which the end differs from what is expected. */
    differences: [row: number, col: number][];
    robotDiffers: boolean;
    /** No cells are compared then. */
    sizeDiffers: boolean;
    page: Page;
}

/** The answer to `karel/occurrences`. */
export interface Occurrences {
    /** The innermost statement there; null: there is none. */
    range: Range | null;
    /** How often it is carried out. */
    total: number;
    /** The number of the first one that is listed. */
    from: number;
    /** The steps before which it is; the run's length for the statement at which it stopped. */
    steps: number[];
}

/** The answer to `karel/text`. */
export interface DocumentText {
    document: DocumentVersion;
    text: string;
}

/** One way in which the deciding world may end. */
export interface Answer {
    /** The numbers of the programs that end so, from 1. */
    programs: number[];
    /** What tells it from the others, a clause. */
    description: string;
    /** The cells that are different in another answer. */
    marked: [row: number, col: number][];
    /** The whole file with the first of the programs in it. */
    text: string;
    /** The run of that program. */
    recording: Recording;
}

/** The answer to `karel/question`: which of several programs is meant? */
export interface Question {
    document: DocumentVersion;
    /** How many programs there are. */
    programs: number;
    input: World;
    /** At least two, all different; that of the best program first. */
    answers: Answer[];
    /** How many of the programs crash there, and how many come to no end. */
    crashing: number;
    endless: number;
}

/** The answer to `karel/find`. */
export interface Finding {
    /** How many programs `karel/candidates` gives now. */
    programs: number;
    /** What there is to say about them. */
    message: string | null;
}

/** The answer to `karel/candidates`: the programs that the last synthesis found. */
export interface Candidates {
    document: DocumentVersion;
    /** The best first. */
    candidates: Candidate[];
    /** The first one is the user's own. */
    besideOwn: boolean;
}

export interface Candidate {
    /** The whole file with the program in it. */
    text: string;
    /** It is what stands in the file. */
    isCurrent: boolean;
    /** How many of the examples it passes, of those that can be run. */
    passed: number;
    examples: number;
    /** Its run of the example that was asked for. */
    recording: Recording | null;
}

/** What `karel/edit` is to change of an example. */
export type Change =
    | { kind: "world"; of: Side; world: World }
    | { kind: "runOutput" }
    | { kind: "copy" }
    | { kind: "new" }
    | { kind: "test" }
    | { kind: "example" };

export type Side = "input" | "output";
