// Bundles the extension into dist/extension.js, or (--tests) each test file into dist/test/.
import { readdirSync } from "node:fs";
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
    entryPoints: readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `test/${name}`),
    outdir: "dist/test",
    // The TextMate engine finds its WebAssembly beside itself, so it stays where npm put it.
    external: ["vscode", "vscode-oniguruma", "vscode-textmate"],
};

if (flags.has("--watch")) {
    const context = await esbuild.context(extension);
    await context.watch();
} else {
    await esbuild.build(flags.has("--tests") ? tests : extension);
}
