/** Values beside the line at which a debugged run is stopped. */
import * as vscode from "vscode";

const CONDITION = /\b(?:frontIsClear|leftIsClear|rightIsClear|markersPresent|noMarkersPresent)\b/g;

export class InlineValues implements vscode.InlineValuesProvider {
    /** The debugger evaluates them: what the line itself asks, then the robot and its markers. */
    provideInlineValues(
        document: vscode.TextDocument,
        _: vscode.Range,
        { stoppedLocation }: vscode.InlineValueContext,
    ): vscode.InlineValue[] {
        const line = stoppedLocation.start.line;
        const { text, range } = document.lineAt(line);
        const code = text.split("#")[0] ?? "";
        const expressions = [...new Set(code.match(CONDITION) ?? [])];
        if (/\b(?:while|repeat)\b/.test(code)) {
            expressions.push("round");
        }
        return [...expressions, "robot", "markers"].map(
            (expression) => new vscode.InlineValueEvaluatableExpression(range, expression),
        );
    }
}
