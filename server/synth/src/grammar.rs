//! Which compact token may come next. The mask keeps every prefix on the way to a program of bounded length; the
//! state is a few bytes, so that a step looks at the new token only.
//!
//! Every real program obeys some rules that the language does not ask for (research notes: 2,500 programs without an
//! exception); [`Rules`] says how many of them the mask asks for.

use dataset::compact::{ACT, ELSE, END, EOP, IF, IFELSE, VOCABULARY, WHILE};

/// A set of tokens, one bit each.
pub type Mask = u64;

/// Deepest nesting of blocks that is generated.
pub const MAX_DEPTH: u8 = 8;
/// Room that a new block needs, its own tokens included.
const BLOCK: usize = 4;

const ACTIONS: Mask = bits(ACT, IF);
const OPENERS: Mask = bits(IF, VOCABULARY);
/// No action before this one.
const NONE: u8 = 5;

const LEFT: Mask = 1 << (ACT + 1);
const RIGHT: Mask = 1 << (ACT + 2);
const PICK: Mask = 1 << (ACT + 3);
const PUT: Mask = 1 << (ACT + 4);

/// After each action, those that undo it or are better said by one of the other kind.
const UNDONE: [Mask; 6] = [0, RIGHT, LEFT | RIGHT, PUT, PICK, 0];
/// After each action, those that the real programs never have next in the same block: the same, and a marker put or
/// picked after a turn instead of before it.
const NEVER: [Mask; 6] = [0, RIGHT | PICK | PUT, LEFT | RIGHT | PICK | PUT, PUT, PICK, 0];

/// What is forbidden of neighbouring actions in one block, beyond the language.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Rules {
    /// Nothing at all is forbidden, as in the paper's beams: any token may come at any time, and programs that are none
    /// take places in the beam.
    None,
    /// Turns that undo each other, a marker put and picked: the reference's mask.
    #[default]
    Any,
    /// All that the real programs never have: also a marker action after a turn, and the same action three times
    /// running.
    Dataset,
}

const fn bits(from: u8, to: u8) -> Mask {
    ((1 << to) - 1) & !((1 << from) - 1)
}

/// What has to be known of a run of statements to continue it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grammar {
    /// Open blocks.
    depth: u8,
    /// Bit per open block, innermost lowest: it is the first branch of an `if` with `else`.
    first_branches: u16,
    /// The innermost block has no statement yet.
    empty: bool,
    /// The action before in the same block, if the statement before is one.
    last: u8,
    /// That action came twice running.
    twice: bool,
}

impl Default for Grammar {
    fn default() -> Self {
        Grammar { depth: 0, first_branches: 0, empty: true, last: NONE, twice: false }
    }
}

impl Grammar {
    /// The tokens that may come next by these rules, where `left` tokens fit into the program and `tail` are needed
    /// after the statements. Ending them is not among the tokens; see [`Grammar::may_end`].
    pub fn allowed(self, rules: Rules, left: usize, tail: usize) -> Mask {
        if rules == Rules::None {
            return if left > tail { bits(END, VOCABULARY) } else { 0 };
        }
        let need = tail + usize::from(self.depth) + 2 * self.first_branches.count_ones() as usize;
        let mut mask = 0;
        if !self.empty && self.depth > 0 {
            mask |= 1 << if self.first_branches & 1 != 0 { ELSE } else { END };
        }
        if left > need {
            mask |= ACTIONS & !self.forbidden(rules);
        }
        if left > need + BLOCK && self.depth < MAX_DEPTH {
            mask |= OPENERS;
        }
        if mask == 0 && !self.may_end(rules) { ACTIONS } else { mask }
    }

    /// Actions that the rules forbid here.
    fn forbidden(self, rules: Rules) -> Mask {
        let last = usize::from(self.last);
        match rules {
            Rules::None => 0,
            Rules::Any => UNDONE[last],
            Rules::Dataset => NEVER[last] | if self.twice { 1 << (ACT + self.last) } else { 0 },
        }
    }

    /// Whether the rules allow this token here, as far as they go beyond the language.
    pub fn obeys(self, rules: Rules, token: u8) -> bool {
        token >= 64 || self.forbidden(rules) & (1 << token) == 0
    }

    /// Here the statements can be complete.
    pub fn may_end(self, rules: Rules) -> bool {
        rules == Rules::None || (self.depth == 0 && !self.empty)
    }

