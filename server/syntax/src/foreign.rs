//! Files of other Karels, and of other kinds altogether: recognised by what they alone have, so that one message says
//! what the file is and what to do, in place of a hundred about its words.

use text_size::{TextRange, TextSize};

use crate::ast::Procedure;
use crate::codes::syntax::FOREIGN;
use crate::curly;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::tokens::{TokenError, parse_tokens};

/// What a file is that is none of this language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Programs in the dataset's tokens: `DEF run m( … m)`.
    Tokens,
    /// A program with braces: `def run() { … }`.
    Curly,
    StanfordPython,
    RobotPython,
    StanfordJava,
    RekarelJava,
    RekarelPascal,
    Pattis,
    RecursiveKarel,
    RobotKarol,
    JavaScript,
    Java,
    StanfordWorld,
    OmegaupWorld,
    Km2World,
    /// Rows without blanks: `>....#`.
    DenseWorld,
    ReeborgWorld,
    Tasks,
    Notebook,
    Json,
}

/// What to do with a foreign file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// `karel import` writes it as a program.
    ImportProgram,
    /// `karel import` writes it as an example.
    ImportWorld,
    /// The language lacks too much of it.
    WriteAnew,
    DrawAnew,
    Replay,
    SaveCell,
    Nothing,
}

impl Foreign {
    /// `a world of Stanford Karel (.w)`
    pub fn name(self) -> &'static str {
        match self {
            Foreign::Tokens => "a program in the dataset's tokens",
            Foreign::Curly => "a Karel program with braces",
            Foreign::StanfordPython => "a program of Stanford's Karel in Python",
            Foreign::RobotPython => "a Python program for karel_robot",
            Foreign::StanfordJava => "a program of Stanford's Karel in Java",
            Foreign::RekarelJava => "a program of ReKarel, in its Java form",
            Foreign::RekarelPascal => "a program of ReKarel, in its Pascal form",
            Foreign::Pattis => "a program in Pattis's Karel",
            Foreign::RecursiveKarel => "a program of karel_robot (.ks)",
            Foreign::RobotKarol => "a program of Robot Karol",
            Foreign::JavaScript => "a Karel program in JavaScript",
            Foreign::Java => "a Karel program in Java",
            Foreign::StanfordWorld => "a world of Stanford Karel (.w)",
            Foreign::OmegaupWorld => "a world of omegaUp or ReKarel (XML)",
            Foreign::Km2World => "a world of karel_robot (.km2)",
            Foreign::DenseWorld => "a world whose cells have no blanks between them",
            Foreign::ReeborgWorld => "a world of Reeborg (JSON)",
            Foreign::Tasks => "a file of tasks of the Karel dataset",
            Foreign::Notebook => "a Jupyter notebook",
            Foreign::Json => "a JSON file",
        }
    }

    pub fn remedy(self) -> Remedy {
        match self {
            Foreign::Tokens | Foreign::Curly => Remedy::ImportProgram,
            Foreign::StanfordWorld | Foreign::OmegaupWorld | Foreign::Km2World | Foreign::DenseWorld => {
                Remedy::ImportWorld
            }
            Foreign::ReeborgWorld => Remedy::DrawAnew,
            Foreign::Tasks => Remedy::Replay,
            Foreign::Notebook => Remedy::SaveCell,
            Foreign::Json => Remedy::Nothing,
            _ => Remedy::WriteAnew,
        }
    }

    /// One sentence: what it is, and the one thing to do.
    pub fn message(self) -> String {
        let name = self.name();
        match self.remedy() {
            Remedy::ImportProgram => format!("This is {name}; 'karel import' writes it in this language."),
            Remedy::ImportWorld => format!("This is {name}; 'karel import' makes an example of it."),
            Remedy::WriteAnew => {
                format!("This is {name}, which can't be imported; write it anew, from 'karel new'.")
            }
            Remedy::DrawAnew => {
                format!("This is {name}, whose walls stand between cells; draw it anew as an example.")
            }
            Remedy::Replay => format!("This is {name}; run it with 'karel replay'."),
            Remedy::SaveCell => format!("This is {name}; save the program in it as a file of its own."),
            Remedy::Nothing => format!("This is {name}, and no Karel program; open another file."),
        }
    }
}

