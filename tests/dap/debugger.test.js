// `karel dap`, asked by the client that VS Code's authors test debug adapters with.
//   KAREL_BIN   folder with karel

const assert = require("node:assert");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { afterEach, beforeEach, test } = require("node:test");
const { DebugClient } = require("@vscode/debugadapter-testsupport");

const PROGRAM = `def main():
    while(frontIsClear()):
        step()
    step()

def step():
    move()
    putMarker()

example "short":
    input:
        > . .
    output:
        . . >
example "still":
    input:
        >
`;

let client;
let program;
let folder;

beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "karel-dap-"));
    program = path.join(folder, "a.karel");
    fs.writeFileSync(program, PROGRAM);
    client = new DebugClient(path.join(process.env.KAREL_BIN, "karel"), "dap", "karel");
    await client.start();
});
afterEach(async () => {
    await client.stop();
    fs.rmSync(folder, { recursive: true });
});

const launch = (more = {}) => ({ program, example: "short", ...more });
const here = async () => (await client.stackTraceRequest({ threadId: 1 })).body.stackFrames[0];

/** Where the run is after a request that has it move. */
async function moved(request) {
    const [stopped] = await Promise.all([client.waitForEvent("stopped"), request]);
    return `${stopped.body.reason} ${(await here()).line}`;
}

async function evaluate(expression) {
    return (await client.evaluateRequest({ expression, context: "watch" })).body.result;
}

test("what it can do is said", async () => {
    const { body } = await client.initializeRequest();
    for (const can of [
        "supportsStepBack",
        "supportsConditionalBreakpoints",
        "supportsLogPoints",
        "supportsRestartRequest",
    ]) {
        assert.equal(body[can], true, can);
    }
    await assert.rejects(client.send("illegalRequest"), /does not know the request/);
});

test("it stops on entry, and ends", async () => {
    await Promise.all([
        client.configurationSequence(),
        client.launch(launch({ stopOnEntry: true })),
        client.assertStoppedLocation("entry", { path: program, line: 2 }),
    ]);
    await Promise.all([client.waitForEvent("terminated"), client.terminateRequest({})]);
});

test("a breakpoint is hit, moved to the next statement, conditional", async () => {
    await client.hitBreakpoint(launch(), { path: program, line: 7 });
    assert.equal(await evaluate("step"), "1");
    await client.setBreakpointsRequest({
        source: { path: program },
        breakpoints: [{ line: 6, condition: "step > 1" }],
    });
    assert.equal(await moved(client.continueRequest({ threadId: 1 })), "breakpoint 7");
    assert.equal(await evaluate("step"), "4");
});

test("a log point writes what it is to", async () => {
    await Promise.all([
        client.waitForEvent("initialized").then(async () => {
            const breakpoints = [{ line: 8, logMessage: "at {robot.column}" }];
            await client.setBreakpointsRequest({ source: { path: program }, breakpoints });
            await client.configurationDoneRequest();
        }),
        client.launch(launch()),
        client.assertOutput("console", 'example "short" of a.karel, 7 steps\nat 2\nat 3\n'),
    ]);
});

test("it stops at the crash, and goes back from there and forth again", async () => {
    await Promise.all([
        client.configurationSequence(),
        client.launch(launch()),
        client.assertStoppedLocation("exception", { path: program, line: 7 }),
    ]);
    const { body } = await client.send("exceptionInfo", { threadId: 1 });
    assert.match(body.description, /^move\(\) runs into the edge of the world/);
    assert.equal(await moved(client.stepBackRequest({ threadId: 1 })), "step 4");
    assert.equal(await moved(client.stepBackRequest({ threadId: 1 })), "step 2");
    assert.equal(await moved(client.reverseContinueRequest({ threadId: 1 })), "entry 2");
    assert.equal(await moved(client.stepInRequest({ threadId: 1 })), "step 3");
    assert.equal(await moved(client.stepInRequest({ threadId: 1 })), "step 7");
    assert.equal(await moved(client.stepOutRequest({ threadId: 1 })), "step 2");
    assert.equal(await moved(client.nextRequest({ threadId: 1 })), "step 3");
    const targets = (await client.send("gotoTargets", { source: { path: program }, line: 8 })).body.targets;
    assert.equal(await moved(client.gotoRequest({ threadId: 1, targetId: targets[0].id })), "goto 8");
    const { scopes } = (await client.scopesRequest({ frameId: (await here()).id })).body;
    const names = await Promise.all(
        scopes.map(async ({ name, variablesReference }) => {
            const { variables } = (await client.variablesRequest({ variablesReference })).body;
            return `${name}: ${variables.map((variable) => variable.name).join(" ")}`;
        }),
    );
    assert.deepEqual(names, [
        "Robot: row column heading markers ahead",
        "Conditions: frontIsClear leftIsClear rightIsClear markersPresent noMarkersPresent",
        "Run: example step calls ends",
        "World: row 1",
    ]);
    assert.equal(await moved(client.continueRequest({ threadId: 1 })), "exception 7");
    assert.equal(await moved(client.restartRequest({})), "exception 7");
});

test("what can't be launched is an error with its reason", async () => {
    await client.initializeRequest();
    await assert.rejects(client.launchRequest({ program: path.join(folder, "none.karel") }), /there is no such file/);
    await assert.rejects(client.launchRequest(launch({ example: "none" })), /no example and no test named "none"/);
});
