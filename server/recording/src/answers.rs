//! From `ide`'s plain data to messages.

use ide::playback::{self, Playback};
use ide::{Analysis, Cancel, Cancelled, Case, ExampleOutcome, ListedExample};
use runtime::{Cell, StepKind as Ran};
use syntax::ast;

use crate::failure::Failure;
use crate::kept::Kept;
use crate::messages::{
    Condition, Document, ExampleItem, ExampleKind, Outcome, OutcomeKind, Page, Recording, Robot, Round, Step,
    StepKind, Verdict, World,
};
use crate::places::Program;

/// The steps of a page where no other number is asked for.
pub(crate) const A_PAGE: usize = 1_000;
/// The most steps of one page.
pub(crate) const MOST_OF_A_PAGE: usize = 5_000;

/// The document that ranges of steps are of: the program, or the example file that belongs to none.
pub(crate) fn document(analysis: &Analysis) -> Document {
    let source = analysis.sources().next();
    Document {
        uri: source.map(|source| source.uri.clone()).unwrap_or_default(),
        version: source.and_then(|source| source.version),
    }
}

/// The world as a message has it.
pub fn world(world: &runtime::World) -> World {
    let (mut walls, mut markers) = (Vec::new(), Vec::new());
    for row in (0..world.rows()).rev() {
        for col in 0..world.cols() {
            match world.cell(row, col) {
                Cell::Wall => walls.push((row, col)),
                Cell::Markers(0) => {}
                Cell::Markers(n) => markers.push((row, col, n)),
            }
        }
    }
    World { rows: world.rows(), cols: world.cols(), walls, markers, robot: robot(world.robot()) }
}

/// The world that a message has.
///
/// # Errors
/// It can't be one; in a sentence for people.
pub(crate) fn world_from(drawn: &World) -> Result<runtime::World, Failure> {
    let sides = 1..=runtime::World::MAX_SIDE;
    if !sides.contains(&drawn.rows) || !sides.contains(&drawn.cols) {
        return Err(Failure::Refused("A world has 1 to 100 rows and columns.".to_owned()));
    }
    let mut world = runtime::World::new(drawn.rows, drawn.cols);
    let Robot { row, col, heading } = drawn.robot;
    let placed = world.set_robot(runtime::Robot { row, col, heading })
        && drawn.walls.iter().all(|&(row, col)| world.set_cell(row, col, Cell::Wall))
        && drawn.markers.iter().all(|&(row, col, n)| {
            world.cell(row, col) != Cell::Wall && world.set_cell(row, col, Cell::Markers(n))
        });
    let impossible = "The robot can't be on a wall; a cell holds 0 to 9.";
    placed.then_some(world).ok_or_else(|| Failure::Refused(impossible.to_owned()))
}

fn robot(robot: runtime::Robot) -> Robot {
    Robot { row: robot.row, col: robot.col, heading: robot.heading }
}

