//! `karel export`: programs and worlds in the forms of other Karels.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use ide::Config;
use runtime::World;
use syntax::{curly, tokens};

use crate::formats::Format;
use crate::{Verdict, files, import};

/// Write a program, or the world of an example, in the form of another Karel
///
/// Programs go to the dataset's tokens, or to the form with braces; worlds to Stanford Karel's .w, omegaUp's XML,
/// karel_robot's .km2, or rows without blanks. What the form can't say is refused by name.
#[derive(Args)]
pub(crate) struct Export {
    /// A program, an example file, or a file with one world; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The form to write
    #[arg(long, short, value_name = "FORMAT")]
    to: To,
    /// Export the input of the example or test of this name, where there are several
    #[arg(long, short, value_name = "NAME")]
    example: Option<String>,
    /// Export the example's output in place of its input
    #[arg(long)]
    output: bool,
    /// The file to write, which must not be there yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// A program: the dataset's tokens
    Tokens,
    /// A program: braces, as carpedm20's Karel reads it
    Curly,
    /// A world: Stanford Karel's .w
    #[value(alias = "w")]
    Stanford,
    /// A world: rows without blanks, as carpedm20's Karel reads them
    Dense,
    /// A world: omegaUp's and ReKarel's XML
    #[value(alias = "xml")]
    Omegaup,
    /// A world: karel_robot's .km2
    Km2,
}

impl Export {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let name = files::name(&self.file);
        let text = match self.to {
            To::Tokens | To::Curly => self.program()?,
            To::Stanford => Format::Stanford.write(&self.world()?).with_context(|| name.clone())?,
            To::Dense => Format::Dense.write(&self.world()?).with_context(|| name.clone())?,
            To::Omegaup => Format::Omegaup.write(&self.world()?).with_context(|| name.clone())?,
            To::Km2 => Format::Km2.write(&self.world()?).with_context(|| name.clone())?,
        };
        match &self.out {
            None => write!(anstream::stdout().lock(), "{text}")?,
            Some(out) => import::create(out, &text)?,
        }
        Ok(Verdict::Fine)
    }

    fn program(&self) -> anyhow::Result<String> {
        let path = files::program_of(&self.file);
        let name = files::name(&path);
        let loaded = files::load_one(&path, &Config::default())?;
        let analysis = &loaded.analysis;
        if let Some(message) = import::foreign(analysis) {
            bail!("{name}: {message}");
        }
        let source = analysis.program().with_context(|| format!("{name} is not a program"))?;
        let mistakes = source.parse.diagnostics.iter();
        if mistakes.filter(|d| d.severity == syntax::diagnostic::Severity::Error).count() > 0 {
            bail!("{name} has a syntax error; see it with karel check");
        }
        let main = analysis.main().with_context(|| format!("there is no main in {name}"))?;
        let written = match self.to {
            To::Curly => curly::to_curly_text(main),
            _ => tokens::to_token_text(main).map(|text| text + "\n"),
        };
        written.map_err(|error| {
            let line = source.text[..usize::from(error.range.start())].matches('\n').count() + 1;
            anyhow!("{name}, line {line}: {error}")
        })
    }

    fn world(&self) -> anyhow::Result<World> {
        let name = files::name(&self.file);
        let loaded = files::load_one(&self.file, &Config::default())?;
        let mut cases = loaded.analysis.cases().peekable();
        if cases.peek().is_none() {
            let text = loaded.analysis.sources().next().map_or("", |source| &source.text);
            return import::world(text).with_context(|| name);
        }
        let wanted = |name: &str| self.example.as_ref().is_none_or(|wanted| wanted == name);
        let mut found = cases.filter(|case| wanted(&case.example.name.text));
        let case = match (found.next(), found.next()) {
            (None, _) => {
                bail!("{name} has no example and no test named \"{}\"", self.example.as_deref().unwrap_or(""))
            }
            (Some(_), Some(_)) => bail!("{name} has several examples: name one with --example"),
            (Some(case), None) => case,
        };
        let (which, world) = if self.output { ("output", case.output()) } else { ("input", case.input()) };
        let missing = || format!("example \"{}\" has no {which} that can be read", case.example.name.text);
        world.cloned().with_context(missing)
    }
}
