//! Which file a program's name stands for. The folder that happens to be current is never searched: it may be one that
//! the user has only opened to look at.

use std::env;
use std::path::{Path, PathBuf};

/// The file that is run for `program`: the path itself where it is one, for a bare name the first on `PATH`. Entries of
/// `PATH` that are empty or relative are passed over.
pub fn find(program: &Path) -> Option<PathBuf> {
    if program.components().count() == 1 && program.is_relative() {
        return on_path(program, &env::var_os("PATH")?);
    }
    with_suffix(program.to_owned()).into_iter().find(|file| file.is_file())
}

/// The file of a program that is installed together with the running one: beside it, else on `PATH`.
pub fn installed(name: &str) -> Option<PathBuf> {
    let beside = env::current_exe().ok().and_then(|own| Some(own.parent()?.join(name)));
    beside.and_then(|path| find(&path)).or_else(|| find(Path::new(name)))
}

/// The command that starts the synthesis engine where the user names none.
pub fn engine() -> Option<Vec<String>> {
    let program = installed("karel-synth")?;
    Some(vec![program.to_string_lossy().into_owned(), "serve".to_owned()])
}

fn on_path(name: &Path, path: &std::ffi::OsStr) -> Option<PathBuf> {
    let folders = env::split_paths(path).filter(|folder| folder.is_absolute());
    folders.flat_map(|folder| with_suffix(folder.join(name))).find(|file| is_executable(file))
}

/// On Windows `karel-synth` may be `karel-synth.exe`.
fn with_suffix(path: PathBuf) -> Vec<PathBuf> {
    let mut paths = vec![path];
    if !env::consts::EXE_SUFFIX.is_empty() {
        let mut name = paths[0].clone().into_os_string();
        name.push(env::consts::EXE_SUFFIX);
        paths.push(name.into());
    }
    paths
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_as_they_are() {
        let here = env::current_exe().unwrap();
        assert_eq!(find(&here), Some(here.clone()));
        assert_eq!(find(&here.with_file_name("no such program")), None);
        assert_eq!(find(Path::new("no-such-program-at-all")), None);
        assert_eq!(find(Path::new("")), None);
    }

    #[test]
    fn a_suffix_is_part_of_the_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("engine"), "").unwrap();
        assert_eq!(find(&folder.path().join("engine.sh")), None);
        assert!(find(&folder.path().join("engine")).is_some());
    }

    #[test]
    fn what_lies_beside_the_running_program_is_found() {
        let own = env::current_exe().unwrap();
        let name = own.file_name().unwrap().to_str().unwrap();
        assert_eq!(installed(name), Some(own.clone()));
        assert_eq!(installed("no-such-program-at-all"), None);
    }

    #[cfg(unix)]
    #[test]
    fn only_absolute_entries_of_path_are_searched_and_only_programs_found() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [plain, good] = ["plain", "good"].map(|name| folder.path().join(name));
        for (folder, mode) in [(&plain, 0o644), (&good, 0o755)] {
            std::fs::create_dir_all(folder).unwrap();
            let file = folder.join("karel-tool");
            std::fs::write(&file, "#!/bin/sh\n").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let up = "../".repeat(env::current_dir().unwrap().components().count());
        let relative = format!("{up}{}", good.display());
        assert!(Path::new(&relative).join("karel-tool").is_file(), "it would be found: {relative}");
        let found = |path: &str| on_path(Path::new("karel-tool"), path.as_ref());
        for path in ["", ":", ".", "..", "./", "x/y", &relative, &format!(":{relative}:"), "/nonexistent"] {
            assert_eq!(found(path), None, "{path}");
        }
        let program = Some(good.join("karel-tool"));
        assert_eq!(found(&format!("{relative}::{}:{}", plain.display(), good.display())), program);
    }
}
