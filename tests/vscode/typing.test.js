// Enter begins a new line wherever a line can end, however long the list of completions had to open.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { after, afterEach, before, test } = require("node:test");
const { openWorkbench } = require("./workbench.js");

let workbench;
let opened;
before(async () => {
    workbench = await openWorkbench("typing");
    for (const name of ["a.karel", "b.kgrid"]) {
        fs.writeFileSync(path.join(workbench.workspace, name), "");
    }
});

/** Opens the file and empties it. */
async function begin(file) {
    const { page } = workbench;
    if (opened !== file) {
        await workbench.open(file);
        await workbench.running();
        opened = file;
    }
    await page.locator(".monaco-editor .view-lines").first().click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
}
afterEach(async (context) => {
    if (context.passed === false) {
        await workbench.screenshot(`failed: ${context.name}`);
    }
});
after(() => workbench?.close());

/** What is typed, and what the editor holds then: with no more added than indentation. */
const PROGRAMS = [
    ["def", "def main():\nmove()", "def main():\n    move()"],
    ["while", "def main():\nwhile(frontIsClear()):\nmove()", "def main():\n    while(frontIsClear()):\n        move()"],
    [
        "if and else",
        "def main():\nif(?):\n...\nelse:\nmove()",
        "def main():\n    if(?):\n        ...\n    else:\n        move()",
    ],
    ["repeat", "def main():\nrepeat(3):\nmove()", "def main():\n    repeat(3):\n        move()"],
    [
        "several statements and a comment",
        "def main(): move(); turnLeft()\n# go on v\ndef b():\n...\n",
        "def main(): move(); turnLeft()\n# go on v\ndef b():\n    ...\n    ",
    ],
];
const EXAMPLES = [
    [
        "rows that end in every kind of cell",
        'example "a":\ninput:\n. v\n1 >\n# 9\n. #\n>3 ^\n. .\noutput:\n< v\n',
        'example "a":\n    input:\n        . v\n        1 >\n        # 9\n        . #\n        >3 ^\n        . .\n    output:\n        < v\n        ',
    ],
    [
        "test, crashes and traces",
        'test "b" crashes:\ninput:\n> v\ntrace: move move\n',
        'test "b" crashes:\n    input:\n        > v\n    trace: move move\n    ',
    ],
    [
        "a trace of several lines",
        'example "c":\ninput:\nv\ntrace:\nmove turnLeft\nmove',
        'example "c":\n    input:\n        v\n    trace:\n        move turnLeft\n        move',
    ],
];

/** The text without the closing blanks that auto-indentation leaves on lines. */
function bare(text) {
    return text
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n")
        .trimEnd();
}

/** The editor shows this text, if need be after a moment: it draws a key later than it takes it. */
async function reads(expected) {
    const drawn = async () => bare(await workbench.text()) === bare(expected);
    await workbench.until("the text is drawn", drawn).catch(() => {});
    assert.equal(bare(await workbench.text()), bare(expected));
}

for (const [file, table] of [
    ["a.karel", [...PROGRAMS, ...EXAMPLES]],
    ["b.kgrid", EXAMPLES],
]) {
    for (const [what, typed, expected] of table) {
        test(`${file}: ${what}`, async () => {
            const { page } = workbench;
            await begin(file);
            await workbench.type(typed);
            await page.keyboard.press("Escape");
            await workbench.screenshot("last");
            await reads(expected);
        });
    }
}

test("a word that was begun is completed by Tab, and listed once", async () => {
    const { page } = workbench;
    await begin("a.karel");
    await workbench.type("def main():\n");
    await page.keyboard.type("tur", { delay: 40 });
    const rows = page.locator(".suggest-widget.visible .monaco-list-row");
    await rows.first().waitFor();
    assert.deepEqual(
        (await rows.allInnerTexts()).map((row) => row.trim().split(/\s/)[0]),
        ["turnLeft", "turnRight"],
    );
    await page.keyboard.press("Tab");
    await reads("def main():\n    turnLeft()");
});
