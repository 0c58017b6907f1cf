"""Programs written by the server, through its code actions; the engine and its networks are the real ones."""

import subprocess

import pytest
from pytest_lsp import LanguageClient

from document import Document
from project import EXAMPLES, program

KIND = "refactor.karel.synthesize"


def passes(path, text: str) -> None:
    """Fails unless the command line finds every example and held-out test of `text` passed."""
    path.write_text(text)
    tested = subprocess.run([program("karel"), "test", str(path)], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.asyncio
async def test_a_program_from_its_examples(client: LanguageClient, tmp_path):
    document = Document(client, EXAMPLES / "collect.karel")
    text = await document.edit("...", f"{KIND}.program", "Synthesize main from 5 examples")
    assert "\n    ...\n" not in text
    passes(tmp_path / "collect.karel", text)


@pytest.mark.asyncio
async def test_a_statement_for_a_hole(client: LanguageClient, tmp_path):
    document = Document(client, EXAMPLES / "plant.karel")
    text = await document.edit("...", f"{KIND}.hole", "Fill this hole")
    assert "\n        ...\n" not in text and text.startswith(document.text.split("        ...")[0])
    passes(tmp_path / "plant.karel", text)


@pytest.mark.asyncio
async def test_a_condition_for_a_hole(client: LanguageClient, tmp_path):
    document = Document(client, EXAMPLES / "seek.karel")
    text = await document.edit("?", f"{KIND}.hole", "Fill this hole")
    assert "while(?)" not in text
    passes(tmp_path / "seek.karel", text)


@pytest.mark.asyncio
async def test_examples_in_a_file_of_their_own(client: LanguageClient, examples):
    document = Document(client, examples / "row.karel")
    text = await document.edit("...", f"{KIND}.program", "5 examples")
    passes(examples / "row.karel", text)


@pytest.mark.asyncio
async def test_an_action_that_cannot_run_says_why(client: LanguageClient):
    document = Document(client, EXAMPLES / "alone.karel", "def main():\n    ...\n")
    actions = await document.actions("...", f"{KIND}.program")
    if client.capabilities.text_document.code_action.disabled_support:
        assert [bool(action.disabled and action.disabled.reason) for action in actions] == [True]
        return
    # Other editors are not offered what cannot run; the hole's diagnostic is what they see.
    assert not actions
    found = await document.diagnostics(lambda found: len(found) > 0)
    assert any(str(one.code) == "K301" for one in found)
