//! Where the explanations of the diagnostics' codes can be read: a page of all of them, written into the user's cache
//! folder when a client first shows a link, so that links work without a network and fit this very version.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tower_lsp::lsp_types::Url;

/// A heading for each code, under a comment for those who work on this project.
const FILE: &str = include_str!("../../DIAGNOSTICS.md");

/// The page as people read it.
fn page() -> &'static str {
    FILE.split_once("-->").map_or(FILE, |(_, page)| page.trim_start())
}

/// What there is to read about one code, in Markdown; `None` where there is no such code.
pub(crate) fn explanation(code: &str) -> Option<String> {
    let code = syntax::codes::all().find(|known| known.code == code)?;
    Some(format!("# {}\n\n**{}.** {}\n", code.code, code.title, code.explanation))
}

/// The URL of the page, which is written at the first call; `None` where it can't be.
pub(crate) fn page_url() -> Option<&'static Url> {
    static PLACE: OnceLock<Option<Url>> = OnceLock::new();
    PLACE.get_or_init(write_page).as_ref()
}

fn write_page() -> Option<Url> {
    let folder = cache_folder()?.join("karel-by-example");
    let path = folder.join("diagnostics.md");
    if let Err(error) = write(&folder, &path) {
        tracing::warn!("{} can't be written: {error}", path.display());
        return None;
    }
    Url::from_file_path(path).ok()
}

/// What is in the place now may be a pipe, a device, or a link to something that is not ours: it is replaced, and never
/// opened.
fn write(folder: &Path, path: &Path) -> io::Result<()> {
    let is_page = |file: fs::Metadata| file.is_file() && file.len() == page().len() as u64;
    if fs::symlink_metadata(path).is_ok_and(is_page) && fs::read(path)? == page().as_bytes() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(page().as_bytes())?;
    fresh.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn cache_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = folder("HOME")
        .map(|home| home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }));
    folder("XDG_CACHE_HOME").or_else(|| folder("LOCALAPPDATA")).or(home)
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn nothing_is_read_or_written_through_what_is_no_file() {
        use std::fs;
        let folder = tempfile::tempdir().unwrap();
        let [page, other] = ["page.md", "other"].map(|name| folder.path().join(name));
        let write = || super::write(folder.path(), &page).unwrap();
        let written = |what: &str| {
            let file = fs::symlink_metadata(&page).unwrap();
            assert!(file.is_file() && fs::read_to_string(&page).unwrap() == super::page(), "{what}");
            fs::remove_file(&page).unwrap();
        };
        fs::write(&other, "precious").unwrap();
        for target in [&*other, "/dev/zero".as_ref(), "/dev/full".as_ref(), "/nonexistent".as_ref()] {
            std::os::unix::fs::symlink(target, &page).unwrap();
            write();
            written(&target.to_string_lossy());
        }
        assert_eq!(fs::read_to_string(&other).unwrap(), "precious");
        assert!(std::process::Command::new("mkfifo").arg(&page).status().unwrap().success());
        write();
        written("a pipe");
        fs::write(&page, "outdated").unwrap();
        write();
        write();
        written("a file");
        fs::create_dir(&page).unwrap();
        assert!(super::write(folder.path(), &page).is_err());
    }

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
