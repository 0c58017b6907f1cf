/**
 * As much of VS Code as the extension's modules need under test: what they register can be called, what they show is
 * kept in `seen`. Tests of a real window are in `tests/vscode`.
 */

type Listener<T> = (value: T) => unknown;

export class CancellationTokenSource {
    readonly token = { isCancellationRequested: false };

    cancel(): void {
        this.token.isCancellationRequested = true;
    }

    dispose(): void {}
}

export class EventEmitter<T> {
    private readonly listeners = new Set<Listener<T>>();
    readonly event = (listener: Listener<T>) => {
        this.listeners.add(listener);
        return { dispose: () => this.listeners.delete(listener) };
    };
    fire(value: T): void {
        [...this.listeners].forEach((listener) => listener(value));
    }
    dispose(): void {
        this.listeners.clear();
    }
}

export class Disposable {
    constructor(readonly dispose: () => void) {}
    static from(...all: { dispose(): unknown }[]): Disposable {
        return new Disposable(() => all.forEach((one) => one.dispose()));
    }
}

export class Uri {
    private constructor(
        readonly scheme: string,
        readonly path: string,
        readonly query: string,
    ) {}
    get fsPath(): string {
        return this.path;
    }
    static joinPath(uri: Uri, ...parts: string[]): Uri {
        return new Uri(uri.scheme, [uri.path, ...parts].join("/"), "");
    }
    static parse(text: string): Uri {
        const [, scheme = "", path = "", query = ""] = /^([\w-]+):(?:\/\/)?([^?]*)\??(.*)$/.exec(text) ?? [];
        return new Uri(scheme, decodeURIComponent(path), decodeURIComponent(query));
    }
    static file(path: string): Uri {
        return new Uri("file", path, "");
    }
    static from({ scheme, path, query = "" }: { scheme: string; path: string; query?: string }): Uri {
        return new Uri(scheme, path, query);
    }
    toString(): string {
        const query = this.query === "" ? "" : `?${encodeURIComponent(this.query)}`;
        return `${this.scheme}:${encodeURI(this.path)}${query}`;
    }
}

export class Position {
    constructor(
        readonly line: number,
        readonly character: number,
    ) {}
    isEqual = (other: Position) => this.line === other.line && this.character === other.character;
}

export class Range {
    readonly start: Position;
    readonly end: Position | undefined;
    constructor(line: number | Position, character: unknown, endLine?: number, endCharacter?: number) {
        this.start = typeof line === "number" ? new Position(line, Number(character)) : line;
        this.end = endLine === undefined ? undefined : new Position(endLine, Number(endCharacter));
    }
}

export class MarkdownString {
    isTrusted: unknown;
    constructor(public value = "") {}
    appendText = (text: string) => ((this.value += text), this);
    appendMarkdown = (text: string) => ((this.value += text), this);
}

export class ThemeColor {
    constructor(readonly id: string) {}
}
export class TestMessage {
    expectedOutput: string | undefined;
    actualOutput: string | undefined;
    location: unknown;
    constructor(readonly message: string) {}
    static diff(message: string, expected: string, actual: string): TestMessage {
        return Object.assign(new TestMessage(message), { expectedOutput: expected, actualOutput: actual });
    }
}
export class Location {
    constructor(
        readonly uri: Uri,
        readonly range: Range,
    ) {}
}
export class BranchCoverage {
    constructor(
        readonly executed: number,
        readonly location: Range,
        readonly label: string,
    ) {}
}
export class StatementCoverage {
    constructor(
        readonly executed: number,
        readonly location: Range,
        readonly branches: BranchCoverage[],
    ) {}
}
export class FileCoverage {
    private constructor(readonly uri: Uri) {}
    static fromDetails(uri: Uri, _: StatementCoverage[]): FileCoverage {
        return new FileCoverage(uri);
    }
}
export class TestRunRequest {
    constructor(
        readonly include?: readonly TestItem[],
        readonly exclude?: readonly TestItem[],
        readonly profile?: unknown,
        readonly continuous?: boolean,
    ) {}
}

