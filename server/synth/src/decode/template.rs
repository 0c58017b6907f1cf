//! What a beam may write: fixed tokens with holes. The plain template, a whole program, is one hole for statements.
//!
//! The tokens are what the network reads. What a hole is really filled with is kept beside them, as it may be
//! something that the vocabulary can't say (a count of 19) and therefore is shown to the network as its nearest token.

use dataset::compact::EOP;
use runtime::Check;

use crate::grammar::{Grammar, Mask, Rules, tokens};

/// Fixed tokens with holes, ended by [`EOP`].
#[derive(Debug, Clone)]
pub struct Template {
    elements: Vec<Element>,
    /// Tokens needed at least from each element on.
    needs: Vec<usize>,
    /// Number of holes.
    holes: usize,
    /// Greatest number of tokens in a program, the end included.
    limit: usize,
    /// For the statements in holes.
    rules: Rules,
}

#[derive(Debug, Clone)]
pub enum Element {
    Fixed(u8),
    /// One or more statements. A hole that comes again (its procedure is called twice) holds the same ones.
    Statements {
        hole: usize,
    },
    /// One token out of several. A hole that comes again takes the same option.
    Choice {
        hole: usize,
        options: Vec<Allowed>,
    },
}

/// A way to fill a hole for a condition or a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowed {
    /// As the network reads it.
    pub token: u8,
    pub fill: Fill,
    /// Added to the log-probability: 0, or less where the token is only near. Never more.
    pub bonus: f32,
}

/// What stands in a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// These tokens of the prefix, `from..to`; not all of them yet where `open`.
    Statements {
        from: usize,
        to: usize,
        open: bool,
    },
    Condition(Check),
    Count(u8),
}

/// A program under construction.
#[derive(Debug, Clone, PartialEq)]
pub struct Prefix {
    /// As the network reads it, without the begin token.
    pub tokens: Vec<u8>,
    /// Per hole.
    pub fills: Vec<Option<Fill>>,
    place: Place,
}

/// Where in the template a prefix ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before this element.
    Before(usize),
    /// In the statements of this element.
    Inside(usize, Grammar),
    /// In the repeated statements of this element, after this many tokens.
    Copying(usize, usize),
}

/// A way to extend a prefix by one token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    pub token: u8,
    pub bonus: f32,
    to: Place,
    fill: Option<(usize, Fill)>,
    /// It ends the statements of the hole before it.
    closes: Option<usize>,
}

impl Template {
    /// A whole program of at most `limit` tokens, the end included.
    pub fn program(limit: usize) -> Template {
        Template::new(vec![Element::Statements { hole: 0 }], 1, limit)
    }

    /// `elements` without the end of the program, holes numbered below `holes`.
    pub fn new(mut elements: Vec<Element>, holes: usize, limit: usize) -> Template {
        elements.push(Element::Fixed(EOP));
        let needs = (0..=elements.len()).map(|at| elements.len() - at).collect();
        Template { elements, needs, holes, limit, rules: Rules::default() }
    }

    /// This template with these rules for what stands in its holes.
    pub fn with_rules(self, rules: Rules) -> Template {
        Template { rules, ..self }
    }

    /// Whether what is fixed keeps the rules.
    pub fn fixed_keeps(&self, rules: Rules) -> bool {
        let mut state = Grammar::default();
        self.elements.iter().all(|element| {
            let Element::Fixed(token) = element else {
                // Whatever comes here, the next token is not beside the one before.
                state = Grammar::default();
                return true;
            };
            let kept = state.obeys(rules, *token);
            state = state.after(*token);
            kept
        })
    }

    /// Tokens of the shortest program.
    pub fn shortest(&self) -> usize {
        self.elements.len()
    }

    /// The empty prefix.
    pub fn start(&self) -> Prefix {
        Prefix { tokens: Vec::new(), fills: vec![None; self.holes], place: Place::Before(0) }
    }

    /// The whole program is there.
    pub fn is_finished(&self, prefix: &Prefix) -> bool {
        prefix.place == Place::Before(self.elements.len())
    }

