/**
 * Examples in the test explorer: every `.karel` and `.kgrid` file of the workspace, and one test for each block. Which
 * blocks there are and how they went is what the server says; of open documents it says so after every change, so that
 * explorer, gutter and lenses agree.
 */
import * as vscode from "vscode";
import { detailsOf, readCoverage } from "./coverage";
import { debug } from "./debugger";
import { isKarel } from "./languages";
import { type ExampleRun, exampleId, parseExampleId, readRuns } from "./runs";
import type { Session } from "./session";
import type { LiveVerdicts, Told } from "./verdicts";

const FILES = "**/*.{karel,kgrid}";

export function exploreExamples(session: Session, verdicts: LiveVerdicts): vscode.Disposable {
    return new Explorer(session, verdicts);
}

class Explorer implements vscode.Disposable {
    private readonly controller = vscode.tests.createTestController("karel.examples", "Karel Examples");
    /** How each example last went, as it is shown; by [`key`]. */
    private readonly shown = new Map<string, string>();
    private readonly subscriptions: vscode.Disposable[];
    /** All files are listed, or are being: somebody has looked at the explorer, or run all there is. */
    private listing: Promise<void> | undefined;
    private readonly changed = new vscode.EventEmitter<void>();
    /** The runs that go on. */
    private readonly going = new Set<vscode.TestRunRequest>();

    constructor(
        private readonly session: Session,
        private readonly verdicts: LiveVerdicts,
    ) {
        // Asked for with no item when the explorer is first shown.
        this.controller.resolveHandler = async (item) => {
            if (item === undefined) {
                await this.listed();
            }
        };
        this.controller.refreshHandler = () => this.listAgain();
        const run = this.controller.createRunProfile(
            "Run",
            vscode.TestRunProfileKind.Run,
            (request, cancellation) => this.start(request, cancellation, false),
            true,
        );
        const coverage = this.controller.createRunProfile(
            "Coverage",
            vscode.TestRunProfileKind.Coverage,
            (request, cancellation) => this.start(request, cancellation, true),
            true,
        );
        run.supportsContinuousRun = true;
        coverage.supportsContinuousRun = true;
        coverage.loadDetailedCoverage = (_, file) => Promise.resolve(detailsOf(file));
        this.controller.createRunProfile("Debug", vscode.TestRunProfileKind.Debug, (request) => this.debug(request));
        const watcher = vscode.workspace.createFileSystemWatcher(FILES);
        const changed = (uri: vscode.Uri) => void this.changedOnDisk(uri);
        this.subscriptions = [
            this.controller,
            this.changed,
            watcher,
            watcher.onDidCreate(changed),
            watcher.onDidChange(changed),
            watcher.onDidDelete((uri) => this.list(uri, [])),
            verdicts.onNews((told) => this.live(told)),
            session.onDidStart(() => void (this.listing && this.listAgain())),
            vscode.workspace.onDidCloseTextDocument((document) => {
                verdicts.forget(document.uri);
                if (isKarel(document)) {
                    void this.changedOnDisk(document.uri);
                }
            }),
        ];
    }

    dispose(): void {
        vscode.Disposable.from(...this.subscriptions).dispose();
    }

    private listed(): Promise<void> {
        return this.listing ?? this.listAgain();
    }

    private listAgain(): Promise<void> {
        return (this.listing = this.listAll());
    }

    private async listAll(): Promise<void> {
        for (const uri of await vscode.workspace.findFiles(FILES)) {
            await this.listFile(uri);
        }
    }

    /** Of an open document the server tells by itself. */
    private async listFile(uri: vscode.Uri): Promise<void> {
        const told = this.verdicts.of(uri);
        if (told !== undefined) {
            this.list(uri, told);
            return;
        }
        const asked = this.session.toUri(uri);
        try {
            this.list(uri, readRuns(await this.session.ask("karel.examples", [asked]), asked)?.examples ?? []);
        } catch {
            // It is gone, or can't be read, or no server runs: then there is nothing that could be run.
            this.list(uri, []);
        }
    }

    private async changedOnDisk(uri: vscode.Uri): Promise<void> {
        if (uri.scheme !== "file" || this.verdicts.of(uri) !== undefined) {
            return;
        }
        await this.listFile(uri);
        const file = this.controller.items.get(uri.toString());
        if (file !== undefined) {
            file.children.forEach((item) => this.shown.delete(key(uri, item.id)));
            this.controller.invalidateTestResults(file);
        }
        this.changed.fire();
    }

