import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
    icon: string;
    activationEvents: string[];
    contributes: {
        commands: { command: string }[];
        languages: { id: string; configuration: string; icon: { light: string; dark: string } }[];
        grammars: { path: string }[];
        menus: Record<string, { command: string }[]>;
        keybindings: { command: string }[];
        walkthroughs: { steps: { description: string; media: { image: string }; completionEvents: string[] }[] }[];
        configuration: { properties: Record<string, unknown> };
        configurationDefaults: Record<string, Record<string, unknown>>;
    };
};

test("every file that is named is there and is JSON", () => {
    const { languages, grammars } = manifest.contributes;
    const files = [...languages.map((l) => l.configuration), ...grammars.map((g) => g.path)];
    for (const file of files) {
        assert.doesNotThrow(() => JSON.parse(readFileSync(file, "utf8")), file);
    }
    for (const picture of [manifest.icon, ...languages.flatMap((l) => [l.icon.light, l.icon.dark])]) {
        assert.ok(existsSync(picture), picture);
    }
});

test("menus, keys and walkthrough name only commands that are contributed, and every command has its place", () => {
    const { menus, keybindings, walkthroughs, commands } = manifest.contributes;
    const contributed = commands.map((c) => c.command);
    const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const linked = steps.flatMap((step) =>
        [...step.description.matchAll(/\(command:([\w.]+)\)/g)].map((match) => match[1] ?? ""),
    );
    const events = steps.flatMap((step) =>
        step.completionEvents.flatMap((event) => /^onCommand:(.*)/.exec(event)?.[1] ?? []),
    );
    const named = [...Object.values(menus).flat(), ...keybindings].map((entry) => entry.command);
    for (const command of [...named, ...linked, ...events]) {
        assert.ok(contributed.includes(command), `${command} is not contributed`);
    }
    for (const command of [
        "karel.runAllExamples",
        "karel.synthesizeProgram",
        "karel.showNextSolution",
        "karel.showTraceHere",
    ]) {
        assert.ok(
            menus["editor/context"]?.some((entry) => entry.command === command),
            `${command} is in no context menu`,
        );
        assert.ok(
            keybindings.some((entry) => entry.command === command),
            `${command} has no key`,
        );
    }
});

test("the walkthrough leads in six steps, each with a picture and an end that can come", () => {
    const source = readdirSync("src")
        .map((name) => readFileSync(`src/${name}`, "utf8"))
        .join("\n");
    const [walkthrough] = manifest.contributes.walkthroughs;
    assert.equal(walkthrough?.steps.length, 6);
    for (const step of walkthrough.steps) {
        assert.ok(statSync(step.media.image).size < 100_000, step.media.image);
        assert.ok(step.completionEvents.length > 0);
        for (const event of step.completionEvents) {
            const deed = event.replace("onContext:karel.", "");
            assert.ok(event.startsWith("onCommand:") || source.includes(`"${deed}"`), event);
        }
    }
});

test("a workspace with Karel files in it wakes the extension", () => {
    for (const ending of ["karel", "kgrid"]) {
        assert.ok(manifest.activationEvents.includes(`workspaceContains:**/*.${ending}`));
    }
});

test("no command takes a name that the server has: the client library registers those itself", () => {
    const constants = readFileSync("../../server/lsp/src/commands.rs", "utf8").matchAll(/: &str = "(karel\.\w+)"/g);
    const ofServer = [...constants].map((match) => match[1] ?? "");
    assert.ok(ofServer.length >= 8);
    for (const { command } of manifest.contributes.commands) {
        assert.ok(!ofServer.includes(command), command);
    }
});

test("the language ids are not the ones of another Karel", () => {
    assert.deepEqual(
        manifest.contributes.languages.map((l) => l.id),
        ["kareldsl", "karelgrid"],
    );
});

test("completions come from the server alone, and Enter takes none that changes nothing", () => {
    assert.ok(!("snippets" in manifest.contributes));
    for (const language of ["[kareldsl]", "[karelgrid]"]) {
        const defaults = manifest.contributes.configurationDefaults[language];
        assert.equal(defaults?.["editor.wordBasedSuggestions"], "off", language);
        assert.equal(defaults?.["editor.acceptSuggestionOnEnter"], "smart", language);
        assert.equal(defaults?.["editor.formatOnType"], true, language);
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
    for (const line of [
        "def main():",
        "    while(frontIsClear()):  # go",
        "    else:",
        'example "a: b":',
        "  input:",
        "    trace:",
        "    trace?: # inferred",
    ]) {
        assert.match(line, opens);
    }
    for (const line of ["def main(): move()", "    move()", "    trace: move", "# if:"]) {
        assert.doesNotMatch(line, opens);
    }
    assert.equal(configuration.onEnterRules[0]?.beforeText, configuration.indentationRules["increaseIndentPattern"]);
    assert.match("        output:", new RegExp(configuration.indentationRules["decreaseIndentPattern"] ?? ""));
});
