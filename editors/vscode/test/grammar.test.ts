import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { createOnigScanner, createOnigString, loadWASM } from "vscode-oniguruma";
import { INITIAL, parseRawGrammar, Registry } from "vscode-textmate";

// Tests run in the extension's folder.
const folder = process.cwd();

async function load(scope: "source.kareldsl" | "source.karelgrid") {
    const wasm = readFileSync(join(dirname(require.resolve("vscode-oniguruma")), "onig.wasm"));
    await (loaded ??= loadWASM(wasm));
    const registry = new Registry({
        onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
        loadGrammar: async (name) => {
            const file = join(folder, "syntaxes", `${name.replace("source.", "")}.tmLanguage.json`);
            return parseRawGrammar(readFileSync(file, "utf8"), file);
        },
    });
    const grammar = await registry.loadGrammar(scope);
    assert.ok(grammar);
    return grammar;
}
let loaded: Promise<void> | undefined;

/** `text<scope>` for every token that has a scope of its own, line by line; metas and blanks left out. */
async function highlight(scope: "source.kareldsl" | "source.karelgrid", text: string): Promise<string[]> {
    const grammar = await load(scope);
    let stack = INITIAL;
    return text.split("\n").map((line) => {
        const result = grammar.tokenizeLine(line, stack);
        stack = result.ruleStack;
        return result.tokens
            .map((token) => ({
                text: line.slice(token.startIndex, token.endIndex),
                scopes: token.scopes.filter((name) => name !== scope && !name.startsWith("meta.")),
            }))
            .filter((token) => token.text.trim() !== "" && token.scopes.length > 0)
            .map((token) => `${token.text.trim()}<${token.scopes.at(-1)?.replace(".karel", "")}>`)
            .filter((token) => !/<punctuation\.(parenthesis|separator\.colon|definition)/.test(token))
            .join(" ");
    });
}

test("a program", async () => {
    assert.deepEqual(
        await highlight(
            "source.kareldsl",
            [
                "# Clears the row.",
                "def main():",
                "    while(not(frontIsClear())): # a # b",
                "        repeat(4): move(); turnAround()",
                "        if(?): ...",
                'examples "more.kgrid"',
            ].join("\n"),
        ),
        [
            "Clears the row.<comment.line.number-sign>",
            "def<storage.type.function> main<entity.name.function.definition>",
            "while<keyword.control.loop> not<keyword.operator.logical> frontIsClear<support.variable.condition> a # b<comment.line.number-sign>",
            "repeat<keyword.control.loop> 4<constant.numeric.integer> move<support.function.action> ;<punctuation.terminator.statement> turnAround<entity.name.function.call>",
            "if<keyword.control.conditional> ?<keyword.other.hole> ...<keyword.other.hole>",
            'examples<keyword.other.examples> "more.kgrid"<string.quoted.double.path>',
        ],
    );
});

const block = [
    'example "short row": # why',
    "    input:",
    "        . # 1",
    "        # >3 x",
    "    # after",
    "    output:",
    "        # . ^",
    "    trace?: move pickMarker # inferred",
    "def main(): move()",
];

test("in a grid # is a wall, around it a comment, after it the program goes on", async () => {
    assert.deepEqual(await highlight("source.kareldsl", block.join("\n")), [
        "example<keyword.other.example> short row<string.quoted.double.name> why<comment.line.number-sign>",
        "input<keyword.other.grid>",
        ".<punctuation.separator.empty-cell> #<storage.type.wall> 1<constant.numeric.markers>",
        "#<storage.type.wall> ><entity.name.function.robot> 3<constant.numeric.markers> x<invalid.illegal.cell>",
        "after<comment.line.number-sign>",
        "output<keyword.other.grid>",
        "#<storage.type.wall> .<punctuation.separator.empty-cell> ^<entity.name.function.robot>",
        "trace<keyword.other.trace> ?<keyword.other.inferred> move<support.function.action> pickMarker<support.function.action> inferred<comment.line.number-sign>",
        "def<storage.type.function> main<entity.name.function.definition> move<support.function.action>",
    ]);
});

test("a grid file has the same blocks and no programs", async () => {
    const program = await highlight("source.kareldsl", block.join("\n"));
    const grid = await highlight("source.karelgrid", block.join("\n"));
    assert.deepEqual(grid.slice(0, -1), program.slice(0, -1));
    assert.equal(grid.at(-1), "");
});
