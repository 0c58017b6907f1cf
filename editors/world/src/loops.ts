/** The loops and conditions around a statement, as the run has come through them. No DOM here. */
import type { Step } from "./contract";

/** Steps that are looked back over: what began earlier is not found, which costs no more than its line. */
const FAR = 2000;

/**
 * The rounds and conditions within which step `at` stands, outermost first. Steps name heads of statements and no blocks, but
 * blocks are indented: what stands further to the left and was carried out last is what is around.
 */
export function around(step: (at: number) => Step | undefined, at: number): Step[] {
    const here = step(at);
    const found: Step[] = [];
    if (here === undefined) {
        return found;
    }
    let inside = here;
    for (let back = at - 1; back >= 0 && back > at - FAR; back--) {
        const before = step(back);
        if (before === undefined || before.depth < here.depth) {
            break;
        }
        if (before.depth === here.depth && before.kind !== "action" && encloses(before, inside)) {
            found.unshift(before);
            inside = before;
        }
    }
    return found;
}

function encloses({ range: outer }: Step, { range: inner }: Step): boolean {
    return outer.start.line <= inner.start.line && outer.start.character < inner.start.character;
}