    /// All ways to go on, into `moves`.
    pub fn moves(&self, prefix: &Prefix, moves: &mut Vec<Move>) {
        moves.clear();
        let left = self.limit.saturating_sub(prefix.tokens.len());
        if left == 0 {
            return;
        }
        match prefix.place {
            Place::Before(at) => self.enter(prefix, at, left, None, moves),
            Place::Inside(at, grammar) => {
                if let Some(Element::Statements { hole }) = self.elements.get(at)
                    && grammar.may_end(self.rules)
                {
                    self.enter(prefix, at + 1, left, Some(*hole), moves);
                }
                for token in tokens(grammar.allowed(self.rules, left, self.needs[at + 1])) {
                    moves.push(Move {
                        token,
                        bonus: 0.0,
                        to: Place::Inside(at, grammar.after(token)),
                        fill: None,
                        closes: None,
                    });
                }
            }
            Place::Copying(at, done) => self.copy(prefix, at, done, None, moves),
        }
    }

    /// The tokens of all moves. `moves` is a buffer.
    pub fn allowed(&self, prefix: &Prefix, moves: &mut Vec<Move>) -> Mask {
        self.moves(prefix, moves);
        moves.iter().fold(0, |mask, chosen| mask | 1 << chosen.token)
    }

    /// The whole program of the template that has these tokens, the end included, where there is one; of several
    /// the one whose fills are nearest to the tokens.
    pub fn read(&self, tokens: &[u8]) -> Option<Prefix> {
        let (mut open, mut moves) = (vec![self.start()], Vec::new());
        while let Some(prefix) = open.pop() {
            let Some(&token) = tokens.get(prefix.tokens.len()) else {
                if self.is_finished(&prefix) {
                    return Some(prefix);
                }
                continue;
            };
            self.moves(&prefix, &mut moves);
            moves.retain(|chosen| chosen.token == token);
            moves.sort_by(|a, b| b.bonus.total_cmp(&a.bonus));
            // Of a choice's options with the same token the nearest is as good as any for what follows.
            let mut ways: Vec<&Move> = Vec::new();
            for chosen in &moves {
                if !ways.iter().any(|way| way.to == chosen.to) {
                    ways.push(chosen);
                }
            }
            open.extend(ways.iter().rev().map(|chosen| self.extend(&prefix, chosen)));
        }
        None
    }

    /// The moves into element `at`; `closes` is the hole that ends by them.
    fn enter(&self, prefix: &Prefix, at: usize, left: usize, closes: Option<usize>, moves: &mut Vec<Move>) {
        let mut push = |token, bonus, to, fill| moves.push(Move { token, bonus, to, fill, closes });
        let next = Place::Before(at + 1);
        match self.elements.get(at) {
            None => (),
            Some(Element::Fixed(token)) => push(*token, 0.0, next, None),
            Some(Element::Statements { hole }) => match prefix.fills[*hole] {
                Some(_) => self.copy(prefix, at, 0, closes, moves),
                None => {
                    let start = Grammar::default();
                    for token in tokens(start.allowed(self.rules, left, self.needs[at + 1])) {
                        push(token, 0.0, Place::Inside(at, start.after(token)), None);
                    }
                }
            },
            Some(Element::Choice { hole, options }) => {
                let same = |option: &&Allowed| prefix.fills[*hole].is_none_or(|fill| fill == option.fill);
                for option in options.iter().filter(same) {
                    push(option.token, option.bonus, next, Some((*hole, option.fill)));
                }
            }
        }
    }

    /// The one move that goes on with the repetition of a hole.
    fn copy(&self, prefix: &Prefix, at: usize, done: usize, closes: Option<usize>, moves: &mut Vec<Move>) {
        let Some(Element::Statements { hole }) = self.elements.get(at) else { return };
        let Some(Fill::Statements { from, to, .. }) = prefix.fills[*hole] else { return };
        let Some(&token) = prefix.tokens.get(from + done) else { return };
        let last = from + done + 1 == to;
        let to = if last { Place::Before(at + 1) } else { Place::Copying(at, done + 1) };
        moves.push(Move { token, bonus: 0.0, to, fill: None, closes });
    }

