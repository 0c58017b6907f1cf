//! Lines and comments → text. Here live the rules on which block a comment belongs to and where blank lines stand.

use super::layout::{Line, LineKind};
use crate::ast::Comment;
use crate::cancel::{Cancel, Cancelled, check};
use crate::indent::width;
use crate::lines::{begins_line, line_start, slice};
use text_size::{TextRange, TextSize};

/// What is woven: the lines of a whole file, or some statements of one block.
pub(crate) struct Cloth<'a> {
    pub text: &'a str,
    pub lines: Vec<Line>,
    /// The comments that stand among the lines, in source order.
    pub comments: &'a [Comment],
    /// What every line begins with: the indentation of the block that the lines are taken from.
    pub margin: &'a str,
    /// One level.
    pub unit: &'a str,
    pub line_break: &'a str,
}

struct Entry {
    level: usize,
    text: String,
    source: TextRange,
    kind: EntryKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    Line(LineKind),
    Comment,
}

impl Cloth<'_> {
    /// Every line ends with a line end.
    pub(crate) fn weave(self, cancel: Cancel<'_>) -> Result<String, Cancelled> {
        let (text, margin, unit, line_break) = (self.text, self.margin, self.unit, self.line_break);
        let entries = self.entries(cancel)?;
        let mut out = String::new();
        for (i, entry) in entries.iter().enumerate() {
            check(cancel)?;
            if i > 0 && blank_line_between(text, &entries[i - 1], entry) {
                out.push_str(line_break);
            }
            out.push_str(margin);
            out.push_str(&unit.repeat(entry.level));
            out.push_str(&entry.text);
            out.push_str(line_break);
        }
        Ok(out)
    }

    /// Lines and comments on their own lines, in the order of the source; comments behind a line are part of it.
    fn entries(self, cancel: Cancel<'_>) -> Result<Vec<Entry>, Cancelled> {
        let text = self.text;
        let mut entries: Vec<Entry> = Vec::new();
        let mut columns = Columns::default();
        let mut comments = self.comments.iter().peekable();
        for line in self.lines {
            check(cancel)?;
            while let Some(comment) = comments.next_if(|c| c.range.start() < line.source.start()) {
                place(text, comment, Some(line.level), &columns, &mut entries);
            }
            // Comments inside a line that is several lines long in the source, a wrapped trace, go before it.
            while let Some(comment) = comments.next_if(|c| c.range.end() <= line.source.end()) {
                entries.push(on_its_own(comment, line.level));
            }
            columns.note(text, &line);
            let kind = EntryKind::Line(line.kind);
            entries.push(Entry { level: line.level, text: line.text, source: line.source, kind });
        }
        for comment in comments {
            place(text, comment, None, &columns, &mut entries);
        }
        Ok(entries)
    }
}

/// The source columns of the blocks that are open after the lines so far, by level.
#[derive(Default)]
struct Columns {
    /// `None` where a block stands on its header's line, or holds data that no comment may stand among.
    by_level: Vec<Option<usize>>,
}

impl Columns {
    fn note(&mut self, text: &str, line: &Line) {
        self.by_level.truncate(line.level);
        self.by_level.resize(line.level, None);
        let own_line = line.kind != LineKind::Data && begins_line(text, line.source.start());
        self.by_level.push(own_line.then(|| column(text, line.source.start())));
    }

    /// The level of a comment between the last line and one at level `next`: the innermost block, of those that may
    /// end between the two, whose column it reaches.
    fn level_of(&self, text: &str, comment: &Comment, next: usize) -> usize {
        let column = column(text, comment.range.start());
        (next..self.by_level.len())
            .rev()
            .find(|&level| self.by_level[level].is_some_and(|block| block <= column))
            .unwrap_or(next)
    }
}

/// Blanks before the offset on its line, a tab going on to the next multiple of four, as the parser counts.
fn column(text: &str, offset: TextSize) -> usize {
    width(slice(text, TextRange::new(line_start(text, offset), offset)))
}

fn on_its_own(comment: &Comment, level: usize) -> Entry {
    let text = comment.text.trim_end().to_owned();
    Entry { level, text, source: comment.range, kind: EntryKind::Comment }
}

/// Puts a comment behind the last line, if it stands there in the source, or on a line of its own.
fn place(text: &str, comment: &Comment, next: Option<usize>, columns: &Columns, entries: &mut Vec<Entry>) {
    if !comment.own_line
        && let Some(last) = entries.last_mut().filter(|e| e.kind != EntryKind::Comment)
        && !last.source.contains_range(comment.range)
    {
        last.text.push_str("  ");
        last.text.push_str(comment.text.trim_end());
        last.source = last.source.cover(comment.range);
        return;
    }
    let level = columns.level_of(text, comment, next.unwrap_or(0));
    entries.push(on_its_own(comment, level));
}

fn blank_line_between(text: &str, before: &Entry, after: &Entry) -> bool {
    use EntryKind::{Comment, Line};
    use LineKind::{Close, Data, Include, Item, Statement};
    let (end, start) = (before.source.end(), after.source.start());
    let in_source = || has_blank_line(slice(text, TextRange::new(end.min(start), start)));
    match (before.kind, after.kind) {
        (Comment, Line(Item | Include)) if before.level == 0 => in_source(),
        (Line(Include), Line(Include)) => in_source(),
        (_, Line(Item | Include)) => true,
        (_, Line(Close | Data)) => false,
        // A header and the first line of its block.
        _ if before.level < after.level => false,
        (Line(Include), Comment) => in_source(),
        (_, Comment) if after.level == 0 && before.level > 0 => true,
        (_, Comment | Line(Statement)) => in_source(),
    }
}

/// Whether there is an empty line in what stands between two lines.
fn has_blank_line(between: &str) -> bool {
    let ends = between.matches('\n').count().max(between.matches('\r').count());
    ends > 1
}