/// Only the beginning of a long file is looked at.
const LOOKED_AT: usize = 32 << 10;

/// The language of the text, if it is another Karel's, and the line that shows it.
pub fn recognise(text: &str) -> Option<(Foreign, TextRange)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    if lines.clone().any(is_own) {
        return None;
    }
    let first = lines.clone().next()?;
    let found = structured(head, first).map(|kind| (kind, first)).or_else(|| {
        let code = lines.clone().find(|line| !line.trim_start().starts_with('#'))?;
        published(head, code).map(|kind| (kind, code))
    });
    let has_own_procedure =
        lines.clone().any(|line| line.starts_with("def ") && line.trim_end().ends_with(':'));
    let told = |line| {
        let kind = told_by(line)?;
        let python = matches!(kind, Foreign::StanfordPython | Foreign::RobotPython);
        (python || !has_own_procedure).then_some((kind, line))
    };
    let (kind, line) = found.or_else(|| lines.find_map(told))?;
    let start = line.as_ptr() as usize - head.as_ptr() as usize;
    let start = start + line.len() - line.trim_start().len();
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    Some((kind, range(start + bom, start + bom + line.trim().len())))
}

fn range(start: usize, end: usize) -> TextRange {
    let size = |n| TextSize::new(u32::try_from(n).unwrap_or(u32::MAX));
    TextRange::new(size(start), size(end))
}

/// A line that only this language has.
fn is_own(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or("");
    !line.starts_with([' ', '\t'])
        && (matches!(first, "example" | "test" | "examples")
            && words.next().is_some_and(|w| w.starts_with('"')))
}

/// Formats that are known by how the whole of them is built.
fn structured(head: &str, first: &str) -> Option<Foreign> {
    let first = first.trim();
    let has = |word: &str| head.contains(word);
    if first.starts_with(['{', '[']) && (has("\"") || first == "[" || first == "{") {
        return Some(match () {
            () if has("\"nbformat\"") || has("\"cell_type\"") => Foreign::Notebook,
            () if has("\"program_tokens\"") || has("\"inpgrid_json\"") => Foreign::Tasks,
            () if has("\"robots\"") || has("\"walls\"") => Foreign::ReeborgWorld,
            () => Foreign::Json,
        });
    }
    if first.starts_with("<?xml") || first.starts_with("<ejecucion") {
        return has("<ejecucion").then_some(Foreign::OmegaupWorld);
    }
    if is_km2_header(first) {
        return Some(Foreign::Km2World);
    }
    is_dense(head).then_some(Foreign::DenseWorld)
}

/// `KAREL 2 1 > N`
fn is_km2_header(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.len() >= 4 && words[0].eq_ignore_ascii_case("karel") && words[1].parse::<i64>().is_ok()
}

/// Rows of cells without blanks, all of them, with one robot.
fn is_dense(head: &str) -> bool {
    let rows = || head.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_cell = |c: char| matches!(c, '.' | '#' | 'o' | '$' | '^' | '>' | 'v' | '<' | '0'..='9');
    let robots = rows().flat_map(str::chars).filter(|c| matches!(c, '^' | '>' | 'v' | '<')).count();
    robots == 1
        && rows().all(|row| row.chars().all(is_cell))
        && rows().any(|row| row.len() > 1 && !is_one_cell(row))
}

/// `>3` is a whole world of one cell.
fn is_one_cell(row: &str) -> bool {
    matches!(row.as_bytes(), [b'^' | b'>' | b'v' | b'<', b'1'..=b'9'])
}

/// The dialects that can be imported; `code` is the first line that is not a comment.
fn published(head: &str, code: &str) -> Option<Foreign> {
    let code = code.trim();
    let mut words = code.split_whitespace();
    match words.next()? {
        "DEF" if head.split_whitespace().any(|word| word == "m(") => Some(Foreign::Tokens),
        "def" => {
            let after = &head[code.as_ptr() as usize - head.as_ptr() as usize..];
            let before_brace = after.find('{').map(|at| &after[..at])?;
            let header = before_brace.trim_end();
            (header.ends_with(')') && !header.contains([':', ';'])).then_some(Foreign::Curly)
        }
        word if word.starts_with("/*") || word.starts_with("//") => {
            // A comment of its own: what follows tells.
            let at = head.find("def ")?;
            let line = head[at..].lines().next()?;
            let begins = head[..at].ends_with('\n');
            (begins && line.trim_end().ends_with('{')).then_some(Foreign::Curly)
        }
        _ => None,
    }
}

