//! Every diagnostic code with its title and explanation, in the learner's words: what the editor's link and
//! `server/DIAGNOSTICS.md` show. One file a tier; a check refers to the constant, never to the bare string.

pub mod files;
pub mod names_flow;
pub mod running;
pub mod syntax;
pub mod synthesis;

/// A stable code. Codes are never reused for another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `K101`
    pub code: &'static str,
    /// A few words, as a heading.
    pub title: &'static str,
    /// Two or three sentences of Markdown: what it means and what to do.
    pub explanation: &'static str,
}

/// All codes, in order.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [syntax::ALL, names_flow::ALL, files::ALL, running::ALL, synthesis::ALL].into_iter().flatten().copied()
}

/// The code of that spelling, if there is one.
pub fn find(code: &str) -> Option<&'static Code> {
    all().find(|c| c.code == code)
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_in_order_and_once() {
        let codes: Vec<_> = super::all().map(|c| c.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    }
}
