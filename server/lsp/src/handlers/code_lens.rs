//! Lines above `main` and the examples: how they went, and what can be asked for there.

use std::collections::BTreeMap;

use ide::LensCommand;
use serde_json::{Value, json};
use syntax::{TextRange, TextSize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{CodeLens, CodeLensParams, Command};

use crate::asked::{Asked, cancelled};
use crate::{commands, to_proto};

pub fn code_lens(asked: &mut Asked, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
    let Some(about) = asked.about(&params.text_document.uri) else { return Ok(None) };
    let lenses =
        ide::code_lens(&about.unit.analysis, about.uri(), &|| asked.cancelled()).map_err(cancelled)?;
    let uri = Value::from(about.uri());
    let own = ide::examples(&about.unit.analysis).into_iter().filter(|e| e.location.uri == about.uri());
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
            LensCommand::NextSolution => (commands::NEXT_SOLUTION, vec![uri.clone()]),
            LensCommand::Synthesize(offset) => {
                let position = about.document.text.position(offset, asked.snapshot.session.encoding);
                (commands::SYNTHESIZE, vec![uri.clone(), json!(position)])
            }
        };
        CodeLens {
            range: to_proto::range(&asked.snapshot, &about.document, lens.range),
            command: Some(Command {
                title: lens.title,
                command: command.to_owned(),
                arguments: Some(arguments),
            }),
            data: None,
        }
    };
    Ok(Some(lenses.into_iter().map(lens).collect()))
}
