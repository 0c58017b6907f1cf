use super::Format;
use clap::ValueEnum;
use proptest::prelude::*;
use runtime::{Cell, Robot, World};
use syntax::ast::Heading;

fn world() -> impl Strategy<Value = World> {
    (1u8..9, 1u8..9)
        .prop_flat_map(|(rows, cols)| {
            let cells = prop::collection::vec(0u8..16, usize::from(rows) * usize::from(cols));
            (Just(rows), Just(cols), cells, 0..rows, 0..cols, 0usize..4)
        })
        .prop_map(|(rows, cols, cells, robot_row, robot_col, heading)| {
            let mut world = World::new(rows, cols);
            assert!(world.set_robot(Robot {
                row: robot_row,
                col: robot_col,
                heading: Heading::ALL[heading]
            }));
            for (number, cell) in cells.into_iter().enumerate() {
                let (row, col) = (number as u8 / cols, number as u8 % cols);
                let cell = match cell {
                    0..=9 => Cell::Markers(cell),
                    10..=12 => Cell::Wall,
                    _ => Cell::Markers(0),
                };
                // Where the robot stands there is no wall.
                let _ = world.set_cell(row, col, cell);
            }
            world
        })
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_again(world in world()) {
        for format in Format::value_variants() {
            let robot = world.robot();
            let on_markers = world.cell(robot.row, robot.col) != Cell::Markers(0);
            match format.write(&world) {
                Ok(text) => {
                    prop_assert_eq!(&format.read(&text).unwrap(), &world, "{:?}:\n{}", format, text);
                    // `>1` is a world of one cell in this language too.
                    if *format != Format::Dense || world.cols() > 2 {
                        prop_assert_eq!(Format::of(&text), Some(*format), "{}", text);
                    }
                }
                Err(_) => prop_assert!(*format == Format::Dense && on_markers),
            }
        }
    }

    #[test]
    fn any_text_is_survived(text in "(KAREL|Dimension:|\\(|\\)|,|;|[0-9]{1,3}|\\.|#|>|<|/>|ejecucion|mundo|alto=\"2\"|Wall:|east|\n| ){0,40}") {
        for format in Format::value_variants() {
            let _ = format.read(&text);
        }
    }
}

/// What the language lacks, and the words that name it and its place.
#[test]
fn what_cannot_be_said_is_refused_by_name_and_place() {
    let xml = |inside: &str, bag: &str| {
        format!(
            "<ejecucion>\n<mundos><mundo nombre=\"m\" ancho=\"3\" alto=\"2\">\n{inside}</mundo></mundos>\n<programas><programa \
             xKarel=\"1\" yKarel=\"1\" direccionKarel=\"ESTE\" mochilaKarel=\"{bag}\"/></programas></ejecucion>"
        )
    };
    let w = |line: &str| format!("Dimension: (3, 2)\nKarel: (1, 1); East\n{line}\n");
    for (format, text, expected) in [
        (Format::Stanford, w("Wall: (2, 1); east"), "on the east side of column 2, row 1"),
        (Format::Stanford, w("Wall: (2, 2) south"), "on the north side of column 2, row 1"),
        (Format::Stanford, w("BeeperBag: 5"), "line 3: a bag of 5 beepers"),
        (Format::Stanford, w("Color: (1, 2); Red"), "line 3: a coloured cell"),
        (Format::Stanford, w("Beeper: (2, 2); 10"), "line 3: 10 beepers in one cell"),
        (Format::Stanford, w("Beeper: (2, 2); infinity"), "line 3: a pile of 'infinity' beepers"),
        (Format::Stanford, w("Beeper: (4, 1); 1"), "line 3: (4, 1) is outside of the world"),
        (Format::Stanford, w("Karel: (1, 1); up"), "line 3: 'up' is not a direction"),
        (Format::Stanford, w("Robot: (1, 1)"), "line 3: 'robot' is not known"),
        (Format::Stanford, "Karel: (1, 1); east\n".to_owned(), "no line 'Dimension"),
        (
            Format::Omegaup,
            xml("<pared x1=\"1\" y1=\"0\" y2=\"1\"/>", "INFINITO"),
            "on the east side of column 1, row 1",
        ),
        (
            Format::Omegaup,
            xml("<pared x1=\"0\" y1=\"1\" x2=\"1\"/>", "INFINITO"),
            "on the north side of column 1, row 1",
        ),
        (
            Format::Omegaup,
            xml("<monton x=\"2\" y=\"1\" zumbadores=\"12\"/>", "INFINITO"),
            "line 3: a pile of 12 beepers",
        ),
        (
            Format::Omegaup,
            xml("<monton x=\"2\" y=\"1\" zumbadores=\"INFINITO\"/>", "INFINITO"),
            "a pile of INFINITO beepers",
        ),
        (Format::Omegaup, xml("", "3"), "a bag of 3 beepers"),
        (Format::Omegaup, "<ejecucion>".to_owned(), "not readable XML"),
        (Format::Km2, "KAREL 0 0 > 4\n. .\n".to_owned(), "a bag of 4 beepers"),
        (Format::Km2, "KAREL 0 0 > N\n. 21\n".to_owned(), "21 beepers in row 1, column 2"),
        (Format::Km2, "KAREL 0 0 > N\n. $\n".to_owned(), "a treasure in row 1, column 2"),
        (Format::Km2, "KAREL 5 0 > N\n. .\n".to_owned(), "outside of the world"),
        (Format::Km2, "KAREL 0 0 > N\n# .\n".to_owned(), "stands on a wall"),
        (Format::Dense, ">.$\n".to_owned(), "a treasure in row 1, column 3"),
        (Format::Dense, ">..\n..\n".to_owned(), "row 2 has 2 cells"),
        (Format::Dense, "...\n".to_owned(), "no robot"),
    ] {
        let message = format!("{:#}", format.read(&text).unwrap_err());
        assert!(message.contains(expected), "{format:?}: {message}\n{text}");
    }
}

#[test]
fn published_worlds_are_read() {
    let read = |text: &str| Format::of(text).unwrap().read(text).unwrap().to_string();
    let midpoint = "Dimension: (5, 2)\nBeeper: (3, 1); 1\nBeeper: (3,2) 2\n\nKarel: (3, 2); EAST\nBeeperBag: INFINITE\nSpeed: 0.50\n";
    assert_eq!(read(midpoint), ". . >2 . .\n. . 1  . .");
    assert_eq!(
        read(">....#\n.....#\n......\n#o..#o\n"),
        "> . . . . #\n. . . . . #\n. . . . . .\n# 1 . . # 1"
    );
    assert_eq!(read("KAREL 2 1 > N\n#  1  .\n#  #  9\n"), "# 1 .\n# # >9");
    // A cell that is closed on all sides of its own is a wall; what it encloses stays empty.
    let closed = "Dimension: (3, 1)\nWall: (2, 1); east\nWall: (2, 1); west\nKarel: (1, 1); east\nBeeperBag: INFINITY\n";
    assert_eq!(read(closed), "> # .");
}