/// What one line shows by itself.
fn told_by(line: &str) -> Option<Foreign> {
    let indented = line.starts_with([' ', '\t']);
    let line = line.trim();
    let lower = line.to_ascii_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    let own = |words: &[&str]| words.contains(&line.trim_end_matches(';'));
    if begins(&[
        "from karel.stanfordkarel",
        "from stanfordkarel",
        "import stanfordkarel",
        "import karel",
        "from karel import",
    ]) || lower.contains("run_karel_program(")
    {
        return Some(Foreign::StanfordPython);
    }
    if begins(&["from karel_robot", "import karel_robot"]) {
        return Some(Foreign::RobotPython);
    }
    if begins(&["import stanford.karel"])
        || lower.contains("extends superkarel")
        || lower.contains("extends karel")
    {
        return Some(Foreign::StanfordJava);
    }
    if begins(&["class program"]) {
        return Some(Foreign::RekarelJava);
    }
    if begins(&["iniciar-programa", "inicia-ejecucion", "begin-program", "define-nueva-instruccion"]) {
        return Some(Foreign::RekarelPascal);
    }
    if begins(&["beginning-of-program", "beginning-of-execution", "define-new-instruction"]) {
        return Some(Foreign::Pattis);
    }
    if line.starts_with("DEFINE ") || line.starts_with("RUN ") {
        return Some(Foreign::RecursiveKarel);
    }
    if begins(&[
        "*wiederhole",
        "endewiederhole",
        "*anweisung",
        "endeanweisung",
        "*wenn",
        "endewenn",
        "*solange",
    ]) || own(&[
        "Schritt",
        "LinksDrehen",
        "RechtsDrehen",
        "Hinlegen",
        "Aufheben",
        "MarkeSetzen",
        "MarkeLöschen",
    ]) {
        return Some(Foreign::RobotKarol);
    }
    if !indented && begins(&["function "]) && line.contains('(') && !line.ends_with(':') {
        return Some(Foreign::JavaScript);
    }
    if begins(&["public class ", "public void ", "void "])
        && (line.contains('(') || line.contains('{'))
        && !line.ends_with(':')
    {
        return Some(Foreign::Java);
    }
    if begins(&["dimension:"]) && line.contains('(') {
        return Some(Foreign::StanfordWorld);
    }
    None
}

