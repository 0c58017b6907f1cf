//! From the syntax tree to code.

use std::collections::HashMap;

use syntax::ast::{self, Block, Condition, ConditionKind, CountKind, Statement, StatementKind};
use text_size::{TextRange, TextSize};

use crate::builder::{CodeBuilder, ProcedureId};
use crate::code::{Check, Code, Origin};

/// A file's procedures, lowered, and what its origins mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub code: Code,
    /// The meaning of each origin, by its number.
    sites: Vec<Site>,
    /// Names by [`ProcedureId`]; the first is `main`, defined or not.
    procedures: Vec<String>,
    /// Whether there is a `main`; where not, a run stops at once as broken.
    pub has_main: bool,
    /// The number of holes, of all kinds.
    pub holes: usize,
}

/// A place in the source that instructions come from: one statement, or a hole in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    pub kind: SiteKind,
    /// The whole statement with its blocks; for a hole in a condition or a count, the hole.
    pub range: TextRange,
    /// What decides: the condition, the count, the called name; else the whole statement.
    pub head: TextRange,
    /// The procedure it stands in.
    pub procedure: ProcedureId,
}

/// What kind of place a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteKind {
    Action,
    Call,
    While,
    Repeat,
    /// `otherwise`: it has an `else`.
    If {
        otherwise: bool,
    },
    /// A hole, of whichever kind, with its number in source order.
    Hole(usize),
    /// Source with an error.
    Error,
    /// The end of a block that has no statements, or a file without `main`.
    Missing,
}

impl Program {
    pub fn site(&self, origin: Origin) -> Option<Site> {
        self.sites.get(origin.0 as usize).copied()
    }

    /// All sites, in source order per procedure, with their origins.
    pub fn sites(&self) -> impl Iterator<Item = (Origin, Site)> {
        (0..).map(Origin).zip(self.sites.iter().copied())
    }

    /// The whole statement that an instruction comes from.
    pub fn range(&self, origin: Origin) -> Option<TextRange> {
        self.site(origin).map(|s| s.range)
    }

    pub fn procedure_name(&self, procedure: ProcedureId) -> Option<&str> {
        self.procedures.get(procedure.0 as usize).map(String::as_str)
    }
}

/// Lowers a file's procedures. A run starts at `main` and stops at holes and at source with errors; of procedures
/// with the same name the first counts.
pub fn lower(file: &ast::File) -> Program {
    lower_with(file, &mut |_, _| {})
}

/// Lowers a file whose holes are filled on the way. `fill` is called once per hole, in source order over all
/// kinds of hole, with the hole's number: for a hole among statements it appends statements (every end left open
/// is a hole); for a condition it calls [`CodeBuilder::fill_condition`], for a count
/// [`CodeBuilder::fill_count`]. A hole for which it does nothing stays one.
pub fn lower_with(file: &ast::File, fill: &mut dyn FnMut(usize, &mut CodeBuilder)) -> Program {
    let mut ids = HashMap::new();
    let mut procedures = vec!["main".to_owned()];
    let mut bodies = Vec::new();
    for procedure in file.procedures() {
        let name = procedure.name.text.as_str();
        let first_main = name == "main" && !ids.contains_key(name);
        let id = if first_main { ProcedureId::MAIN } else { ProcedureId(procedures.len() as u32) };
        if !first_main {
            procedures.push(name.to_owned());
        }
        ids.entry(name).or_insert(id);
        bodies.push((id, procedure));
    }
    let has_main = ids.contains_key("main");

    let builder = CodeBuilder::without_main();
    let procedure = ProcedureId::MAIN;
    let mut lowering = Lowering { builder, sites: Vec::new(), ids, procedure, holes: 0, fill };
    if !has_main {
        let nowhere = TextRange::empty(TextSize::new(0));
        lowering.builder.begin_procedure(ProcedureId::MAIN);
        lowering.site(SiteKind::Missing, nowhere, nowhere);
        lowering.builder.broken();
    }
    for (id, procedure) in bodies {
        lowering.procedure = id;
        lowering.builder.begin_procedure(id);
        lowering.stop_if(procedure.broken);
        lowering.block(&procedure.body);
    }
    let Lowering { builder, sites, holes, .. } = lowering;
    Program { code: builder.finish(), sites, procedures, has_main, holes }
}

struct Lowering<'a> {
    builder: CodeBuilder,
    sites: Vec<Site>,
    ids: HashMap<&'a str, ProcedureId>,
    /// The procedure that is being lowered.
    procedure: ProcedureId,
    /// The number of holes met so far.
    holes: usize,
    fill: &'a mut dyn FnMut(usize, &mut CodeBuilder),
}

