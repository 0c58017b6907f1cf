//! From a program with holes to the template that a beam fills: procedures inlined, every statement as the compact
//! token that is nearest. The template only tells the network what stands around the holes; what is run is always
//! the program itself.

use std::collections::{HashMap, HashSet};

use dataset::compact::{ACT, CONDITIONS, ELSE, END, IF, IFELSE, REPEAT, WHILE};
use runtime::Check;
use syntax::TextRange;
use syntax::ast::{Block, Condition, ConditionKind, Count, CountKind, File, Procedure, StatementKind};

use crate::decode::template::{Allowed, Element, Fill, Template};

/// Counts that the vocabulary can say.
const COUNTS: std::ops::RangeInclusive<u8> = 2..=10;
/// Counts that the language allows.
const ALL_COUNTS: std::ops::RangeInclusive<u8> = 0..=19;
/// Log-probability of a count outside the vocabulary, relative to its nearest: per unit of distance, and at once.
const FAR: f32 = -0.5;
const OUTSIDE: f32 = -2.0;

/// Deepest calls that are inlined.
const MAX_CALLS: usize = 32;
/// Most elements that are collected before it is clear that the program is too long.
const MAX_ELEMENTS: usize = 256;

/// What the networks can make of a program with holes.
#[derive(Debug)]
pub struct Context {
    /// None where they can't read it: recursion, or too long.
    pub template: Option<Template>,
    /// Per hole, in source order: what kind it is; none where `main` never comes to it.
    pub reached: Vec<Option<HoleKind>>,
    /// Every hole is for a condition or a count.
    pub only_choices: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoleKind {
    Statements,
    Condition,
    Count,
}

/// Reads the procedures that `main` calls. `holes` are the ranges of the holes, `longest` the greatest number of
/// tokens that the code model reads.
///
/// # Errors
/// The name of a procedure that is called and not defined.
pub fn context(file: &File, holes: &[TextRange], longest: usize) -> Result<Context, String> {
    let mut procedures: HashMap<&str, &Procedure> = HashMap::new();
    for procedure in file.procedures() {
        procedures.entry(&procedure.name.text).or_insert(procedure);
    }
    let numbers = holes.iter().enumerate().map(|(number, &range)| (range, number)).collect();
    let mut inliner = Inliner {
        procedures,
        numbers,
        elements: Vec::new(),
        calls: Vec::new(),
        reached: vec![None; holes.len()],
        readable: true,
        undefined: None,
        visited: HashSet::new(),
    };
    inliner.call("main");
    if let Some(name) = inliner.undefined {
        return Err(name);
    }
    let shortest = inliner.elements.len() + 1;
    let kinds = || inliner.reached.iter().flatten();
    let only_choices = kinds().all(|&kind| kind != HoleKind::Statements);
    // A hole for statements needs room for some.
    let room = if only_choices { 0 } else { 3 };
    let readable = inliner.readable && shortest + room <= longest;
    let template = readable.then(|| Template::new(inliner.elements, holes.len(), longest));
    Ok(Context { template, reached: inliner.reached, only_choices })
}

/// The template of an enumeration: the holes alone, whatever stands around them.
pub fn bare(reached: &[Option<HoleKind>], limit: usize) -> Template {
    let elements = reached
        .iter()
        .enumerate()
        .filter_map(|(hole, kind)| {
            Some(match (*kind)? {
                HoleKind::Statements => Element::Statements { hole },
                HoleKind::Condition => Element::Choice { hole, options: conditions(IF, false) },
                HoleKind::Count => Element::Choice { hole, options: counts() },
            })
        })
        .collect();
    Template::new(elements, reached.len(), limit)
}

struct Inliner<'a> {
    procedures: HashMap<&'a str, &'a Procedure>,
    numbers: HashMap<TextRange, usize>,
    elements: Vec<Element>,
    /// Procedures being inlined.
    calls: Vec<&'a str>,
    reached: Vec<Option<HoleKind>>,
    readable: bool,
    undefined: Option<String>,
    visited: HashSet<&'a str>,
}

impl<'a> Inliner<'a> {
    fn call(&mut self, name: &'a str) {
        let Some(&procedure) = self.procedures.get(name) else {
            self.undefined.get_or_insert_with(|| name.to_owned());
            return;
        };
        // What is no longer shown to the networks is walked only to find the holes: once.
        let new = self.visited.insert(name);
        if !self.readable && !new {
            return;
        }
        if self.calls.contains(&name) || self.calls.len() == MAX_CALLS || self.elements.len() > MAX_ELEMENTS {
            self.readable = false;
            return;
        }
        self.calls.push(name);
        self.block(&procedure.body);
        self.calls.pop();
    }

