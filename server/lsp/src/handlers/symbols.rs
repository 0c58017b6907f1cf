//! The outline of a document, and the names of all documents.

use std::collections::HashSet;

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, SymbolInformation, SymbolKind,
    WorkspaceSymbolParams,
};

use crate::proto::to_proto;
use crate::request::{RequestContext, Target};

/// Deeper levels are left out: JSON readers of clients have a limit, and such an outline can't be read anyway.
const MAX_DEPTH: usize = 32;

pub fn document_symbol(
    context: &mut RequestContext,
    params: DocumentSymbolParams,
) -> Result<Option<DocumentSymbolResponse>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let symbols = ide::document_symbols(&target.unit.analysis, target.uri());
    if context.snapshot.session.supports.symbol_tree {
        let tree = symbols.into_iter().map(|symbol| nested(context, &target, symbol, MAX_DEPTH)).collect();
        return Ok(Some(DocumentSymbolResponse::Nested(tree)));
    }
    let mut flat = Vec::new();
    symbols.iter().for_each(|symbol| flatten(context, &target, symbol, None, &mut flat));
    Ok(Some(DocumentSymbolResponse::Flat(flat)))
}

#[allow(deprecated, reason = "the type has deprecated fields that must be filled in")]
fn nested(context: &RequestContext, target: &Target, symbol: ide::Symbol, levels: usize) -> DocumentSymbol {
    let range = |range| to_proto::range(&context.snapshot, &target.document, range);
    let children = symbol.children.into_iter().filter(|_| levels > 1);
    let children: Vec<_> = children.map(|child| nested(context, target, child, levels - 1)).collect();
    DocumentSymbol {
        name: named(symbol.name),
        detail: symbol.detail,
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: range(symbol.range),
        selection_range: range(symbol.selection),
        children: (!children.is_empty()).then_some(children),
    }
}

fn flatten(
    context: &RequestContext,
    target: &Target,
    symbol: &ide::Symbol,
    container: Option<&str>,
    flat: &mut Vec<SymbolInformation>,
) {
    let range = to_proto::range(&context.snapshot, &target.document, symbol.range);
    let location = Location { uri: target.document.uri.clone(), range };
    flat.push(information(symbol.name.clone(), symbol.kind, location, container.map(str::to_owned)));
    symbol.children.iter().for_each(|child| flatten(context, target, child, Some(&symbol.name), flat));
}

pub fn workspace_symbol(
    context: &mut RequestContext,
    params: WorkspaceSymbolParams,
) -> Result<Option<Vec<SymbolInformation>>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for unit in context.snapshot.units() {
        context.still_wanted()?;
        for symbol in ide::workspace_symbols(&unit.analysis, &params.query) {
            // An example file may belong to two programs.
            if seen.insert(symbol.location.clone())
                && let Some(location) = to_proto::location(&context.snapshot, &symbol.location)
            {
                found.push(information(symbol.name, symbol.kind, location, None));
            }
        }
    }
    Ok(Some(found))
}

#[allow(deprecated, reason = "the type has deprecated fields that must be filled in")]
fn information(
    name: String,
    of: ide::SymbolKind,
    location: Location,
    container: Option<String>,
) -> SymbolInformation {
    SymbolInformation {
        name: named(name),
        kind: kind(of),
        tags: None,
        deprecated: None,
        location,
        container_name: container,
    }
}

/// The name as clients take it: they refuse empty ones.
fn named(name: String) -> String {
    if name.is_empty() { "(no name)".to_owned() } else { name }
}

fn kind(kind: ide::SymbolKind) -> SymbolKind {
    use ide::SymbolKind::*;
    match kind {
        Procedure => SymbolKind::FUNCTION,
        Loop => SymbolKind::ARRAY,
        Branch => SymbolKind::BOOLEAN,
        Example => SymbolKind::EVENT,
        Test => SymbolKind::CONSTANT,
        Section => SymbolKind::FIELD,
        Include => SymbolKind::FILE,
    }
}