/// Examples of the program, with their verdicts: those of `wanted`.
///
/// # Errors
/// The work was cancelled.
pub fn example_items(
    program: &dyn Program,
    wanted: impl Fn(&Case<'_>) -> bool,
    cancel: Cancel<'_>,
) -> Result<Vec<ExampleItem>, Cancelled> {
    let analysis = program.analysis();
    let listed = analysis.cases().zip(ide::examples(analysis)).filter(|(case, _)| wanted(case));
    listed.map(|(case, listed)| example_item(program, case, listed, cancel)).collect()
}

fn example_item(
    program: &dyn Program,
    case: Case<'_>,
    listed: ListedExample,
    cancel: Cancel<'_>,
) -> Result<ExampleItem, Cancelled> {
    let analysis = program.analysis();
    let result = ide::example_result(analysis, case, listed, cancel)?;
    let can_run = analysis.run(case, cancel)?.is_some();
    let verdict = match result.outcome {
        ExampleOutcome::Passes => Verdict::Passes,
        ExampleOutcome::Fails => Verdict::Fails,
        ExampleOutcome::Undecided => Verdict::Undecided,
    };
    let listed = result.example;
    let uri = listed.location.uri;
    Ok(ExampleItem {
        index: case.index,
        name: listed.name,
        kind: if listed.test { ExampleKind::Test } else { ExampleKind::Example },
        ordinal: listed.ordinal,
        range: program.range(&uri, listed.location.range),
        block: program.range(&uri, listed.block),
        uri,
        verdict: can_run.then_some(verdict),
        message: Some(result.message),
        input: case.input().map(world),
        expected: case.output().map(world),
        crashes: case.example.crashes.is_some(),
    })
}

/// The recording as a message has it, with its first steps.
pub fn first_page(
    id: String,
    kept: &Kept,
    played: &Playback,
    example: Option<ExampleItem>,
    count: usize,
) -> Recording {
    let (run, steps) = (&played.run, &played.recording.steps);
    let expected = example.as_ref().and_then(|example| example.expected.clone());
    let case = example.as_ref().and_then(|example| kept.program.analysis().cases().nth(example.index));
    let output = case.and_then(|case| case.output());
    let difference = output.map(|output| runtime::difference(output, &run.end)).unwrap_or_default();
    let stopped = run.outcome.origin().and_then(|origin| kept.heads.get(origin.0 as usize));
    Recording {
        id,
        document: document(kept.program.analysis()),
        example,
        start: world(&played.recording.start),
        length: steps.len(),
        ticks: run.ticks,
        complete: played.complete,
        outcome: Outcome {
            kind: outcome_kind(run.outcome),
            message: playback::ending(run),
            range: stopped.map(|head| head.range),
            at: crashed_at(run),
        },
        end: world(&run.end),
        expected,
        differences: difference.cells,
        robot_differs: difference.robot.is_some(),
        size_differs: difference.size,
        page: page(kept, 0, count),
    }
}

/// The cell that the robot could not enter.
fn crashed_at(run: &ide::Run) -> Option<(i8, i8)> {
    let runtime::Outcome::Crashed { action: runtime::Action::Move, .. } = run.outcome else { return None };
    // South and west of the world it comes round to 255, which is -1; no side is longer than 100.
    let (row, col) = run.end.robot().beside(0);
    Some((row.cast_signed(), col.cast_signed()))
}

fn outcome_kind(outcome: runtime::Outcome) -> OutcomeKind {
    match outcome {
        runtime::Outcome::Finished => OutcomeKind::Finished,
        runtime::Outcome::Crashed { .. } => OutcomeKind::Crashed,
        runtime::Outcome::OutOfTicks { .. } | runtime::Outcome::Cancelled => OutcomeKind::OutOfTicks,
        runtime::Outcome::EndlessLoop { .. } => OutcomeKind::EndlessLoop,
        runtime::Outcome::TooDeep { .. } => OutcomeKind::TooDeep,
        runtime::Outcome::Hole { .. } => OutcomeKind::Hole,
        runtime::Outcome::Broken { .. } => OutcomeKind::Mistake,
    }
}

/// Steps of the recording, at most `count`, and the world before the first of them.
pub fn page(kept: &Kept, from: usize, count: usize) -> Page {
    let steps = &kept.recording.steps;
    let from = from.min(steps.len());
    let to = from.saturating_add(count).min(steps.len());
    Page {
        from,
        actions: kept.actions_before(from),
        world: world(&kept.recording.world_at(from)),
        steps: steps[from..to].iter().map(|ran| step(kept, ran)).collect(),
    }
}

fn step(kept: &Kept, ran: &runtime::Step) -> Step {
    let head = &kept.heads[ran.origin.0 as usize];
    Step {
        range: head.range,
        kind: kind(ran),
        name: head.text.clone(),
        robot: robot(ran.robot),
        marker_change: ran.marker_change,
        condition: match ran.kind {
            Ran::Test { check, result } => Some(Condition {
                test: ast::Test::name(check.test).to_owned(),
                negated: check.negated,
                value: result,
            }),
            _ => None,
        },
        round: match ran.kind {
            Ran::Round { done, count } => Some(Round { done, count }),
            _ => None,
        },
        depth: ran.depth,
    }
}

/// What a step is.
pub(crate) fn kind(step: &runtime::Step) -> StepKind {
    match step.kind {
        Ran::Action(_) => StepKind::Action,
        Ran::Test { .. } => StepKind::Condition,
        Ran::Round { .. } => StepKind::Round,
    }
}
