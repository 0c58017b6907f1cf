//! `karel test`: runs every example and every held-out test of programs.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use ide::{Analysis, Case, Config, Failure, NEVER, Verdict as Judged, reason};
use owo_colors::OwoColorize;
use runtime::Difference;
use serde::Serialize;

use crate::Verdict;
use crate::files::{self, Loaded, Unread};
use crate::findings::Place;
use crate::progress::Progress;
use crate::worlds::{self, Panel};

/// Run every example and every held-out test, and say which pass
#[derive(Args)]
pub(crate) struct Test {
    /// Programs, example files, or folders of them; - for standard input
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only examples and tests whose name has this in it
    #[arg(long, short, value_name = "TEXT")]
    filter: Option<String>,
    /// Steps (actions, conditions, rounds) after which a run is stopped
    #[arg(long, value_name = "N", default_value_t = Config::default().max_ticks)]
    max_ticks: u64,
    /// Print one JSON object: { passed, total, testsPassed, tests, examples: [{ file, line, name, test, status, message }], unread: [{ file, message }] }
    #[arg(long)]
    json: bool,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// Examples that pass, of those that say what is to happen.
    passed: usize,
    total: usize,
    /// Held-out tests that pass, of those that say what is to happen.
    tests_passed: usize,
    tests: usize,
    examples: Vec<Entry>,
    /// Files that can't be read, with the examples that may be in them.
    unread: Vec<Unread>,
}

#[derive(Serialize)]
struct Entry {
    file: String,
    line: usize,
    name: String,
    /// Whether it is a held-out test.
    test: bool,
    status: Status,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    Passed,
    Failed,
    /// The example does not say what is to happen, and nothing went wrong.
    Unjudged,
}

impl Test {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let config = Config { max_ticks: self.max_ticks, ..Config::default() };
        let found = files::load_all(&self.paths, &config)?;
        let verdict = found.verdict();
        let loaded = found.files;
        // Computes all verdicts, which the analyses keep.
        Progress::over(&loaded, "testing", |l| {
            for case in self.selected(&l.analysis) {
                let _ = l.analysis.verdict(case, NEVER);
            }
        });
        let mut out = anstream::stdout().lock();
        let mut report = Report::default();
        for l in &loaded {
            self.file(l, &mut out, &mut report)?;
        }
        for unread in found.unread {
            if !self.json {
                writeln!(out, "{}\n  {} {}", unread.file.bold(), "✗".red().bold(), unread.message.red())?;
            }
            report.unread.push(unread);
        }
        // Where nothing says what is to happen, nothing was tested.
        let fine = report.total + report.tests > 0
            && report.passed == report.total
            && report.tests_passed == report.tests
            && report.unread.is_empty();
        let verdict = verdict.max(Verdict::fine_if(fine));
        if let (Some(filter), true) = (&self.filter, report.examples.is_empty()) {
            bail!("no example and no test has \"{filter}\" in its name");
        }
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&report)?)?;
            return Ok(verdict);
        }
        let mut summary = format!("{}/{} examples", report.passed, report.total);
        if !report.unread.is_empty() {
            summary.push_str(&format!(", {} can't be read", ide::count(report.unread.len() as u64, "file")));
        }
        if report.tests > 0 {
            summary.push_str(&format!(", {}/{} held-out tests", report.tests_passed, report.tests));
        }
        if report.total + report.tests == 0 {
            writeln!(out, "{}", format!("{summary}: no example says what is to happen").yellow().bold())?;
        } else if fine {
            writeln!(out, "{}", summary.green().bold())?;
        } else {
            writeln!(out, "{}", summary.red().bold())?;
        }
        Ok(verdict)
    }

    fn selected<'a>(&'a self, analysis: &'a Analysis) -> impl Iterator<Item = Case<'a>> {
        let wanted = |name: &str| self.filter.as_ref().is_none_or(|text| name.contains(text.as_str()));
        analysis.cases().filter(move |case| wanted(&case.example.name.text))
    }

    fn file(&self, loaded: &Loaded, out: &mut impl Write, report: &mut Report) -> anyhow::Result<()> {
        let analysis = &loaded.analysis;
        let mut first = true;
        for case in self.selected(analysis) {
            let entry = entry(analysis, case);
            let (passed, total) = if entry.test {
                (&mut report.tests_passed, &mut report.tests)
            } else {
                (&mut report.passed, &mut report.total)
            };
            *passed += usize::from(entry.status == Status::Passed);
            *total += usize::from(entry.status != Status::Unjudged);
            if !self.json {
                if std::mem::take(&mut first) {
                    let name = analysis.sources().next().map_or("", |source| source.uri.as_str());
                    writeln!(out, "{}", name.bold())?;
                }
                show(out, analysis, case, &entry)?;
            }
            report.examples.push(entry);
        }
        for (_, message) in &loaded.unreadable {
            let file = analysis.program().map(|program| program.uri.clone()).unwrap_or_default();
            if !self.json {
                if std::mem::take(&mut first) {
                    writeln!(out, "{}", file.bold())?;
                }
                writeln!(out, "  {} {}", "✗".red().bold(), message.red())?;
            }
            report.unread.push(Unread::inside(file, message.clone()));
        }
        if first && !self.json && self.filter.is_none() {
            let name = analysis.sources().next().map_or("", |source| source.uri.as_str());
            writeln!(out, "{}\n  {}", name.bold(), "no examples".dimmed())?;
        }
        Ok(())
    }
}

