//! `karel new`: a program file to begin with.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use ide::templates::{TEMPLATES, Template};
use owo_colors::OwoColorize;
use serde::Serialize;

use crate::{Verdict, files};

/// Begin a program: writes a file with examples to start from
///
/// A file that is there already is never overwritten.
#[derive(Args)]
pub(crate) struct New {
    /// The file to write, with or without .karel; a folder that is missing is made [default: the template's name]
    #[arg(value_name = "NAME")]
    name: Option<PathBuf>,
    /// Which program to begin with, see --list
    #[arg(long, short, value_name = "TEMPLATE", default_value = TEMPLATES[0].name, value_parser = names())]
    template: String,
    /// List the templates and write nothing
    #[arg(long, conflicts_with_all = ["name", "template"])]
    list: bool,
    /// Print JSON: { file, template }, or of --list an array of { name, title, description, text }
    #[arg(long)]
    json: bool,
}

fn names() -> clap::builder::PossibleValuesParser {
    TEMPLATES
        .iter()
        .map(|t| clap::builder::PossibleValue::new(t.name).help(t.description))
        .collect::<Vec<_>>()
        .into()
}

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a str,
    template: &'static str,
}

impl New {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let mut out = anstream::stdout().lock();
        if self.list {
            self.write_list(&mut out)?;
            return Ok(Verdict::Fine);
        }
        let template = ide::templates::template(&self.template).context("there is no such template")?;
        let path = with_extension(self.name.as_deref().unwrap_or(Path::new(template.name)))?;
        create(&path, template.text)?;
        let file = files::name(&path);
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&Written { file: &file, template: template.name })?)?;
            return Ok(Verdict::Fine);
        }
        writeln!(out, "{} {}", file.green().bold(), format!("· {}", template.description).dimmed())?;
        let file = if file.contains(char::is_whitespace) { format!("'{file}'") } else { file };
        if ide::holes(&syntax::parse(template.text).file).is_empty() {
            writeln!(out, "Open it in your editor, or run its examples: karel test {file}")?;
        } else {
            writeln!(out, "Open it in your editor, or have its hole filled: karel synth {file} --write")?;
        }
        Ok(Verdict::Fine)
    }

    fn write_list(&self, out: &mut impl Write) -> anyhow::Result<()> {
        if self.json {
            let listed = |t: &Template| Listed {
                name: t.name,
                title: t.title,
                description: t.description,
                text: t.text,
            };
            let all: Vec<Listed> = TEMPLATES.iter().map(listed).collect();
            writeln!(out, "{}", serde_json::to_string(&all)?)?;
            return Ok(());
        }
        let width = TEMPLATES.iter().map(|t| t.name.len()).max().unwrap_or(0);
        for template in TEMPLATES {
            writeln!(out, "{:width$}  {}", template.name.bold(), template.description)?;
        }
        Ok(())
    }
}

/// The path of the program file that the name stands for.
fn with_extension(name: &Path) -> anyhow::Result<PathBuf> {
    match name.extension() {
        Some(extension) if extension == "karel" => Ok(name.to_owned()),
        Some(extension) if extension == "kgrid" => {
            bail!("{} would be an example file: a program's name ends in .karel", name.display())
        }
        _ => {
            let file = name.file_name().with_context(|| format!("{} names no file", name.display()))?;
            let mut file = file.to_owned();
            file.push(".karel");
            Ok(name.with_file_name(file))
        }
    }
}

fn create(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    }
    match File::create_new(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).with_context(|| format!("can't write {}", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{} is there already and stays as it is: give another name", path.display())
        }
        Err(error) => Err(error).with_context(|| format!("can't write {}", path.display())),
    }
}
