//! Programs to begin with: what *New File from Template* offers in an editor, and `karel new` on the command line.

/// A program file to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Names the template on a command line, and the file that is made of it: `first`.
    pub name: &'static str,
    /// A few words, as in a menu.
    pub title: &'static str,
    /// One line that says what the program is about.
    pub description: &'static str,
    /// The whole file, in canonical form, with `\n` at the line ends.
    pub text: &'static str,
}

macro_rules! template {
    ($name:literal, $title:literal, $description:literal) => {
        Template {
            name: $name,
            title: $title,
            description: $description,
            text: include_str!(concat!("../templates/", $name, ".karel")),
        }
    };
}

/// All templates, the one for newcomers first.
pub const TEMPLATES: &[Template] = &[
    template!(
        "first",
        "First program",
        "Karel walks to the wall: a loop, and examples that are run as you type"
    ),
    template!("walls", "Walls", "Karel finds a door in the wall: a condition to fill in"),
    template!("markers", "Markers", "Karel collects markers: a program to synthesize from five examples"),
    template!("maze", "Maze", "Karel finds its way out with its right hand on the wall"),
    template!("procedures", "Procedures", "Karel climbs stairs: procedures of your own"),
    template!(
        "tests",
        "Held-out tests",
        "Karel lays a trail: tests that tell whether a synthesized program is meant"
    ),
];

/// Feature: **New file from a template**
///
/// The template of this name.
pub fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}

#[cfg(test)]
mod tests {
    use super::{TEMPLATES, template};
    use crate::fixture::fixture;
    use crate::synthesis::{Goal, task};
    use crate::{Analysis, NEVER, Verdict, diagnostics, holes};
    use std::collections::HashSet;
    use syntax::diagnostic::Severity;

    /// What is to stand in the hole of each template that has one.
    const SOLUTIONS: [(&str, &str); 3] = [
        ("walls", "not(rightIsClear())"),
        ("markers", "while(frontIsClear()): move(); if(markersPresent()): pickMarker()"),
        ("tests", "while(frontIsClear()): putMarker(); move()"),
    ];

    /// The first case that does not pass.
    fn failure(analysis: &Analysis) -> Option<(String, Verdict)> {
        let verdict = |case| analysis.verdict(case, NEVER).unwrap().clone();
        let mut cases = analysis.cases().map(|case| (case.example.name.text.clone(), verdict(case)));
        cases.find(|(_, verdict)| !verdict.passes())
    }

    #[test]
    fn names_are_unique_and_are_file_names() {
        let names: HashSet<_> = TEMPLATES.iter().map(|t| t.name).collect();
        assert_eq!(names.len(), TEMPLATES.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        assert!(TEMPLATES.iter().all(|t| !t.description.contains('\n') && template(t.name) == Some(t)));
    }

    #[test]
    fn nothing_is_wrong_with_any() {
        for template in TEMPLATES {
            let f = fixture(template.text);
            let file = f.source("main.karel");
            let formatted = syntax::format::format(&file.parse, template.text);
            assert_eq!(formatted.as_deref(), Some(template.text), "{}", template.name);
            let syntax = diagnostics::syntax(&f.analysis, &f.uri);
            let names = diagnostics::names(&f.analysis, &f.uri, NEVER).unwrap();
            for found in [syntax, names] {
                assert!(found.iter().all(|d| d.severity > Severity::Warning), "{}: {found:?}", template.name);
            }
        }
    }

    #[test]
    fn complete_ones_pass_and_holes_can_be_filled() {
        for template in TEMPLATES {
            let f = fixture(template.text);
            let all = holes(f.source("main.karel").file());
            let solution = SOLUTIONS.iter().find(|(name, _)| *name == template.name);
            assert_eq!(all.len(), usize::from(solution.is_some()), "{}", template.name);
            let Some((_, solution)) = solution else {
                assert_eq!(failure(&f.analysis), None, "{}", template.name);
                continue;
            };
            let goal = if template.text.contains("    ...") { Goal::Program } else { Goal::Holes };
            assert!(task(&f.analysis, &goal).is_ok(), "{}", template.name);
            let hole = std::ops::Range::<usize>::from(all[0].range);
            let mut text = template.text.to_owned();
            text.replace_range(hole, solution);
            assert_eq!(failure(&fixture(&text).analysis), None, "{}", template.name);
        }
    }
}
