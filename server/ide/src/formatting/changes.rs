//! Which lines of two texts differ. The shortest list of changes would cost the square of a text that changes
//! everywhere; this one is as short wherever few lines change, and costs time with the text.

use crate::cancel::{Cancel, Cancelled, check};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::collections::HashMap;
use std::ops::Range;

/// Lines to be compared line by line, of both texts together; longer parts without a line in common that is found
/// only once are replaced as a whole.
const COMPARED: usize = 200;

/// A part of the old text, and the part of the new one in its place.
pub(crate) type Change = (Range<usize>, Range<usize>);

/// The changes from `old` to `new`, in order and apart from each other.
pub(crate) fn changes(old: &[&str], new: &[&str], cancel: Cancel<'_>) -> Result<Vec<Change>, Cancelled> {
    let mut found: Vec<Change> = Vec::new();
    let (mut before, mut after) = (0, 0);
    let ends = std::iter::once((old.len(), new.len()));
    for (at_old, at_new) in anchors(old, new, cancel)?.into_iter().chain(ends) {
        check(cancel)?;
        between(old, new, before..at_old, after..at_new, &mut found);
        (before, after) = (at_old, at_new);
    }
    Ok(found)
}

/// The changes in two parts.
fn between(old: &[&str], new: &[&str], mut o: Range<usize>, mut n: Range<usize>, found: &mut Vec<Change>) {
    while !o.is_empty() && !n.is_empty() && old[o.start] == new[n.start] {
        (o.start, n.start) = (o.start + 1, n.start + 1);
    }
    while !o.is_empty() && !n.is_empty() && old[o.end - 1] == new[n.end - 1] {
        (o.end, n.end) = (o.end - 1, n.end - 1);
    }
    if o.is_empty() && n.is_empty() {
        return;
    }
    if o.len() + n.len() > COMPARED || o.is_empty() || n.is_empty() {
        return found.push((o, n));
    }
    for op in capture_diff_slices(Algorithm::Myers, &old[o.clone()], &new[n.clone()]) {
        if op.tag() != DiffTag::Equal {
            let part = |range: Range<usize>, start: usize| range.start + start..range.end + start;
            found.push((part(op.old_range(), o.start), part(op.new_range(), n.start)));
        }
    }
}

/// Lines that stand once in either text, as many as are in the same order in both, by their numbers.
fn anchors(old: &[&str], new: &[&str], cancel: Cancel<'_>) -> Result<Vec<(usize, usize)>, Cancelled> {
    #[derive(Default)]
    struct Places {
        old: (usize, usize),
        new: (usize, usize),
    }
    let mut places: HashMap<&str, Places> = HashMap::new();
    for (number, line) in old.iter().enumerate() {
        check(cancel)?;
        let place = &mut places.entry(line).or_default().old;
        *place = (place.0 + 1, number);
    }
    for (number, line) in new.iter().enumerate() {
        check(cancel)?;
        let place = &mut places.entry(line).or_default().new;
        *place = (place.0 + 1, number);
    }
    let once = places.into_values().filter(|places| (places.old.0, places.new.0) == (1, 1));
    let mut pairs: Vec<(usize, usize)> = once.map(|places| (places.old.1, places.new.1)).collect();
    pairs.sort_unstable();
    // The longest run of pairs that grows in both: for each length the pair with which one ends earliest, and for
    // each pair the one before it.
    let (mut last, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (number, pair) in pairs.iter().enumerate() {
        check(cancel)?;
        let length = last.partition_point(|&other| pairs[other].1 < pair.1);
        before.push(length.checked_sub(1).map(|shorter| last[shorter]));
        match last.get_mut(length) {
            Some(end) => *end = number,
            None => last.push(number),
        }
    }
    let chain = std::iter::successors(last.last().copied(), |&number| before[number]);
    let mut chain: Vec<(usize, usize)> = chain.map(|number| pairs[number]).collect();
    chain.reverse();
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::{NEVER, times_asked};

    fn applied(old: &[&str], new: &[&str]) -> String {
        let mut text = String::new();
        let mut done = 0;
        for (o, n) in changes(old, new, NEVER).unwrap() {
            assert!(o.start >= done);
            text += &old[done..o.start].concat();
            text += &new[n].concat();
            done = o.end;
        }
        text + &old[done..].concat()
    }

    #[test]
    fn changes_lead_from_one_text_to_the_other() {
        let mut random = 7_u64;
        let mut pick = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let words: Vec<String> = (0..40).map(|n| format!("{n} ")).collect();
        for _ in 0..400 {
            let (few, length) = (1 + pick(40), pick(300));
            let old: Vec<&str> = (0..length).map(|_| words[pick(few) as usize].as_str()).collect();
            let mut new = old.clone();
            for _ in 0..20 {
                if !new.is_empty() {
                    let at = pick(new.len() as u64) as usize;
                    match pick(3) {
                        0 => drop(new.remove(at)),
                        1 => new.insert(at, &words[pick(40) as usize]),
                        _ => new[at] = &words[pick(40) as usize],
                    }
                }
            }
            assert_eq!(applied(&old, &new), new.concat());
            assert_eq!(applied(&new, &old), old.concat());
        }
    }

    #[test]
    fn cost_grows_with_the_text_also_where_all_of_it_changes() {
        let cost = |n: usize| {
            let lines =
                |indent: &str| -> Vec<String> { (0..n).map(|i| format!("{indent}p{}()\n", i % 7)).collect() };
            let (old, new) = (lines("  "), lines("    "));
            let [old, new] = [&old, &new].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(applied(&old, &new), new.concat());
            times_asked(|cancel| assert_eq!(changes(&old, &new, cancel).unwrap().len(), 1))
        };
        let (once, twice) = (cost(1_000), cost(2_000));
        assert!(once >= 2_000 && 10 * twice <= 23 * once, "{once}, {twice}");
    }
}
