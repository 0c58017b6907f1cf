"""How both programs end: what counts as success, and what happens at a closed pipe and at Ctrl-C."""

import os
import pathlib
import signal
import subprocess

import pytest

from karel import karel
from project import program

QUICK = ("--device", "cpu", "--beam", "2")


def synth(*arguments) -> subprocess.CompletedProcess:
    """Runs `karel-synth` with `arguments`."""
    words = [program("karel-synth"), *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})


@pytest.fixture
def tasks(tmp_path: pathlib.Path) -> pathlib.Path:
    """Two made-up tasks."""
    file = tmp_path / "tasks.jsonl"
    assert synth("generate", "--tasks", 2, "--out", file).returncode == 0
    return file


def test_what_is_missing_is_told_alike():
    for ran in (synth("eval", "--tasks", "none.jsonl"), synth("generate", "--against", "none.jsonl", "--check")):
        assert ran.returncode == 2 and ran.stderr.startswith("error: "), ran.stderr
    assert karel("check", "none.karel").code == 2


def test_no_task_and_no_test_are_no_success(tmp_path, examples):
    prose = tmp_path / "README.md"
    prose.write_text("no task\n" * 50)
    for file in (prose, os.devnull):
        ran = synth("eval", "--tasks", file, *QUICK)
        assert ran.returncode == 2 and "holds no task" in ran.stderr and not ran.stdout, ran.stdout + ran.stderr
        assert len(ran.stderr.splitlines()) < 15
    ran = karel("test", "--filter", "zzz", examples)
    assert ran.code != 0 and "zzz" in ran.err and not ran.out


def test_a_report_that_cannot_be_written_is_printed_first(tasks):
    for option in ("--json", "--markdown", "--details"):
        ran = synth("eval", "--tasks", tasks, *QUICK, option, "/nonexistent/report")
        assert ran.returncode == 2 and "| %" in ran.stdout or "plain beam" in ran.stdout, ran.stdout
        assert "can't write /nonexistent/report" in ran.stderr, ran.stderr


def test_a_closed_pipe_is_no_error():
    words = [program("karel-synth"), "generate", "--tasks", "100000"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as engine:
        assert engine.stdout.readline()
        engine.stdout.close()
        assert engine.wait() in (0, -signal.SIGPIPE)
        assert engine.stderr.read() == b""


def test_an_interrupted_file_is_not_left(tmp_path):
    out = tmp_path / "out.jsonl.gz"
    words = [program("karel-synth"), "generate", "--tasks", "100000000", "--out", out]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as engine:
        while not list(tmp_path.iterdir()):
            assert engine.poll() is None
        engine.send_signal(signal.SIGINT)
        assert engine.wait() == 130
        assert engine.stderr.read() == b""
    assert not list(tmp_path.iterdir())
