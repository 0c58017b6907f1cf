"""A language client that is not the project's own, once with the capabilities of each of three editors."""

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from project import program

EDITORS = ["visual_studio_code", "neovim", "emacs"]


@pytest_lsp.fixture(params=EDITORS, config=ClientServerConfig(server_command=[program("karel-lsp")]))
async def client(request, lsp_client: LanguageClient):
    """A session that is initialized, and ended as the protocol has it."""
    capabilities = client_capabilities(request.param)
    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities))
    yield
    await lsp_client.shutdown_session()
