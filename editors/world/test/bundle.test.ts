/** The bundle that is committed is the one that the sources make, and it is small. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

/** Bytes of all files, each compressed. */
const MOST = 60_000;

test("dist/ is what the sources make, in less than 60 kB compressed", () => {
    const fresh = mkdtempSync(path.join(tmpdir(), "karel-world-"));
    try {
        execFileSync(process.execPath, ["esbuild.mjs", "--out", fresh]);
        assert.deepEqual(readdirSync("dist").sort(), readdirSync(fresh).sort());
        let size = 0;
        for (const name of readdirSync(fresh)) {
            const built = readFileSync(path.join(fresh, name));
            const same = built.equals(readFileSync(path.join("dist", name)));
            assert.ok(same, `dist/${name} is old: run \`npm run build\` in editors/world and commit it`);
            size += gzipSync(built, { level: 9 }).length;
        }
        console.log(`the bundle has ${size} bytes compressed`);
        assert.ok(size < MOST, `${size} bytes`);
    } finally {
        rmSync(fresh, { recursive: true });
    }
});
