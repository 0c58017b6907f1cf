"""Where the project's parts are."""

import os
import pathlib

ROOT = pathlib.Path(__file__).parent.parent
EXAMPLES = ROOT / "tests/examples"


def program(name: str) -> str:
    """The built program `name`: in the folder KAREL_BIN, else in the target folder."""
    folder = os.environ.get("KAREL_BIN") or ROOT / "target/release"
    return str(pathlib.Path(folder) / name)
