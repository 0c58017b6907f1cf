//! Holds the code against the layers that `server/ARCHITECTURE.md` states: the test reads them there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The section "Layers" of the page.
fn section() -> String {
    let page = fs::read_to_string(root().join("server/ARCHITECTURE.md")).unwrap();
    let (_, rest) = page.split_once("\n## Layers\n").expect("a section `Layers`");
    rest.split("\n## ").next().unwrap().to_owned()
}

/// The words of a text that stand between back-quotes.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the table whose head begins with this word, each as its cells.
fn rows<'a>(section: &'a str, head: &str) -> Vec<Vec<&'a str>> {
    let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let table = section.lines().skip_while(|line| cells(line)[0] != head).skip(2);
    table.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// The workspace's packages, each with the names of its dependencies of every kind.
fn packages() -> Vec<(String, BTreeSet<String>)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = ["metadata", "--no-deps", "--offline", "--format-version=1"];
    let output = Command::new(cargo).args(asked).current_dir(root()).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let read = |package: &Value| {
        (name(package), package["dependencies"].as_array().unwrap().iter().map(name).collect())
    };
    metadata["packages"].as_array().unwrap().iter().map(read).collect()
}

#[test]
fn a_crate_uses_only_crates_above_it() {
    let section = section();
    let layers: Vec<&str> = rows(&section, "folder").iter().flat_map(|row| code(row[1])).collect();
    let place = |name: &str| layers.iter().position(|layer| *layer == name);
    for (package, uses) in packages() {
        let own = place(&package).unwrap_or_else(|| panic!("the table does not name {package}"));
        for used in uses {
            assert!(
                place(&used).is_none_or(|used| used < own),
                "{package} uses {used}, which is not above it"
            );
        }
    }
    assert!(layers.len() > 10, "the table was read: {layers:?}");
}

#[test]
fn the_sentences_about_single_crates_are_true() {
    let section = section();
    let parts: Vec<&str> = section.split('`').collect();
    let packages = packages();
    let mut checked = 0;
    // Text and code take turns: … only, CRATE, uses, LIBRARY, … or … CRATE, does not use, CRATE, …
    for window in parts.windows(4).skip(1).step_by(2).map(|window| [window[0], window[1], window[2]]) {
        let [subject, verb, object] = window;
        let users = packages.iter().filter(|(_, uses)| uses.contains(object)).map(|(name, _)| name.as_str());
        let users: Vec<&str> = users.collect();
        match verb {
            " alone uses " => assert_eq!(users, [subject], "{subject} alone uses {object}"),
            " does not use " => assert!(!users.contains(&subject), "{subject} does not use {object}"),
            _ => continue,
        }
        checked += 1;
    }
    assert_eq!(checked, 3);
}

#[test]
fn a_module_uses_only_modules_before_it() {
    let section = section();
    let table = rows(&section, "sources");
    assert!(!table.is_empty());
    for row in table {
        let (folder, modules) = (row[0].trim_matches('`'), code(row[1]));
        let source = root().join(folder);
        let mut wrong = Vec::new();
        for file in rust_files(&source) {
            let path = file.strip_prefix(&source).unwrap();
            let module = path.components().next().unwrap().as_os_str().to_str().unwrap();
            let module = module.trim_end_matches(".rs");
            if matches!(module, "main" | "lib") {
                continue;
            }
            let place = |name: &str| modules.iter().position(|module| *module == name);
            let Some(own) = place(module) else {
                wrong.push(format!("the table does not name the module {module}"));
                continue;
            };
            for used in uses(&fs::read_to_string(&file).unwrap(), depth(path)) {
                if place(&used).is_some_and(|used| used > own) {
                    wrong.push(format!("{} uses {used}, which comes after {module}", path.display()));
                }
            }
        }
        wrong.sort();
        wrong.dedup();
        assert!(wrong.is_empty(), "in {folder}:\n{}", wrong.join("\n"));
    }
}

/// The Rust files below the folder.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// How many `super::` lead from the file's module to the crate's root.
fn depth(path: &Path) -> usize {
    path.components().count() - usize::from(path.ends_with("mod.rs"))
}

/// The modules at the crate's root that a file names, `depth` modules below that root.
fn uses(text: &str, depth: usize) -> BTreeSet<String> {
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let code = code.join("\n");
    let mut found = BTreeSet::new();
    for start in ["crate::".to_owned(), "super::".repeat(depth)] {
        for (at, _) in code.match_indices(&start) {
            // A longer path of the other kind, or a name that ends so.
            if code[..at]
                .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | ':' | '$'))
            {
                continue;
            }
            found.extend(first_names(&code[at + start.len()..]));
        }
    }
    found
}

/// The first names of a path, or of each path in a group in braces.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let (mut names, mut depth, mut begins) = (Vec::new(), 0, true);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                names.push(name(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn uses_are_found_in_every_form() {
    let text = "use crate::{a::{x, y}, b};\nuse super::super::c::Z; // crate::no\nfn f() { crate::d::g(); super::e() }";
    let found: Vec<String> = uses(text, 2).into_iter().collect();
    assert_eq!(found, ["a", "b", "c", "d"]);
    assert_eq!(depth(Path::new("state/document.rs")), 2);
    assert_eq!(depth(Path::new("state/mod.rs")), 1);
}
