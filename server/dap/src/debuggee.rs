//! The program that is debugged: its text, the example, the recorded run, and what the run means.

use std::path::PathBuf;

use ide::{Analysis, Case, NEVER, Verdict, diagnostics, reason};
use runtime::{Origin, Outcome, Program, SiteKind, World};
use syntax::diagnostic::Severity;
use syntax::places::{Lines, Place, Units};
use text_size::{TextRange, TextSize};

use crate::expression::Now;
use crate::statements::Statements;
use crate::timeline::Timeline;

pub(crate) struct Debuggee {
    /// The program's path, as the client has it.
    pub path: String,
    /// The same file by its one canonical path.
    pub identity: PathBuf,
    pub analysis: Analysis,
    /// The number of the example in the analysis.
    pub example: usize,
    /// `example "short row"`
    pub title: String,
    pub timeline: Timeline,
    pub statements: Statements,
    pub lines: Lines,
    pub ending: Ending,
}

/// How the run ended, and what that means for the example.
pub(crate) struct Ending {
    pub kind: Kind,
    /// It did what the example says, or nothing says what it has to do.
    pub fine: bool,
    /// What happened, as a clause: `move() runs into a wall at action 4`.
    pub clause: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Finished,
    Crash,
    EndlessLoop,
    Limit,
    TooDeep,
    Hole,
    Mistake,
    WrongResult,
}

impl Kind {
    /// The identifier of the exception.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Kind::Finished => "end",
            Kind::Crash => "crash",
            Kind::EndlessLoop => "endless loop",
            Kind::Limit => "limit of steps",
            Kind::TooDeep => "too many calls",
            Kind::Hole => "hole",
            Kind::Mistake => "mistake",
            Kind::WrongResult => "wrong result",
        }
    }
}

impl Ending {
    pub(crate) fn of(analysis: &Analysis, case: Case<'_>, outcome: Outcome) -> Ending {
        let run = analysis.run(case, NEVER).ok().flatten();
        let not_run = Verdict::NotRun;
        let verdict = analysis.verdict(case, NEVER).unwrap_or(&not_run);
        let kind = match outcome {
            Outcome::Finished if verdict.failure().is_some() => Kind::WrongResult,
            Outcome::Finished | Outcome::Cancelled => Kind::Finished,
            Outcome::Crashed { .. } => Kind::Crash,
            Outcome::OutOfTicks { .. } => Kind::Limit,
            Outcome::EndlessLoop { .. } => Kind::EndlessLoop,
            Outcome::TooDeep { .. } => Kind::TooDeep,
            Outcome::Hole { .. } => Kind::Hole,
            Outcome::Broken { .. } => Kind::Mistake,
        };
        let clause = match verdict {
            Verdict::Fails(failure) => reason::clause(analysis, case, run, failure),
            Verdict::Hole { .. } => {
                "the run comes to a hole; write a statement there, or have it synthesized".to_owned()
            }
            Verdict::Mistake { range } => match mistake(analysis, *range) {
                Some(message) => format!("the run comes to a mistake: {message}"),
                None => "the run comes to a mistake; the editor marks it".to_owned(),
            },
            verdict => reason::verdict(run, verdict).trim_start_matches(['✓', '•', ' ']).to_owned(),
        };
        let fine = matches!(verdict, Verdict::Passes | Verdict::NoOutput);
        Ending { kind, fine, clause }
    }
}

/// What the checks say of a mistake at the range, without a full stop.
fn mistake(analysis: &Analysis, range: TextRange) -> Option<String> {
    let uri = &analysis.program()?.uri;
    let mut found = diagnostics::syntax(analysis, uri);
    found.extend(diagnostics::names(analysis, uri, NEVER).unwrap_or_default());
    found.retain(|diagnostic| diagnostic.severity == Severity::Error);
    let touching = found.iter().find(|diagnostic| diagnostic.range.intersect(range).is_some());
    let message = &touching.or(found.first())?.message;
    Some(message.trim_end_matches('.').to_owned())
}

impl Debuggee {
    /// The lowered program.
    pub(crate) fn program(&self) -> Option<&Program> {
        self.analysis.lowered()
    }

    pub(crate) fn now<'a>(&self, moment: usize, world: &'a World) -> Now<'a> {
        let round = self.timeline.rounds(moment).next().map_or(0, |round| round.number);
        let step = self.timeline.step(moment) as u64;
        Now { world, step, round, depth: self.timeline.depth(moment) }
    }

    /// The text that is marked for the moment: the statement's head, or the end of `main` where the run is over.
    pub(crate) fn range(&self, moment: usize) -> TextRange {
        let head = |origin| self.head(origin);
        let end = || {
            let main = self.analysis.main().map(|main| main.range.end()).unwrap_or_default();
            TextRange::empty(main)
        };
        self.timeline.origin(moment).and_then(head).unwrap_or_else(end)
    }

    /// A simple statement, or the head of a compound one.
    pub(crate) fn head(&self, origin: Origin) -> Option<TextRange> {
        let site = self.program()?.site(origin)?;
        Some(match site.kind {
            SiteKind::While | SiteKind::Repeat | SiteKind::If { .. } => {
                let head = TextRange::new(site.range.start(), site.head.end().max(site.range.start()));
                let rest = TextRange::new(head.end(), site.range.end().max(head.end()));
                // The parenthesis that closes the head belongs to it.
                let closes = self.lines.slice(rest).starts_with(')') && self.lines.slice(head).contains('(');
                TextRange::new(head.start(), head.end() + TextSize::new(closes.into()))
            }
            _ => site.range,
        })
    }

    /// The line and the column of an offset, from 0, in UTF-16 units as the protocol has them.
    pub(crate) fn place(&self, offset: TextSize) -> (u32, u32) {
        let Place { line, column } = self.lines.place(offset, Units::Utf16);
        (line, column)
    }

    /// The offset of a line and a column, counted so.
    pub(crate) fn offset(&self, line: u32, column: u32) -> TextSize {
        self.lines.offset(Place { line, column }, Units::Utf16)
    }

    /// The name of the procedure that the moment is in.
    pub(crate) fn procedure(&self, moment: usize) -> &str {
        let Some(call) = self.timeline.caller(moment) else { return "main" };
        let site = self.timeline.origin(call).and_then(|origin| self.program()?.site(origin));
        site.map_or("?", |site| self.lines.slice(site.head))
    }
}
