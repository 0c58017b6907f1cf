//! Lines above `main` and the examples: how they went, and what can be asked for there.

use std::collections::BTreeMap;

use ide::LensCommand;
use serde_json::{Value, json};
use syntax::{TextRange, TextSize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{CodeLens, CodeLensParams, Command};

use crate::commands;
use crate::proto::to_proto;
use crate::request::{RequestContext, cancelled};

pub fn code_lens(context: &mut RequestContext, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    let lenses =
        ide::code_lens(&target.unit.analysis, target.uri(), &|| context.cancelled()).map_err(cancelled)?;
    let uri = Value::from(target.uri());
    let own = ide::examples(&target.unit.analysis).into_iter().filter(|e| e.location.uri == target.uri());
    let listed: BTreeMap<TextSize, ide::ListedExample> = own.map(|e| (e.block.start(), e)).collect();
    // Examples may have one name: kind and ordinal tell which of them it is.
    let which = |header: TextRange| {
        let found = listed.range(..=header.start()).next_back();
        found.map_or(Value::Null, |(_, e)| json!({ "test": e.test, "ordinal": e.ordinal }))
    };
    let lens = |lens: ide::Lens| {
        let (command, arguments) = match lens.command {
            LensCommand::RunExamples => (commands::RUN_EXAMPLES, vec![uri.clone()]),
            LensCommand::ShowTrace(name) => {
                (commands::SHOW_TRACE, vec![uri.clone(), name.into(), which(lens.range)])
            }
            LensCommand::OpenWorld(name) => {
                (commands::OPEN_WORLD, vec![uri.clone(), name.into(), which(lens.range)])
            }
            LensCommand::NextSolution => (commands::NEXT_SOLUTION, vec![uri.clone()]),
            LensCommand::Synthesize(offset) => {
                let position = target.document.text.position(offset, context.snapshot.session.encoding);
                (commands::SYNTHESIZE, vec![uri.clone(), json!(position)])
            }
        };
        CodeLens {
            range: to_proto::range(&context.snapshot, &target.document, lens.range),
            command: Some(Command {
                title: lens.title,
                command: command.to_owned(),
                arguments: Some(arguments),
            }),
            data: None,
        }
    };
    let supports = context.snapshot.session.supports;
    let is_wanted = |lens: &ide::Lens| supports.world || !matches!(lens.command, LensCommand::OpenWorld(_));
    Ok(Some(lenses.into_iter().filter(is_wanted).map(lens).collect()))
}
