/**
 * A toy of the language server, for the page's own tests: it reads well-formed programs, runs them, and answers the
 * requests of `server/PROTOCOL.md` about the runs.
 */
import type {
    Candidates,
    ExampleItem,
    Heading,
    Occurrences,
    Page,
    Position,
    Question,
    Range,
    Recording,
    Recordings,
    Robot,
    Step,
    World,
} from "../src/contract";
import { ahead, clear, type Ground, ground, turned } from "../src/frame";
import { count } from "../src/words";

interface Statement {
    range: Range;
    text: string;
    /** `move`, `while`, `repeat`, `if`, `else`, or a procedure's name. */
    word: string;
    argument: string;
    body: Statement[];
}

const ROBOTS: Record<string, Heading> = { "^": "north", ">": "east", v: "south", "<": "west" };

export function readWorld(text: string): World {
    const lines = text.trim().split("\n");
    const world: World = {
        rows: lines.length,
        cols: 0,
        walls: [],
        markers: [],
        robot: { row: 0, col: 0, heading: "north" },
    };
    lines.forEach((line, index) => {
        const row = lines.length - 1 - index;
        const cells = line.trim().split(/\s+/);
        world.cols = cells.length;
        cells.forEach((cell, col) => {
            const heading = ROBOTS[cell.charAt(0)];
            const count = Number(heading === undefined ? cell : cell.slice(1));
            if (heading !== undefined) {
                world.robot = { row, col, heading };
            }
            if (cell === "#") {
                world.walls.push([row, col]);
            } else if (count > 0) {
                world.markers.push([row, col, count]);
            }
        });
    });
    return world;
}

interface Example {
    name: string;
    kind: ExampleItem["kind"];
    line: number;
    last: number;
    input: World | null;
    output: World | null;
}

