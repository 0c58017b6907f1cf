//! What is read, what is refused, and what belongs together.

use std::fs;
use std::path::Path;

use disk::{MAX_BYTES, Unreadable, broken_include, included, read};

#[test]
fn what_is_no_text_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    assert_eq!(read(&file("fine", b"\xef\xbb\xbf# \xc3\xa9\n")), Ok("\u{feff}# é\n".to_owned()));
    assert_eq!(read(&file("latin-1", b"# a\n# \xe9\n")), Err(Unreadable::NotUtf8 { line: 2 }));
    assert_eq!(read(&file("utf-16", b"\xff\xfed\0e\0")), Err(Unreadable::NotUtf8 { line: 1 }));
    assert_eq!(read(&file("full", &vec![b' '; MAX_BYTES])).unwrap().len(), MAX_BYTES);
    assert_eq!(read(&file("large", &vec![b' '; MAX_BYTES + 1])), Err(Unreadable::TooLarge));
    assert_eq!(read(folder.path()), Err(Unreadable::Folder));
    assert_eq!(read(&folder.path().join("none")), Err(Unreadable::Missing));
    assert_eq!(read(&folder.path().join("fine/below")), Err(Unreadable::Missing));
}

#[test]
#[cfg(unix)]
fn pipes_and_devices_are_never_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("zero.kgrid");
    std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
    assert_eq!(read(&link), Err(Unreadable::NoRegularFile));
    let pipe = folder.path().join("pipe.kgrid");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(read(&pipe), Err(Unreadable::NoRegularFile));
}

#[test]
fn a_program_has_the_file_of_its_name_and_those_it_names_each_once() {
    let lines = ["b.kgrid", "p.kgrid", "no examples", "x/../b.kgrid", "../c.kgrid", ""];
    let files = disk::example_files(Path::new("/a/p.karel"), lines);
    assert_eq!(files, ["/a/p.kgrid", "/a/b.kgrid", "/c.kgrid"].map(std::path::PathBuf::from));
}

#[test]
fn each_example_file_has_its_text_or_why_it_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("p.kgrid"), "example").unwrap();
    std::fs::write(path("bad.kgrid"), b"a\n\xff").unwrap();
    let files = disk::read_example_files(&path("p.karel"), ["bad.kgrid", "none.kgrid"]);
    let expected = [
        (path("p.kgrid"), Ok("example".to_owned())),
        (path("bad.kgrid"), Err(Unreadable::NotUtf8 { line: 2 })),
        (path("none.kgrid"), Err(Unreadable::Missing)),
    ];
    assert_eq!(files, expected);
    assert_eq!(disk::identity(&path("p.kgrid")), disk::identity(&path("./p.kgrid")));
    assert_eq!(disk::identity(&path("none.kgrid")), path("none.kgrid"));
}

#[test]
fn an_included_path_counts_from_the_program() {
    let of = |program: &str, path: &str| included(Path::new(program), path).map(|p| p.display().to_string());
    for (program, path, file) in [
        ("/a/p.karel", "b.kgrid", "/a/b.kgrid"),
        ("/a/p.karel", "./x/../b.kgrid", "/a/b.kgrid"),
        ("/a/p.karel", "../../../b.kgrid", "/b.kgrid"),
        ("/a/p.karel", "/c/b.kgrid", "/c/b.kgrid"),
        ("p.karel", "b.kgrid", "b.kgrid"),
        ("p.karel", "../b.kgrid", "../b.kgrid"),
        ("../p.karel", "../b.kgrid", "../../b.kgrid"),
        ("a/p.karel", "../b.kgrid", "b.kgrid"),
    ] {
        assert_eq!(of(program, path).as_deref(), Ok(file), "{program} {path}");
    }
    for (path, why) in [
        ("", Unreadable::NoName),
        (" ", Unreadable::NoName),
        ("a\0.kgrid", Unreadable::NoName),
        ("/", Unreadable::Folder),
        ("/dev/zero", Unreadable::NoExampleFile),
        ("/etc/passwd", Unreadable::NoExampleFile),
        ("p.karel", Unreadable::NoExampleFile),
    ] {
        assert_eq!(of("/a/p.karel", path), Err(why.clone()), "{path}");
        assert!(broken_include(path, &why).ends_with(['.', '"']));
    }
}
