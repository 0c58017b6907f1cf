/** The two languages and the debugger, as they are contributed in package.json. */
import type { TextDocument } from "vscode";

export const PROGRAM = "kareldsl";
export const GRID = "karelgrid";
export const DEBUG_TYPE = "karel";

export function isKarel(document: TextDocument): boolean {
    return document.languageId === PROGRAM || document.languageId === GRID;
}
