"""What all Python suites use: a copy of the example files, the shared data."""

import os
import pathlib
import shutil

import pytest

from project import EXAMPLES, ROOT


@pytest.fixture
def examples(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with a copy of the example files, to write to."""
    return pathlib.Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


@pytest.fixture
def shared() -> pathlib.Path:
    """The folder of shared data; a test that wants it is skipped where it is absent."""
    folder = pathlib.Path(os.environ.get("KAREL_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}; KAREL_SHARED names another folder")
    return folder
