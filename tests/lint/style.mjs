// Formats and lints what is not Rust: TypeScript and JavaScript with prettier and eslint, Lua with StyLua.
//   node tests/lint/style.mjs [--write]
// The last line is `N passed, N failed`, a check a file and tool.
import { readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import path from "node:path";
import * as stylua from "@johnnymorganz/stylua";
import { ESLint } from "eslint";
import * as prettier from "prettier";

const write = process.argv.includes("--write");
const root = path.join(import.meta.dirname, "../..");
const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
});
/** Made by programs: nobody reads it. */
const MADE = /^(grammar|editors\/world\/dist)\//;
const files = listed.split("\n").filter((file) => /\.(tsx?|js|mjs|css|lua)$/.test(file) && !MADE.test(file));
let passed = 0;
let failed = 0;

function check(fine, complaint) {
    if (fine) {
        passed += 1;
    } else {
        failed += 1;
        console.log(complaint);
    }
}

/** StyLua takes its configuration away with each text. */
function luaStyle() {
    return Object.assign(stylua.Config.new(), {
        column_width: 120,
        indent_type: stylua.IndentType.Spaces,
        indent_width: 2,
        quote_style: stylua.QuoteStyle.AutoPreferSingle,
    });
}

for (const file of files) {
    const filepath = path.join(root, file);
    const text = readFileSync(filepath, "utf8");
    const formatted = file.endsWith(".lua")
        ? stylua.formatCode(text, luaStyle(), undefined, stylua.OutputVerification.None)
        : await prettier.format(text, { filepath, printWidth: 120, tabWidth: 4 });
    if (write) {
        writeFileSync(filepath, formatted);
    }
    check(write || formatted === text, `${file} is not formatted: node tests/lint/style.mjs --write`);
}

const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: path.join(import.meta.dirname, "eslint.config.mjs"),
    fix: write,
});
const results = await eslint.lintFiles([
    "editors/vscode/src/*.ts",
    "editors/vscode/test/*.ts",
    "editors/world/src/**/*.{ts,tsx}",
    "editors/world/test/*.ts",
    "tests/vscode/*.js",
    "tests/dap/*.js",
]);
if (write) {
    await ESLint.outputFixes(results);
}
for (const { filePath, messages } of results) {
    const lines = messages.map(
        ({ line, ruleId, message }) => `${path.relative(root, filePath)}:${line}: ${message} (${ruleId})`,
    );
    check(messages.length === 0, lines.join("\n"));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
