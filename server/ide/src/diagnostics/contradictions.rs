//! K302: examples that begin with the same world and ask for different things. Where most of them agree the others are
//! reported, each once; where no majority does, the first two that differ are reported, once.

use super::{Diagnostic, title, title_range};
use crate::analysis::Case;
use crate::cancel::{Cancel, Cancelled, check as check_cancel};
use crate::describe::{example, example_first};
use runtime::World;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use syntax::ast::{Action, Example, Trace};
use syntax::codes::synthesis;
use syntax::diagnostic::Severity;

/// Two examples that no program satisfies together.
pub(crate) struct Contradiction<'a> {
    /// The one to look at first.
    pub case: Case<'a>,
    /// What it contradicts: the first of those that agree, if most agree.
    pub other: Case<'a>,
    /// The number of examples that agree with `other`, itself included.
    agree: usize,
    why: &'static str,
}

/// The contradictions among the cases, in time with their number.
///
/// # Errors
/// Fails where the work was cancelled.
pub(crate) fn contradictions<'a>(
    cases: impl Iterator<Item = Case<'a>>,
    cancel: Cancel<'_>,
) -> Result<Vec<Contradiction<'a>>, Cancelled> {
    let mut groups: Vec<Vec<Case<'a>>> = Vec::new();
    let mut numbers: HashMap<&World, usize> = HashMap::new();
    for case in cases {
        check_cancel(cancel)?;
        let Some(input) = case.input() else { continue };
        let number = *numbers.entry(input).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[number].push(case);
    }
    let mut found = Vec::new();
    for mut group in groups.into_iter().filter(|group| group.len() > 1) {
        check_cancel(cancel)?;
        blame(&mut group, |c| crash_expected(c.example), "only one of them is to crash", &mut found);
        blame(&mut group, |c| c.output(), "their outputs differ", &mut found);
        blame(&mut group, |c| given(c.example).map(actions), "their traces differ", &mut found);
    }
    found.sort_by_key(|c| c.case.index);
    Ok(found)
}

/// Takes those that ask for another value than the others out of the group.
fn blame<'a, V: Hash + Eq>(
    group: &mut Vec<Case<'a>>,
    value: impl Fn(Case<'a>) -> Option<V>,
    why: &'static str,
    found: &mut Vec<Contradiction<'a>>,
) {
    let asked: Vec<(Case<'a>, V)> = group.iter().filter_map(|&case| Some((case, value(case)?))).collect();
    let mut counts: HashMap<&V, usize> = HashMap::new();
    asked.iter().for_each(|(_, value)| *counts.entry(value).or_default() += 1);
    let is_most = |value: &V| counts[value] * 2 > asked.len();
    let most = asked.iter().find(|(_, value)| is_most(value));
    let Some((other, usual)) = most.or(asked.first()) else { return };
    let mut blamed = asked.iter().filter(|(_, value)| value != usual).map(|&(case, _)| case);
    // without a majority nobody knows which of them is wrong
    let blamed: Vec<Case<'a>> =
        if most.is_some() { blamed.collect() } else { blamed.next().into_iter().collect() };
    let agree = counts[usual];
    found.extend(blamed.iter().map(|&case| Contradiction { case, other: *other, agree, why }));
    let blamed: HashSet<usize> = blamed.iter().map(|case| case.index).collect();
    group.retain(|case| !blamed.contains(&case.index));
}

/// `None` where the example doesn't say.
fn crash_expected(example: &Example) -> Option<bool> {
    let decided = example.crashes.is_some() || example.output.is_some() || given(example).is_some();
    decided.then_some(example.crashes.is_some())
}

/// The trace that is part of what the example asks for.
fn given(example: &Example) -> Option<&Trace> {
    example.trace.as_ref().filter(|trace| trace.valid && !trace.inferred)
}

fn actions(trace: &Trace) -> Vec<Action> {
    trace.actions.iter().map(|(action, _)| *action).collect()
}

impl Contradiction<'_> {
    pub(super) fn diagnostic(&self) -> Diagnostic {
        let (case, other) = (&self.case, &self.other);
        let (others, both) = match self.agree {
            1 => (String::new(), "both"),
            n => (format!(" and {} more", n - 1), "all"),
        };
        let message = format!(
            "{} contradicts {}{others}: {both} begin with the same world, but {}, so no program satisfies {both}.",
            example_first(case.example),
            example(other.example),
            self.why
        );
        let mut diagnostic =
            Diagnostic::new(&synthesis::CONTRADICTION, Severity::Error, title_range(case), message);
        diagnostic
            .related
            .push((title(other), format!("{} begins with the same world", example(other.example))));
        diagnostic
    }
}

#[cfg(test)]
mod tests {
    use crate::cancel::NEVER;
    use crate::fixture::fixture;

    /// The names of those blamed, with the name that each is held against. `asks` gives an example's end: the cells of
    /// its output, its trace, a crash, or nothing.
    fn blamed(asks: &[&str]) -> Vec<(String, String)> {
        let example = |(n, asks): (usize, &&str)| {
            let (crashes, rest) = match *asks {
                "crash" => (" crashes", String::new()),
                "open" => ("", String::new()),
                "crash, trace" => (" crashes", "    trace: move move\n".to_owned()),
                trace if trace.starts_with("trace") => ("", format!("    {trace}\n")),
                cells => ("", format!("    output:\n        {cells}\n")),
            };
            format!("example \"{n}\"{crashes}:\n    input:\n        > . .\n{rest}")
        };
        let text: String = asks.iter().enumerate().map(example).collect();
        let f = fixture(&format!("def main():\n    ...\n\n{text}"));
        let found = super::contradictions(f.analysis.cases(), NEVER).unwrap();
        let name = |case: &super::Case<'_>| case.example.name.text.clone();
        found.iter().map(|c| (name(&c.case), name(&c.other))).collect()
    }

    #[test]
    fn only_the_minority_is_blamed() {
        let check = |asks: &[&str], expected: &[(&str, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            assert_eq!(blamed(asks), expected, "{asks:?}");
        };
        let (right, wrong, other) = (". . >", ". > .", "> . .");
        check(&[right, right, right], &[]);
        check(&[right, wrong, right, right, right], &[("1", "0")]);
        check(&[wrong, right, right, right, right], &[("0", "1")]);
        check(&[wrong, right, other, right, right, "open"], &[("0", "1"), ("2", "1")]);
        check(&[right, "crash", right], &[("1", "0")]);
        check(&["crash", "crash", right], &[("2", "0")]);
        // what says nothing yet contradicts nothing
        check(&["open", "crash"], &[]);
        check(&["crash", "open", "open"], &[]);
        check(&["open", right], &[]);
        // a trace is asked for as an output is, an inferred one is not
        check(&["trace: move", "trace: move move"], &[("1", "0")]);
        check(&["trace: move", "trace: move"], &[]);
        check(&["trace: move", "trace: turnLeft", "trace: move"], &[("1", "0")]);
        check(&["trace: move", "trace?: move move"], &[]);
        check(&["trace?: move", "crash"], &[]);
        check(&["trace: move", "crash"], &[("1", "0")]);
        check(&["trace: move", right], &[]);
        check(&["crash, trace", "crash"], &[]);
        // nobody knows which
        check(&[right, wrong], &[("1", "0")]);
        check(&[right, right, wrong, wrong], &[("2", "0")]);
        check(&[right, wrong, other], &[("1", "0")]);
        let mut many = vec![right; 12];
        many[3] = wrong;
        check(&many, &[("3", "0")]);
    }
}
