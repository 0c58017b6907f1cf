//! Where the explanations of the diagnostics' codes can be read: a page of all of them, written into the user's cache
//! folder when a client first shows a link, so that links work without a network and fit this very version.

use std::path::PathBuf;
use std::sync::OnceLock;

use tower_lsp::lsp_types::Url;

/// A heading for each code, under a comment for those who work on this project.
const FILE: &str = include_str!("../../DIAGNOSTICS.md");

/// The page as people read it.
fn page() -> &'static str {
    FILE.split_once("-->").map_or(FILE, |(_, page)| page.trim_start())
}

/// What there is to read about one code, in Markdown; `None` where there is no such code.
pub fn explanation(code: &str) -> Option<String> {
    let code = syntax::codes::all().find(|known| known.code == code)?;
    Some(format!("# {}\n\n**{}.** {}\n", code.code, code.title, code.explanation))
}

/// The place of the code's explanation; `None` where links are not wanted or the page can't be written.
pub fn link(code: &str, wanted: bool) -> Option<Url> {
    static PLACE: OnceLock<Option<Url>> = OnceLock::new();
    if !wanted {
        return None;
    }
    let mut link = PLACE.get_or_init(write_page).clone()?;
    link.set_fragment(Some(&code.to_ascii_lowercase()));
    Some(link)
}

fn write_page() -> Option<Url> {
    let folder = cache_folder()?.join("karel-by-example");
    let path = folder.join("diagnostics.md");
    let same = std::fs::read_to_string(&path).is_ok_and(|written| written == page());
    if !same && let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, page()))
    {
        tracing::warn!("{} can't be written: {error}", path.display());
        return None;
    }
    Url::from_file_path(path).ok()
}

fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = folder("HOME")
        .map(|home| home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }));
    folder("XDG_CACHE_HOME").or_else(|| folder("LOCALAPPDATA")).or(home)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_has_its_heading_and_its_explanation() {
        assert!(super::page().starts_with("# Diagnostics\n"));
        for code in syntax::codes::all() {
            assert!(super::page().contains(&format!("\n### {}\n", code.code)), "{}", code.code);
            let explanation = super::explanation(code.code).unwrap();
            assert!(explanation.starts_with(&format!("# {}\n", code.code)), "{explanation}");
            assert!(explanation.contains(code.explanation), "{explanation}");
        }
        assert_eq!(super::explanation("K"), None);
    }
}