    /// The prefix after a move of [`Template::moves`].
    pub fn extend(&self, prefix: &Prefix, chosen: &Move) -> Prefix {
        let mut next = prefix.clone();
        next.tokens.push(chosen.token);
        let length = next.tokens.len();
        if let Some(hole) = chosen.closes
            && let Some(Fill::Statements { open, .. }) = &mut next.fills[hole]
        {
            *open = false;
        }
        if let Some((hole, fill)) = chosen.fill {
            next.fills[hole] = Some(fill);
        }
        if let Place::Inside(at, _) = chosen.to
            && let Some(Element::Statements { hole }) = self.elements.get(at)
        {
            match &mut next.fills[*hole] {
                Some(Fill::Statements { to, .. }) => *to = length,
                none => *none = Some(Fill::Statements { from: length - 1, to: length, open: true }),
            }
        }
        next.place = chosen.to;
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dataset::compact::{ACT, END, IF, REPEAT};
    use runtime::Test;

    /// All programs of the template, as tokens and fills.
    fn all(template: &Template) -> Vec<Prefix> {
        let (mut live, mut done, mut moves) = (vec![template.start()], Vec::new(), Vec::new());
        while let Some(prefix) = live.pop() {
            template.moves(&prefix, &mut moves);
            for chosen in &moves {
                let next = template.extend(&prefix, chosen);
                if template.is_finished(&next) { done.push(next) } else { live.push(next) }
            }
        }
        done
    }

    fn choice(token: u8, fill: Fill) -> Allowed {
        Allowed { token, fill, bonus: 0.0 }
    }

    #[test]
    fn a_hole_between_fixed_tokens() {
        // move … move, with room for two tokens in the hole
        let elements = vec![Element::Fixed(ACT), Element::Statements { hole: 0 }, Element::Fixed(ACT)];
        let programs = all(&Template::new(elements, 1, 5));
        // 5 single actions and 25 pairs, of which 5 neighbours are forbidden
        assert_eq!(programs.len(), 5 + 20);
        for program in programs {
            assert_eq!((program.tokens[0], program.tokens.last()), (ACT, Some(&EOP)));
            let Some(Fill::Statements { from, to, open }) = program.fills[0] else { panic!("a filled hole") };
            assert_eq!((from, to, open), (1, program.tokens.len() - 2, false));
        }
    }

    #[test]
    fn a_hole_that_comes_twice_is_filled_once() {
        let hole = || Element::Statements { hole: 0 };
        let programs = all(&Template::new(vec![hole(), Element::Fixed(ACT), hole()], 1, 6));
        assert_eq!(programs.len(), 5 + 20);
        for program in programs {
            let body = &program.tokens[..program.tokens.len() - 1];
            let half = body.len() / 2;
            assert_eq!((body[..half].to_vec(), body[half]), (body[half + 1..].to_vec(), ACT));
        }
    }

    #[test]
    fn conditions_and_counts_are_chosen() {
        let check = |test: Test| Fill::Condition(test.into());
        let elements = vec![
            Element::Choice {
                hole: 0,
                options: vec![
                    choice(IF, check(Test::FrontIsClear)),
                    choice(IF + 3, check(Test::MarkersPresent)),
                ],
            },
            Element::Fixed(ACT),
            Element::Fixed(END),
            Element::Choice {
                hole: 1,
                options: vec![choice(REPEAT, Fill::Count(1)), choice(REPEAT, Fill::Count(2))],
            },
            Element::Fixed(ACT),
            Element::Fixed(END),
        ];
        let programs = all(&Template::new(elements, 2, 12));
        assert_eq!(programs.len(), 4);
        assert!(
            programs.iter().any(|p| p.fills == [Some(check(Test::MarkersPresent)), Some(Fill::Count(1))])
        );
    }

    #[test]
    fn no_program_where_there_is_no_room() {
        assert!(all(&Template::new(vec![Element::Fixed(ACT); 5], 0, 5)).is_empty());
    }
}