    /// The state after a token that was allowed.
    pub fn after(self, token: u8) -> Grammar {
        let inside = Grammar { empty: true, last: NONE, twice: false, ..self };
        match token {
            END | EOP => Grammar {
                depth: self.depth.saturating_sub(1),
                first_branches: self.first_branches >> 1,
                empty: false,
                last: NONE,
                twice: false,
            },
            ELSE => Grammar { first_branches: self.first_branches & !1, ..inside },
            ACT..IF => {
                let last = token - ACT;
                Grammar { empty: false, last, twice: last == self.last, ..self }
            }
            _ => Grammar {
                depth: self.depth.saturating_add(1),
                first_branches: self.first_branches << 1 | u16::from((IFELSE..WHILE).contains(&token)),
                ..inside
            },
        }
    }
}

/// The tokens of a set, in order.
pub fn tokens(mut mask: Mask) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let token = mask.trailing_zeros() as u8;
        (mask != 0).then(|| {
            mask &= mask - 1;
            token
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference's definition, recomputed from the whole prefix.
    fn reference(prefix: &[u8], limit: usize) -> Mask {
        let (mut stack, mut empty, mut last) = (Vec::new(), true, None);
        for &t in prefix {
            match t {
                END => {
                    stack.pop();
                    (empty, last) = (false, None);
                }
                ELSE => {
                    if let Some(top) = stack.last_mut() {
                        *top = 1;
                    }
                    (empty, last) = (true, None);
                }
                t if t < IF => (empty, last) = (false, Some(t - ACT)),
                t => {
                    stack.push(if (IFELSE..WHILE).contains(&t) { 2 } else { 1 });
                    (empty, last) = (true, None);
                }
            }
        }
        let left = limit - prefix.len();
        let need = 1 + stack.iter().map(|&k| if k == 2 { 3 } else { 1 }).sum::<usize>();
        let mut mask = 0;
        if !empty {
            mask |= 1 << stack.last().map_or(EOP, |&k| if k == 2 { ELSE } else { END });
        }
        if left > need {
            for a in 0..5 {
                let pair = last.map(|l| (l, a));
                if ![(1, 2), (2, 1), (2, 2), (3, 4), (4, 3)].iter().any(|&p| Some(p) == pair) {
                    mask |= 1 << (ACT + a);
                }
            }
        }
        if left > need + 4 && stack.len() < 8 {
            mask |= OPENERS;
        }
        if mask == 0 { ACTIONS } else { mask }
    }

    proptest! {
        #[test]
        fn agrees_with_the_reference_along_random_programs(choices in prop::collection::vec(any::<u32>(), 48), limit in 4usize..48) {
            let (mut state, mut prefix) = (Grammar::default(), Vec::new());
            for choice in choices {
                if prefix.len() == limit { break }
                let end = if state.may_end(Rules::Any) { 1 << EOP } else { 0 };
                let mask = state.allowed(Rules::Any, limit - prefix.len(), 1) | end;
                prop_assert_eq!(mask, reference(&prefix, limit), "after {:?}", prefix);
                let all: Vec<u8> = tokens(mask).collect();
                let token = all[choice as usize % all.len()];
                if token == EOP { break }
                state = state.after(token);
                prefix.push(token);
            }
            prop_assert!(prefix.len() < limit || state.may_end(Rules::Any) || limit < 4, "{:?} fills the program without an end", prefix);
        }
    }

    /// The real data's rule for neighbours in one block, told apart from the mask: over plain pairs and triples.
    fn breaks_the_rule(prefix: &[u8]) -> bool {
        let [mv, left, right, pick, put] = [ACT, ACT + 1, ACT + 2, ACT + 3, ACT + 4];
        let turn = |t| t == left || t == right;
        let marker = |t| t == pick || t == put;
        let pair = |w: &[u8]| match [w[0], w[1]] {
            [a, b] if turn(a) && turn(b) => [a, b] != [left, left],
            [a, b] if marker(a) && marker(b) => a != b,
            [a, b] => turn(a) && marker(b),
        };
        let thrice = |w: &[u8]| (mv..=put).contains(&w[0]) && w[0] == w[1] && w[1] == w[2];
        prefix.windows(2).any(pair) || prefix.windows(3).any(thrice)
    }

    proptest! {
        #[test]
        fn the_datasets_rules_are_kept_and_nothing_else_is_lost(choices in prop::collection::vec(any::<u32>(), 40)) {
            let (mut state, mut prefix) = (Grammar::default(), Vec::new());
            for choice in choices {
                let free = state.allowed(Rules::Any, 48 - prefix.len(), 1);
                let mask = state.allowed(Rules::Dataset, 48 - prefix.len(), 1);
                for token in tokens(free) {
                    let longer = [&prefix[..], &[token]].concat();
                    prop_assert_eq!(mask & (1 << token) == 0, breaks_the_rule(&longer), "{:?}", longer);
                }
                let all: Vec<u8> = tokens(mask).collect();
                let token = all[choice as usize % all.len()];
                state = state.after(token);
                prefix.push(token);
            }
        }
    }
}
