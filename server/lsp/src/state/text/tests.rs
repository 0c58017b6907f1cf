use proptest::prelude::*;
use syntax::places::{Lines, Place};

use super::*;

const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

fn at(line: u32, character: u32) -> Position {
    Position { line, character }
}

#[test]
fn line_ends_are_those_of_the_protocol() {
    // The vertical tab, form feed, U+0085 and U+2028 end no line.
    let text = Text::from("a\nb\r\nc\rd\u{b}\u{c}\u{85}\u{2028}e");
    assert_eq!(text.position(TextSize::new(2), Encoding::Utf16), at(1, 0));
    assert_eq!(text.position(TextSize::new(5), Encoding::Utf16), at(2, 0));
    assert_eq!(text.position(TextSize::new(7), Encoding::Utf16), at(3, 0));
    assert_eq!(text.position(size(text.len()), Encoding::Utf16), at(3, 6));
    // Between \r and \n is the line's end.
    assert_eq!(text.position(TextSize::new(4), Encoding::Utf16), at(1, 1));
}

#[test]
fn positions_are_clamped() {
    let text = Text::from("ab\r\n🤖é\n");
    for encoding in ENCODINGS {
        assert_eq!(text.offset(at(0, 99), encoding), TextSize::new(2), "{encoding:?}");
        assert_eq!(text.offset(at(1, 99), encoding), TextSize::new(10), "{encoding:?}");
        assert_eq!(text.offset(at(2, 5), encoding), TextSize::new(11), "{encoding:?}");
        assert_eq!(text.offset(at(u32::MAX, u32::MAX), encoding), TextSize::new(11), "{encoding:?}");
        assert_eq!(text.position(TextSize::new(u32::MAX), encoding), at(2, 0), "{encoding:?}");
        assert_eq!(text.text_range(Range::new(at(1, 0), at(0, 1)), encoding), None);
    }
    // In the middle of a surrogate pair, and of a code point's bytes.
    assert_eq!(text.offset(at(1, 1), Encoding::Utf16), TextSize::new(4));
    assert_eq!(text.offset(at(1, 3), Encoding::Utf8), TextSize::new(4));
    assert_eq!(text.offset(at(1, 1), Encoding::Utf32), TextSize::new(8));
}

#[test]
fn utf8_is_taken_where_offered() {
    let [utf8, utf16, utf32] = ENCODINGS.map(kind);
    assert_eq!(negotiate(None), Encoding::Utf16);
    assert_eq!(negotiate(Some(std::slice::from_ref(&utf16))), Encoding::Utf16);
    assert_eq!(negotiate(Some(&[utf32.clone(), utf16.clone()])), Encoding::Utf16);
    assert_eq!(negotiate(Some(std::slice::from_ref(&utf32))), Encoding::Utf32);
    assert_eq!(negotiate(Some(&[utf16, utf32, utf8])), Encoding::Utf8);
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z(): #]{0,8}",
        2 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\r".to_owned()),
        1 => Just("\t".to_owned()),
        1 => Just("🤖".to_owned()),
        1 => Just("é\u{301}".to_owned()),
        1 => Just("\u{2028}\u{85}\u{feff}".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_offset_and_any_position_is_where_the_table_of_lines_says(
        source in texts(),
        line in 0..30u32,
        character in 0..30u32,
    ) {
        let (text, lines) = (Text::from(source.as_str()), Lines::of(&*source));
        for encoding in ENCODINGS {
            for offset in 0..size(source.len() + 2).into() {
                let Place { line, column } = lines.place(TextSize::new(offset), encoding);
                prop_assert_eq!(text.position(TextSize::new(offset), encoding), at(line, column), "{}", offset);
            }
            let offset = lines.offset(Place { line, column: character }, encoding);
            prop_assert_eq!(text.offset(at(line, character), encoding), offset);
        }
    }

    #[test]
    fn edits_agree_with_a_string(mut source in texts(), edits in prop::collection::vec((0..60u32, 0..60u32, texts()), 0..8)) {
        let mut text = Text::from(source.as_str());
        for (a, b, insert) in edits {
            let floor = |offset: u32| (0..=offset as usize).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0).min(source.len());
            let range = floor(a.min(b))..floor(a.max(b)).max(floor(a.min(b)));
            text.replace(TextRange::new(size(range.start), size(range.end)), &insert);
            source.replace_range(range, &insert);
            prop_assert_eq!(&*text.contiguous(), source.as_str());
        }
    }

    #[test]
    fn no_offset_panics(source in texts(), offset in any::<u32>(), line in any::<u32>(), character in any::<u32>()) {
        let mut text = Text::from(source.as_str());
        for encoding in ENCODINGS {
            text.position(TextSize::new(offset), encoding);
            text.position(TextSize::new(offset % 64), encoding);
            text.offset(at(line % 16, character), encoding);
        }
        text.replace(TextRange::up_to(TextSize::new(offset % 64)), "x");
    }
}
