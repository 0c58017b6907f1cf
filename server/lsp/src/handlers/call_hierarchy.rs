//! Who calls a procedure, and whom it calls.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, SymbolKind,
};

use crate::proto::to_proto;
use crate::request::{RequestContext, Target};

pub fn prepare(
    context: &mut RequestContext,
    params: CallHierarchyPrepareParams,
) -> Result<Option<Vec<CallHierarchyItem>>> {
    let place = params.text_document_position_params;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let offset = context.offset(&target, place.position);
    let found = ide::prepare_call_hierarchy(&target.unit.analysis, target.uri(), offset);
    Ok(found.and_then(|found| item(context, &target, found)).map(|item| vec![item]))
}

pub fn incoming(
    context: &mut RequestContext,
    params: CallHierarchyIncomingCallsParams,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    let Some(target) = context.target(&params.item.uri) else { return Ok(None) };
    context.still_wanted()?;
    let calls = ide::incoming_calls(&target.unit.analysis, &params.item.name).into_iter();
    let call = |calls: ide::Calls| {
        let document = target.unit.document(&calls.item.uri)?;
        let from_ranges =
            calls.ranges.iter().map(|&range| to_proto::range(&context.snapshot, document, range)).collect();
        Some(CallHierarchyIncomingCall { from: item(context, &target, calls.item)?, from_ranges })
    };
    Ok(Some(calls.filter_map(call).collect()))
}

pub fn outgoing(
    context: &mut RequestContext,
    params: CallHierarchyOutgoingCallsParams,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    let Some(target) = context.target(&params.item.uri) else { return Ok(None) };
    context.still_wanted()?;
    let calls = ide::outgoing_calls(&target.unit.analysis, &params.item.name).into_iter();
    let call = |calls: ide::Calls| {
        let range = |&range| to_proto::range(&context.snapshot, &target.document, range);
        let from_ranges = calls.ranges.iter().map(range).collect();
        Some(CallHierarchyOutgoingCall { to: item(context, &target, calls.item)?, from_ranges })
    };
    Ok(Some(calls.filter_map(call).collect()))
}

fn item(context: &RequestContext, target: &Target, item: ide::CallItem) -> Option<CallHierarchyItem> {
    let document = target.unit.document(&item.uri)?;
    Some(CallHierarchyItem {
        name: item.name,
        kind: SymbolKind::FUNCTION,
        tags: None,
        detail: None,
        uri: document.uri.clone(),
        range: to_proto::range(&context.snapshot, document, item.range),
        selection_range: to_proto::range(&context.snapshot, document, item.selection),
        data: None,
    })
}
