//! The page of all diagnostics, `server/DIAGNOSTICS.md`, made from the table of codes.

use syntax::codes::{Code, all};

/// The page as Markdown: one section a code, so that `DIAGNOSTICS.md#k201` links to it.
fn page() -> String {
    let mut text = String::from(
        "<!-- Made from the table in `syntax/src/codes/`: change it there, and run the tests of `ide` with \
         `UPDATE_EXPECT=1`. -->\n\n# Diagnostics\n\nEvery message has a code that stays the same.\n",
    );
    let mut tier = "";
    for code in all() {
        let heading = heading(code);
        if heading != tier {
            text.push_str(&format!("\n## {heading}\n"));
            tier = heading;
        }
        text.push_str(&format!("\n### {}\n\n**{}.** {}\n", code.code, code.title, code.explanation));
    }
    text
}

fn heading(code: &Code) -> &'static str {
    match code.code.as_bytes().get(1) {
        Some(b'0') => "Syntax",
        Some(b'1') => "Names and flow",
        Some(b'2') => "Runs of the examples",
        _ => "Synthesis",
    }
}

#[test]
fn the_page_is_up_to_date() {
    expect_test::expect_file!["../../../DIAGNOSTICS.md"].assert_eq(&page());
}
