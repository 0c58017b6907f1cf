//! A training that is killed, started again, and left in the background.

#![expect(unsafe_code, reason = "a signal is sent by libc alone")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use safetensors::SafeTensors;
use tempfile::tempdir;

/// `karel-synth train` of a tiny policy of so many steps, saved after each.
fn train(out: &Path, steps: u32, more: &[&str]) -> Command {
    let system = Path::new(env!("CARGO_MANIFEST_DIR")).join("systems/trace-policy.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_karel-synth"));
    command.arg("train").arg(system).arg("--out").arg(out);
    let small = [
        "model.channels=8",
        "model.blocks=1",
        "model.hidden=16",
        "data.batch=16",
        "schedule.warmup=2",
        "schedule.minutes=1000.0",
        "evaluation.tasks=0",
    ];
    command.args(small.iter().flat_map(|value| ["--set", value]));
    command.args(["--set", &format!("schedule.steps={steps}"), "--save", "1e-9"]);
    command.args(["--device", "cpu", "--threads", "1"]).args(more);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The step that the checkpoint in the folder has come to; none where there is none yet.
fn step(out: &Path) -> Option<u64> {
    let bytes = fs::read(out.join("checkpoint")).ok()?;
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let state: serde_json::Value =
        serde_json::from_str(header.metadata().as_ref().unwrap().get("training").unwrap()).unwrap();
    state["progress"]["step"].as_u64()
}

/// Waits until the training has come to this step, or has ended.
fn wait_for(child: &mut Child, out: &Path, wanted: u64) {
    while step(out).is_none_or(|step| step < wanted) && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

fn weights(out: &Path) -> Vec<u8> {
    let bytes = fs::read(out.join("trace-policy.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut all: Vec<(String, Vec<u8>)> =
        tensors.iter().map(|(name, view)| (name.to_owned(), view.data().to_vec())).collect();
    all.sort();
    all.into_iter().flat_map(|(_, data)| data).collect()
}

#[test]
fn killed_at_any_instant_it_goes_on_and_comes_to_the_same_weights() {
    let (whole, killed) = (tempdir().unwrap(), tempdir().unwrap());
    assert!(train(whole.path(), 60, &[]).status().unwrap().success());
    for wanted in [1, 9, 10, 31, 45] {
        let mut child = train(killed.path(), 60, &[]).spawn().unwrap();
        wait_for(&mut child, killed.path(), wanted);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(step(killed.path()).is_some_and(|step| step >= wanted));
    }
    assert!(train(killed.path(), 60, &[]).status().unwrap().success());
    assert!(weights(whole.path()) == weights(killed.path()));
}

/// On a busy machine it would pause: told that nothing is too busy, it only gives way.
#[cfg(target_os = "linux")]
#[test]
fn in_the_background_it_runs_in_the_lowest_class_of_a_session_of_its_own() {
    let folder = tempdir().unwrap();
    let mut parent =
        train(folder.path(), 1_000_000, &["--background", "--pause-above", "100"]).spawn().unwrap();
    wait_for(&mut parent, folder.path(), 1);
    let children = format!("/proc/{0}/task/{0}/children", parent.id());
    let children = fs::read_to_string(children).unwrap();
    let child: i32 = children.trim().parse().expect("one child");
    let stat = fs::read_to_string(format!("/proc/{child}/stat")).unwrap();
    // The fields after the name, which is in brackets: state, parent, group, session, ...
    let fields: Vec<i64> = stat[stat.rfind(')').unwrap() + 4..]
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(-1))
        .collect();
    let (session, class) = (fields[2], fields[37]);
    assert_eq!(session, i64::from(child), "{stat}");
    assert_eq!(class, 5, "SCHED_IDLE: {stat}");
    // Whoever ends the command, ends the training, which saves before it goes.
    let before = step(folder.path()).unwrap();
    // SAFETY: sends a signal to a process of this test.
    unsafe { libc::kill(i32::try_from(parent.id()).unwrap(), libc::SIGTERM) };
    assert!(parent.wait().unwrap().success());
    assert!(step(folder.path()).unwrap() >= before);
    assert!(folder.path().join("trace-policy.safetensors").exists());
}
