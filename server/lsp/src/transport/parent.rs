//! The process that started the server, as `initialize` names it. The session ends with it, even if another process holds
//! the pipes open.

use tokio_util::sync::CancellationToken;

/// Cancels `gone` when the process is no longer there. Where the system has no way to tell, nothing happens.
pub fn watch(process: u32, gone: CancellationToken) {
    #[cfg(unix)]
    if let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) {
        std::thread::spawn(move || {
            wait(process);
            tracing::info!("the process that started the server is gone");
            gone.cancel();
        });
    }
    #[cfg(not(unix))]
    let _ = (process, gone);
}

/// Returns when there is no such process.
#[cfg(target_os = "linux")]
fn wait(process: rustix::process::Pid) {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, pidfd_open};

    let process_file = match pidfd_open(process, PidfdFlags::empty()) {
        Ok(file) => file,
        Err(Errno::SRCH) => return,
        Err(_) => return look_now_and_then(process),
    };
    // Readable when the process has ended, even if its own parent has not taken notice.
    while let Err(error) = poll(&mut [PollFd::new(&process_file, PollFlags::IN)], None) {
        if error != Errno::INTR {
            return look_now_and_then(process);
        }
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn wait(process: rustix::process::Pid) {
    look_now_and_then(process);
}

#[cfg(unix)]
fn look_now_and_then(process: rustix::process::Pid) {
    while rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH) {
        std::thread::sleep(std::time::Duration::from_secs(3));
    }
}
