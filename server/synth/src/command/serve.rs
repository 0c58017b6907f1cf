//! `karel-synth serve`

use std::fs::File;
use std::io;

use clap::Args;
use synth::device;
use synth::serve::{Workers, serve};

use super::Computation;

/// Answer requests on standard input and output, one JSON object a line (the language server starts this)
#[derive(Args)]
pub struct Serve {
    /// Requests worked on at a time
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: u8,
    #[command(flatten)]
    computation: Computation,
}

impl Serve {
    pub fn run(self) -> anyhow::Result<()> {
        // Before torch is called: whatever it prints must not come between the messages.
        let output = own_stdout()?;
        let (device, models) = self.computation.open()?;
        let workers = Workers { count: self.workers.into(), threads: self.computation.threads };
        serve(models, &device::name(device), workers, io::stdin(), output)?;
        end()
    }
}

/// Ends the process at once. Workers may be in the middle of a search that nobody waits for any more; torch's own
/// clearing up, which an ordinary exit runs, would take their ground away.
#[cfg(unix)]
fn end() -> ! {
    // SAFETY: ends the process; everything that was to be written has been.
    unsafe { libc::_exit(0) }
}

#[cfg(not(unix))]
fn end() -> ! {
    std::process::exit(0)
}

/// The standard output for the messages alone; what others print goes to standard error from here on.
#[cfg(unix)]
fn own_stdout() -> io::Result<File> {
    use std::os::fd::{AsFd, AsRawFd};
    let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let (stdout, stderr) = (io::stdout().as_raw_fd(), io::stderr().as_raw_fd());
    // SAFETY: both are open descriptors of this process, and nobody else uses them yet.
    if unsafe { libc::dup2(stderr, stdout) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(output)
}

#[cfg(windows)]
fn own_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}
