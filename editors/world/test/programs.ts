/** Programs that the page is shown with. */

/** One example passes, one ends wrong, one crashes. */
export const COLLECT = `# Karel walks to the wall and takes one marker from every cell that it comes to.
def main():
    while(frontIsClear()):
        move()
        if(markersPresent()):
            pickMarker()
    turnAround()

def turnAround():
    repeat(2):
        turnLeft()

example "a row":
    input:
        . . . # . . .
        > 1 . 2 . 1 .
        . 3 . . . . .
    output:
        . . . # . . .
        . . . 1 . . <
        . 3 . . . . .

example "it stands on one":
    input:
        . . . . . . . 2
        . # # . . 1 . .
        . . . . . . . .
        >3 1 . 2 . 4 # .
        . . . . . . . .
    output:
        . . . . . . . 2
        . # # . . 1 . .
        . . . . . . . .
        2 . . 1 . <3 # .
        . . . . . . . .

test "upwards":
    input:
        . . 1
        # . .
        . . 9
        . . 1
        . . ^
    output:
        . . v
        # . .
        . . 8
        . . .
        . . .

example "no end":
    input:
        . 4 .
        < . .
`;

/** Two examples of which the second crashes in a procedure, in the last round. */
export const STAIRS = `# Karel climbs three steps and leaves a marker on each.
def climb():
    move()
    turnLeft()
    move()
    turnRight()

def main():
    repeat(3):
        climb()
        putMarker()

example "room enough":
    input:
        . . . . .
        . . . . .
        1 1 . . .
        . . . . ^
    output:
        . ^1 . . .
        . . 1 . .
        1 1 . 1 .
        . . . . .

example "too low":
    input:
        . . . . .
        . . . . #
        . . 2 . ^
    output:
        . . . . .
        . . . . #
        . . 2 . ^
`;

/** Many steps: rounds within rounds. */
export function long(rounds: number, side: number): string {
    const row = `${"9 ".repeat(side).trim()}\n        `;
    const last = `>9 ${"9 ".repeat(side - 1)}`.trim();
    return `def main():
    repeat(${rounds}):
        repeat(4):
            turnLeft()
            if(frontIsClear()):
                move()
            if(markersPresent()):
                pickMarker()
                putMarker()

example "long":
    input:
        ${row.repeat(side - 1)}${last}
    output:
        ${row.repeat(side - 1)}${last}
`;
}
