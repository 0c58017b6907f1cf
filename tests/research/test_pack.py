"""The pack for a machine that is lent for minutes, at tiny size on the CPU: `cargo xtask pack` has made it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from project import ROOT

PACK = os.environ.get("KAREL_PACK")


@pytest.fixture
def pack(tmp_path):
    """A copy of the pack, as it is on a machine that has never seen it, with small networks and short trainings."""
    if not PACK:
        pytest.skip("there is no pack: `cargo xtask test --only research` makes one")
    folder = tmp_path / "pack"
    shutil.copytree(PACK, folder)
    return folder


def go(pack: pathlib.Path, out: pathlib.Path, minutes: str, *mode: str, values: str = "", wait: bool = True, **more):
    """Runs go.sh, on one thread of the CPU."""
    environment = {
        **os.environ,
        "KAREL_DEVICE": "cpu",
        "KAREL_THREADS": "1",
        "KAREL_COPY_SECONDS": "1",
        "KAREL_SAVE_MINUTES": "0.001",
        "KAREL_SET": " ".join(f"--set {value}" for value in values.split()),
        # Where Python has no torch, its libraries are where the engine was built.
        "LD_LIBRARY_PATH": str(ROOT / "libtorch/torch/lib"),
        **more,
    }
    command = ["bash", str(pack / "go.sh"), str(out), minutes, *mode]
    process = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.PIPE, text=True)
    if not wait:
        return process
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return output


SMALL = "data.batch=4 data.micro_batches=[1.0] evaluation.tasks=0 schedule.warmup=1"


def steps(out: pathlib.Path) -> int:
    """The last step that the metrics tell of."""
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return max(line["step"] for line in lines)


def travels(out: pathlib.Path):
    """What comes back is few files, none of them large."""
    files = [file for file in out.rglob("*") if file.is_file()]
    assert len(files) <= 8, files
    assert all(file.stat().st_size <= 16 << 20 for file in files)


def test_ours_trains_on_from_call_to_call_and_from_machine_to_machine(pack, tmp_path):
    # The first call verifies the device, and trains the policy to its end and then the code model.
    first = tmp_path / "first"
    values = f"{SMALL} schedule.steps=2 schedule.minutes=1000.0"
    output = go(pack, first, "3", values=values)
    assert "cpu: as the reference on 12 tasks" in output
    assert "the training is over" in output and "samples/s" in output and "waiting for data" in output
    travels(first)
    for name in ["trace-policy.safetensors", "code-transformer.safetensors", "metrics.jsonl", "go.log"]:
        assert (first / name).exists(), name
    assert sorted(first.glob("compact-2-*")), list(first.iterdir())

    # Another machine goes on from what came back.
    other = tmp_path / "other"
    shutil.copytree(PACK, other)
    shutil.copytree(first, other / "pieces")
    second = tmp_path / "second"
    output = go(other, second, "3", values=values.replace("steps=2", "steps=3"))
    assert "trace-policy on cpu" not in output
    assert steps(second) == 3
    travels(second)


def test_a_kill_leaves_a_whole_save(pack, tmp_path):
    out = tmp_path / "out"
    (pack / "pieces").mkdir()
    shutil.copy(pack / "weights/trace-policy.safetensors", pack / "pieces")
    values = f"{SMALL} schedule.steps=1000000 schedule.minutes=1000.0"
    process = go(pack, out, "60", values=values, wait=False)
    # It is killed as soon as something has been saved and copied, at whatever instant that is.
    while not list(out.glob("compact-*")):
        assert process.poll() is None, process.stdout.read()
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            pass
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = {file.name for file in out.glob("compact-*")}
    assert before
    # What there is goes on, on another machine.
    other, second = tmp_path / "other", tmp_path / "second"
    shutil.copytree(PACK, other)
    shutil.copytree(out, other / "pieces")
    saved = max(int(name.split("-")[1]) for name in before)
    go(other, second, "3", values=values.replace("steps=1000000", f"steps={saved + 1}"))
    assert steps(second) >= saved


def test_the_papers_systems_and_the_speed(pack, tmp_path):
    out = tmp_path / "tables"
    small = "model.channels=8 model.pair=16 model.embedding=8 model.hidden=16"
    values = f"{SMALL} {small} schedule.steps=1 schedule.minutes=1000.0 arithmetic=float32"
    output = go(pack, out, "6", "tables", values=values)
    assert "trace-code-inferred on cpu" in output
    assert len(list(out.glob("*/over"))) == 9, output

    shutil.copy(ROOT / "server/synth/tests/fixtures/tasks.jsonl", pack / "tasks.jsonl.gz")
    speed = tmp_path / "speed"
    few = {"KAREL_LIMIT": "2", "KAREL_BATCHES": "1,2", "KAREL_CONCURRENT": "1,2"}
    go(pack, speed, "6", "speed", **few)
    assert "GFLOP" in (speed / "speed.md").read_text()


def test_what_is_wrong_is_told(pack):
    for arguments in [[], ["out"], ["out", "1", "dance"]]:
        told = subprocess.run(["bash", str(pack / "go.sh"), *arguments], capture_output=True, text=True)
        assert told.returncode == 2 and "./go.sh OUT MINUTES" in told.stderr
