//! Grid text, both ways.

use expect_test::expect;
use proptest::prelude::*;
use runtime::{Action, Cell, GridError, Heading, Robot, Test, World, sample};

use crate::support::any_world;

#[test]
fn reads_what_the_language_allows() {
    let world = World::parse("\n    . # 9\n\n    1 v3 .\n").unwrap();
    assert_eq!((world.rows(), world.cols()), (2, 3));
    assert_eq!(world.robot(), Robot { row: 0, col: 1, heading: Heading::South });
    assert_eq!(world.cell(0, 1), Cell::Markers(3));
    assert_eq!(world.cell(1, 1), Cell::Wall);
    assert_eq!(world.cell(1, 2), Cell::Markers(9));
    for (arrows, text) in [("↑ .", "^ ."), ("→2 #", ">2 #"), (". ↓", ". v"), ("←9", "<9")] {
        assert_eq!(World::parse(arrows).unwrap(), World::parse(text).unwrap());
    }
}

#[test]
fn aligns_columns() {
    let text = ". . 2\n>3 # .\n. 1 .";
    expect![[r#"
        .  . 2
        >3 # .
        .  1 ."#]]
    .assert_eq(&World::parse(text).unwrap().to_string());
    expect![[r#"
        . .
        # <1"#]]
    .assert_eq(&World::parse(". .\n# <1").unwrap().to_string());
}

#[test]
fn says_what_is_wrong() {
    let wrong = |text: &str| World::parse(text).unwrap_err().to_string();
    expect!["The grid has no cells; write at least one row."].assert_eq(&wrong("  \n \n"));
    expect!["Row 2 of the grid has 1 cells but the first row has 2; make them equally long."]
        .assert_eq(&wrong("> .\n."));
    expect!["Row 2 of the grid has 3 cells but the first row has 2; make them equally long."]
        .assert_eq(&wrong("> .\n. . ."));
    expect!["'x' in row 1, column 2 is no cell; use . # 1 to 9 or the robot ^ > v <."]
        .assert_eq(&wrong("> x"));
    expect!["'10' in row 1, column 2 is no cell; use . # 1 to 9 or the robot ^ > v <."]
        .assert_eq(&wrong("> 10"));
    expect!["'>10' in row 1, column 1 is no cell; use . # 1 to 9 or the robot ^ > v <."]
        .assert_eq(&wrong(">10 ."));
    expect!["The grid has no robot; put one of ^ > v < in it."].assert_eq(&wrong(". ."));
    expect!["The grid has a second robot in row 2, column 1; leave exactly one."].assert_eq(&wrong("^\n^"));
    expect!["The grid has 1 rows and 101 columns; at most 100 of each are allowed."]
        .assert_eq(&wrong(&format!("> {}", ". ".repeat(100))));
    expect!["The grid has 400 rows and 1 columns; at most 100 of each are allowed."]
        .assert_eq(&wrong(&".\n".repeat(400)));
}

/// The largest grid that the language allows has 100 rows and 100 columns, read from text and from a file alike.
#[test]
fn a_hundred_rows_and_columns_are_read() {
    for (rows, cols) in [(1, 100), (100, 1), (100, 100)] {
        let mut world = World::new(rows, cols);
        assert!(world.set_cell(rows - 1, cols - 1, Cell::Markers(7)));
        assert_eq!(World::parse(&world.to_string()).as_ref(), Ok(&world), "{rows}×{cols}");
        let indented = world.to_string().replace('\n', "\n    ");
        let file = syntax::parse(&format!("example \"large\":\n  input:\n    {indented}\n"));
        assert_eq!(file.diagnostics, []);
        let grid = file.file.examples().next().unwrap().input.as_ref().unwrap();
        assert_eq!(World::from_grid(grid).as_ref(), Ok(&world), "{rows}×{cols}");
    }
    let tall = format!(">\n{}", ".\n".repeat(100));
    assert_eq!(World::parse(&tall), Err(GridError::TooLarge { rows: 101, cols: 1 }));
}

proptest! {
    /// What an action may do is what it does, and where it may not, nothing happens.
    #[test]
    fn an_action_is_done_where_it_can_be(world in any_world()) {
        for action in Action::ALL {
            let mut after = world.clone();
            prop_assert_eq!(world.can(action), after.act(action));
            prop_assert_eq!(world.can(action), after != world);
        }
        for (bit, test) in Test::ALL[..4].iter().enumerate() {
            prop_assert_eq!(world.condition_bits() >> bit & 1 == 1, world.holds(*test));
        }
        prop_assert_ne!(world.holds(Test::MarkersPresent), world.holds(Test::NoMarkersPresent));
    }

    #[test]
    fn what_is_written_is_read(seed in any::<u64>()) {
        for world in sample::worlds(seed).take(20) {
            prop_assert_eq!(&World::parse(&world.to_string()).unwrap(), &world);
        }
    }

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        let _ = World::parse(&text);
    }

    #[test]
    fn almost_grids_are_read_or_refused(text in "([.#1-9^>v<0xé↑]{1,3}[ \t\n]{1,2}){0,24}") {
        if let Ok(world) = World::parse(&text) {
            prop_assert_eq!(World::parse(&world.to_string()).unwrap(), world);
        }
    }
}

/// The sampled worlds have the statistics of the dataset's inputs (research notes on 450 real ones).
#[test]
fn sampled_worlds_match_the_dataset() {
    let n = 20_000;
    let worlds: Vec<World> = sample::worlds(1).take(n).collect();
    assert_eq!(worlds[..50], sample::worlds(1).take(50).collect::<Vec<_>>(), "the same for the same seed");
    let share = |holds: &dyn Fn(&World) -> bool| worlds.iter().filter(|w| holds(w)).count() as f64 / n as f64;
    let near = |what, got: f64, expected: f64, by: f64| {
        assert!((got - expected).abs() <= by, "{what}: {got:.3}, expected {expected} ± {by}");
    };
    let cells = |w: &World| -> Vec<u8> { (0..w.rows()).flat_map(|r| w.row_codes(r).to_vec()).collect() };
    for (i, expected) in [0.172, 0.258, 0.218, 0.192, 0.160].into_iter().enumerate() {
        near("rows", share(&|w| usize::from(w.rows() - 2) / 3 == i), expected, 0.02);
        near("cols", share(&|w| usize::from(w.cols() - 2) / 3 == i), expected, 0.02);
    }
    near("no walls", share(&|w| !cells(w).contains(&10)), 0.349, 0.06);
    near("no markers", share(&|w| !cells(w).iter().any(|c| (1..=9).contains(c))), 0.093, 0.03);
    let (mut walls, mut marked, mut single, mut all) = (0, 0, 0, 0);
    for code in worlds.iter().flat_map(cells) {
        all += 1;
        walls += i32::from(code == 10);
        marked += i32::from((1..=9).contains(&code));
        single += i32::from(code == 1);
    }
    near("walls", f64::from(walls) / f64::from(all), 0.076, 0.015);
    near("markers", f64::from(marked) / f64::from(all), 0.128, 0.03);
    near("single markers", f64::from(single) / f64::from(marked), 0.627, 0.02);
    near("corner", share(&|w| (w.robot().row, w.robot().col) == (0, 0)), 0.167, 0.04);
}