    /** Lists the examples of one file; items that stay keep their results. */
    private list(uri: vscode.Uri, examples: readonly ExampleRun[]): void {
        const id = uri.toString();
        if (examples.length === 0) {
            this.controller.items.delete(id);
            return;
        }
        let file = this.controller.items.get(id);
        if (file === undefined) {
            file = this.controller.createTestItem(id, vscode.workspace.asRelativePath(uri), uri);
            this.controller.items.add(file);
        }
        const old = file.children;
        old.replace(
            examples.map((example, index) => {
                // A description would be read out in place of the name.
                const label = example.test ? `${example.name} (held out)` : example.name;
                const item =
                    old.get(exampleId(example)) ?? this.controller.createTestItem(exampleId(example), label, uri);
                item.sortText = String(index).padStart(6, "0");
                item.range = new vscode.Range(example.line ?? 0, 0, example.line ?? 0, 0);
                return item;
            }),
        );
    }

    /** Shows how the examples of open documents went, where that is news. */
    private live(told: readonly Told[]): void {
        const news: [vscode.TestItem, ExampleRun][] = [];
        for (const { uri, examples } of told.filter(({ uri }) => uri.scheme === "file")) {
            this.list(uri, examples);
            const file = this.controller.items.get(uri.toString());
            for (const example of examples) {
                const item = file?.children.get(exampleId(example));
                if (
                    item !== undefined &&
                    this.shown.get(key(uri, item.id)) !== outcome(example) &&
                    // A run that goes on will show it, and VS Code hides its coverage when another one ends.
                    ![...this.going].some((request) => isWanted(item, request))
                ) {
                    news.push([item, example]);
                }
            }
        }
        if (news.length > 0) {
            const request = new vscode.TestRunRequest(news.map(([item]) => item));
            const run = this.controller.createTestRun(request, "as you type", false);
            // Lens and squiggle say why an example fails: a label beside them would say it once more.
            news.forEach(([item, example]) => this.show(run, item, example, []));
            run.end();
        }
    }

    private show(
        run: vscode.TestRun,
        item: vscode.TestItem,
        example: ExampleRun,
        why: vscode.TestMessage[] = [explain(item, example)],
    ): void {
        this.shown.set(key(item.uri, item.id), outcome(example));
        run.appendOutput(`${item.parent?.label ?? ""}: ${item.label}: ${outcome(example)}\r\n`, undefined, item);
        switch (example.verdict) {
            case "passes":
                run.passed(item);
                break;
            case "fails":
                run.failed(item, why);
                break;
            case "undecided":
                run.skipped(item);
        }
    }

    /** One example after the other would be no debugging: it is the first that is meant, or of a file the one chosen. */
    private async debug(request: vscode.TestRunRequest): Promise<void> {
        const [item] = request.include ?? (await this.firstToDebug());
        if (item !== undefined) {
            await debug(item.uri, item.parent === undefined ? undefined : parseExampleId(item.id));
        }
    }

    /** Of all there are, the first that fails, if one is known to. */
    private async firstToDebug(): Promise<vscode.TestItem[]> {
        await this.listed();
        const files = [...this.controller.items].map(([, file]) => file);
        const fails = ({ uri, id }: vscode.TestItem) => this.shown.get(key(uri, id))?.startsWith("fails") === true;
        return [...files.flatMap((file) => [...file.children].map(([, item]) => item)).filter(fails), ...files];
    }

    /** Runs once; where it is to go on, again whenever a document is run anew, or a file changes on the disk. */
    private async start(
        request: vscode.TestRunRequest,
        cancellation: vscode.CancellationToken,
        coverage: boolean,
    ): Promise<void> {
        if (request.continuous !== true) {
            await this.run(request, cancellation, coverage);
            return;
        }
        this.going.add(request);
        const news = { come: true };
        let wake = () => {};
        const again = () => {
            news.come = true;
            wake();
        };
        const woken = vscode.Disposable.from(
            this.verdicts.onNews(again),
            this.changed.event(again),
            cancellation.onCancellationRequested(() => wake()),
        );
        while (!cancellation.isCancellationRequested) {
            if (news.come) {
                news.come = false;
                // Of one request VS Code takes but one run.
                const { include, exclude, profile } = request;
                await this.run(new vscode.TestRunRequest(include, exclude, profile, true), cancellation, coverage);
            } else {
                await new Promise<void>((resolve) => (wake = resolve));
            }
        }
        woken.dispose();
        this.going.delete(request);
    }

