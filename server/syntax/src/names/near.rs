//! Which procedure an unknown word may stand for, among many procedures and for many words.

use crate::ast::Action;
use crate::cancel::{Cancel, Cancelled, check};
use crate::spelling::closest;
use std::collections::{BTreeMap, HashMap};

/// An unknown word is compared with the names of about its length, which may be all there are. At most this
/// many comparisons are made for a file, which is enough for every unknown word of a file written by hand.
const COMPARISONS: usize = 100_000;

pub(crate) struct Near<'a> {
    /// The names that can be called, by the number of their letters, each list in order: what is suggested does not
    /// depend on the order of a hash map.
    names: BTreeMap<usize, Vec<&'a str>>,
    /// What was found for the words so far.
    known: HashMap<&'a str, Option<&'a str>>,
    left: usize,
}

impl<'a> Near<'a> {
    pub(crate) fn new(names: impl Iterator<Item = &'a str>) -> Near<'a> {
        let mut by_length: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for name in names {
            by_length.entry(letters(name)).or_default().push(name);
        }
        by_length.values_mut().for_each(|names| names.sort_unstable());
        Near { names: by_length, known: HashMap::new(), left: COMPARISONS }
    }

    /// The action or the name that the word most probably stands for; none where nothing is near, or where too many
    /// words of the file have been looked at.
    pub(crate) fn meant(&mut self, word: &'a str, cancel: Cancel<'_>) -> Result<Option<&'a str>, Cancelled> {
        check(cancel)?;
        if let Some(meant) = self.known.get(word) {
            return Ok(*meant);
        }
        // Two words are near where a third of the longer one's letters differ at most, or one letter does.
        let letters = letters(word);
        let lengths = letters - (letters / 3).max(1).min(letters)..=letters + (letters / 2).max(1);
        let near = || self.names.range(lengths.clone()).map(|(_, names)| names.as_slice());
        let comparisons = near().map(<[_]>::len).sum::<usize>();
        if comparisons > self.left {
            return Ok(None);
        }
        self.left -= comparisons;
        let wanted = near().flatten().copied().take_while(|_| !cancel());
        let meant = closest(word, Action::ALL.map(Action::name).into_iter().chain(wanted));
        check(cancel)?;
        self.known.insert(word, meant);
        Ok(meant)
    }
}

fn letters(word: &str) -> usize {
    word.to_lowercase().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::{NEVER, times_asked};
    use proptest::prelude::*;

    proptest! {
        /// Leaving out the names of another length leaves out nothing that is near.
        #[test]
        fn as_near_as_among_all_names(word in "[a-dA-D_]{1,14}", names in prop::collection::btree_set("[a-dA-D_]{1,14}", 0..12)) {
            let nearest = |candidates: &mut dyn Iterator<Item = &str>| {
                closest(&word, candidates).map(|meant| strsim::damerau_levenshtein(&word.to_lowercase(), &meant.to_lowercase()))
            };
            let mut near = Near::new(names.iter().map(String::as_str));
            let meant = near.meant(&word, NEVER).unwrap();
            let all = nearest(&mut Action::ALL.map(Action::name).into_iter().chain(names.iter().map(String::as_str)));
            prop_assert_eq!(nearest(&mut meant.into_iter()), all);
        }
    }

    #[test]
    fn only_so_many_comparisons_are_made() {
        let words = |n: usize| -> Vec<String> { (0..n).map(|n| format!("word{n:05}")).collect() };
        let cost = |n: usize| {
            let (names, unknown) = (words(n), words(n));
            times_asked(|cancel| {
                let mut near = Near::new(names.iter().map(String::as_str));
                for word in &unknown {
                    let _ = near.meant(word, cancel);
                }
            })
        };
        assert!(cost(200) > 200 * 200, "all are compared where they are few");
        assert!(cost(2_000) < 2 * COMPARISONS as u64);
    }
}
