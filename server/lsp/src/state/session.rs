//! What client and server agreed on at `initialize`.

use serde::Deserialize;
use serde_json::Value;
use tower_lsp::lsp_types::{
    self, CodeActionClientCapabilities, InitializeParams, MarkupKind, PositionEncodingKind,
    TextDocumentClientCapabilities, Url, WindowClientCapabilities, WorkspaceClientCapabilities,
};

use crate::state::text::{self, Encoding};

/// What client and server agreed on. A capability is off until the client has named it.
#[derive(Debug, Clone, Default)]
pub struct Session {
    pub encoding: Encoding,
    pub roots: Vec<Url>,
    /// The client's `initializationOptions`: the settings, for clients that have no other way.
    pub options: Value,
    pub supports: ClientCapabilities,
    /// The process that started the server, if it said which.
    pub parent: Option<u32>,
}

/// What the client can do, as far as the server's answers depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientCapabilities {
    /// `workspace/configuration`
    pub configure: bool,
    /// Wants to be registered with for `workspace/didChangeConfiguration`.
    pub register_configuration: bool,
    pub register_watched_files: bool,
    /// `workspace/applyEdit`
    pub apply_edit: bool,
    /// Edits with the version of the document that they are made for.
    pub document_changes: bool,
    pub refresh_lenses: bool,
    pub refresh_hints: bool,
    pub work_done_progress: bool,
    /// A message with buttons, whose answer the client sends.
    pub message_actions: bool,
    /// Opens documents, and addresses in a browser, for the server.
    pub show_document: bool,
    pub markdown_hover: bool,
    pub snippets: bool,
    pub markdown_completion: bool,
    pub label_details: bool,
    pub parameter_offsets: bool,
    pub symbol_tree: bool,
    /// Code actions, not only commands.
    pub action_literals: bool,
    pub disabled_actions: bool,
    pub preferred_actions: bool,
    /// The client sends `data` back and takes the edit from `codeAction/resolve`.
    pub resolve_action_edit: bool,
    pub related_information: bool,
    pub code_description: bool,
    pub unnecessary_tag: bool,
    pub prepare_rename: bool,
    pub line_folding_only: bool,
    pub location_links: bool,
    /// Takes `karel/verdicts`: its experimental capabilities say `karelVerdicts`.
    pub verdicts: bool,
    /// Wants lenses that open an example's world: its experimental capabilities say `karelWorld`.
    pub world: bool,
    /// Shows the question which program is meant by itself, and takes `karel/questionAsked` in place of a message: its
    /// experimental capabilities say `karelQuestion`.
    pub question: bool,
}

impl Session {
    /// `None` where the parameters can't be read. tower-lsp reads them in the same way, and refuses them then.
    pub fn negotiate(params: Option<&Value>) -> Option<Session> {
        let params = InitializeParams::deserialize(params?).ok()?;
        let general = params.capabilities.general.as_ref();
        let offered: Option<&[PositionEncodingKind]> =
            general.and_then(|general| general.position_encodings.as_deref());
        let mut roots: Vec<Url> =
            params.workspace_folders.into_iter().flatten().map(|folder| folder.uri).collect();
        #[allow(deprecated, reason = "older clients know no folders")]
        if roots.is_empty() {
            roots.extend(params.root_uri);
        }
        Some(Session {
            encoding: text::negotiate(offered),
            roots,
            options: params.initialization_options.unwrap_or_default(),
            supports: ClientCapabilities::read(&params.capabilities),
            parent: params.process_id,
        })
    }
}

impl ClientCapabilities {
    fn read(capabilities: &lsp_types::ClientCapabilities) -> ClientCapabilities {
        let mut supports = ClientCapabilities::default();
        capabilities.workspace.iter().for_each(|workspace| supports.workspace(workspace));
        capabilities.window.iter().for_each(|window| supports.window(window));
        capabilities.text_document.iter().for_each(|document| supports.text_document(document));
        let own = |name: &str| capabilities.experimental.as_ref().is_some_and(|own| own[name] == true);
        supports.verdicts = own("karelVerdicts");
        supports.world = own("karelWorld");
        supports.question = own("karelQuestion");
        supports
    }

    fn workspace(&mut self, workspace: &WorkspaceClientCapabilities) {
        self.configure = workspace.configuration == Some(true);
        self.register_configuration =
            registers(workspace.did_change_configuration.and_then(|c| c.dynamic_registration));
        self.register_watched_files =
            registers(workspace.did_change_watched_files.as_ref().and_then(|c| c.dynamic_registration));
        self.apply_edit = workspace.apply_edit == Some(true);
        self.document_changes =
            workspace.workspace_edit.as_ref().and_then(|c| c.document_changes) == Some(true);
        self.refresh_lenses = workspace.code_lens.as_ref().and_then(|c| c.refresh_support) == Some(true);
        self.refresh_hints = workspace.inlay_hint.as_ref().and_then(|c| c.refresh_support) == Some(true);
    }

    fn window(&mut self, window: &WindowClientCapabilities) {
        self.show_document = window.show_document.as_ref().is_some_and(|show| show.support);
        self.work_done_progress = window.work_done_progress == Some(true);
        self.message_actions =
            window.show_message.as_ref().is_some_and(|message| message.message_action_item.is_some());
    }

    fn text_document(&mut self, document: &TextDocumentClientCapabilities) {
        let markdown =
            |formats: Option<&Vec<MarkupKind>>| formats.is_some_and(|f| f.contains(&MarkupKind::Markdown));
        self.markdown_hover = markdown(document.hover.as_ref().and_then(|c| c.content_format.as_ref()));
        if let Some(item) = document.completion.as_ref().and_then(|c| c.completion_item.as_ref()) {
            self.snippets = item.snippet_support == Some(true);
            self.label_details = item.label_details_support == Some(true);
            self.markdown_completion = markdown(item.documentation_format.as_ref());
        }
        let signature = document.signature_help.as_ref().and_then(|c| c.signature_information.as_ref());
        self.parameter_offsets = signature
            .and_then(|c| c.parameter_information.as_ref())
            .and_then(|c| c.label_offset_support)
            .unwrap_or_default();
        self.symbol_tree =
            document.document_symbol.as_ref().and_then(|c| c.hierarchical_document_symbol_support)
                == Some(true);
        document.code_action.iter().for_each(|action| self.code_action(action));
        if let Some(diagnostics) = &document.publish_diagnostics {
            self.related_information = diagnostics.related_information == Some(true);
            self.code_description = diagnostics.code_description_support == Some(true);
            self.unnecessary_tag = diagnostics.tag_support.is_some();
        }
        self.prepare_rename = document.rename.as_ref().and_then(|c| c.prepare_support) == Some(true);
        self.line_folding_only =
            document.folding_range.as_ref().and_then(|c| c.line_folding_only) == Some(true);
        self.location_links = document.definition.as_ref().and_then(|c| c.link_support) == Some(true);
    }

    fn code_action(&mut self, action: &CodeActionClientCapabilities) {
        self.action_literals = action.code_action_literal_support.is_some();
        self.disabled_actions = action.disabled_support == Some(true);
        self.preferred_actions = action.is_preferred_support == Some(true);
        self.resolve_action_edit = action.data_support == Some(true)
            && action.resolve_support.as_ref().is_some_and(|c| c.properties.iter().any(|p| p == "edit"));
    }
}

fn registers(dynamic: Option<bool>) -> bool {
    dynamic == Some(true)
}
