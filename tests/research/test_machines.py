"""Evaluations that are split among machines by the scripts of server/synth/examples: here, among processes of this one."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from project import ROOT, program

EXAMPLES = ROOT / "server/synth/examples"
TASKS = ROOT / "server/synth/tests/fixtures/tasks.jsonl"
ARGUMENTS = ["--beam", "3", "--batch", "1", "--limit", "4", "--device", "cpu", "--threads", "1"]


@pytest.fixture(scope="module")
def environment():
    return {**os.environ, "KAREL_SYNTH": str(program("karel-synth"))}


@pytest.fixture(scope="module")
def whole(environment, tmp_path_factory):
    """The figures of one run over everything."""
    out = tmp_path_factory.mktemp("whole") / "all.json"
    command = [environment["KAREL_SYNTH"], "eval", "--tasks", str(TASKS), "--json", str(out), *ARGUMENTS]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return timeless(out)


def timeless(file: pathlib.Path):
    """The figures in the file, without what the clock says."""

    def forget(value):
        if isinstance(value, dict):
            return {key: forget(inner) for key, inner in value.items() if "second" not in key}
        return [forget(inner) for inner in value] if isinstance(value, list) else value

    return forget(json.loads(file.read_text()))


def test_an_array_of_four_processes_gives_what_one_run_gives(environment, whole, tmp_path):
    processes = []
    for part in range(1, 5):
        array = {"SLURM_ARRAY_TASK_ID": str(part), "SLURM_ARRAY_TASK_COUNT": "4"}
        command = [str(EXAMPLES / "slurm-array.sh"), str(TASKS), str(tmp_path), *ARGUMENTS]
        processes.append(subprocess.Popen(command, env={**environment, **array}, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    merged = tmp_path / "all.json"
    parts = sorted(str(file) for file in tmp_path.glob("part-*.json"))
    merge = [environment["KAREL_SYNTH"], "merge", *parts, "--json", str(merged)]
    subprocess.run(merge, check=True, stdout=subprocess.DEVNULL)
    assert timeless(merged) == whole


def test_two_workers_of_ray_give_what_one_run_gives(environment, whole, tmp_path):
    pytest.importorskip("ray", reason="Ray has no package for this system")
    command = [sys.executable, str(EXAMPLES / "ray_eval.py"), str(TASKS), str(tmp_path), "--parts", "3"]
    command += ["--local-workers", "2", "--", *ARGUMENTS]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    assert timeless(tmp_path / "all.json") == whole
