/** What a newcomer has done, as context keys: the walkthrough's steps are checked off by them. */
import * as vscode from "vscode";
import type { LiveVerdicts } from "./verdicts";

export type Deed = "sawWorld" | "sawTrace" | "synthesized" | "sawFailure" | "drewExample" | "heldOut";

export function done(deed: Deed): void {
    void vscode.commands.executeCommand("setContext", `karel.${deed}`, true);
}

/** The deeds that show in how the examples go. */
export function watchNewcomer(verdicts: LiveVerdicts): vscode.Disposable {
    const counts = new Map<string, { examples: number; tests: number }>();
    return verdicts.onNews((told) => {
        for (const { uri, examples } of told) {
            if (examples.some((example) => example.verdict === "fails")) {
                done("sawFailure");
            }
            const now = { examples: examples.length, tests: examples.filter((example) => example.test).length };
            const before = counts.get(uri.toString()) ?? now;
            if (now.tests > before.tests) {
                done("heldOut");
            } else if (now.examples > before.examples) {
                done("drewExample");
            }
            counts.set(uri.toString(), now);
        }
    });
}