    fn block(&mut self, block: &'a Block) {
        for statement in &block.statements {
            match &statement.kind {
                _ if statement.is_broken() => self.readable = false,
                StatementKind::Action(action) => self.fixed(ACT + *action as u8),
                StatementKind::Call(name) => self.call(&name.text),
                StatementKind::While { condition, body } => {
                    self.condition(WHILE, condition);
                    self.block(body);
                    self.fixed(END);
                }
                StatementKind::Repeat { count, body } => {
                    self.count(*count);
                    self.block(body);
                    self.fixed(END);
                }
                StatementKind::If { condition, then, otherwise: None } => {
                    self.condition(IF, condition);
                    self.block(then);
                    self.fixed(END);
                }
                StatementKind::If { condition, then, otherwise: Some(otherwise) } => {
                    self.condition(IFELSE, condition);
                    self.block(then);
                    self.fixed(ELSE);
                    self.block(&otherwise.body);
                    self.fixed(END);
                }
                StatementKind::Hole => {
                    if let Some(hole) = self.reach(statement.range, HoleKind::Statements) {
                        self.elements.push(Element::Statements { hole });
                    }
                }
                StatementKind::Error => self.readable = false,
            }
        }
    }

    fn fixed(&mut self, token: u8) {
        self.elements.push(Element::Fixed(token));
    }

    fn reach(&mut self, range: TextRange, kind: HoleKind) -> Option<usize> {
        let number = self.numbers.get(&range).copied();
        match number {
            Some(number) => self.reached[number] = Some(kind),
            None => self.readable = false,
        }
        number
    }

    fn condition(&mut self, first: u8, condition: &'a Condition) {
        let (innermost, negated) = condition.innermost();
        match &innermost.kind {
            ConditionKind::Test(test) => {
                let token = nearest(first, Check { test: *test, negated });
                self.fixed(token);
            }
            ConditionKind::Hole => {
                if let Some(hole) = self.reach(innermost.range, HoleKind::Condition) {
                    self.elements.push(Element::Choice { hole, options: conditions(first, negated) });
                }
            }
            ConditionKind::Not(_) | ConditionKind::Missing => self.readable = false,
        }
    }

    fn count(&mut self, count: Count) {
        match count.kind {
            CountKind::Number(n) => self.fixed(count_token(n)),
            CountKind::Hole => {
                if let Some(hole) = self.reach(count.range, HoleKind::Count) {
                    self.elements.push(Element::Choice { hole, options: counts() });
                }
            }
            CountKind::Missing => self.readable = false,
        }
    }
}

/// The token of a condition, `first` being that of the first one. Negated marker tests become each other.
fn nearest(first: u8, check: Check) -> u8 {
    use runtime::Test::{MarkersPresent, NoMarkersPresent};
    let check = match (check.test, check.negated) {
        (MarkersPresent, true) => NoMarkersPresent.into(),
        (NoMarkersPresent, true) => MarkersPresent.into(),
        _ => check,
    };
    let index = CONDITIONS.iter().position(|&c| c == check).unwrap_or(0);
    first + index as u8
}

/// Every condition for a hole; `negated` where a `not` stands before it.
fn conditions(first: u8, negated: bool) -> Vec<Allowed> {
    let shown = |check: Check| if negated { !check } else { check };
    CONDITIONS
        .iter()
        .map(|&check| Allowed {
            token: nearest(first, shown(check)),
            fill: Fill::Condition(check),
            bonus: 0.0,
        })
        .collect()
}

fn count_token(count: u8) -> u8 {
    REPEAT + count.clamp(*COUNTS.start(), *COUNTS.end()) - COUNTS.start()
}

/// Every count for a hole.
fn counts() -> Vec<Allowed> {
    ALL_COUNTS
        .map(|count| {
            let distance = count.abs_diff(count.clamp(*COUNTS.start(), *COUNTS.end()));
            let bonus = if distance == 0 { 0.0 } else { OUTSIDE + FAR * f32::from(distance) };
            Allowed { token: count_token(count), fill: Fill::Count(count), bonus }
        })
        .collect()
}