    private async run(
        request: vscode.TestRunRequest,
        cancellation: vscode.CancellationToken,
        coverage: boolean,
    ): Promise<void> {
        if (request.include === undefined) {
            await this.listed();
        }
        const run = this.controller.createTestRun(request);
        const known = new Map<string, ExampleRun>();
        const covered = new Set<string>();
        for (const [file, items] of wantedItems(this.controller, request)) {
            if (cancellation.isCancellationRequested || file.uri === undefined) {
                break;
            }
            items.forEach((item) => run.started(item));
            try {
                const asked = this.session.toUri(file.uri);
                const answer = await this.session.ask("karel.runExamples", [asked], cancellation);
                for (const example of readRuns(answer, asked)?.examples ?? []) {
                    const id = key(vscode.Uri.parse(example.uri), exampleId(example));
                    // A grid file alone is not run; a program that names it has said how it goes.
                    if (example.verdict !== "undecided" || !known.has(id)) {
                        known.set(id, example);
                    }
                }
                for (const item of items) {
                    const example = known.get(key(file.uri, item.id));
                    if (example === undefined) {
                        run.skipped(item);
                    } else {
                        this.show(run, item, example);
                    }
                }
                if (coverage) {
                    await this.cover(run, asked, covered, cancellation);
                }
            } catch (error) {
                // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have come meanwhile
                if (!cancellation.isCancellationRequested) {
                    const message = new vscode.TestMessage(error instanceof Error ? error.message : String(error));
                    items.forEach((item) => run.errored(item, message));
                }
            }
        }
        run.end();
    }

    /** Adds what the examples of the file carry out of their program, once for each program. */
    private async cover(
        run: vscode.TestRun,
        asked: string,
        covered: Set<string>,
        cancellation: vscode.CancellationToken,
    ): Promise<void> {
        const found = readCoverage(await this.session.ask("karel.coverage", [asked], cancellation));
        if (found !== undefined && !covered.has(found.uri.toString())) {
            covered.add(found.uri.toString());
            run.addCoverage(found);
        }
    }
}

/** Why it fails: where its world is not the expected one, VS Code compares the two. */
function explain(item: vscode.TestItem, { message, expected, actual }: ExampleRun): vscode.TestMessage {
    const shown =
        expected === undefined || actual === undefined
            ? new vscode.TestMessage(message)
            : vscode.TestMessage.diff(message, expected, actual);
    if (item.uri !== undefined && item.range !== undefined) {
        shown.location = new vscode.Location(item.uri, item.range);
    }
    return shown;
}

/** The files that are to be run with their examples, programs before grid files. */
function wantedItems(
    controller: vscode.TestController,
    request: vscode.TestRunRequest,
): Map<vscode.TestItem, vscode.TestItem[]> {
    const files = new Map<vscode.TestItem, vscode.TestItem[]>();
    const all = [...controller.items].map(([, file]) => file);
    const programs = (item: vscode.TestItem) => Number(!(item.parent ?? item).id.endsWith(".karel"));
    for (const item of [...(request.include ?? all)].sort((a, b) => programs(a) - programs(b))) {
        const examples = item.parent === undefined ? [...item.children].map(([, example]) => example) : [item];
        const file = item.parent ?? item;
        const wanted = examples.filter((example) => isWanted(example, request));
        files.set(file, [...(files.get(file) ?? []), ...wanted]);
    }
    return files;
}

/** Whether the example is to be run, by itself or with its file. */
function isWanted(example: vscode.TestItem, { include, exclude }: vscode.TestRunRequest): boolean {
    const named = (items: readonly vscode.TestItem[]) =>
        items.some((item) => item === example || item === example.parent);
    return (include === undefined || named(include)) && !named(exclude ?? []);
}

function key(uri: vscode.Uri | undefined, id: string): string {
    return JSON.stringify([uri?.toString(), id]);
}

function outcome({ verdict, message }: ExampleRun): string {
    const word = { passes: "passes", fails: "fails", undecided: "not run" }[verdict];
    return message === "" || message === word ? word : `${word}: ${message}`;
}
