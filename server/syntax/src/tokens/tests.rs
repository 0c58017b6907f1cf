use super::{MAX_DEPTH, looks_like_tokens, parse_token_list, parse_tokens, to_program_text, to_token_text};
use crate::arbitrary;
use crate::build;
use crate::shape::same_statements;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use std::io::BufRead;

#[test]
fn pastes_as_a_program() {
    let text = "DEF run m( WHILE c( not c( leftIsClear c) c) w( IFELSE c( markersPresent c) i( pickMarker i) \
                ELSE e( move e) w)\n\tREPEAT R=4 r( turnLeft r) IF c( noMarkersPresent c) i( putMarker i) m)\n";
    expect![[r#"
        def main():
            while(not(leftIsClear())):
                if(markersPresent()):
                    pickMarker()
                else:
                    move()
            repeat(4):
                turnLeft()
            if(noMarkersPresent()):
                putMarker()
    "#]]
    .assert_eq(&to_program_text(text).unwrap());
    assert!(looks_like_tokens(text));
    assert!(!looks_like_tokens("def main(): move()"));
}

#[track_caller]
fn check_error(text: &str, expect: Expect) {
    let error = parse_tokens(text).unwrap_err();
    let marked = usize::from(error.range.start())..usize::from(error.range.end());
    expect.assert_eq(&format!("{error}\n{marked:?} = {:?}", &text[marked.clone()]));
}

#[test]
fn says_where_and_what() {
    check_error(
        "",
        expect![[r#"
        the program ends before token 1, where 'DEF' must stand
        0..0 = """#]],
    );
    check_error(
        "DEF run m( m)",
        expect![[r#"
        token 4 is 'm)', but an action, 'WHILE', 'REPEAT', 'IF' or 'IFELSE' must stand there
        11..13 = "m)""#]],
    );
    check_error(
        "DEF run m( move",
        expect![[r#"
        the program ends before token 5, where 'm)', an action, 'WHILE', 'REPEAT', 'IF' or 'IFELSE' must stand
        15..15 = """#]],
    );
    check_error(
        "DEF run m( move r) m)",
        expect![[r#"
        token 5 is 'r)', but 'm)', an action, 'WHILE', 'REPEAT', 'IF' or 'IFELSE' must stand there
        16..18 = "r)""#]],
    );
    check_error(
        "DEF run m( REPEAT R=20 r( move r) m)",
        expect![[r#"
        token 5 is 'R=20', but a count from 'R=0' to 'R=19' must stand there
        18..22 = "R=20""#]],
    );
    check_error(
        "DEF run m( REPEAT R=04 r( move r) m)",
        expect![[r#"
        token 5 is 'R=04', but a count from 'R=0' to 'R=19' must stand there
        18..22 = "R=04""#]],
    );
    check_error(
        "DEF run m( WHILE c( frontIsclear c) w( move w) m)",
        expect![[r#"
        token 6 is 'frontIsclear', but a condition such as 'frontIsClear', or 'not' must stand there
        20..32 = "frontIsclear""#]],
    );
    check_error(
        "DEF run m( IFELSE c( frontIsClear c) i( move i) m)",
        expect![[r#"
        token 11 is 'm)', but 'ELSE' must stand there
        48..50 = "m)""#]],
    );
    check_error(
        "DEF run m( move m) move",
        expect![[r#"
        token 6 is 'move', but the end of the program must stand there
        19..23 = "move""#]],
    );
    check_error(
        "DEF run m( turnAround m)",
        expect![[r#"
        token 4 is 'turnAround', but an action, 'WHILE', 'REPEAT', 'IF' or 'IFELSE' must stand there
        11..21 = "turnAround""#]],
    );
}

#[test]
fn too_deep_is_an_error_and_no_overflow() {
    let deep = |n: usize| {
        let open = "REPEAT R=2 r( ".repeat(n);
        format!("DEF run m( {open}move{} m)", " r)".repeat(n))
    };
    assert!(parse_tokens(&deep(MAX_DEPTH)).is_ok());
    assert!(parse_tokens(&deep(MAX_DEPTH + 1)).is_err());
    assert!(parse_tokens(&deep(100_000)).is_err());
    assert!(parse_tokens(&format!("DEF run m( IF c( {}", "not c( ".repeat(100_000))).is_err());
}

#[test]
fn refuses_what_has_no_tokens() {
    let text = |statement| to_token_text(&build::procedure("main", vec![statement])).unwrap_err().to_string();
    expect!["that form has no procedures of one's own: inline 'turnAround()' first"]
        .assert_eq(&text(build::call("turnAround")));
    expect!["that form has no holes: complete the program first"].assert_eq(&text(build::hole()));
    expect!["that form has no empty blocks: give every block a statement"]
        .assert_eq(&text(build::repeat(2, vec![])));
}

#[test]
fn every_real_program_round_trips() {
    let Some(path) = testdata::shared("karel-val-2189.jsonl.gz") else { return };
    let file = std::fs::File::open(path).unwrap();
    let mut programs = 0;
    for line in std::io::BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let tokens: Vec<&str> =
            line["program_tokens"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect();
        let read = parse_token_list(&tokens).unwrap();
        let written = to_token_text(&read).unwrap();
        assert_eq!(written, tokens.join(" "));
        assert_eq!(parse_tokens(&written).unwrap(), read);
        programs += 1;
    }
    assert_eq!(programs, 2189);
}

proptest! {
    #[test]
    fn any_program_round_trips(body in prop::collection::vec(arbitrary::statement(), 1..6)) {
        let procedure = build::procedure("main", body);
        let read = parse_tokens(&to_token_text(&procedure).unwrap()).unwrap();
        prop_assert!(same_statements(&read.body.statements, &procedure.body.statements));
    }

    #[test]
    fn any_words_are_survived(words in prop::collection::vec(
        prop_oneof![
            Just("DEF"), Just("run"), Just("m("), Just("m)"), Just("move"), Just("WHILE"), Just("c("), Just("c)"),
            Just("not"), Just("markersPresent"), Just("w("), Just("w)"), Just("R=3"), Just("REPEAT"), Just("é"),
        ],
        0..30,
    )) {
        if let Err(error) = parse_tokens(&words.join(" ")) {
            prop_assert!(error.index <= words.len());
        }
    }
}