export const ProgressLocation = { Notification: 15 };
export const StatusBarAlignment = { Left: 1 };
export const TestRunProfileKind = { Run: 1, Debug: 2, Coverage: 3 };
export const LogLevel = { Trace: 1, Info: 3 };
export const TextEditorSelectionChangeKind = { Keyboard: 1, Mouse: 2, Command: 3 };
export const ViewColumn = { Beside: -2, One: 1 };
export const OverviewRulerLane = { Full: 7 };

export interface InputOptions {
    value: string;
    validateInput?(text: string): string | undefined;
}

/** The settings of the section `karel`. */
export const configuration: Record<string, unknown> = {};

/** The files on the disk, by their URI. */
export const disk = new Map<string, string>();

/** What was shown, and how the user answers. */
export const seen = {
    messages: [] as { kind: string; text: string; buttons: string[] }[],
    picks: [] as { items: unknown[]; title: string }[],
    commands: [] as unknown[][],
    /** The button or the row that is chosen. */
    choose: (_: readonly unknown[]): unknown => undefined,
    /** What the user types where something is asked for; `undefined` gives up. */
    input: (_: InputOptions): string | undefined => undefined,
    /** The folders that the user chooses. */
    folders: undefined as Uri[] | undefined,
    logged: [] as string[],
    statusItems: [] as { text: string; shown: boolean; tooltip: unknown; backgroundColor: unknown }[],
    progress: [] as {
        title: string;
        cancellable: boolean;
        reports: { message?: string }[];
        cancel: EventEmitter<void>;
        over: boolean;
    }[],
    results: [] as string[],
    /** The messages of tests that failed, and the files whose coverage was told. */
    why: [] as TestMessage[],
    coverage: [] as FileCoverage[],
    endedRuns: 0,
    controllers: [] as Controller[],
    /** The webviews that were opened. */
    panels: [] as Panel[],
    serializers: new Map<string, { deserializeWebviewPanel(panel: unknown, state: unknown): unknown }>(),
    editors: new Map<string, { resolveCustomTextEditor(document: { uri: Uri }, panel: unknown): unknown }>(),
    providers: new Map<string, { provideTextDocumentContent(uri: Uri): unknown }>(),
};

const message =
    (kind: string) =>
    async (text: string, ...buttons: string[]): Promise<unknown> => {
        seen.messages.push({ kind, text, buttons });
        return seen.choose(buttons);
    };

export const events = {
    changed: new EventEmitter<{ document: Document; contentChanges: unknown[] }>(),
    closed: new EventEmitter<Document>(),
    opened: new EventEmitter<Document>(),
    created: new EventEmitter<Uri>(),
    changedOnDisk: new EventEmitter<Uri>(),
    deleted: new EventEmitter<Uri>(),
    editors: new EventEmitter<void>(),
    activeEditor: new EventEmitter<unknown>(),
    selected: new EventEmitter<{ textEditor: unknown; selections: { active: Position }[]; kind?: number }>(),
    configured: new EventEmitter<{ affectsConfiguration(section: string): boolean }>(),
    trusted: new EventEmitter<void>(),
    debugged: new EventEmitter<{ session: { type: string }; event: string; body: unknown }>(),
};

export interface Document {
    uri: Uri;
    languageId: string;
    version: number;
}

/** A webview, and its page's side. */
export class Panel {
    visible = true;
    viewColumn: number | undefined;
    revealed = 0;
    iconPath: unknown;
    /** What was sent to the page. */
    readonly sent: Record<string, unknown>[] = [];
    private readonly said = new EventEmitter<unknown>();
    private readonly gone = new EventEmitter<void>();
    private readonly turned = new EventEmitter<void>();
    readonly onDidDispose = this.gone.event;
    readonly onDidChangeViewState = this.turned.event;
    readonly webview = {
        html: "",
        options: undefined as unknown,
        cspSource: "https://webview.example",
        asWebviewUri: (uri: Uri) => uri,
        onDidReceiveMessage: this.said.event,
        postMessage: async (message: Record<string, unknown>) => void this.sent.push(message),
    };
    constructor(
        readonly kind: string,
        readonly title: string,
        readonly place: unknown,
    ) {}
    reveal = () => void (this.revealed += 1);
    dispose = () => this.gone.fire();
    /** The page says something. */
    says = (message: object) => this.said.fire({ jsonrpc: "2.0", ...message });
    turn(visible: boolean): void {
        this.visible = visible;
        this.turned.fire();
    }
}

