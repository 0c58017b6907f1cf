//! `karel import`: programs and worlds of other Karels, in this language.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use ide::Analysis;
use runtime::World;
use syntax::codes::syntax::FOREIGN;
use syntax::foreign::{Foreign, recognise, token_programs};
use syntax::{curly, print, tokens};

use crate::formats::Format;
use crate::{Verdict, files};

/// Write a program or a world of another Karel in this language
///
/// Reads programs in the dataset's tokens and with braces, and worlds of Stanford Karel (.w), omegaUp and ReKarel (XML),
/// karel_robot (.km2) and without blanks between the cells; which it is, is seen from the text. What this language lacks,
/// such as walls between cells, is refused by name.
#[derive(Args)]
pub(crate) struct Import {
    /// The file to read; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The file to write, which must not be there yet; of several programs NAME-1.karel and so on [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Import {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let name = files::name(&self.file);
        let text = files::read(&self.file).map_err(|why| anyhow!("{name} can't be read: {why}"))?;
        let title =
            self.file.file_stem().map_or("world".into(), |stem| stem.to_string_lossy().replace('"', "'"));
        let written = imported(&text, if name.starts_with('<') { "world" } else { &title })
            .with_context(|| name.clone())?;
        match (&self.out, written.as_slice()) {
            (None, texts) => write!(anstream::stdout().lock(), "{}", texts.join("\n"))?,
            (Some(out), [text]) => create(out, text)?,
            (Some(out), texts) => {
                for (number, text) in (1..).zip(texts) {
                    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
                    create(&out.with_file_name(format!("{stem}-{number}.karel")), text)?;
                }
            }
        }
        Ok(Verdict::Fine)
    }
}

/// Writes a file that must not be there yet.
pub(crate) fn create(path: &Path, text: &str) -> anyhow::Result<()> {
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("can't write {}", files::name(path)))
}

/// The programs of a text, or a world as an example of this name.
fn imported(text: &str, name: &str) -> anyhow::Result<Vec<String>> {
    if let Some(format) = Format::of(text) {
        let rows = format.read(text)?.to_string().replace('\n', "\n        ");
        return Ok(vec![format!("example \"{name}\":\n    input:\n        {rows}\n")]);
    }
    match recognise(text).map(|found| found.0) {
        Some(Foreign::Tokens) => {
            let programs =
                token_programs(text).map_err(|error| anyhow!("{error} ({})", line(text, error.range)))?;
            Ok(programs.iter().map(print::print_procedure).collect())
        }
        Some(Foreign::Curly) => {
            let text = text.trim_start_matches('\u{feff}');
            let program = curly::to_program_text(text);
            Ok(vec![program.map_err(|error| anyhow!("{error} ({})", line(text, error.range)))?])
        }
        Some(other) => bail!("{}", other.message()),
        None => bail!(
            "this is nothing that is known of another Karel; see 'karel import --help', or 'karel check' if it is a \
             program in this language"
        ),
    }
}

fn line(text: &str, range: syntax::TextRange) -> String {
    format!("line {}", text[..usize::from(range.start()).min(text.len())].matches('\n').count() + 1)
}

/// The program of a text that is one in the dataset's tokens, all of it right.
pub(crate) fn from_tokens(text: &str) -> Option<String> {
    match token_programs_of(text)?.as_slice() {
        [program] => Some(print::print_procedure(program)),
        _ => None,
    }
}

/// A text in the dataset's tokens as it is published: a program a line, single blanks.
pub(crate) fn canonical_tokens(text: &str) -> Option<String> {
    if text.lines().any(|line| line.trim_start().starts_with('#')) {
        // Nothing says where comments would stand.
        return None;
    }
    let lines =
        token_programs_of(text)?.iter().map(tokens::to_token_text).collect::<Result<Vec<_>, _>>().ok()?;
    Some(lines.join("\n") + "\n")
}

fn token_programs_of(text: &str) -> Option<Vec<syntax::ast::Procedure>> {
    let is_tokens = recognise(text).is_some_and(|(kind, _)| kind == Foreign::Tokens);
    token_programs(text).ok().filter(|_| is_tokens)
}

/// What the program's file is, where it is none of this language.
pub(crate) fn foreign(analysis: &Analysis) -> Option<&str> {
    let diagnostics = &analysis.program()?.parse.diagnostics;
    diagnostics.iter().find(|d| d.code == FOREIGN.code).map(|d| d.message.as_str())
}

/// The world that a file shows, whatever its form: a grid, an example block, a world of another Karel.
pub(crate) fn world(text: &str) -> anyhow::Result<World> {
    if let Some(format) = Format::of(text) {
        return format.read(text);
    }
    if let Some((kind, _)) = recognise(text) {
        bail!("{}", kind.message());
    }
    let analysis = Analysis::new(None, vec![ide::Source::new("", None, text)], ide::Config::default());
    let mut inputs = analysis.cases().map(|case| case.input());
    match (inputs.next(), inputs.next()) {
        (None, _) => Ok(World::parse(text.trim_start_matches('\u{feff}'))?),
        (Some(Some(world)), None) => Ok(world.clone()),
        (Some(None), None) => bail!("the input of the example can't be read; see why with karel check"),
        (Some(_), Some(_)) => bail!("the file holds several examples; name one world"),
    }
}
