"""What all Python suites use: the built programs, the example files, the shared data."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
EXAMPLES = ROOT / "tests/examples"


def program(name: str) -> str:
    """The built program `name`: in the folder KAREL_BIN, else in the target folder."""
    folder = os.environ.get("KAREL_BIN") or ROOT / "target/release"
    return str(pathlib.Path(folder) / name)


@pytest.fixture
def examples(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with a copy of the example files, to write to."""
    folder = tmp_path / "examples"
    folder.mkdir()
    for file in EXAMPLES.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture
def shared() -> pathlib.Path:
    """The folder of shared data; a test that wants it is skipped where it is absent."""
    folder = pathlib.Path(os.environ.get("KAREL_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}; KAREL_SHARED names another folder")
    return folder
