"""Runs the program `karel` as a shell would."""

import os
import subprocess
from dataclasses import dataclass

from project import program


@dataclass
class Ran:
    """How a run of `karel` ended, and what it said."""

    code: int
    out: str
    err: str


def karel(*arguments, stdin: str = "", cwd=None) -> Ran:
    """Runs `karel` with `arguments` and without colours."""
    words = [program("karel"), *map(str, arguments)]
    environment = {**os.environ, "NO_COLOR": "1"}
    ran = subprocess.run(words, input=stdin, capture_output=True, text=True, cwd=cwd, env=environment)
    return Ran(ran.returncode, ran.stdout, ran.stderr)