/// The programs of a text in the dataset's tokens, one after the other; lines that begin with `#` are comments.
///
/// # Errors
/// Fails at the first token that can't stand where it stands; its number counts from the beginning of its program.
pub fn token_programs(text: &str) -> Result<Vec<Procedure>, TokenError> {
    let mut text = text.to_owned();
    let mut at = 0;
    for line in text.clone().split_inclusive('\n') {
        if line.trim_start_matches('\u{feff}').trim_start().starts_with('#') {
            text.replace_range(at..at + line.len(), &" ".repeat(line.len()));
        }
        at += line.len();
    }
    let text = text.replace('\u{feff}', "   ");
    let begins = |at: usize| {
        let is_end = |c: Option<char>| c.is_none_or(char::is_whitespace);
        is_end(text[..at].chars().next_back()) && is_end(text[at + 3..].chars().next())
    };
    let mut starts: Vec<usize> =
        text.match_indices("DEF").map(|(at, _)| at).filter(|at| begins(*at)).collect();
    // What stands before the first is its mistake.
    if let Some(first) = starts.first_mut() {
        *first = 0;
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let program = |(start, end): (usize, usize)| {
        parse_tokens(text[start..end].trim_end()).map_err(|error| {
            let shift = TextSize::new(u32::try_from(start).unwrap_or(u32::MAX));
            TokenError { range: error.range + shift, ..error }
        })
    };
    starts.iter().copied().zip(ends).map(program).collect()
}

/// The one finding about a foreign text.
pub(crate) fn diagnostic(text: &str, kind: Foreign, range: TextRange) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(&FOREIGN, Severity::Error, range, kind.message());
    match kind {
        Foreign::Tokens => match token_programs(text) {
            Ok(programs) if programs.len() > 1 => {
                diagnostic.message = format!(
                    "These are {} programs in the dataset's tokens; 'karel import' writes each into a file.",
                    programs.len()
                );
            }
            Ok(_) => {}
            Err(error) => {
                diagnostic.range = error.range;
                diagnostic.message = format!("This is {}: {error}.", kind.name());
            }
        },
        Foreign::Curly => match curly::to_program_text(text.trim_start_matches('\u{feff}')) {
            Ok(insert) => {
                let whole = TextRange::up_to(TextSize::of(text));
                let edits = vec![Edit { range: whole, insert }];
                diagnostic.fix = Some(Fix { title: "Write it in this language".to_owned(), edits });
            }
            Err(error) => {
                let bom = TextSize::of(text) - TextSize::of(text.trim_start_matches('\u{feff}'));
                diagnostic.range = error.range + bom;
                diagnostic.message = format!("This is {}: {error}.", kind.name());
            }
        },
        _ => {}
    }
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::{Foreign, recognise, token_programs};
    use crate::parse::parse;

    /// Small files of each kind, and the line that shows it.
    const KINDS: &[(Foreign, &str, &str)] = &[
        (Foreign::Tokens, "DEF run m( move m)\n", "DEF run m( move m)"),
        (Foreign::Tokens, "# from the paper\nDEF run m(\n move m)", "DEF run m("),
        (Foreign::Curly, "def run() {\n  move()\n}\n", "def run() {"),
        (Foreign::Curly, "# c\ndef main()\n{\n    move();\n}\n", "def main()"),
        (Foreign::Curly, "// c\ndef main() {\n    move();\n}\n", "// c"),
        (
            Foreign::StanfordPython,
            "\"\"\"\nFile: StoneMason.py\nKarel should repair: while and if.\n\"\"\"\nfrom karel.stanfordkarel import *\n\ndef main():\n    move()\n",
            "from karel.stanfordkarel import *",
        ),
        (
            Foreign::StanfordPython,
            "def main():\n    move()\n\nif __name__ == \"__main__\":\n    run_karel_program(\"x.w\")\n",
            "run_karel_program(\"x.w\")",
        ),
        (Foreign::RobotPython, "from karel_robot.run import *\nmove()\n", "from karel_robot.run import *"),
        (
            Foreign::StanfordJava,
            "/*\n * A\n */\nimport stanford.karel.*;\n\npublic class A extends SuperKarel {\n",
            "import stanford.karel.*;",
        ),
        (Foreign::RekarelJava, "class program {\n  program() {\n    turnoff();\n  }\n}\n", "class program {"),
        (Foreign::RekarelPascal, "iniciar-programa\n  inicia-ejecucion\n    avanza;\n", "iniciar-programa"),
        (
            Foreign::Pattis,
            "BEGINNING-OF-PROGRAM\n  BEGINNING-OF-EXECUTION\n    move;\n",
            "BEGINNING-OF-PROGRAM",
        ),
        (Foreign::RecursiveKarel, "DEFINE MAIN\n    IFWALL PUT MOVE\nEND\nRUN MAIN\n", "DEFINE MAIN"),
        (Foreign::RobotKarol, "wiederhole 3 mal\n  Schritt\nendewiederhole\n", "Schritt"),
        (Foreign::JavaScript, "function start() {\n  move();\n}\n", "function start() {"),
        (Foreign::Java, "void turnAround() {\n  turnLeft();\n}\n", "void turnAround() {"),
        (Foreign::StanfordWorld, "Dimension: (5, 5)\nKarel: (1, 1); east\n", "Dimension: (5, 5)"),
        (Foreign::OmegaupWorld, "<ejecucion>\n  <mundos/>\n</ejecucion>\n", "<ejecucion>"),
        (Foreign::OmegaupWorld, "<?xml version=\"1.0\"?>\n<ejecucion/>", "<?xml version=\"1.0\"?>"),
        (Foreign::Km2World, "KAREL 2 1 > N\n#  1  .\n.  .  .\n", "KAREL 2 1 > N"),
        (Foreign::DenseWorld, ">....#\n.....#\n#o..#o\n", ">....#"),
        (Foreign::ReeborgWorld, "{\n  \"robots\": [],\n  \"walls\": {}\n}\n", "{"),
        (
            Foreign::Tasks,
            "{\"guid\": \"a\", \"program_tokens\": []}\n",
            "{\"guid\": \"a\", \"program_tokens\": []}",
        ),
        (Foreign::Notebook, "{\n \"cells\": [],\n \"nbformat\": 4\n}\n", "{"),
        (Foreign::Json, "[1, \"a\"]\n", "[1, \"a\"]"),
    ];

    #[test]
    fn each_kind_is_one_finding_that_says_what_it_is() {
        for (kind, text, line) in KINDS {
            let (found, range) = recognise(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found, &text[std::ops::Range::<usize>::from(range)]), (*kind, *line), "{text}");
            let parse = parse(text);
            assert_eq!(parse.diagnostics.len(), 1, "{text}: {:?}", parse.diagnostics);
            let message = &parse.diagnostics[0].message;
            assert!(message.contains(kind.name()), "{message}");
            assert!(parse.file.items.is_empty());
            let marked = format!("\u{feff}{text}");
            assert_eq!(recognise(&marked).map(|found| found.0), Some(*kind), "with a byte order mark");
        }
    }

    #[test]
    fn what_is_ours_is_never_taken_for_another() {
        for text in [
            "",
            "\n",
            "# only a comment\n",
            "def main():\n    move()\n",
            "def main() :\n    while(frontIsClear()): move()\n",
            "def main()\n    move()\n",
            "DEF main():\n    move()\n",
            "move()\nmove()\n",
            "Schritt()\n",
            "public()\n",
            "def dimension():\n    move()\n",
            "> . .\n",
            ">3\n",
            "v\n",
            "examples \"a.kgrid\"\ndef main() {\n    move()\n}\n",
            "def main() {\n    move()\n}\n\nexample \"a\":\n    input:\n        > .\n",
            "def main():\n    function()\n",
            "def main():\n    move()\n\nfunction turn() {\n    turnLeft()\n}\n",
            "function turn():\n    turnLeft()\n",
            "def main(:\n    move{}\n",
            "example \"from karel import\":\n    input:\n        >\n",
        ] {
            assert_eq!(recognise(text), None, "{text}");
        }
    }

    #[test]
    fn the_wrong_token_is_named() {
        let text = "# one\nDEF run m( move m)\nDEF run m( move WHILE c( MarkersPresent c) w( move w) m)\n";
        let found = &parse(text).diagnostics[0];
        assert_eq!(&text[std::ops::Range::<usize>::from(found.range)], "MarkersPresent");
        assert_eq!(
            found.message,
            "This is a program in the dataset's tokens: token 7 is 'MarkersPresent', but a condition such as \
             'frontIsClear', or 'not' must stand there."
        );
        let right = "# one\nDEF run m( move m)\nDEF run m( turnLeft m)\n";
        assert_eq!(token_programs(right).unwrap().len(), 2);
        assert!(parse(right).diagnostics[0].message.starts_with("These are 2 programs"));
        assert_eq!(token_programs("DEF run m( move m) move\n").unwrap_err().index, 5);
    }

    #[test]
    fn a_program_with_braces_is_written_in_the_language() {
        let text = "def run() {\n  repeat(2) { move() }\n}\n";
        let fix = parse(text).diagnostics.remove(0).fix.unwrap();
        assert_eq!(fix.edits[0].insert, "def main():\n    repeat(2):\n        move()\n");
        let wrong = parse("def run() {\n  move(2)\n}\n");
        assert_eq!(
            wrong.diagnostics[0].message,
            "This is a Karel program with braces: '2' where ')' must stand."
        );
    }
}
