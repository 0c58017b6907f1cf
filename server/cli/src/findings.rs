//! Diagnostics on a terminal and as JSON.

use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use ide::{Analysis, Diagnostic, NEVER, Source};
use serde::Serialize;
use syntax::codes::files::{UNREADABLE, UNREADABLE_EXAMPLES};
use syntax::diagnostic::{Fix, Severity};
use syntax::lines::{clamped, clamped_range};
use syntax::places::{Lines, Units};
use syntax::{TextRange, TextSize};

use crate::files::{Loaded, Unread};

/// One diagnostic with the text that it is about.
pub(crate) struct Finding<'a> {
    analysis: &'a Analysis,
    source: &'a Source,
    code: &'static str,
    pub severity: Severity,
    range: TextRange,
    message: String,
    related: Vec<(ide::Location, String)>,
    fix: Option<Fix>,
}

/// All findings about a program and its examples, file by file, from the first line on.
pub(crate) fn all(loaded: &Loaded) -> Vec<Finding<'_>> {
    let analysis = &loaded.analysis;
    let mut findings = Vec::new();
    for source in analysis.sources() {
        let uri = source.uri.as_str();
        let mut found: Vec<Diagnostic> = ide::diagnostics::syntax(analysis, uri);
        for tier in [ide::diagnostics::names, ide::diagnostics::runtime] {
            found.extend(tier(analysis, uri, NEVER).unwrap_or_default());
        }
        let of_file = found.into_iter().map(|d| Finding {
            analysis,
            source,
            code: d.code,
            severity: d.severity,
            range: d.range,
            message: d.message,
            related: d.related,
            fix: d.fix,
        });
        let first = findings.len();
        findings.extend(of_file);
        if analysis.program_at(uri).is_some() {
            findings.extend(loaded.unreadable.iter().map(|(range, message)| Finding {
                analysis,
                source,
                code: UNREADABLE_EXAMPLES.code,
                severity: Severity::Error,
                range: *range,
                message: message.clone(),
                related: Vec::new(),
                fix: None,
            }));
        }
        findings[first..].sort_by_key(|f| (f.range.start(), f.range.end()));
    }
    findings
}

impl Finding<'_> {
    /// The finding as a compiler shows it, with the lines that it is about, styled.
    pub(crate) fn render(&self) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Information => Level::INFO,
            Severity::Hint => Level::NOTE.with_name("hint"),
        };
        let title = level.primary_title(self.message.as_str()).id(self.code);
        let mut snippet =
            snippet(self.source).annotation(AnnotationKind::Primary.span(span(self.source, self.range)));
        let mut elsewhere: Vec<(&Source, TextRange, &str)> = Vec::new();
        for (location, message) in &self.related {
            if location.uri == self.source.uri {
                let span = span(self.source, location.range);
                snippet = snippet.annotation(AnnotationKind::Context.span(span).label(message.as_str()));
            } else if let Some(source) = self.analysis.source(&location.uri) {
                elsewhere.push((source, location.range, message));
            }
        }
        let mut groups: Vec<Group<'_>> = vec![title.element(snippet)];
        for (source, range, message) in elsewhere {
            let context = AnnotationKind::Primary.span(span(source, range));
            groups.push(
                Level::NOTE.secondary_title(message).element(self::snippet(source).annotation(context)),
            );
        }
        if let Some(fix) = &self.fix {
            let patches = fix.edits.iter().map(|e| Patch::new(span(self.source, e.range), e.insert.as_str()));
            let snippet: Snippet<'_, Patch<'_>> =
                Snippet::source(&*self.source.text).path(self.source.uri.as_str());
            let snippet = snippet.patches(patches.collect::<Vec<_>>());
            groups.push(Level::HELP.secondary_title(fix.title.as_str()).element(snippet));
        }
        Renderer::styled().decor_style(DecorStyle::Ascii).render(&groups)
    }

    pub(crate) fn to_json(&self) -> Json<'_> {
        let related = self.related.iter().filter_map(|(location, message)| {
            let source = self.analysis.source(&location.uri)?;
            Some(Related {
                file: &source.uri,
                start: Place::of(source, location.range.start()),
                end: Place::of(source, location.range.end()),
                message,
            })
        });
        Json {
            file: &self.source.uri,
            code: self.code,
            severity: match self.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Information => "information",
                Severity::Hint => "hint",
            },
            start: Place::of(self.source, self.range.start()),
            end: Place::of(self.source, self.range.end()),
            message: &self.message,
            related: related.collect(),
            fix: self.fix.as_ref().map(|fix| fix.title.as_str()),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Json<'a> {
    file: &'a str,
    code: &'static str,
    severity: &'static str,
    start: Place,
    end: Place,
    message: &'a str,
    related: Vec<Related<'a>>,
    /// What the fix does, if there is one.
    fix: Option<&'a str>,
}

impl Json<'_> {
    /// A finding about a whole file, placed at its first character.
    pub(crate) fn of_unread(unread: &Unread) -> Json<'_> {
        let start = Place { line: 1, column: 1, offset: 0 };
        Json {
            file: &unread.file,
            code: UNREADABLE.code,
            severity: "error",
            start,
            end: start,
            message: &unread.message,
            related: Vec::new(),
            fix: None,
        }
    }
}

/// A file that can't be read, shown as [`Finding::render`] does, without lines.
pub(crate) fn render_unread(unread: &Unread) -> String {
    let title = Level::ERROR.primary_title(unread.message.as_str()).id(UNREADABLE.code);
    let group = title.element(Origin::path(unread.file.as_str()));
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group])
}

#[derive(Serialize)]
struct Related<'a> {
    file: &'a str,
    start: Place,
    end: Place,
    message: &'a str,
}

/// A place in a text: line and column (in characters) counted from 1, and bytes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    pub line: usize,
    pub column: usize,
    pub offset: usize,
}

impl Place {
    pub(crate) fn of(source: &Source, offset: TextSize) -> Place {
        let place = Lines::of(Arc::clone(&source.text)).place(offset, Units::Utf32);
        let offset = clamped(&source.text, offset).into();
        Place { line: place.line as usize + 1, column: place.column as usize + 1, offset }
    }
}

fn snippet(source: &Source) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    Snippet::source(&*source.text).path(source.uri.as_str())
}

/// The range in bytes, within the text and between characters whatever the range is.
fn span(source: &Source, range: TextRange) -> std::ops::Range<usize> {
    clamped_range(&source.text, range).into()
}
