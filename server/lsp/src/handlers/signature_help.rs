//! What the parentheses at the cursor take.

use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    Documentation, ParameterInformation, ParameterLabel, SignatureHelp, SignatureHelpParams,
    SignatureInformation,
};

use crate::proto::to_proto;
use crate::request::RequestContext;
use crate::state::text::Encoding;

pub fn signature_help(
    context: &mut RequestContext,
    params: SignatureHelpParams,
) -> Result<Option<SignatureHelp>> {
    let place = params.text_document_position_params;
    let Some(target) = context.target(&place.text_document.uri) else { return Ok(None) };
    let offset = context.offset(&target, place.position);
    let supports = context.snapshot.session.supports;
    let help = ide::signature_help(&target.unit.analysis, target.uri(), offset);
    Ok(help.map(|signature| {
        let parameter = signature.parameter.and_then(|parameter| {
            let text = signature.label.get(parameter.clone())?;
            // The protocol counts UTF-16 here whatever was negotiated.
            let units = |end: usize| Encoding::Utf16.of(signature.label.get(..end).unwrap_or_default());
            Some(if supports.parameter_offsets {
                ParameterLabel::LabelOffsets([units(parameter.start), units(parameter.end)])
            } else {
                ParameterLabel::Simple(text.to_owned())
            })
        });
        let parameters = parameter.map(|label| vec![ParameterInformation { label, documentation: None }]);
        let documentation = to_proto::markup(signature.documentation, supports.markdown_hover);
        let information = SignatureInformation {
            label: signature.label,
            documentation: Some(Documentation::MarkupContent(documentation)),
            active_parameter: parameters.as_ref().map(|_| 0),
            parameters,
        };
        SignatureHelp { signatures: vec![information], active_signature: Some(0), active_parameter: Some(0) }
    }))
}
