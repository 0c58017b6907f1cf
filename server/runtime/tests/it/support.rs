//! A second interpreter, as naive as can be: it walks the syntax tree and looks worlds up in a map. And random
//! programs to run on both.

use std::collections::BTreeMap;

use proptest::prelude::*;
use runtime::{Action, Cell, Heading, Test, World};
use syntax::ast::{
    Block, Condition, ConditionKind, CountKind, File, Item, Procedure, Statement, StatementKind,
};
use syntax::build;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NaiveWorld {
    /// Markers of every cell that is no wall.
    free: BTreeMap<(i32, i32), u32>,
    at: (i32, i32),
    heading: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Finished,
    Crashed(Action),
    OutOfTicks,
    TooDeep,
    Hole,
    Broken,
}

impl NaiveWorld {
    pub(crate) fn of(world: &World) -> NaiveWorld {
        let mut free = BTreeMap::new();
        for row in 0..world.rows() {
            for col in 0..world.cols() {
                if let Cell::Markers(n) = world.cell(row, col) {
                    free.insert((row.into(), col.into()), n.into());
                }
            }
        }
        let robot = world.robot();
        NaiveWorld { free, at: (robot.row.into(), robot.col.into()), heading: robot.heading as i32 }
    }

    fn next(&self, turn: i32) -> (i32, i32) {
        let (dr, dc) = [(1, 0), (0, 1), (-1, 0), (0, -1)][((self.heading + turn) % 4) as usize];
        (self.at.0 + dr, self.at.1 + dc)
    }

    fn holds(&self, test: Test) -> bool {
        match test {
            Test::FrontIsClear => self.free.contains_key(&self.next(0)),
            Test::LeftIsClear => self.free.contains_key(&self.next(3)),
            Test::RightIsClear => self.free.contains_key(&self.next(1)),
            Test::MarkersPresent => self.free[&self.at] > 0,
            Test::NoMarkersPresent => self.free[&self.at] == 0,
        }
    }

    fn act(&mut self, action: Action) -> Result<(), Ending> {
        let crash = Err(Ending::Crashed(action));
        match action {
            Action::Move if !self.holds(Test::FrontIsClear) => return crash,
            Action::Move => self.at = self.next(0),
            Action::TurnLeft => self.heading = (self.heading + 3) % 4,
            Action::TurnRight => self.heading = (self.heading + 1) % 4,
            Action::PickMarker => match self.free.get_mut(&self.at) {
                Some(n) if *n > 0 => *n -= 1,
                _ => return crash,
            },
            Action::PutMarker => match self.free.get_mut(&self.at) {
                Some(n) if *n < 9 => *n += 1,
                _ => return crash,
            },
        }
        Ok(())
    }
}

pub(crate) struct Naive<'a> {
    pub file: &'a File,
    pub world: NaiveWorld,
    pub ticks: u64,
    calls: u64,
    /// The limit of ticks, and of calls.
    pub limit: u64,
    pub trace: Vec<Action>,
}

impl<'a> Naive<'a> {
    pub(crate) fn run(file: &'a File, world: &World, limit: u64) -> (Ending, Naive<'a>) {
        let mut naive =
            Naive { file, world: NaiveWorld::of(world), ticks: 0, calls: 0, limit, trace: Vec::new() };
        let ending = naive.call("main", 0).err().unwrap_or(Ending::Finished);
        (ending, naive)
    }

    fn tick(&mut self) -> Result<(), Ending> {
        if self.ticks == self.limit {
            return Err(Ending::OutOfTicks);
        }
        self.ticks += 1;
        Ok(())
    }

    fn call(&mut self, name: &str, depth: u32) -> Result<(), Ending> {
        let procedure = self.file.procedures().find(|p| p.name.text == name).ok_or(Ending::Broken)?;
        if procedure.broken.is_some() {
            return Err(Ending::Broken);
        }
        self.block(&procedure.body, depth)
    }

    fn block(&mut self, block: &Block, depth: u32) -> Result<(), Ending> {
        if block.statements.is_empty() {
            return Err(Ending::Broken);
        }
        block.statements.iter().try_for_each(|s| self.statement(s, depth))
    }

