//! What the server can do, as it says at `initialize`.

use tower_lsp::lsp_types::*;

use crate::commands;
use crate::handlers::{code_action, semantic_tokens};
use crate::state::session::Session;
use crate::state::text::kind;
use crate::synthesis::actions;

pub(crate) fn capabilities(session: &Session) -> ServerCapabilities {
    let supports = session.supports;
    ServerCapabilities {
        position_encoding: Some(kind(session.encoding)),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(ide::COMPLETION_TRIGGERS.map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(ide::SIGNATURE_TRIGGERS.map(str::to_owned).to_vec()),
            ..SignatureHelpOptions::default()
        }),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_range_formatting_provider: Some(OneOf::Left(true)),
        document_on_type_formatting_provider: Some(on_type(&ide::FORMAT_TRIGGERS)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(if supports.prepare_rename {
            OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            })
        } else {
            OneOf::Left(true)
        }),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        semantic_tokens_provider: Some(SemanticTokensServerCapabilities::SemanticTokensOptions(
            SemanticTokensOptions {
                legend: semantic_tokens::legend(),
                range: Some(true),
                full: Some(SemanticTokensFullOptions::Delta { delta: Some(true) }),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            },
        )),
        document_link_provider: Some(DocumentLinkOptions {
            resolve_provider: None,
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        code_action_provider: supports.action_literals.then(|| {
            CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(code_action::KINDS.into_iter().chain(actions::KINDS).collect()),
                resolve_provider: Some(supports.resolve_action_edit),
                work_done_progress_options: WorkDoneProgressOptions::default(),
            })
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: None }),
        inlay_hint_provider: Some(OneOf::Left(true)),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::ALL.map(str::to_owned).to_vec(),
            work_done_progress_options: WorkDoneProgressOptions { work_done_progress: Some(true) },
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: None,
            }),
            file_operations: None,
        }),
        // The version of `server/PROTOCOL.md`.
        experimental: Some(serde_json::json!({ "karelRecordings": 1 })),
        ..ServerCapabilities::default()
    }
}

fn on_type(triggers: &[char]) -> DocumentOnTypeFormattingOptions {
    let mut triggers = triggers.iter().map(char::to_string);
    DocumentOnTypeFormattingOptions {
        first_trigger_character: triggers.next().unwrap_or_default(),
        more_trigger_character: Some(triggers.collect()),
    }
}

/// What has to be registered for once the client is ready.
pub(crate) fn registrations(session: &Session) -> Vec<Registration> {
    let mut registrations = Vec::new();
    let mut register = |method: &str, options| {
        let id = format!("karel/{method}");
        registrations.push(Registration { id, method: method.to_owned(), register_options: options });
    };
    if session.supports.register_watched_files {
        let watchers = ["**/*.kgrid", "**/*.karel"]
            .map(|glob| FileSystemWatcher { glob_pattern: GlobPattern::String(glob.to_owned()), kind: None });
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: watchers.to_vec() };
        register("workspace/didChangeWatchedFiles", serde_json::to_value(options).ok());
    }
    if session.supports.register_configuration {
        register("workspace/didChangeConfiguration", Some(serde_json::json!({ "section": "karel" })));
    }
    registrations
}
