"""A straightforward Karel interpreter in Python, to compare with.

Reads programs in the dataset's tokens, one a line, then worlds as grid text, each after an empty line. Runs every
program on every world until the given seconds are over, and prints the ticks of one round and ticks per second of processor time.
"""
import sys
import time

LIMIT = 200
STEPS = [(1, 0), (0, 1), (-1, 0), (0, -1)]  # north, east, south, west


class Stop(Exception):
    pass


class World:
    def __init__(self, text):
        rows = [line.split() for line in reversed(text.split("\n"))]
        self.rows, self.cols = len(rows), len(rows[0])
        self.walls, self.markers = set(), {}
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell[0] in "^>v<":
                    self.row, self.col, self.heading = r, c, "^>v<".index(cell[0])
                    cell = cell[1:] or "."
                if cell == "#":
                    self.walls.add((r, c))
                elif cell != ".":
                    self.markers[r, c] = int(cell)

    def copy(self):
        world = object.__new__(World)
        world.__dict__.update(self.__dict__)
        world.markers = dict(self.markers)
        return world

    def ahead(self, turn):
        dr, dc = STEPS[(self.heading + turn) % 4]
        return self.row + dr, self.col + dc

    def clear(self, turn):
        r, c = self.ahead(turn)
        return 0 <= r < self.rows and 0 <= c < self.cols and (r, c) not in self.walls


class Run:
    def __init__(self, world):
        self.world = world
        self.ticks = 0

    def tick(self):
        if self.ticks == LIMIT:
            raise Stop
        self.ticks += 1

    def holds(self, condition):
        world = self.world
        if condition[0] == "not":
            return not self.holds(condition[1])
        if condition[0] == "frontIsClear":
            return world.clear(0)
        if condition[0] == "leftIsClear":
            return world.clear(-1)
        if condition[0] == "rightIsClear":
            return world.clear(1)
        present = world.markers.get((world.row, world.col), 0) > 0
        return present if condition[0] == "markersPresent" else not present

    def act(self, action):
        world = self.world
        here = world.row, world.col
        if action == "move":
            if not world.clear(0):
                raise Stop
            world.row, world.col = world.ahead(0)
        elif action == "turnLeft":
            world.heading = (world.heading - 1) % 4
        elif action == "turnRight":
            world.heading = (world.heading + 1) % 4
        elif action == "pickMarker":
            if world.markers.get(here, 0) == 0:
                raise Stop
            world.markers[here] -= 1
        else:
            if world.markers.get(here, 0) == 9:
                raise Stop
            world.markers[here] = world.markers.get(here, 0) + 1

    def block(self, statements):
        for statement in statements:
            kind = statement[0]
            if kind == "WHILE":
                while True:
                    self.tick()
                    if not self.holds(statement[1]):
                        break
                    self.block(statement[2])
            elif kind == "REPEAT":
                for _ in range(statement[1]):
                    self.tick()
                    self.block(statement[2])
            elif kind == "IF":
                self.tick()
                if self.holds(statement[1]):
                    self.block(statement[2])
            elif kind == "IFELSE":
                self.tick()
                self.block(statement[2] if self.holds(statement[1]) else statement[3])
            else:
                self.tick()
                self.act(kind)


def parse(text):
    tokens = iter(text.split()[3:])

    def condition():
        assert next(tokens) == "c("
        word = next(tokens)
        result = ("not", condition()) if word == "not" else (word,)
        assert next(tokens) == "c)"
        return result

    def block(end):
        statements = []
        for token in tokens:
            if token == end:
                return statements
            if token == "WHILE":
                test = condition()
                next(tokens)
                statements.append((token, test, block("w)")))
            elif token == "REPEAT":
                count = int(next(tokens)[2:])
                next(tokens)
                statements.append((token, count, block("r)")))
            elif token == "IF":
                test = condition()
                next(tokens)
                statements.append((token, test, block("i)")))
            elif token == "IFELSE":
                test = condition()
                next(tokens)
                then = block("i)")
                next(tokens), next(tokens)
                statements.append((token, test, then, block("e)")))
            else:
                statements.append((token,))
        raise ValueError("the program ends too early")

    return block("m)")


def main():
    programs, *worlds = sys.stdin.read().split("\n\n")
    programs = [parse(line) for line in programs.split("\n")]
    worlds = [World(text) for text in worlds]
    total, start, processor = 0, time.perf_counter(), time.process_time()
    while True:
        ticks = 0
        for program in programs:
            for world in worlds:
                run = Run(world.copy())
                try:
                    run.block(program)
                except Stop:
                    pass
                ticks += run.ticks
        total += ticks
        if time.perf_counter() - start >= float(sys.argv[1]):
            print(ticks, total / (time.process_time() - processor))
            return


main()
