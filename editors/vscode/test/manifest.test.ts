import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
    icon: string;
    contributes: {
        commands: { command: string }[];
        languages: { id: string; configuration: string }[];
        grammars: { path: string }[];
        menus: Record<string, { command: string }[]>;
        configuration: { properties: Record<string, unknown> };
        configurationDefaults: Record<string, Record<string, unknown>>;
    };
};
const source = readdirSync("src").map((name) => readFileSync(`src/${name}`, "utf8")).join("\n");

test("every file that is named is there and is JSON", () => {
    const { languages, grammars } = manifest.contributes;
    const files = [...languages.map((l) => l.configuration), ...grammars.map((g) => g.path)];
    for (const file of files) {
        assert.doesNotThrow(() => JSON.parse(readFileSync(file, "utf8")), file);
    }
    assert.ok(existsSync(manifest.icon));
});

test("commands are registered, and menus name only commands", () => {
    const commands = manifest.contributes.commands.map((c) => c.command);
    for (const command of commands) {
        assert.ok(source.includes(`"${command}"`), `${command} is contributed but not registered`);
    }
    for (const entry of Object.values(manifest.contributes.menus).flat()) {
        assert.ok(commands.includes(entry.command), `${entry.command} is in a menu but not contributed`);
    }
});

test("no command takes a name that the server has: the client library registers those itself", () => {
    const ofServer = ["karel.synthesize", "karel.inferTrace", "karel.showTrace", "karel.runExamples"];
    for (const { command } of manifest.contributes.commands) {
        assert.ok(!ofServer.includes(command), command);
    }
});

test("the language ids are not the ones of another Karel", () => {
    assert.deepEqual(manifest.contributes.languages.map((l) => l.id), ["kareldsl", "karelgrid"]);
});

test("completions come from the server alone, and Enter takes none that changes nothing", () => {
    assert.ok(!("snippets" in manifest.contributes));
    for (const language of ["[kareldsl]", "[karelgrid]"]) {
        const defaults = manifest.contributes.configurationDefaults[language];
        assert.equal(defaults?.["editor.wordBasedSuggestions"], "off", language);
        assert.equal(defaults?.["editor.acceptSuggestionOnEnter"], "smart", language);
    }
});

test("the lock file names no registry", () => {
    assert.doesNotMatch(readFileSync("package-lock.json", "utf8"), /"resolved"/);
});

test("every pattern of the language configuration is a regular expression", () => {
    const configuration = JSON.parse(readFileSync("language-configuration.json", "utf8")) as {
        wordPattern: string;
        indentationRules: Record<string, string>;
        onEnterRules: { beforeText: string }[];
    };
    const opens = new RegExp(configuration.indentationRules["increaseIndentPattern"] ?? "");
    for (const line of ["def main():", "    while(frontIsClear()):  # go", "    else:", 'example "a: b":', "  input:"]) {
        assert.match(line, opens);
    }
    for (const line of ["def main(): move()", "    move()", "    trace: move", "# if:"]) {
        assert.doesNotMatch(line, opens);
    }
    assert.equal(configuration.onEnterRules[0]?.beforeText, configuration.indentationRules["increaseIndentPattern"]);
    assert.match("        output:", new RegExp(configuration.indentationRules["decreaseIndentPattern"] ?? ""));
});
