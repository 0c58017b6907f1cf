"""An open document, and the questions that tests ask about it, by the text they are about instead of by positions."""

import ast
import pathlib

from lsprotocol import types
from pytest_lsp import LanguageClient


class Document:
    """A file of `tests/examples`, or given text, that a client has open. The text is ASCII: a column is a column in
    every position encoding."""

    def __init__(self, client: LanguageClient, path: pathlib.Path, text: str | None = None):
        self.client = client
        self.uri = path.as_uri()
        self.text = path.read_text() if text is None else text
        self.version = 1
        language = "karelgrid" if path.suffix == ".kgrid" else "kareldsl"
        item = types.TextDocumentItem(self.uri, language, self.version, self.text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    @property
    def id(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    def at(self, text: str, occurrence: int = 0) -> types.Position:
        """Where `text` starts."""
        offset = -1
        for _ in range(occurrence + 1):
            offset = self.text.index(text, offset + 1)
        line = self.text.count("\n", 0, offset)
        return types.Position(line, offset - (self.text.rfind("\n", 0, offset) + 1))

    def range(self, text: str) -> types.Range:
        """The range of the first `text`."""
        start = self.at(text)
        return types.Range(start, types.Position(start.line, start.character + len(text)))

    def change(self, old: str, new: str) -> None:
        """Replaces the first `old`, and tells the server that range only."""
        edit = types.TextDocumentContentChangePartial(text=new, range=self.range(old))
        self.text = self.text.replace(old, new, 1)
        self.version += 1
        identifier = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [edit]))

    def apply(self, edits: list[types.TextEdit]) -> str:
        """The text after `edits`."""
        lines = self.text.splitlines(keepends=True)

        def offset(position: types.Position) -> int:
            return sum(map(len, lines[: position.line])) + position.character

        text = self.text
        for edit in sorted(edits, key=lambda edit: offset(edit.range.start), reverse=True):
            text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
        return text

    def edited(self, edit: types.WorkspaceEdit) -> str:
        """The text after what `edit` does to this document, in either of the two forms."""
        for change in edit.document_changes or []:
            if change.text_document.uri == self.uri:
                return self.apply(change.edits)
        return self.apply((edit.changes or {})[self.uri])

    async def diagnostics(self, enough) -> list[types.Diagnostic]:
        """The diagnostics, once `enough` says so of them."""
        while True:
            published = self.client.diagnostics.get(self.uri)
            if published is not None and enough(published):
                return list(published)
            await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)

    async def hover(self, text: str, occurrence: int = 0) -> str:
        """What the hover over `text` says."""
        position = self.at(text, occurrence)
        params = types.HoverParams(self.id, types.Position(position.line, position.character + 1))
        hover = await self.client.text_document_hover_async(params)
        assert hover is not None, f"no hover over {text!r}"
        return hover.contents if isinstance(hover.contents, str) else hover.contents.value

    async def actions(self, text: str, *kinds: str) -> list[types.CodeAction]:
        """The code actions offered for `text`, of `kinds` only if any are given."""
        here = self.range(text)
        diagnostics = [
            diagnostic
            for diagnostic in self.client.diagnostics.get(self.uri, [])
            if diagnostic.range.start.line <= here.end.line and here.start.line <= diagnostic.range.end.line
        ]
        context = types.CodeActionContext(diagnostics, only=list(kinds) or None)
        params = types.CodeActionParams(self.id, here, context)
        actions = await self.client.text_document_code_action_async(params) or []
        return [as_action(action) for action in actions]

    async def edit(self, text: str, kind: str, title: str) -> str:
        """The document's text after the code action of `kind` for `text` whose title has `title` in it."""
        actions = await self.actions(text, kind)
        offered = [action for action in actions if title in action.title]
        assert offered, f"no {title!r} among {[action.title for action in actions]}"
        return self.edited(await self._resolved(offered[0]))

    async def _resolved(self, action: types.CodeAction) -> types.WorkspaceEdit:
        """The edit that `action` brings: with it, when resolved, or, for an editor that does neither, by a command."""
        assert action.disabled is None, action.disabled
        if action.edit is None and action.command is None:
            action = await self.client.code_action_resolve_async(action)
        if action.edit is not None:
            return action.edit
        assert action.command is not None, "the action makes no edit and has no command"
        params = types.ExecuteCommandParams(action.command.command, action.command.arguments)
        await self.client.workspace_execute_command_async(params)
        return self.client.applied[-1]


def as_action(answer: types.CodeAction | types.Command) -> types.CodeAction:
    """lsprotocol takes a code action that has a command for a bare command, and keeps the inner one as a text."""
    if isinstance(answer, types.CodeAction):
        return answer
    if answer.command.startswith("{"):
        answer = types.Command(**ast.literal_eval(answer.command))
    return types.CodeAction(answer.title, command=answer)
