"""What an editor asks while its user types, as three editors would ask it."""

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient

from document import Document
from project import EXAMPLES

ERROR = types.DiagnosticSeverity.Error


def errors(diagnostics):
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity == ERROR]


@pytest.mark.asyncio
async def test_mistakes_are_reported_and_go(client: LanguageClient):
    document = Document(client, EXAMPLES / "mistakes.karel")
    found = errors(await document.diagnostics(lambda found: len(errors(found)) >= 2))
    assert {error.range.start.line for error in found} == {2, 3}
    assert all(str(error.code).startswith("K") and error.message for error in found)
    document.change("while(frontIsClear())", "while(frontIsClear()):")
    document.change("mvoe", "move")
    assert await document.diagnostics(lambda found: not errors(found)) is not None


@pytest.mark.asyncio
async def test_a_misspelt_word_has_its_fix(client: LanguageClient):
    document = Document(client, EXAMPLES / "mistakes.karel")
    await document.diagnostics(lambda found: len(errors(found)) >= 2)
    assert "        move()\n" in await document.edit("mvoe", "quickfix", "move")


@pytest.mark.asyncio
async def test_a_crash_is_reported_at_its_statement(client: LanguageClient):
    document = Document(client, EXAMPLES / "crash.karel")
    found = await document.diagnostics(lambda found: any(str(one.code).startswith("K2") for one in found))
    lines = {diagnostic.range.start.line for diagnostic in found if str(diagnostic.code).startswith("K2")}
    assert document.at("move()").line in lines


@pytest.mark.asyncio
async def test_an_example_shows_its_trace(client: LanguageClient):
    document = Document(client, EXAMPLES / "stairs.karel")
    assert "move turnLeft move turnRight putMarker" in await document.hover('"four by five"')


@pytest.mark.asyncio
async def test_a_word_is_explained(client: LanguageClient):
    document = Document(client, EXAMPLES / "stairs.karel")
    assert "marker" in (await document.hover("putMarker")).lower()


@pytest.mark.asyncio
async def test_the_outline_names_procedures_and_examples(client: LanguageClient):
    document = Document(client, EXAMPLES / "stairs.karel")
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document.id))
    names = " ".join(symbol.name for symbol in symbols)
    assert "climb" in names and "main" in names and "four by five" in names


@pytest.mark.asyncio
async def test_a_procedure_is_found_and_renamed(client: LanguageClient):
    document = Document(client, EXAMPLES / "stairs.karel")
    call = document.at("climb()", 1)
    found = await client.text_document_definition_async(types.DefinitionParams(document.id, call))
    location = found[0] if isinstance(found, list) else found
    target = getattr(location, "target_selection_range", None) or location.range
    assert target.start.line == document.at("climb()").line
    context = types.ReferenceContext(include_declaration=True)
    references = await client.text_document_references_async(types.ReferenceParams(context, document.id, call))
    assert len(references) == 2
    edit = await client.text_document_rename_async(types.RenameParams(document.id, call, "step"))
    assert document.edited(edit) == document.text.replace("climb()", "step()")


@pytest.mark.asyncio
async def test_formatting_writes_the_canonical_form(client: LanguageClient):
    text = "def main():\n  while frontIsClear() :\n     move()\n"
    document = Document(client, EXAMPLES / "unformatted.karel", text)
    options = types.FormattingOptions(tab_size=4, insert_spaces=True)
    edits = await client.text_document_formatting_async(types.DocumentFormattingParams(document.id, options))
    assert document.apply(edits) == "def main():\n    while(frontIsClear()):\n        move()\n"


@pytest.mark.asyncio
async def test_completion_knows_what_fits(client: LanguageClient):
    document = Document(client, EXAMPLES / "typed.karel", "def main():\n    tur\n")
    at = types.Position(1, 7)
    answer = await client.text_document_completion_async(types.CompletionParams(document.id, at))
    labels = {item.label for item in (answer if isinstance(answer, list) else answer.items)}
    assert any(label.startswith("turnLeft") for label in labels)
