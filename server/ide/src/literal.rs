//! Text that a user has written, as it goes into Markdown: it reads as it was written, and shows no pictures, links or
//! code.

/// A piece of a line. Never at the line's start.
pub(crate) fn inline(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        let special = match char {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '$' | '@' | '^' => true,
            // Addresses become links in some renderers without any brackets.
            ':' => text[at..].starts_with("://"),
            '.' => text[..at].to_ascii_lowercase().ends_with("www"),
            _ => false,
        };
        if special {
            literal.push('\\');
        }
        literal.push(char);
    }
    literal
}

/// A whole line, without blanks around it.
pub(crate) fn line(text: &str) -> String {
    let text = text.trim();
    let number = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    // `#`, `-`, `1.` and the like begin headings and lists.
    match text[number..].chars().next() {
        Some(mark @ ('.' | ')')) if number > 0 => {
            format!("{}\\{mark}{}", &text[..number], inline(&text[number + 1..]))
        }
        Some(mark @ ('#' | '-' | '+' | '=' | ':')) if number == 0 => {
            format!("\\{mark}{}", inline(&text[1..]))
        }
        _ => inline(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// The text that is shown, and whether there is nothing else to be seen than that, in one bold piece where `bold`.
    fn shown(markdown: &str, bold: bool) -> (String, bool) {
        let (mut text, mut plain) = (String::new(), true);
        for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match event {
                Event::Text(piece) => text.push_str(&piece),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) if bold => {}
                _ => plain = false,
            }
        }
        (text, plain)
    }

    fn assert_literal(name: &str) {
        let title = format!("**Example \"{}\"** ✓", inline(name));
        assert_eq!(shown(&title, true), (format!("Example \"{name}\" ✓"), true), "{title}");
        let alone = line(name);
        assert_eq!(shown(&alone, false), (name.trim().to_owned(), true), "{alone}");
    }

    #[test]
    fn nothing_that_is_written_is_a_picture_a_link_or_code() {
        for name in [
            "short row",
            "![x](https://example.org/p.png)",
            "[x](command:karel)",
            "[x]: https://example.org",
            "<img src=x onerror=y>",
            "<https://example.org>",
            "https://example.org/a_b_c",
            "WWW.example.org",
            "somebody@example.org",
            "a `code` **bold** __bold__ _i_ ~~gone~~ *",
            "**",
            "`",
            "\\",
            "\\\\*",
            "&lt;b&gt; &copy; &#33;",
            "# title",
            "- item",
            "+ item",
            "1. item",
            "12) item",
            "---",
            "===",
            "***",
            "> quoted",
            "| a | b |",
            "$x$",
            "```",
            "~~~",
            ":::",
            ": x",
            "a  b",
            "é 🤖 …",
        ] {
            assert_literal(name);
        }
        assert_eq!(inline("one-step row (2), no. 3: 50%!"), "one-step row (2), no. 3: 50%!");
    }

    proptest! {
        #[test]
        fn any_name_is_literal(name in r"[a1 \\`*_\[\]<>&~|$@:/.#+=!(){}^\-w;é]{1,24}") {
            assert_literal(&name);
        }

        #[test]
        fn any_text_is_literal(name in r"\PC{1,16}") {
            assert_literal(&name);
        }
    }
}
