//! Who calls a procedure, and whom it calls.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, SymbolKind,
};

use crate::asked::{About, Asked};
use crate::to_proto;

pub fn prepare(
    asked: &mut Asked,
    params: CallHierarchyPrepareParams,
) -> Result<Option<Vec<CallHierarchyItem>>> {
    let place = params.text_document_position_params;
    let Some(about) = asked.about(&place.text_document.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let offset = asked.offset(&about, place.position);
    let found = ide::prepare_call_hierarchy(&about.unit.analysis, about.uri(), offset);
    Ok(found.and_then(|found| item(asked, &about, found)).map(|item| vec![item]))
}

pub fn incoming(
    asked: &mut Asked,
    params: CallHierarchyIncomingCallsParams,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    let Some(about) = asked.about(&params.item.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let calls = ide::incoming_calls(&about.unit.analysis, &params.item.name).into_iter();
    let call = |calls: ide::Calls| {
        let document = about.unit.document(&calls.item.uri)?;
        let from_ranges =
            calls.ranges.iter().map(|&range| to_proto::range(&asked.snapshot, document, range)).collect();
        Some(CallHierarchyIncomingCall { from: item(asked, &about, calls.item)?, from_ranges })
    };
    Ok(Some(calls.filter_map(call).collect()))
}

pub fn outgoing(
    asked: &mut Asked,
    params: CallHierarchyOutgoingCallsParams,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    let Some(about) = asked.about(&params.item.uri) else { return Ok(None) };
    asked.still_wanted()?;
    let calls = ide::outgoing_calls(&about.unit.analysis, &params.item.name).into_iter();
    let call = |calls: ide::Calls| {
        let range = |&range| to_proto::range(&asked.snapshot, &about.document, range);
        let from_ranges = calls.ranges.iter().map(range).collect();
        Some(CallHierarchyOutgoingCall { to: item(asked, &about, calls.item)?, from_ranges })
    };
    Ok(Some(calls.filter_map(call).collect()))
}

fn item(asked: &Asked, about: &About, item: ide::CallItem) -> Option<CallHierarchyItem> {
    let document = about.unit.document(&item.uri)?;
    Some(CallHierarchyItem {
        name: item.name,
        kind: SymbolKind::FUNCTION,
        tags: None,
        detail: None,
        uri: document.uri.clone(),
        range: to_proto::range(&asked.snapshot, document, item.range),
        selection_range: to_proto::range(&asked.snapshot, document, item.selection),
        data: None,
    })
}
