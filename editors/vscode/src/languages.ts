/** The two languages, as they are contributed in package.json. */
import type { TextDocument } from "vscode";

export const PROGRAM = "kareldsl";
export const GRID = "karelgrid";

export function isKarel(document: TextDocument): boolean {
    return document.languageId === PROGRAM || document.languageId === GRID;
}
