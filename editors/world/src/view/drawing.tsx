/** The example as a drawing: the world before and after, the tools, and what else can be done with an example. */
import { useState } from "preact/hooks";
import type { ExampleItem, Side, World } from "../contract";
import { LARGEST, resize, rotate, type Tool } from "../drawing";
import type { Model } from "../model";
import type { Drafts } from "../pencil";
import { Board } from "./board";

const TOOLS: [Tool, string][] = [
    ["wall", "Wall"],
    ["more", "One marker more"],
    ["fewer", "One marker fewer"],
    ["robot", "Robot; again: turn it"],
    ["empty", "Empty"],
];

interface Props {
    model: Model;
    example: ExampleItem;
    drafts: Drafts;
    /** Undo is the page's, and no editor's. */
    undo: boolean;
}

export function Drawing({ model, example, drafts, undo }: Props) {
    const [tool, setTool] = useState<Tool>("wall");
    const input = drafts.input ?? example.input;
    const output = drafts.output ?? example.expected;
    return (
        <section class="drawing" aria-label="Drawing">
            <div class="buttons" role="radiogroup" aria-label="Tool">
                {TOOLS.map(([name, label]) => (
                    <label key={name} class="choice">
                        <input type="radio" name="tool" checked={tool === name} onChange={() => setTool(name)} />
                        {label}
                    </label>
                ))}
            </div>
            <div class="worlds">
                {side("input", "Input", input)}
                {side("output", "Output", output)}
            </div>
            <div class="buttons" role="group" aria-label="Example">
                <button
                    type="button"
                    class="framed"
                    aria-disabled={input === null}
                    onClick={() => input !== null && model.pencil.drawn("output", input)}
                >
                    Copy the input to the output
                </button>
                <button type="button" class="framed" onClick={() => model.pencil.edit({ kind: "runOutput" })}>
                    Fill the output by running the program
                </button>
                <button type="button" class="framed" onClick={() => model.pencil.edit({ kind: "copy" })}>
                    Duplicate
                </button>
                <button type="button" class="framed" onClick={() => void model.pencil.add()}>
                    New example
                </button>
                <button
                    type="button"
                    class="framed"
                    onClick={() => model.pencil.edit({ kind: example.kind === "test" ? "example" : "test" })}
                >
                    {example.kind === "test" ? "Make it an example" : "Make it a test"}
                </button>
                {undo && (
                    <>
                        <button
                            type="button"
                            class="framed"
                            title="Undo (Ctrl+Z)"
                            onClick={() => model.pencil.undo("undo")}
                        >
                            Undo
                        </button>
                        <button
                            type="button"
                            class="framed"
                            title="Redo (Ctrl+Y)"
                            onClick={() => model.pencil.undo("redo")}
                        >
                            Redo
                        </button>
                    </>
                )}
                <button type="button" class="primary" onClick={() => model.pencil.draw(false)}>
                    Done
                </button>
            </div>
            <p class="robot" id="drawing-keys">
                Click, or with keys: arrows go from cell to cell, # puts a wall, 0 to 9 markers, ^ &gt; v &lt; the
                robot, . empties.{" "}
                {undo ? "Ctrl+Z undoes; what you draw is saved in the file at once." : "Undo is the editor's."}
            </p>
        </section>
    );

    function side(of: Side, name: string, world: World | null) {
        return (
            <figure>
                <figcaption>{name}</figcaption>
                {world === null ? (
                    <p class="empty">
                        {of === "output"
                            ? "There is no output yet: copy the input, or run the program."
                            : "The input has a mistake."}
                    </p>
                ) : (
                    <>
                        <Board
                            name={name}
                            world={world}
                            tool={tool}
                            onDrawn={(drawn) => model.pencil.drawn(of, drawn)}
                        />
                        <Size name={name} world={world} onSized={(sized) => model.pencil.drawn(of, sized)} />
                    </>
                )}
            </figure>
        );
    }
}

function Size({ name, world, onSized }: { name: string; world: World; onSized: (world: World) => void }) {
    const side = (label: string, value: number, sized: (side: number) => World) => (
        <label>
            {label}
            <input
                type="number"
                min={1}
                max={LARGEST}
                value={value}
                aria-label={`${name}: ${label}`}
                onChange={(event) => onSized(sized(Number(event.currentTarget.value)))}
            />
        </label>
    );
    return (
        <div class="size" role="group" aria-label={`${name}: size`}>
            {side("Rows", world.rows, (rows) => resize(world, rows, world.cols))}
            {side("Columns", world.cols, (cols) => resize(world, world.rows, cols))}
            <button
                type="button"
                class="framed"
                aria-label={`${name}: turn the world`}
                onClick={() => onSized(rotate(world))}
            >
                Turn
            </button>
        </div>
    );
}
