"""`karel replay`: tasks of the public dataset's format, run and compared with what the file says."""

import gzip
import json

from karel import karel


def world(hero: str, markers: str = "") -> dict:
    """A world of two rows and three columns, as the dataset has it: row 0 is the southernmost."""
    return {"rows": 2, "cols": 3, "hero": hero, "markers": markers, "blocked": "1:2", "crashed": False}


def example(index: int, start: str, end: str, markers: str) -> dict:
    """An example of the task: one step, one marker."""
    return {
        "example_index": index,
        "actions": ["move", "putMarker"],
        "inpgrid_json": world(start),
        "outgrid_json": world(end, markers),
    }


def task() -> dict:
    """`def main(): move(); putMarker()` with six examples."""
    ways = [
        ("0:0:east", "0:1:east", "0:1:1"),
        ("0:1:east", "0:2:east", "0:2:1"),
        ("0:2:west", "0:1:west", "0:1:1"),
        ("0:0:north", "1:0:north", "1:0:1"),
        ("1:1:south", "0:1:south", "0:1:1"),
        ("1:1:west", "1:0:west", "1:0:1"),
    ]
    return {
        "guid": "one step",
        "program_tokens": ["DEF", "run", "m(", "move", "putMarker", "m)"],
        "program_json": {"run": [{"type": "move"}, {"type": "putMarker"}]},
        "examples": [example(index, *way) for index, way in enumerate(ways)],
    }


def test_a_right_file_agrees_plain_and_compressed(tmp_path):
    text = json.dumps(task()) + "\n"
    plain, packed = tmp_path / "tasks.jsonl", tmp_path / "tasks.jsonl.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))
    for ran in [karel("replay", plain), karel("replay", packed), karel("replay", "-", stdin=text)]:
        assert ran.code == 0, ran.out + ran.err
        assert "6 of 6 pairs agree" in ran.out


def test_each_wrong_line_has_its_message_and_the_rest_is_read(tmp_path):
    output, trace = task(), task()
    output["examples"][1]["outgrid_json"]["markers"] = "0:2:2"
    trace["examples"][2]["actions"] = ["move", "pickMarker"]
    lines = [task(), output, trace]
    text = "".join(json.dumps(line) + "\n" for line in lines) + "{ no JSON\n" + json.dumps(task()) + "\n"
    file = tmp_path / "tasks.jsonl"
    file.write_text(text)

    ran = karel("replay", file)
    assert ran.code == 1
    said = ran.out.splitlines()
    assert any("line 2:" in line and "example 2" in line and "wrong output" in line for line in said), ran.out
    assert any("line 3:" in line and "example 3" in line and "wrong trace" in line for line in said), ran.out
    assert any("line 4:" in line for line in said), ran.out
    assert "22 of 24 pairs agree" in said[-1]

    report = json.loads(karel("replay", "--json", file).out)
    assert (report["tasks"], report["pairs"], report["agree"]) == (4, 24, 22)
    assert [problem["line"] for problem in report["problems"]] == [2, 3, 4]


def test_a_file_that_is_not_there_is_named(tmp_path):
    ran = karel("replay", tmp_path / "none.jsonl")
    assert ran.code == 2 and "none.jsonl" in ran.err


def test_the_real_tasks_agree(shared):
    ran = karel("replay", shared / "data/karel-real-4.jsonl")
    assert ran.code == 0, ran.out
    assert "24 of 24 pairs agree" in ran.out


def test_the_validation_programs_agree(shared):
    ran = karel("replay", shared / "data/karel-val-2189.jsonl.gz")
    assert ran.code == 0, ran.out
    assert "13134 of 13134 pairs agree" in ran.out