export const window = {
    onDidChangeActiveTextEditor: events.activeEditor.event,
    onDidChangeTextEditorSelection: events.selected.event,
    createTextEditorDecorationType: (options: object) => {
        type Marked = { setDecorations(type: object, ranges: []): void };
        const type = {
            ...options,
            dispose: () => window.visibleTextEditors.forEach((editor) => (editor as Marked).setDecorations(type, [])),
        };
        return type;
    },
    createWebviewPanel: (kind: string, title: string, place: unknown) => {
        const panel = new Panel(kind, title, place);
        seen.panels.push(panel);
        return panel;
    },
    registerWebviewPanelSerializer: (
        kind: string,
        serializer: { deserializeWebviewPanel(panel: unknown, state: unknown): unknown },
    ) => {
        seen.serializers.set(kind, serializer);
        return new Disposable(() => seen.serializers.delete(kind));
    },
    registerCustomEditorProvider: (
        kind: string,
        provider: { resolveCustomTextEditor(document: { uri: Uri }, panel: unknown): unknown },
    ) => {
        seen.editors.set(kind, provider);
        return new Disposable(() => seen.editors.delete(kind));
    },
    activeTextEditor: undefined as unknown,
    visibleTextEditors: [] as object[],
    onDidChangeVisibleTextEditors: events.editors.event,
    showInformationMessage: message("info"),
    showWarningMessage: message("warning"),
    showErrorMessage: message("error"),
    showTextDocument: async (...args: unknown[]) => void seen.commands.push(["showTextDocument", ...args]),
    showQuickPick: async (items: readonly unknown[], { title }: { title: string }) => {
        seen.picks.push({ items: [...items], title });
        return seen.choose(items);
    },
    createStatusBarItem: () => {
        const item = {
            text: "",
            shown: false,
            tooltip: undefined as unknown,
            backgroundColor: undefined as unknown,
            show: () => (item.shown = true),
            hide: () => (item.shown = false),
            dispose: () => {},
        };
        seen.statusItems.push(item);
        return item;
    },
    showInputBox: async (options: InputOptions) => seen.input(options),
    showOpenDialog: async ({ title }: { title: string }) => {
        seen.picks.push({ items: [], title });
        return seen.folders;
    },
    createOutputChannel: () => ({
        ...Object.fromEntries(
            ["info", "warn", "error"].map((level) => [
                level,
                (text: string) => void seen.logged.push(`${level} ${text}`),
            ]),
        ),
        show: () => void seen.logged.push("show"),
        dispose: () => {},
        logLevel: LogLevel.Info,
        onDidChangeLogLevel: new EventEmitter<number>().event,
    }),
    withProgress: async (
        { title, cancellable }: { title: string; cancellable: boolean },
        work: (progress: unknown, token: unknown) => Promise<unknown>,
    ) => {
        const reports: { message?: string }[] = [];
        const shown = { title, cancellable, reports, cancel: new EventEmitter<void>(), over: false };
        seen.progress.push(shown);
        await work(
            { report: (value: object) => shown.reports.push(value) },
            { onCancellationRequested: shown.cancel.event },
        );
        shown.over = true;
    },
};

const registered = new Map<string, (...args: unknown[]) => unknown>();

