import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ResponseError } from "vscode-languageserver-protocol";
import { fact, failure, LIMIT } from "../src/messages";
import { Notices } from "../src/notices";
import { reset, seen } from "./vscode";

beforeEach(reset);

const logged: string[] = [];
const log = Object.fromEntries(
    ["info", "warn", "error", "show"].map((level) => [level, (text = "") => logged.push(`${level} ${text}`)]),
);
const notices = new Notices(log as never);

test("a notification holds the fact, cut at a sentence, a clause or a word", () => {
    for (const [message, expected] of [
        ["All examples pass already.", "All examples pass already."],
        [
            "The Karel server karel-lsp was not found. It is neither in the extension, nor on PATH: install it.",
            "The Karel server karel-lsp was not found.",
        ],
        [
            "Nothing passes all 2 examples; the best of 626 candidates passed 1; time was up after 5.0 s.",
            "Nothing passes all 2 examples.",
        ],
        [
            'No program satisfies both "a" and "b": they have one input and two outputs.',
            'No program satisfies both "a" and "b".',
        ],
        [
            "A message without any end that could be shown whole in a notification of VS Code",
            "A message without any end that could be shown whole in…",
        ],
        [
            "Version 0.1.0 of karel-lsp is older than this extension and knows no templates",
            "Version 0.1.0 of karel-lsp is older than this…",
        ],
    ] as const) {
        assert.equal(fact(message), expected);
        assert.ok(fact(message).length <= LIMIT, message);
    }
});

test("cancelling is silent, a refusal is information, all else is an error", async () => {
    notices.failed(new ResponseError(-32800, "Canceled"));
    notices.failed(new ResponseError(-32802, "Canceled"));
    assert.equal(seen.messages.length, 0);
    notices.failed(new ResponseError(-32803, "All examples pass already."));
    notices.failed(new ResponseError(-32801, "The document has changed since; ask again."));
    notices.failed(new Error("The Karel server is not running."));
    assert.deepEqual(
        seen.messages.map(({ kind }) => kind),
        ["info", "info", "error"],
    );
    assert.deepEqual(
        logged.map((line) => line.split(" ")[0]),
        ["info", "info", "error"],
    );
    assert.deepEqual(seen.messages[2]?.buttons, ["Show Log"]);
    assert.equal(failure("text").kind, "broken");
});

test("a button does what it says, and the whole of a long message is in the log", async () => {
    let tried = 0;
    seen.choose = ([first]) => first;
    notices.show("error", "It is not there.", { "Try Again": () => (tried += 1) });
    await new Promise(setImmediate);
    assert.equal(tried, 1);
    const long = "It is not there. ".repeat(9);
    notices.show("warning", long);
    await new Promise(setImmediate);
    assert.deepEqual(seen.messages[1]?.buttons, ["More"]);
    assert.deepEqual(logged.slice(-2), [`warn ${long}`, "show "]);
});

test("a question has a button for each answer", async () => {
    seen.choose = (choices) => choices.at(-1);
    assert.equal(await notices.ask("Sure?", ["Yes", "No"]), "No");
    assert.deepEqual(seen.messages.at(-1), { kind: "info", text: "Sure?", buttons: ["Yes", "No"] });
    const long = "The program passes all 5 examples already. ".repeat(3);
    await notices.ask(long, ["Look for other programs"]);
    assert.equal(seen.messages.at(-1)?.text, "The program passes all 5 examples already.");
});
