"""A language client that is not the project's own, once with the capabilities of each of three editors."""

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from project import program

EDITORS = ["visual_studio_code", "neovim", "emacs"]

# Milliseconds that a synthesis may take: nothing here is about time.
SETTINGS = {"synthesis": {"budget": 600_000}}

# What a server may ask of an editor; each of them would say yes.
QUESTIONS = [
    types.CLIENT_REGISTER_CAPABILITY,
    types.CLIENT_UNREGISTER_CAPABILITY,
    types.WORKSPACE_CODE_LENS_REFRESH,
    types.WORKSPACE_INLAY_HINT_REFRESH,
    types.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
    # The deciding example, unanswered.
    types.WINDOW_SHOW_MESSAGE_REQUEST,
]


@pytest_lsp.fixture(params=EDITORS, config=ClientServerConfig(server_command=[program("karel-lsp")]))
async def client(request, lsp_client: LanguageClient):
    """A session that is initialized, and ended as the protocol has it. Edits that the server asks for are kept in
    `client.applied`."""
    for question in QUESTIONS:
        lsp_client.feature(question)(lambda params=None: None)

    lsp_client.applied = []

    @lsp_client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply_edit(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        lsp_client.applied.append(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    capabilities = client_capabilities(request.param)
    await lsp_client.initialize_session(
        types.InitializeParams(capabilities=capabilities, initialization_options=SETTINGS)
    )
    yield
    await lsp_client.shutdown_session()
