//! The compact vocabulary and the planes agree with the starting weights' reference implementation.

use dataset::compact;
use dataset::features::{CELLS, Canvas, PLANES, planes};
use runtime::{Action, Heading, Limits, Machine, Outcome, Test, World, sample};

#[test]
fn tokens_and_codes_are_a_bijection() {
    for code in 0..compact::VOCABULARY {
        assert_eq!(compact::Token::of(code).and_then(compact::Token::code), Some(code));
    }
    assert_eq!(compact::Token::of(compact::VOCABULARY), None);
    let surface = compact::to_surface(&[36, 9 + 5, 4, 2, 2, 17 + 3, 7, 3, 25, 5, 2, 2, 1]).unwrap();
    assert_eq!(
        surface,
        "DEF run m( REPEAT R=5 r( IF c( not c( frontIsClear c) c) i( move i) r) \
         IFELSE c( markersPresent c) i( pickMarker i) ELSE e( WHILE c( frontIsClear c) w( turnLeft w) e) m)"
    );
    let procedure = syntax::tokens::parse_tokens(&surface).unwrap();
    let back = compact::from_statements(&procedure.body.statements).unwrap();
    assert_eq!(back, [36, 14, 4, 2, 2, 20, 7, 3, 25, 5, 2, 2, 1]);
}

#[test]
fn says_what_is_no_program() {
    use compact::NoProgram::*;
    assert_eq!(compact::to_statements(&[]), Err(Incomplete));
    assert_eq!(compact::to_statements(&[4]), Err(Incomplete));
    assert_eq!(compact::to_statements(&[1]), Err(Unexpected { index: 0, token: 1 }));
    assert_eq!(compact::to_statements(&[4, 1, 4]), Err(Unexpected { index: 2, token: 4 }));
    assert_eq!(compact::to_statements(&[9, 4, 3, 4, 2, 1]), Err(Unexpected { index: 2, token: 3 }));
    assert_eq!(compact::to_statements(&[17, 4, 2, 1]), Err(Unexpected { index: 2, token: 2 }));
    assert_eq!(compact::to_statements(&[200, 1]), Err(Unexpected { index: 0, token: 200 }));
    let deep = vec![compact::REPEAT; 100_000];
    assert!(compact::to_statements(&deep).is_err(), "deep nesting is refused, not a stack overflow");
}

#[test]
fn prefixes_stop_at_their_open_ends() {
    let outcome = |tokens: &[u8], text: &str| {
        let mut world = World::parse(text).unwrap();
        let outcome = Machine::new().run(&compact::code(tokens), &mut world, &Limits::DATASET);
        (outcome, world.robot().col)
    };
    let hole = Outcome::Hole { origin: runtime::Origin(0) };
    // The program has not begun; one action; a loop still open; an else not yet begun.
    assert_eq!(outcome(&[], "> ."), (hole, 0));
    assert_eq!(outcome(&[4], "> ."), (hole, 1));
    assert_eq!(outcome(&[25, 4], "> . ."), (hole, 1));
    assert_eq!(outcome(&[25, 4], "> #"), (hole, 0));
    assert_eq!(outcome(&[17, 4], "> #"), (hole, 0));
    assert_eq!(outcome(&[17, 4, 3, 5, 2], "> #"), (hole, 0));
    assert_eq!(outcome(&[17, 4, 3, 5, 2, 1], "> #"), (Outcome::Finished, 0));
    // What is there already decides: it crashes, or never comes to the open end.
    assert!(matches!(outcome(&[4, 4], "> ."), (Outcome::Crashed { action: Action::Move, .. }, 1)));
    assert!(matches!(outcome(&[29, 5, 2], "> ."), (Outcome::OutOfTicks { .. }, 0)));
    assert!(!compact::emit(&[2], &mut runtime::CodeBuilder::new()));
}

#[test]
fn canvases_turn_as_the_reference_turns_them() {
    let world = World::parse(". 2\n. #\n> .").unwrap();
    let canvas = Canvas::of(&world).canonical();
    // East becomes north: row 0 of the world becomes the last column.
    assert_eq!((canvas.row, canvas.col, canvas.heading), (0, 15, Heading::North));
    assert_eq!(canvas.cells[16 + 14], 10);
    assert_eq!(canvas.cells[16 + 13], 2);
    assert_eq!(canvas.cells[0], 11);
    assert_eq!(Canvas::of(&world), canvas.rotated(3));
}

#[test]
fn canvases_behave_as_worlds() {
    for (seed, world) in sample::worlds(7).take(300).enumerate() {
        let mut random = sample::Random::new(seed as u64);
        let mut world = world;
        let mut canvas = Canvas::of(&world).canonical();
        let turned = world.robot().heading as u8;
        for _ in 0..50 {
            assert_eq!(canvas.condition_bits(), world.condition_bits());
            let action = Action::ALL[random.below(5) as usize];
            assert_eq!(canvas.act(action), world.act(action));
            assert_eq!(canvas, Canvas::of(&world).rotated(turned));
            assert_eq!(canvas.markers_here() > 0, world.holds(Test::MarkersPresent));
        }
    }
}

/// Worlds of 2×2 to 16×16 are known to the networks; of the others they are shown a view.
#[test]
fn worlds_of_two_to_sixteen_rows_and_columns_fit() {
    for rows in 1..=20 {
        for cols in 1..=20 {
            let known = (2..=16).contains(&rows) && (2..=16).contains(&cols);
            assert_eq!(Canvas::fits(&World::new(rows, cols)), known, "{rows}×{cols}");
        }
    }
}

#[test]
fn planes_are_where_the_reference_has_them() {
    let world = |text| Canvas::of(&World::parse(text).unwrap());
    let (from, to) = (world("3 #\n^ ."), world("2 #\n. >"));
    let mut out = vec![7.0; PLANES * CELLS];
    planes(&from, &to, &mut out);
    let ones = |plane: usize| -> Vec<usize> {
        (0..CELLS).filter(|&cell| out[plane * CELLS + cell] == 1.0).collect()
    };
    assert!(out.iter().all(|&x| x == 0.0 || x == 1.0));
    assert_eq!((ones(0), ones(3), ones(10), ones(11).len()), (vec![0, 1], vec![16], vec![17], 252));
    assert_eq!((ones(12), ones(14), ones(22), ones(23).len()), (vec![0, 1], vec![16], vec![17], 252));
    assert_eq!((ones(24), ones(25), ones(26)), (vec![0], vec![], vec![1]));
    assert_eq!((ones(29), ones(30).len(), ones(31)), (vec![16], 256, vec![]));
}
