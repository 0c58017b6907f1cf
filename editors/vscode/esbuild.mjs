// Bundles the extension into dist/extension.js, or (--tests) each test file into dist/test/.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as esbuild from "esbuild";

const flags = new Set(process.argv.slice(2));

const common = {
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "info",
};

const extension = {
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    external: ["vscode"],
    minify: flags.has("--minify"),
    sourcemap: !flags.has("--minify"),
};

const tests = {
    ...common,
    entryPoints: readdirSync("test")
        .filter((name) => name.endsWith(".test.ts"))
        .map((name) => `test/${name}`),
    outdir: "dist/test",
    alias: { vscode: "./test/vscode.ts", "vscode-languageclient/node": "./test/languageclient.ts" },
    // The TextMate engine finds its WebAssembly beside itself, so it stays where npm put it.
    external: ["vscode-oniguruma", "vscode-textmate"],
};

/** VS Code shows a package's README with pictures from the web or within the text: there are none on the web. */
function packReadme() {
    const picture = (_, text, file) => `![${text}](data:image/png;base64,${readFileSync(file).toString("base64")})`;
    const readme = readFileSync("README.md", "utf8").replace(/!\[([^\]]*)\]\(([^)]+\.png)\)/g, picture);
    mkdirSync("dist", { recursive: true });
    writeFileSync("dist/README.md", readme);
}

/** The page of the worlds, which a webview shows. */
function packWorld() {
    for (const name of ["world.js", "world.css"]) {
        cpSync(`../world/dist/${name}`, `dist/world/${name}`);
    }
}

packWorld();
if (flags.has("--watch")) {
    const context = await esbuild.context(extension);
    await context.watch();
} else {
    packReadme();
    await esbuild.build(flags.has("--tests") ? tests : extension);
}
