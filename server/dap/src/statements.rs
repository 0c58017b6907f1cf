//! The statements that a breakpoint can stand at.

use std::ops::Range;

use runtime::{Origin, Program, SiteKind};
use text_size::TextSize;

/// The statements of a program, by where they begin.
pub(crate) struct Statements(Vec<(TextSize, Origin)>);

impl Statements {
    pub(crate) fn of(program: &Program) -> Statements {
        let stands = |kind| !matches!(kind, SiteKind::Missing);
        let sites = program.sites().filter(|(_, site)| stands(site.kind));
        let mut all: Vec<_> = sites.map(|(origin, site)| (site.range.start(), origin)).collect();
        // Of a statement and what stands at its very start the statement comes first: it is the first that is lowered.
        all.sort_by_key(|(start, origin)| (*start, *origin));
        all.dedup_by_key(|(start, _)| *start);
        Statements(all)
    }

    /// The first statement that begins at the offset or after it.
    pub(crate) fn from(&self, offset: TextSize) -> Option<Origin> {
        self.0.get(self.0.partition_point(|(start, _)| *start < offset)).map(|(_, origin)| *origin)
    }

    /// The statements that begin in the range.
    pub(crate) fn within(&self, range: Range<TextSize>) -> impl Iterator<Item = (TextSize, Origin)> {
        let from = self.0.partition_point(|(start, _)| *start < range.start);
        let to = self.0.partition_point(|(start, _)| *start < range.end);
        self.0[from..to.max(from)].iter().copied()
    }
}
