"""Evaluates a file of tasks with Ray: every part is a Ray task, wherever Ray has a core for it.

    pip install ray
    python ray_eval.py TASKS.jsonl.gz OUT --parts 8 -- --beam 50

Arguments after `--` go to `karel-synth eval`. All machines need the program (`KAREL_SYNTH` names it) and the two paths.
With `--local-workers N` Ray runs on this machine alone, with so many workers.
"""

import argparse
import os
import pathlib
import subprocess
import sys

import ray

PROGRAM = os.environ.get("KAREL_SYNTH", "karel-synth")


@ray.remote(num_cpus=1)
def evaluate(tasks: str, out: str, part: int, parts: int, arguments: list[str]) -> str:
    """Evaluates one part and gives the name of the file that it has written."""
    written = f"{out}/part-{part:04}.json"
    command = [PROGRAM, "eval", "--tasks", tasks, "--shard", f"{part}/{parts}", "--json", written]
    if "--threads" not in arguments:
        command += ["--threads", "1"]
    subprocess.run(command + arguments, check=True)
    return written


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks")
    parser.add_argument("out")
    parser.add_argument("--parts", type=int, default=8)
    parser.add_argument("--local-workers", type=int)
    given = sys.argv[1:]
    end = given.index("--") if "--" in given else len(given)
    asked, arguments = parser.parse_args(given[:end]), given[end + 1 :]
    pathlib.Path(asked.out).mkdir(parents=True, exist_ok=True)
    local = {"num_cpus": asked.local_workers, "include_dashboard": False} if asked.local_workers else {}
    ray.init(**local, logging_level="warning")
    numbers = range(1, asked.parts + 1)
    tasks, out = os.path.abspath(asked.tasks), os.path.abspath(asked.out)
    files = ray.get([evaluate.remote(tasks, out, number, asked.parts, arguments) for number in numbers])
    ray.shutdown()
    return subprocess.run([PROGRAM, "merge", *files, "--json", f"{out}/all.json"]).returncode


if __name__ == "__main__":
    sys.exit(main())
