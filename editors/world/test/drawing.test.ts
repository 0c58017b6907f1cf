/** Changes of a drawn world. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { World } from "../src/contract";
import {
    apply,
    faceRobot,
    isWall,
    markersAt,
    resize,
    rotate,
    setMarkers,
    setRobot,
    setWall,
    type Tool,
    turnRobot,
} from "../src/drawing";
import { ground } from "../src/frame";
import { readWorld, rowsOf } from "./toy";

const cell = (row: number, col: number) => ({ row, col });
const world = readWorld("> 1 #\n. 9 .");
const grid = (drawn: World) => rowsOf(drawn).join(" / ");

test("walls, markers and the robot come and go", () => {
    assert.equal(grid(setWall(world, cell(0, 0), true)), "> 1 # / # 9 .");
    assert.equal(grid(setWall(world, cell(1, 2), false)), "> 1 . / . 9 .");
    assert.equal(grid(setWall(world, cell(0, 1), true)), "> 1 # / . # .");
    assert.equal(setWall(world, cell(1, 0), true), world, "the robot's cell stays free");
    assert.equal(grid(setMarkers(world, cell(1, 2), 3)), "> 1 3 / . 9 .");
    assert.equal(setMarkers(world, cell(0, 1), 12), world, "nine are the most");
    assert.equal(grid(apply(world, "fewer", cell(1, 1), true)), "> . # / . 9 .");
    assert.equal(grid(apply(world, "more", cell(1, 0), true)), ">1 1 # / . 9 .");
    assert.equal(grid(setRobot(world, cell(1, 2))), ". 1 > / . 9 .");
    assert.equal(grid(setRobot(world, cell(1, 0))), "v 1 # / . 9 .", "a second time it turns");
    assert.equal(grid(faceRobot(world, "north")), "^ 1 # / . 9 .");
    assert.equal(grid(apply(world, "empty", cell(1, 2), true)), "> 1 . / . 9 .");
});

test("a world is resized and turned", () => {
    assert.equal(grid(resize(world, 3, 2)), ". . / > 1 / . 9");
    assert.equal(grid(resize(setRobot(world, cell(1, 2)), 1, 1)), ">");
    assert.deepEqual([resize(world, 0, 500).rows, resize(world, 0, 500).cols], [1, 100]);
    assert.equal(grid(rotate(world)), ". v / 9 1 / . #");
});

const worlds = fc
    .record({
        rows: fc.integer({ min: 1, max: 6 }),
        cols: fc.integer({ min: 1, max: 6 }),
        seed: fc.array(fc.nat(11), { minLength: 36, maxLength: 36 }),
    })
    .map(({ rows, cols, seed }): World => {
        let drawn: World = { rows, cols, walls: [], markers: [], robot: { row: 0, col: 0, heading: "east" } };
        seed.forEach((value, at) => {
            const here = cell(Math.floor(at / 6) % rows, at % cols);
            drawn = value > 9 ? setWall(drawn, here, value === 10) : setMarkers(drawn, here, value);
        });
        return drawn;
    });
const tools = fc.constantFrom<Tool>("wall", "more", "fewer", "robot", "empty");

test("whatever is drawn is a world, and only the cell that was drawn in changes", () => {
    fc.assert(
        fc.property(worlds, tools, fc.nat(5), fc.nat(5), fc.boolean(), (before, tool, row, col, wall) => {
            const here = cell(row % before.rows, col % before.cols);
            const after = apply(before, tool, here, wall);
            const [was, is] = [ground(before), ground(after)];
            const place = here.row * before.cols + here.col;
            is.markers.forEach((count, at) => {
                assert.ok(count === 0 || is.walls[at] === 0, "no markers in a wall");
                assert.ok(at === place || (count === was.markers[at] && is.walls[at] === was.walls[at]));
            });
            assert.equal(isWall(after, after.robot), false);
            assert.ok(markersAt(after, here) <= 9);
        }),
    );
});

test("four turns are none, and what grows and shrinks is as it was", () => {
    fc.assert(
        fc.property(worlds, fc.nat(3), (drawn, more) => {
            assert.equal(grid(rotate(rotate(rotate(rotate(drawn))))), grid(drawn));
            assert.equal(
                grid(turnRobot(rotate(drawn), -1)).replace(/[<>^v]/g, "o"),
                grid(rotate(drawn)).replace(/[<>^v]/g, "o"),
            );
            const grown = resize(drawn, drawn.rows + more, drawn.cols + more);
            assert.equal(grid(resize(grown, drawn.rows, drawn.cols)), grid(drawn));
        }),
    );
});