export const commands = {
    registerCommand: (name: string, run: (...args: unknown[]) => unknown) => {
        registered.set(name, run);
        return new Disposable(() => registered.delete(name));
    },
    executeCommand: async (name: string, ...args: unknown[]): Promise<unknown> => {
        seen.commands.push([name, ...args]);
        return registered.get(name)?.(...args);
    },
};

/** The names that are registered. */
export function registeredCommands(): string[] {
    return [...registered.keys()];
}

export const workspace = {
    textDocuments: [] as Document[],
    /** What `findFiles` finds. */
    files: [] as Uri[],
    onDidChangeTextDocument: events.changed.event,
    onDidCloseTextDocument: events.closed.event,
    onDidOpenTextDocument: events.opened.event,
    asRelativePath: (uri: Uri) => uri.path.replace(/^.*\//, ""),
    findFiles: async () => workspace.files,
    workspaceFolders: undefined as { uri: Uri }[] | undefined,
    isTrusted: true,
    onDidChangeConfiguration: events.configured.event,
    onDidGrantWorkspaceTrust: events.trusted.event,
    getConfiguration: () => ({ get: (name: string, otherwise?: unknown) => configuration[name] ?? otherwise }),
    getWorkspaceFolder: (uri: Uri) =>
        workspace.workspaceFolders?.find((folder) => uri.path.startsWith(folder.uri.path)),
    fs: {
        createDirectory: async () => {},
        readDirectory: async (folder: Uri) =>
            [...disk.keys()]
                .filter((file) => file.startsWith(`${folder}/`))
                .map((file) => [file.slice(`${folder}/`.length), 1]),
        writeFile: async (uri: Uri, bytes: Uint8Array) =>
            void disk.set(uri.toString(), new TextDecoder().decode(bytes)),
    },
    openTextDocument: async (what: Uri | { language: string; content: string }) => {
        const text = what instanceof Uri ? (disk.get(what.toString()) ?? "") : what.content;
        const languageId = what instanceof Uri ? "kareldsl" : what.language;
        const positionAt = (offset: number) => {
            const lines = text.slice(0, offset).split("\n");
            return new Position(lines.length - 1, (lines.at(-1) ?? "").length);
        };
        return { uri: what instanceof Uri ? what : undefined, languageId, getText: () => text, positionAt };
    },
    createFileSystemWatcher: (pattern: string) => ({
        pattern,
        onDidCreate: events.created.event,
        onDidChange: events.changedOnDisk.event,
        onDidDelete: events.deleted.event,
        dispose: () => {},
    }),
    registerTextDocumentContentProvider: (
        scheme: string,
        provider: { provideTextDocumentContent(uri: Uri): unknown },
    ) => {
        seen.providers.set(scheme, provider);
        return new Disposable(() => {});
    },
};

/** Refuses a repeated id as VS Code does. */
export class TestItems {
    private items = new Map<string, TestItem>();
    constructor(private readonly parent?: TestItem) {}
    get = (id: string) => this.items.get(id);
    delete = (id: string) => this.items.delete(id);
    add(item: TestItem): void {
        item.parent = this.parent;
        this.items.set(item.id, item);
    }
    replace(items: readonly TestItem[]): void {
        if (new Set(items.map((item) => item.id)).size < items.length) {
            throw new Error("two tests have one id");
        }
        this.items = new Map();
        items.forEach((item) => this.add(item));
    }
    forEach = (work: (item: TestItem) => void) => this.items.forEach((item) => work(item));
    [Symbol.iterator] = () => this.items.entries();
}

export class TestItem {
    sortText = "";
    range: Range | undefined;
    parent: TestItem | undefined;
    readonly children = new TestItems(this);
    constructor(
        readonly id: string,
        readonly label: string,
        readonly uri: Uri,
    ) {}
}

export class Controller {
    readonly items = new TestItems();
    resolveHandler: (item?: TestItem) => Promise<void> = async () => {};
    refreshHandler: () => Promise<void> = async () => {};
    runHandler: (request: TestRunRequest, token: unknown) => Promise<void> = async () => {};
    createTestItem = (id: string, label: string, uri: Uri) => new TestItem(id, label, uri);
    debugHandler: (request: TestRunRequest) => Promise<void> = async () => {};
    coverageHandler: Controller["runHandler"] = async () => {};
    /** Gives the details of a file's coverage. */
    details: (file: FileCoverage) => Promise<StatementCoverage[]> = async () => [];
    createRunProfile = (_: string, kind: number, run: Controller["runHandler"]) => {
        const profile = {
            supportsContinuousRun: false,
            loadDetailedCoverage: async (_run: unknown, _file: FileCoverage): Promise<StatementCoverage[]> => [],
        };
        if (kind === TestRunProfileKind.Debug) {
            this.debugHandler = (request) => run(request, undefined);
        } else if (kind === TestRunProfileKind.Coverage) {
            this.coverageHandler = run;
            this.details = (file) => profile.loadDetailedCoverage(undefined, file);
        } else {
            this.runHandler = run;
        }
        return profile;
    };
    invalidateTestResults = (item: TestItem) => seen.results.push(`${item.label} outdated`);
    private readonly requests = new WeakSet<object>();
    createTestRun = (request: object) => {
        // VS Code adds a second run of one request to the first, which is over.
        if (this.requests.has(request)) {
            throw new Error("this request had a run");
        }
        this.requests.add(request);
        const result =
            (word: string) =>
            (item: TestItem, why: TestMessage | TestMessage[] = []) => {
                seen.why.push(...[why].flat());
                seen.results.push([`${item.label} ${word}`, ...[why].flat().map(({ message }) => message)].join(": "));
            };
        return {
            started: () => {},
            appendOutput: () => {},
            addCoverage: (file: FileCoverage) => seen.coverage.push(file),
            end: () => (seen.endedRuns += 1),
            passed: result("passed"),
            failed: result("failed"),
            skipped: result("skipped"),
            errored: result("errored"),
        };
    };
    dispose(): void {}
}

export const tests = {
    createTestController: () => {
        const controller = new Controller();
        seen.controllers.push(controller);
        return controller;
    },
};

export class CodeLens {
    constructor(
        readonly range: Range,
        readonly command: { title: string; command: string; arguments: unknown[] },
    ) {}
}

export class DebugAdapterExecutable {
    constructor(
        readonly command: string,
        readonly args: string[],
    ) {}
}

export class InlineValueEvaluatableExpression {
    constructor(
        readonly range: Range,
        readonly expression: string,
    ) {}
}

/** What is registered for a language or a kind of debugger; the last one of each. */
export const providers: Record<string, unknown> = {};

const provide = (name: string) => (_: unknown, provider: unknown) => {
    providers[name] = provider;
    return new Disposable(() => {});
};

export const languages = {
    registerInlineValuesProvider: provide("inlineValues"),
    registerCodeLensProvider: provide("lenses"),
};

export const debug = {
    activeDebugSession: undefined as { type: string } | undefined,
    onDidReceiveDebugSessionCustomEvent: events.debugged.event,
    registerDebugAdapterDescriptorFactory: provide("adapter"),
    registerDebugConfigurationProvider: provide("configurations"),
    startDebugging: async (...args: unknown[]) => {
        seen.commands.push(["startDebugging", ...args]);
        return true;
    },
};

/** Forgets what was shown. */
export function reset(): void {
    const lists = [
        "messages",
        "picks",
        "commands",
        "logged",
        "statusItems",
        "progress",
        "results",
        "controllers",
        "panels",
    ];
    Object.assign(seen, Object.fromEntries(lists.map((list) => [list, []])), { folders: undefined, endedRuns: 0 });
    seen.choose = () => undefined;
    seen.input = () => undefined;
    Object.assign(workspace, { textDocuments: [], files: [], workspaceFolders: undefined, isTrusted: true });
    Object.keys(configuration).forEach((name) => delete configuration[name]);
    disk.clear();
    debug.activeDebugSession = undefined;
    Object.assign(window, { activeTextEditor: undefined, visibleTextEditors: [] });
}