    fn statement(&mut self, statement: &Statement, depth: u32) -> Result<(), Ending> {
        if statement.broken.is_some() {
            return Err(Ending::Broken);
        }
        match &statement.kind {
            StatementKind::Action(action) => {
                self.tick()?;
                self.world.act(*action)?;
                self.trace.push(*action);
            }
            StatementKind::Call(name) => {
                if !self.file.procedures().any(|p| p.name.text == name.text) {
                    return Err(Ending::Broken);
                }
                if depth == 1_000 {
                    return Err(Ending::TooDeep);
                }
                if self.calls == self.limit {
                    return Err(Ending::OutOfTicks);
                }
                self.calls += 1;
                self.call(&name.text, depth + 1)?;
            }
            StatementKind::While { condition, body } => {
                while self.condition(condition)? {
                    self.block(body, depth)?;
                }
            }
            StatementKind::Repeat { count, body } => {
                let n = match count.kind {
                    CountKind::Number(n) => n,
                    CountKind::Hole => return Err(Ending::Hole),
                    CountKind::Missing => return Err(Ending::Broken),
                };
                for _ in 0..n {
                    self.tick()?;
                    self.block(body, depth)?;
                }
            }
            StatementKind::If { condition, then, otherwise } => {
                if self.condition(condition)? {
                    self.block(then, depth)?;
                } else if let Some(otherwise) = otherwise {
                    self.block(&otherwise.body, depth)?;
                }
            }
            StatementKind::Hole => return Err(Ending::Hole),
            StatementKind::Error => return Err(Ending::Broken),
        }
        Ok(())
    }

    fn condition(&mut self, condition: &Condition) -> Result<bool, Ending> {
        fn value(condition: &Condition, world: &NaiveWorld) -> Result<bool, Ending> {
            match &condition.kind {
                ConditionKind::Test(test) => Ok(world.holds(*test)),
                ConditionKind::Not(inner) => value(inner, world).map(|b| !b),
                ConditionKind::Hole => Err(Ending::Hole),
                ConditionKind::Missing => Err(Ending::Broken),
            }
        }
        let value = value(condition, &self.world)?;
        self.tick()?;
        Ok(value)
    }
}

/// Random worlds, small ones more often.
pub(crate) fn any_world() -> impl Strategy<Value = World> {
    (any::<u64>(), 0..3u8).prop_map(|(seed, shape)| {
        let world = runtime::sample::worlds(seed).next().unwrap();
        match shape {
            0 => world,
            _ => crop(&world, 1 + (seed % 3) as u8, 1 + (seed / 3 % 3) as u8),
        }
    })
}

fn crop(world: &World, rows: u8, cols: u8) -> World {
    let mut small = World::new(rows.min(world.rows()), cols.min(world.cols()));
    for row in 0..small.rows() {
        for col in 0..small.cols() {
            let _ = small.set_cell(row, col, world.cell(row, col));
        }
    }
    let mut robot = small.robot();
    robot.heading = Heading::ALL[usize::from(world.rows()) % 4];
    assert!(small.set_robot(robot));
    small
}

/// Random files: `main` and two procedures that may call each other; with `flaws`, also holes, errors, empty
/// blocks and undefined calls.
pub(crate) fn any_file(flaws: bool) -> impl Strategy<Value = File> {
    let procedure = |name: &'static str| statements(flaws).prop_map(move |body| build::procedure(name, body));
    (procedure("main"), procedure("p"), procedure("q"), 0..3usize).prop_map(|(main, p, q, turn)| {
        let mut procedures: Vec<Procedure> = vec![main, p, q];
        procedures.rotate_left(turn);
        File { items: procedures.into_iter().map(Item::Procedure).collect(), comments: Vec::new() }
    })
}

fn statements(flaws: bool) -> impl Strategy<Value = Vec<Statement>> {
    let action = (0..5usize).prop_map(|a| build::action(Action::ALL[a]));
    let call = prop_oneof![Just("p"), Just("q")].prop_map(build::call);
    let flaw = prop_oneof![
        Just(build::hole()),
        Just(build::statement(StatementKind::Error)),
        Just(build::call("nowhere")),
    ];
    let leaf = prop_oneof![20 => action, 2 => call, u32::from(flaws) => flaw].boxed();
    let shortest = usize::from(!flaws);
    let statement = leaf.prop_recursive(3, 24, 4, move |inner| {
        let block = || prop::collection::vec(inner.clone(), shortest..4);
        prop_oneof![
            (condition(flaws), block()).prop_map(|(c, b)| build::while_loop(c, b)),
            (0..5u8, block()).prop_map(|(n, b)| build::repeat(n, b)),
            (condition(flaws), block()).prop_map(|(c, b)| build::if_then(c, b)),
            (condition(flaws), block(), block()).prop_map(|(c, a, b)| build::if_else(c, a, b)),
        ]
    });
    prop::collection::vec(statement, shortest..5)
}

fn condition(flaws: bool) -> impl Strategy<Value = Condition> {
    let test = (0..5usize).prop_map(|t| build::test(Test::ALL[t]));
    let flaw = prop_oneof![
        Just(build::condition(ConditionKind::Hole)),
        Just(build::condition(ConditionKind::Missing)),
    ];
    prop_oneof![12 => test, u32::from(flaws) => flaw]
        .prop_recursive(2, 3, 1, |inner| inner.prop_map(build::not))
}
