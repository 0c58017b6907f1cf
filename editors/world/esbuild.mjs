// Bundles the page into dist/, which is committed, so that the server packs it without Node; or (--tests) each test file
// into .test/. With --out FOLDER the bundle goes there.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";

const flags = process.argv.slice(2);
const out = flags.includes("--out") ? flags[flags.indexOf("--out") + 1] : "dist";

if (flags.includes("--tests")) {
    const entryPoints = readdirSync("test")
        .filter((name) => /\.ts$/.test(name))
        .map((name) => `test/${name}`);
    await esbuild.build({
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20",
        logLevel: "info",
        entryPoints,
        outdir: ".test",
        packages: "external",
    });
} else {
    mkdirSync(out, { recursive: true });
    await esbuild.build({
        bundle: true,
        minify: true,
        format: "iife",
        target: ["chrome123", "firefox121", "safari17.5"],
        jsx: "automatic",
        jsxImportSource: "preact",
        logLevel: "info",
        entryPoints: { world: "src/main.tsx" },
        outdir: out,
    });
    const { code } = await esbuild.transform(readFileSync("src/world.css", "utf8"), { loader: "css", minify: true });
    writeFileSync(path.join(out, "world.css"), code);
    cpSync("src/index.html", path.join(out, "index.html"));
}
