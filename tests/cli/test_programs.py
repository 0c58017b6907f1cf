"""`karel check | fmt | run | trace | test`: programs and their examples, without the engine."""

import json
import subprocess
from subprocess import PIPE

import pytest

from karel import karel
from project import program


def test_check_names_line_code_and_word(examples):
    ran = karel("check", "mistakes.karel", cwd=examples)
    assert ran.code == 1
    assert "mistakes.karel:3:" in ran.out and "mistakes.karel:4:" in ran.out, ran.out
    assert "K0" in ran.out and "move" in ran.out
    found = [json.loads(line) for line in karel("check", "--json", "mistakes.karel", cwd=examples).out.splitlines()]
    assert [one["start"]["line"] for one in found if one["severity"] == "error"] == [3, 4]
    assert all(one["code"].startswith("K") and one["message"] for one in found)


def test_check_finds_nothing_in_what_is_right(examples):
    ran = karel("check", "stairs.karel", cwd=examples)
    assert ran.code == 0, ran.out
    assert "nothing to report" in ran.out


def test_every_example_file_is_in_its_canonical_form(examples):
    (examples / "mistakes.karel").unlink()
    ran = karel("fmt", "--check", examples)
    assert ran.code == 0, ran.out


def test_fmt_writes_the_canonical_form(tmp_path):
    untidy = "def main():\n  while frontIsClear() :\n     move()   # on\n"
    tidy = "def main():\n    while(frontIsClear()):\n        move()  # on\n"
    assert karel("fmt", "-", stdin=untidy).out == tidy
    file = tmp_path / "a.karel"
    file.write_text(untidy)
    assert (karel("fmt", "--check", file).code, file.read_text()) == (1, untidy)
    assert (karel("fmt", file).code, file.read_text()) == (0, tidy)
    assert karel("fmt", "--check", file).code == 0


def test_fmt_leaves_what_it_cannot_read(examples):
    file = examples / "mistakes.karel"
    text = file.read_text()
    ran = karel("fmt", file)
    assert ran.code == 1 and "mistakes.karel" in ran.err
    assert file.read_text() == text


def test_run_shows_worlds_and_where_it_crashed(examples):
    ran = karel("run", "crash.karel", "--example", "too short", cwd=examples)
    assert ran.code == 1
    assert "> . ." in ran.out and ". . >" in ran.out
    assert "crashed in line 4" in ran.out


def test_run_takes_a_world_of_its_own(examples):
    ran = karel("run", "--json", "stairs.karel", "--grid", "-", stdin=". . . .\n" * 3 + ". . . ^\n", cwd=examples)
    assert ran.code == 0, ran.out + ran.err
    report = json.loads(ran.out)
    assert report["outcome"] == "finished"
    assert report["after"].split() == "^1 . . . . 1 . . . . 1 . . . . .".split()


def test_trace_prints_the_actions(examples):
    ran = karel("trace", "stairs.karel", "--example", "four by five", cwd=examples)
    assert ran.code == 0
    assert " ".join(["move turnLeft move turnRight putMarker"] * 3) in ran.out
    report = json.loads(karel("trace", "--json", "stairs.karel", "--example", "four by five", cwd=examples).out)
    assert report["actions"] == "move turnLeft move turnRight putMarker".split() * 3


def test_examples_pass_and_fail_one_by_one(examples):
    ran = karel("test", "stairs.karel", cwd=examples)
    assert ran.code == 0, ran.out
    assert ran.out.splitlines()[-1] == "5/5 examples"
    ran = karel("test", "crash.karel", cwd=examples)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "1/3 examples"
    report = json.loads(karel("test", "--json", "crash.karel", cwd=examples).out)
    assert [one["status"] for one in report["examples"]] == ["passed", "failed", "failed"]
    assert (report["passed"], report["total"]) == (1, 3)


def test_a_hole_fails_its_examples(examples):
    ran = karel("test", "collect.karel", cwd=examples)
    assert ran.code == 1
    assert "hole" in ran.out and "0/5 examples, 0/1 held-out tests" in ran.out


def test_an_endless_loop_is_proved(tmp_path):
    file = tmp_path / "endless.karel"
    file.write_text('def main():\n    while(frontIsClear()):\n        turnLeft()\n\nexample "open":\n    input:\n        . . .\n        . > .\n        . . .\n')
    ran = karel("run", file)
    assert ran.code == 1
    assert "endless" in ran.out and "line 2" in ran.out


@pytest.mark.parametrize("command", ["check", "fmt", "run", "trace", "test", "synth"])
def test_a_file_that_is_not_there_is_named(command, tmp_path):
    ran = karel(command, tmp_path / "none.karel")
    assert ran.code == 2 and "none.karel" in ran.err
    assert ran.err.count("\n") == 1, "more than one sentence: " + ran.err


@pytest.mark.parametrize("command", ["check", "fmt", "run", "trace", "test"])
def test_any_bytes_are_survived(command, tmp_path):
    file = tmp_path / "bytes.karel"
    file.write_bytes(bytes(range(256)) * 64)
    assert karel(command, file).code in (1, 2)


def test_the_language_server_is_a_command():
    """Its answers come and its end is as the protocol has it."""

    def send(message: dict):
        text = json.dumps({"jsonrpc": "2.0", **message})
        server.stdin.write(f"Content-Length: {len(text)}\r\n\r\n{text}")
        server.stdin.flush()

    def answer() -> dict:
        length = int(server.stdout.readline().removeprefix("Content-Length:"))
        assert server.stdout.readline() == "\n"
        return json.loads(server.stdout.read(length))

    with subprocess.Popen([program("karel"), "lsp"], stdin=PIPE, stdout=PIPE, text=True) as server:
        send({"id": 1, "method": "initialize", "params": {"capabilities": {}}})
        assert answer()["result"]["serverInfo"]["name"] == "karel-lsp"
        send({"id": 2, "method": "shutdown"})
        assert answer()["id"] == 2
        send({"method": "exit"})
        assert server.wait() == 0