impl Lowering<'_> {
    fn block(&mut self, block: &Block) {
        if block.statements.is_empty() {
            self.site(SiteKind::Missing, block.range, block.range);
            self.builder.broken();
        }
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    /// Makes the run stop here if something is not understood.
    fn stop_if(&mut self, broken: Option<TextRange>) {
        if let Some(range) = broken {
            self.site(SiteKind::Error, range, range);
            self.builder.broken();
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let range = statement.range;
        self.stop_if(statement.broken);
        match &statement.kind {
            StatementKind::Action(action) => {
                self.site(SiteKind::Action, range, range);
                self.builder.action(*action);
            }
            StatementKind::Call(name) => {
                self.site(SiteKind::Call, range, name.range);
                match self.ids.get(name.text.as_str()) {
                    Some(id) => self.builder.call(*id),
                    None => self.builder.broken(),
                }
            }
            StatementKind::While { condition, body } => {
                let site = self.site(SiteKind::While, range, condition.range);
                let check = self.condition(condition);
                self.builder.set_origin(site);
                self.builder.begin_while(check);
                self.block(body);
                self.builder.end();
            }
            StatementKind::Repeat { count, body } => {
                let site = self.site(SiteKind::Repeat, range, count.range);
                let count = self.count(count);
                self.builder.set_origin(site);
                self.builder.begin_repeat(count);
                self.block(body);
                self.builder.end();
            }
            StatementKind::If { condition, then, otherwise } => {
                let kind = SiteKind::If { otherwise: otherwise.is_some() };
                let site = self.site(kind, range, condition.range);
                let check = self.condition(condition);
                self.builder.set_origin(site);
                self.builder.begin_if(check);
                self.block(then);
                if let Some(otherwise) = otherwise {
                    self.builder.begin_else();
                    self.block(&otherwise.body);
                }
                self.builder.end();
            }
            StatementKind::Hole => self.statement_hole(range),
            StatementKind::Error => {
                self.site(SiteKind::Error, range, range);
                self.builder.broken();
            }
        }
    }

    fn statement_hole(&mut self, range: TextRange) {
        let origin = self.next_hole(range);
        let (depth, length) = (self.builder.depth(), self.builder.len());
        (self.fill)(self.holes - 1, &mut self.builder);
        self.builder.set_origin(origin);
        if self.builder.depth() > depth || self.builder.len() == length {
            self.builder.hole_at_open_ends(depth);
        }
    }

    /// The check to test. Where there is none, the run is made to stop before it, and any check will do.
    fn condition(&mut self, condition: &Condition) -> Check {
        let (innermost, negated) = condition.innermost();
        let check = match innermost.kind {
            ConditionKind::Test(test) => Some(test.into()),
            ConditionKind::Hole => {
                self.next_hole(innermost.range);
                (self.fill)(self.holes - 1, &mut self.builder);
                let filled = self.builder.filled_condition.take();
                if filled.is_none() {
                    self.builder.hole();
                }
                filled
            }
            ConditionKind::Missing | ConditionKind::Not(_) => {
                self.site(SiteKind::Error, innermost.range, innermost.range);
                self.builder.broken();
                None
            }
        };
        let check = check.unwrap_or(Check::from(ast::Test::FrontIsClear));
        if negated { !check } else { check }
    }

    /// The count to repeat. Where there is none, the run is made to stop before it, and any count will do.
    fn count(&mut self, count: &ast::Count) -> u8 {
        match count.kind {
            CountKind::Number(n) => n,
            CountKind::Hole => {
                self.next_hole(count.range);
                (self.fill)(self.holes - 1, &mut self.builder);
                self.builder.filled_count.take().unwrap_or_else(|| {
                    self.builder.hole();
                    0
                })
            }
            CountKind::Missing => {
                self.site(SiteKind::Error, count.range, count.range);
                self.builder.broken();
                0
            }
        }
    }

    fn next_hole(&mut self, range: TextRange) -> Origin {
        self.holes += 1;
        self.site(SiteKind::Hole(self.holes - 1), range, range)
    }

    /// Notes the place; what is appended from now on comes from it.
    fn site(&mut self, kind: SiteKind, range: TextRange, head: TextRange) -> Origin {
        let origin = Origin(self.sites.len() as u32);
        self.sites.push(Site { kind, range, head, procedure: self.procedure });
        self.builder.set_origin(origin);
        origin
    }
}
