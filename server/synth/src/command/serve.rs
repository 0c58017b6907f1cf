//! `karel-synth serve`

#![expect(
    unsafe_code,
    reason = "libc alone moves standard output away from libraries, and ends without their destructors"
)]

use std::fs::File;
use std::io;

use clap::Args;
use synth::device;
use synth::serve::{Workers, serve};
use tch::Device;

use super::Computation;

/// Answer requests on standard input and output, one JSON object a line (the language server starts this)
#[derive(Args)]
pub(crate) struct Serve {
    /// Requests worked on at a time [default: 2 on the CPU, 16 with CUDA]
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: Option<u8>,
    /// Compute together what they need at one time [default: false on the CPU, true with CUDA]
    #[arg(long, value_name = "BOOL")]
    share: Option<bool>,
    #[command(flatten)]
    computation: Computation,
}

impl Serve {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        // Before torch is called: whatever it prints must not come between the messages.
        let output = own_stdout()?;
        let (device, models) = self.computation.open()?;
        // A CPU takes as long for two halves as for a whole, and two workers keep its cores busier than one batch does.
        let on_cpu = device == Device::Cpu;
        let workers = Workers {
            count: self.workers.unwrap_or(if on_cpu { 2 } else { 16 }).into(),
            threads: self.computation.threads,
            share: self.share.unwrap_or(!on_cpu),
        };
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
