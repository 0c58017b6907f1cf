/** The keys, and the dialog that lists them. */
import { useEffect, useRef } from "preact/hooks";
import { canFind } from "../finder";
import type { Model } from "../model";

const KEYS: [keys: string, does: string][] = [
    ["Space", "play, pause"],
    ["→ ←", "step, step back"],
    ["Shift+→ Shift+←", "step over calls, and back over them"],
    ["O Shift+O", "step out of the procedure, and back out of it"],
    ["Home End", "go to the start, to the end"],
    ["F", "run to the failure"],
    ["N P", "next example, previous example"],
    ["+ −", "faster, slower"],
    ["Enter", "show the statement in the program"],
    ["E", "show or hide the expected world"],
    ["C", "follow the editor's cursor, or don't"],
    ["D", "draw the example"],
    ["S", "programs that pass, where the engine is installed"],
    ["Ctrl+Z Ctrl+Y", "undo and redo what was drawn, where no editor does"],
    ["?", "show these keys"],
];

/** Does what the key says; false: it says nothing. */
function press(model: Model, event: KeyboardEvent, help: () => void): boolean {
    const { shiftKey } = event;
    switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
        case " ":
            model.player.toggle();
            return true;
        case "ArrowRight":
            void model.player.stride(shiftKey ? "over" : "in");
            return true;
        case "ArrowLeft":
            void model.player.stride(shiftKey ? "backOver" : "back");
            return true;
        case "o":
            void model.player.stride(shiftKey ? "backOut" : "out");
            return true;
        case "Home":
            model.player.seek(0);
            return true;
        case "End":
        case "f":
            model.player.toEnd();
            return true;
        case "n":
            model.next(1);
            return true;
        case "p":
            model.next(-1);
            return true;
        case "+":
            model.player.faster(1);
            return true;
        case "-":
            model.player.faster(-1);
            return true;
        case "Enter":
            model.follower.reveal();
            return true;
        case "e":
            model.setExpected(!model.state.expected);
            return true;
        case "c":
            model.follower.setFollow(!model.state.follow);
            return true;
        case "d":
            model.pencil.draw(model.state.drawing === undefined);
            return true;
        case "s":
            if (model.state.search !== undefined) {
                model.finder.close();
            } else if (canFind(model.state)) {
                void model.finder.look();
            }
            return true;
        case "?":
            help();
            return true;
        default:
            return false;
    }
}

/** Undoes and redoes as every editor does; false: the keys say something else, or an editor is there to undo. */
function undoes(model: Model, { ctrlKey, metaKey, altKey, shiftKey, key }: KeyboardEvent): boolean {
    const letter = key.toLowerCase();
    if (!model.state.undo || altKey || ctrlKey === metaKey || (letter !== "z" && letter !== "y")) {
        return false;
    }
    model.pencil.undo(letter === "z" && !shiftKey ? "undo" : "redo");
    return true;
}

/** Keys that the focused element has a use of its own for. */
function taken({ target, key }: KeyboardEvent): boolean {
    if (!(target instanceof Element)) {
        return false;
    }
    if (target.closest("dialog, select, input:not([type=range])") !== null) {
        return true;
    }
    if (target.closest("input[type=range]") !== null) {
        return /^(Arrow|Home|End|Page)/.test(key);
    }
    return target.closest("button") !== null && (key === " " || key === "Enter");
}

export function useKeys(model: Model, help: () => void): void {
    useEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
            if (undoes(model, event) || (plain && !taken(event) && press(model, event, help))) {
                event.preventDefault();
            }
        };
        addEventListener("keydown", onKey);
        return () => removeEventListener("keydown", onKey);
    }, [model]);
}

export function Keys({ open, onClose }: { open: boolean; onClose: () => void }) {
    const dialog = useRef<HTMLDialogElement>(null);
    useEffect(() => {
        if (open) {
            dialog.current?.showModal();
        } else {
            dialog.current?.close();
        }
    }, [open]);
    return (
        <dialog ref={dialog} aria-label="Keys" onClose={onClose}>
            <table>
                <caption>Keys</caption>
                <tbody>
                    {KEYS.map(([keys, does]) => (
                        <tr key={does}>
                            <th scope="row">
                                {keys.split(" ").map((key) => (
                                    <kbd key={key}>{key}</kbd>
                                ))}
                            </th>
                            <td>{does}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
            <button type="button" onClick={onClose}>
                Close
            </button>
        </dialog>
    );
}