/** Reads a program's text. What is not well-formed is not read. */
export function read(text: string): { procedures: Map<string, Statement[]>; examples: Example[] } {
    const procedures = new Map<string, Statement[]>();
    const examples: Example[] = [];
    const lines = text.split("\n");
    let open: { indent: number; body: Statement[] }[] = [];
    for (let line = 0; line < lines.length; line++) {
        const content = (lines[line] ?? "").replace(/(^|\s)#.*$/, "");
        const indent = content.search(/\S/);
        const block = /^(example|test) "(.*)"/.exec(content);
        if (block !== null) {
            const grids: Record<string, World> = {};
            const first = line;
            let last = line;
            while (line + 1 < lines.length && /^(\s|$)/.test(lines[line + 1] ?? "")) {
                const label = /^\s+(input|output):/.exec(lines[++line] ?? "")?.[1];
                if (label !== undefined) {
                    const rows: string[] = [];
                    while (/^\s{8}\S/.test(lines[line + 1] ?? "")) {
                        rows.push(lines[++line] ?? "");
                    }
                    grids[label] = readWorld(rows.join("\n"));
                    last = line;
                }
            }
            const [input, output] = [grids["input"] ?? null, grids["output"] ?? null];
            examples.push({ name: block[2] ?? "", kind: block[1] as "example", line: first, last, input, output });
            continue;
        }
        if (indent < 0) {
            continue;
        }
        const definition = /^def (\w+)\(\):/.exec(content);
        if (definition !== null) {
            const body: Statement[] = [];
            procedures.set(definition[1] ?? "", body);
            open = [{ indent: 0, body }];
            continue;
        }
        open = open.filter((block) => block.indent < indent);
        const [, word = "", argument = ""] = /^\s*(\w+)(?:\((.*)\))?:?/.exec(content) ?? [];
        const written = content.trim().replace(/:$/, "");
        const range = { start: { line, character: indent }, end: { line, character: indent + written.length } };
        const statement: Statement = { range, text: written, word, argument, body: [] };
        open.at(-1)?.body.push(statement);
        open.push({ indent, body: statement.body });
    }
    return { procedures, examples };
}

/** A world as a grid has it. */
export function rowsOf(world: World): string[] {
    const { rows, cols, walls, markers, robot } = ground(world);
    const faces = { north: "^", east: ">", south: "v", west: "<" };
    return Array.from({ length: rows }, (_, at) => {
        const row = rows - 1 - at;
        return Array.from({ length: cols }, (_, col) => {
            const count = markers[row * cols + col] ?? 0;
            if (robot.row === row && robot.col === col) {
                return `${faces[robot.heading]}${count || ""}`;
            }
            return walls[row * cols + col] === 1 ? "#" : count > 0 ? String(count) : ".";
        }).join(" ");
    });
}

export interface Run {
    start: World;
    steps: Step[];
    /** Statements, by the number of the step at which each begins. */
    begun: Map<Statement, number[]>;
    end: World;
    outcome: Recording["outcome"];
}

class Stopped extends Error {
    constructor(readonly outcome: Recording["outcome"]) {
        super(outcome.message);
    }
}

export function worldOf({ rows, cols, walls, markers, robot }: Ground): World {
    const world: World = { rows, cols, walls: [], markers: [], robot };
    for (let row = rows - 1; row >= 0; row--) {
        for (let col = 0; col < cols; col++) {
            const cell = row * cols + col;
            if (walls[cell] === 1) {
                world.walls.push([row, col]);
            } else if ((markers[cell] ?? 0) > 0) {
                world.markers.push([row, col, markers[cell] ?? 0]);
            }
        }
    }
    return world;
}

/** Runs `main` for at most so many steps. */
export function run(procedures: Map<string, Statement[]>, start: World, limit: number): Run {
    const world = ground(start);
    const steps: Step[] = [];
    const begun = new Map<Statement, number[]>();
    const step = (statement: Statement, depth: number, rest: Partial<Step>) => {
        if (steps.length >= limit) {
            const message = `The run was stopped after ${limit} steps, the limit.`;
            throw new Stopped({ kind: "outOfTicks", message, range: statement.range, at: null });
        }
        const { range, text: name } = statement;
        steps.push({ range, name, kind: "action", robot: world.robot, markerChange: 0, depth, ...rest });
    };
    const note = (statement: Statement) => {
        const numbers = begun.get(statement) ?? [];
        begun.set(statement, numbers);
        numbers.push(steps.length);
    };
    const crash = (statement: Statement, why: string, at: [number, number] | null) => {
        const message = `${statement.text} ${why} at action ${actions(steps) + 1}.`;
        return new Stopped({ kind: "crashed", message, range: statement.range, at });
    };
    const test = (statement: Statement, depth: number): boolean => {
        const negated = statement.argument.startsWith("not(");
        const name = /(?:not\()?(\w+)/.exec(statement.argument)?.[1] ?? "";
        const here = (world.markers[world.robot.row * world.cols + world.robot.col] ?? 0) > 0;
        const values: Record<string, boolean> = {
            frontIsClear: clear(world, 0),
            leftIsClear: clear(world, -1),
            rightIsClear: clear(world, 1),
            markersPresent: here,
            noMarkersPresent: !here,
        };
        const value = (values[name] ?? false) !== negated;
        step(statement, depth, { kind: "condition", condition: { test: name, negated, value } });
        return value;
    };
    const act = (statement: Statement, depth: number) => {
        const cell = world.robot.row * world.cols + world.robot.col;
        const here = world.markers[cell] ?? 0;
        switch (statement.word) {
            case "move":
                if (!clear(world, 0)) {
                    throw crash(statement, "runs into a wall", cellOf(ahead(world.robot)));
                }
                step(statement, depth, {});
                world.robot = ahead(world.robot);
                return;
            case "turnLeft":
            case "turnRight":
                step(statement, depth, {});
                world.robot = turned(world.robot, statement.word === "turnLeft" ? -1 : 1);
                return;
            default: {
                const change = statement.word === "putMarker" ? 1 : -1;
                if (here + change < 0 || here + change > 9) {
                    throw crash(statement, change > 0 ? "finds no room" : "finds no marker", null);
                }
                step(statement, depth, { markerChange: change });
                world.markers[cell] = here + change;
            }
        }
    };
    const perform = (body: Statement[], depth: number) => {
        let chosen = false;
        for (const statement of body) {
            if (statement.word !== "repeat" && statement.word !== "while" && statement.word !== "else") {
                note(statement);
            }
            switch (statement.word) {
                case "repeat":
                    for (let done = 0; done < Number(statement.argument); done++) {
                        note(statement);
                        step(statement, depth, { kind: "round", round: { done, count: Number(statement.argument) } });
                        perform(statement.body, depth);
                    }
                    break;
                case "while":
                    for (note(statement); test(statement, depth); note(statement)) {
                        perform(statement.body, depth);
                    }
                    break;
                case "if":
                    chosen = test(statement, depth);
                    if (chosen) {
                        perform(statement.body, depth);
                    }
                    break;
                case "else":
                    if (!chosen) {
                        perform(statement.body, depth);
                    }
                    break;
                default: {
                    const called = procedures.get(statement.word);
                    if (called === undefined) {
                        act(statement, depth);
                    } else {
                        perform(called, depth + 1);
                    }
                }
            }
        }
    };
    let outcome: Recording["outcome"];
    try {
        perform(procedures.get("main") ?? [], 0);
        const message = `The program came to its end after ${count(actions(steps), "action")}.`;
        outcome = { kind: "finished", message, range: null, at: null };
    } catch (error) {
        if (!(error instanceof Stopped)) {
            throw error;
        }
        outcome = error.outcome;
    }
    return { start, steps, begun, end: worldOf(world), outcome };
}

/** The world before step `at`, worked out from the start, one step after the other. */
export function worldAt({ start, steps, end }: Run, at: number): World {
    const world = ground(start);
    for (const { robot, markerChange } of steps.slice(0, at)) {
        const cell = robot.row * world.cols + robot.col;
        world.markers[cell] = (world.markers[cell] ?? 0) + markerChange;
    }
    return worldOf({ ...world, robot: steps[at]?.robot ?? end.robot });
}

/** Refused with a code of the protocol. */
export class Refused extends Error {
    constructor(
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

/** The most examples of one answer. */
const MOST_LISTED = 200;

/** One document and the recordings of its runs. */
export class Toy {
    private kept = new Map<string, Run>();
    private numbers = 0;
    version = 1;
    /** An editor stands beside the page. */
    editor = false;
    /** There is none, and this host undoes. */
    undo = false;
    /** Texts before each change, and those that were undone. */
    private readonly undone: Record<"karel/undo" | "karel/redo", string[]> = { "karel/undo": [], "karel/redo": [] };
    /** What a synthesis has left open: programs, and a world in which they differ. */
    open: { programs: string[]; input: World } | undefined;
    /** The programs that a synthesis would find, and those that one has found: whole files. */
    finds: string[] = [];
    private found: string[] | undefined;
    /** What was answered to the question. */
    readonly answered: unknown[] = [];
    /** The example files that examples stand in, by their names; the others stand in the program. */
    readonly files = new Map<string, string>();
    /** How often each method was asked for. */
    readonly asked: string[] = [];

    constructor(
        readonly uri: string,
        public text: string,
        private readonly limit = 1_000_000,
    ) {}

    /** Replaces the text; what `karel/recordingsOutdated` says then. */
    edit(text: string): { uri: string; version: number; ids: string[] } {
        this.text = text;
        this.version++;
        return { uri: this.uri, version: this.version, ids: [...this.kept.keys()] };
    }

    answer(method: string, params: Record<string, unknown>): unknown {
        this.asked.push(method);
        const from = Number(params["from"] ?? 0);
        const count = Number(params["count"] ?? 1000);
        switch (method) {
            case "karel/recordings":
                return this.recordings(from);
            case "karel/recording":
                return this.recording(params["example"]);
            case "karel/question":
                return this.question();
            case "karel/answer":
                this.answered.push(params["answer"]);
                this.open = undefined;
                return null;
            case "karel/find":
                this.found = this.finds;
                this.told.push(this.edit(this.text));
                return { programs: this.finds.length, message: null };
            case "karel/candidates":
                return this.candidates(params["example"]);
            case "karel/take":
                this.told.push(this.edit(this.found?.[Number(params["candidate"])] ?? this.text));
                return null;
            case "karel/edit":
                this.draw(params);
                return { applied: true };
            case "karel/undo":
            case "karel/redo": {
                const text = this.undone[method].pop();
                if (text === undefined) {
                    throw new Refused(-32803, `There is nothing to ${method.slice("karel/".length)}.`);
                }
                this.undone[method === "karel/undo" ? "karel/redo" : "karel/undo"].push(this.text);
                this.told.push(this.edit(text));
                return { applied: true };
            }
            case "karel/text":
                return { document: this.document(), text: this.text };
            case "karel/recordingSteps":
                return page(this.runOf(params["id"]), from, Math.min(count, 5000));
            case "karel/recordingSeek": {
                const { steps } = this.runOf(params["id"]);
                const by = params["backwards"] === true ? -1 : 1;
                for (let at = from + by; at >= 0 && at < steps.length; at += by) {
                    if ((steps[at]?.depth ?? 0) <= Number(params["depth"] ?? Infinity)) {
                        return { step: at };
                    }
                }
                return { step: null };
            }
            case "karel/occurrences":
                return occurrences(this.runOf(params["id"]), params["position"] as Position, from);
            default:
                throw new Refused(-32601, `There is no ${method}.`);
        }
    }

    /** Forgets the recordings, as a server that was started anew. */
    restart(): void {
        this.kept = new Map();
    }

    private document() {
        return { uri: this.uri, version: this.version };
    }

    /** What is to be told of edits that were asked for. */
    readonly told: object[] = [];

    private draw({ version, example, change }: Record<string, unknown>): void {
        if (version !== this.version) {
            throw new Refused(-32801, "The program has changed since; ask again.");
        }
        const { kind, of, world } = change as { kind: string; of: string; world: World };
        if (kind === "new") {
            this.told.push(this.edit(`${this.text}\nexample "new":\n    input:\n        . .\n        > .\n`));
            return;
        }
        const { name } = example as { name: string };
        const block = read(this.text).examples.find((block) => block.name === name);
        if (kind !== "world" || block === undefined) {
            throw new Refused(-32803, "This toy draws worlds only.");
        }
        const lines = this.text.split("\n");
        const label = lines.findIndex((line, at) => at > block.line && line.trim() === `${of}:`);
        const old = of === "input" ? block.input : block.output;
        lines.splice(label + 1, old?.rows ?? 0, ...rowsOf(world).map((row) => `        ${row}`));
        this.undone["karel/undo"].push(this.text);
        this.undone["karel/redo"].length = 0;
        this.told.push(this.edit(lines.join("\n")));
    }

    private candidates(example: unknown): Candidates | null {
        const { found } = this;
        if (found === undefined) {
            return null;
        }
        const candidates = found.map((text) => {
            const { item } = this.whole(Number(example));
            const recording = this.header(item, run(read(text).procedures, item.input ?? readWorld(">"), this.limit));
            return { text, isCurrent: text === this.text, passed: 3, examples: 3, recording };
        });
        return { document: this.document(), candidates, besideOwn: false };
    }

    private question(): Question | null {
        if (this.open === undefined) {
            return null;
        }
        const { programs, input } = this.open;
        const answers = programs.map((text, index) => {
            const { item } = this.whole(0);
            const own = run(read(text).procedures, input, this.limit);
            const recording = { ...this.header(item, own), expected: own.end, differences: [], robotDiffers: false };
            const description = `the robot ends facing ${own.end.robot.heading}`;
            return { programs: [index + 1], description, marked: [cellOf(own.end.robot)], text, recording };
        });
        return { document: this.document(), programs: programs.length, input, answers, crashing: 1, endless: 0 };
    }

    private runOf(id: unknown): Run {
        const run = this.kept.get(String(id));
        if (run === undefined) {
            throw new Refused(-32801, "This recording is no longer kept; ask for it again.");
        }
        return run;
    }

    private recordings(from: number): Recordings {
        const { examples } = read(this.text);
        return {
            document: this.document(),
            total: examples.length,
            examples: examples.slice(from, from + MOST_LISTED).map((_, index) => this.whole(from + index).item),
        };
    }

    private whole(index: number): { item: ExampleItem; run: Run | undefined } {
        const { procedures, examples } = read(this.text);
        const example = examples[index];
        if (example === undefined) {
            throw new Refused(-32803, "There is no such example.");
        }
        const { name, kind, line, last, input, output: expected } = example;
        const run_ = input === null ? undefined : run(procedures, input, this.limit);
        const passes = run_?.outcome.kind === "finished" && JSON.stringify(run_.end) === JSON.stringify(expected);
        const at = (line: number, character: number) => ({ line, character });
        const finished = run_?.outcome.kind === "finished";
        const message = passes
            ? count(actions(run_.steps), "action")
            : finished
              ? "the end is not as expected"
              : (run_?.outcome.message ?? "there is no input");
        const item: ExampleItem = {
            index,
            name,
            kind,
            ordinal: examples.slice(0, index).filter((other) => other.name === name && other.kind === kind).length,
            uri: this.files.get(name) ?? this.uri,
            range: { start: at(line, kind.length + 1), end: at(line, kind.length + 3 + name.length) },
            block: { start: at(line, 0), end: at(last, 99) },
            verdict: run_ === undefined ? null : expected === null ? "undecided" : passes ? "passes" : "fails",
            message,
            input,
            expected,
            crashes: false,
        };
        return { item, run: run_ };
    }

    private recording(wanted: unknown): Recording {
        const { examples } = read(this.text);
        const name = typeof wanted === "object" && wanted !== null && "name" in wanted ? wanted.name : wanted;
        const index = typeof name === "number" ? name : examples.findIndex((example) => example.name === name);
        const { item, run } = this.whole(index);
        if (run === undefined) {
            throw new Refused(-32803, "This example has no input to run.");
        }
        return this.header(item, run);
    }

    private header(item: ExampleItem, run: Run): Recording {
        const id = `r${++this.numbers}`;
        this.kept.set(id, run);
        const { expected } = item;
        const differences: [number, number][] = [];
        if (expected !== null) {
            const [is, should] = [ground(run.end), ground(expected)];
            is.markers.forEach((count, cell) => {
                if (count !== should.markers[cell]) {
                    differences.push([Math.floor(cell / is.cols), cell % is.cols]);
                }
            });
        }
        return {
            id,
            document: this.document(),
            example: item,
            start: run.start,
            length: run.steps.length,
            ticks: run.steps.length,
            complete: true,
            outcome: run.outcome,
            end: run.end,
            expected,
            differences,
            robotDiffers: expected !== null && !same(run.end.robot, expected.robot),
            sizeDiffers: false,
            page: page(run, 0, 1000),
        };
    }
}

function actions(steps: readonly Step[]): number {
    return steps.filter(({ kind }) => kind === "action").length;
}

function cellOf({ row, col }: Robot): [number, number] {
    return [row, col];
}

function same(a: Robot, b: Robot): boolean {
    return a.row === b.row && a.col === b.col && a.heading === b.heading;
}

function page(run: Run, from: number, count: number): Page {
    return {
        from,
        actions: actions(run.steps.slice(0, from)),
        world: worldAt(run, from),
        steps: run.steps.slice(from, from + count),
    };
}

function occurrences({ begun }: Run, { line, character }: Position, from: number): Occurrences {
    const on = [...begun.keys()].filter(({ range }) => range.start.line === line && range.start.character <= character);
    const [statement] = on;
    const all = statement === undefined ? [] : (begun.get(statement) ?? []);
    return { range: statement?.range ?? null, total: all.length, from, steps: all.slice(from, from + 1000) };
}
