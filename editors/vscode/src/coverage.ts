/** Coverage: what no example carries out, as the server counts it. */
import * as vscode from "vscode";
import { isRecord, range } from "./runs";

/** What is known of each file's coverage in detail; VS Code asks for it when the file is opened. */
const details = new WeakMap<vscode.FileCoverage, vscode.StatementCoverage[]>();

/** The server's answer to `karel.coverage`; undefined where it is no such thing, or about no program. */
export function readCoverage(answer: unknown): vscode.FileCoverage | undefined {
    if (!isRecord(answer) || typeof answer["uri"] !== "string" || !Array.isArray(answer["statements"])) {
        return undefined;
    }
    const statements = answer["statements"].filter(isRecord).flatMap((statement) => {
        const place = toRange(statement["range"]);
        const ways = Array.isArray(statement["ways"]) ? statement["ways"].filter(isRecord) : [];
        const branches = ways.flatMap((way) => {
            const where = toRange(way["range"]);
            return where === undefined ? [] : [new vscode.BranchCoverage(times(way), where, String(way["name"]))];
        });
        return place === undefined ? [] : [new vscode.StatementCoverage(times(statement), place, branches)];
    });
    const coverage = vscode.FileCoverage.fromDetails(vscode.Uri.parse(answer["uri"]), statements);
    details.set(coverage, statements);
    return coverage;
}

export function detailsOf(coverage: vscode.FileCoverage): vscode.StatementCoverage[] {
    return details.get(coverage) ?? [];
}

function times(counted: Record<string, unknown>): number {
    return typeof counted["times"] === "number" ? counted["times"] : 0;
}

function toRange(value: unknown): vscode.Range | undefined {
    const read = range(value);
    return read && new vscode.Range(read.start.line, read.start.character, read.end.line, read.end.character);
}