fn entry(analysis: &Analysis, case: Case<'_>) -> Entry {
    let run = analysis.run(case, NEVER).ok().flatten();
    let judged = analysis.verdict(case, NEVER).unwrap_or(&Judged::NotRun);
    let mistakes = analysis.program().map_or(0, |p| p.parse.diagnostics.len());
    let (status, message) = match judged {
        Judged::Passes => {
            let actions = run.and_then(ide::Run::actions).map(ide::counting::actions);
            (Status::Passed, actions.unwrap_or_default())
        }
        Judged::NoOutput => (Status::Unjudged, "no output yet".to_owned()),
        Judged::Hole { range } => (Status::Failed, format!("stops at the hole {}", place(analysis, *range))),
        Judged::Mistake { range } => {
            let at = place(analysis, *range);
            (Status::Failed, format!("stops at a mistake {at}; see it with karel check"))
        }
        Judged::NotRun if analysis.program().is_none() => {
            (Status::Unjudged, "no program belongs to this file".to_owned())
        }
        Judged::NotRun => {
            let why = match () {
                () if case.example.broken.is_some() => "it isn't understood; see why with karel check",
                () if case.input().is_none() => "its input can't be read; see why with karel check",
                () if mistakes > 0 => "there is no main; see the mistakes with karel check",
                () => "there is no main",
            };
            (Status::Failed, format!("not run: {why}"))
        }
        Judged::Fails(failure) => (Status::Failed, reason::clause(analysis, case, run, failure)),
    };
    Entry {
        file: case.source.uri.clone(),
        line: Place::of(case.source, case.example.range.start()).line,
        name: case.example.name.text.clone(),
        test: case.is_test(),
        status,
        message,
    }
}

/// `in line 5`
fn place(analysis: &Analysis, range: syntax::TextRange) -> String {
    let line = analysis.program().map(|source| Place::of(source, range.start()).line);
    line.map_or(String::new(), |line| format!("in line {line}"))
}

fn show(out: &mut impl Write, analysis: &Analysis, case: Case<'_>, entry: &Entry) -> anyhow::Result<()> {
    let kind = if entry.test { "test" } else { "example" };
    let title = format!("{kind} \"{}\"", entry.name);
    let message = if entry.message.is_empty() { String::new() } else { format!(" · {}", entry.message) };
    match entry.status {
        Status::Passed => writeln!(out, "  {} {title}{}", "✓".green(), message.dimmed())?,
        Status::Unjudged => writeln!(out, "  {} {title}{}", "•".yellow(), message.dimmed())?,
        Status::Failed => writeln!(out, "  {} {title}{}", "✗".red().bold(), message.red())?,
    }
    let run = analysis.run(case, NEVER).ok().flatten();
    let (Ok(Judged::Fails(failure)), Some(run)) = (analysis.verdict(case, NEVER), run) else { return Ok(()) };
    let none = Difference::default();
    let differs = match failure {
        Failure::WrongResult(differs) => differs,
        _ => &none,
    };
    let mut marked = differs.cells.clone();
    if let Some((wanted, is)) = differs.robot {
        marked.extend([(wanted.row, wanted.col), (is.row, is.col)]);
    }
    let mut panels = vec![
        Panel { title: "before", world: case.input().unwrap_or(&run.end), marked: &[] },
        Panel { title: "after", world: &run.end, marked: &marked },
    ];
    if let (Failure::WrongResult(_), Some(expected)) = (failure, case.output()) {
        panels.push(Panel { title: "expected", world: expected, marked: &marked });
    }
    worlds::write(out, "      ", &panels)?;
    Ok(())
}
