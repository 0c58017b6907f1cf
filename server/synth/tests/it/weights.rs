//! Weight files that can't be used are refused with one sentence, before torch sees a byte.

use std::fs;
use std::path::Path;

use synth::models::Models;
use tch::Device;
use tempfile::{TempDir, tempdir};

fn shipped(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("weights").join(name)).unwrap()
}

fn policy() -> Vec<u8> {
    shipped("trace-policy.safetensors")
}

/// A folder of these files, removed at the end.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempdir().unwrap();
    files.iter().for_each(|(file, bytes)| fs::write(folder.path().join(file), bytes).unwrap());
    folder
}

fn refusal(folder: &Path) -> String {
    let error = Models::from_folder(folder, Device::Cpu).err().map(|e| e.to_string()).unwrap();
    assert!(!error.contains('\n'), "{error}");
    error
}

/// The header's JSON changed by `change`, with the header's length corrected.
fn with_header(bytes: &[u8], change: impl Fn(String) -> String) -> Vec<u8> {
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = change(String::from_utf8(bytes[8..8 + length].to_vec()).unwrap()).into_bytes();
    let mut changed = (header.len() as u64).to_le_bytes().to_vec();
    changed.extend(header);
    changed.extend(&bytes[8 + length..]);
    changed
}

#[test]
fn a_folder_of_both_is_loaded() {
    let folder = folder(&[
        ("a.safetensors", &policy()),
        ("notes.txt", b"not weights"),
        ("b.safetensors", &shipped("code-transformer.safetensors")),
    ]);
    assert_eq!(Models::from_folder(folder.path(), Device::Cpu).unwrap().names.len(), 2);
}

#[test]
fn missing_and_doubled_models() {
    assert!(refusal(folder(&[]).path()).contains("holds no weights of a code model"));
    let one = folder(&[("a.safetensors", &policy())]);
    assert!(refusal(one.path()).contains("holds no weights of a code model"));
    let two = folder(&[("a.safetensors", &policy()), ("b.safetensors", &policy())]);
    assert!(refusal(two.path()).contains("holds two trace models"));
    assert!(refusal(Path::new("/nonexistent/folder")).starts_with("can't read the folder"));
}

#[test]
fn damaged_files() {
    let whole = policy();
    for (name, bytes) in [
        ("empty", Vec::new()),
        ("noise", vec![0x5a; 4096]),
        ("cut", whole[..whole.len() - 100].to_vec()),
        ("huge header", u64::MAX.to_le_bytes().to_vec()),
    ] {
        let error = refusal(folder(&[("a.safetensors", &bytes)]).path());
        assert!(error.contains("is no safetensors file, or a damaged one"), "{name}: {error}");
    }
    let mut not_finite = whole.clone();
    let last = not_finite.len() - 1;
    not_finite[last] = 0x7c;
    not_finite[last - 1] = 0;
    let error = refusal(folder(&[("a.safetensors", &not_finite)]).path());
    assert!(error.contains("holds a number that is not finite"), "{error}");
}

#[test]
fn foreign_files() {
    let whole = policy();
    for (change, expected) in [
        (("TracePolicy", "OtherThing1"), "unknown model OtherThing1"),
        (("TracePolicy", "CodeTransformer"), "missing field `d`"),
        (("\"channels\":\"64\"", "\"channels\":\"-1\""), "`channels` must be from 1 to 1024"),
        (
            ("\"channels\":\"64\"", "\"channels\":\"32\""),
            "has the shape [64, 32, 3, 3] instead of [32, 32, 3, 3]",
        ),
        (("\"out.bias\"", "\"other\""), "lacks the weights `out.bias`"),
        (("\"blocks\":\"5\"", "\"blocks\":\"4\""), "holds the unknown weights"),
        (("\"dtype\":\"F16\"", "\"dtype\":\"I16\""), "of type I16 instead of F16 or F32"),
    ] {
        let changed = with_header(&whole, |header| header.replace(change.0, change.1));
        assert_ne!(changed, whole, "{change:?}");
        let error = refusal(folder(&[("a.safetensors", &changed)]).path());
        assert!(error.contains(expected), "{change:?}: {error}");
    }
}
