//! Which processor computes: CUDA where it is there, the CPU else. The engine is linked against torch's CPU
//! libraries alone; the CUDA ones are loaded at run time, before the first call of torch, where they are found.

#![expect(unsafe_code, reason = "libraries are loaded, and a thread's time is measured, by libc alone")]

use std::ffi::{CStr, CString};

use tch::Device;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum DevicePreference {
    /// CUDA if it is there, else the CPU.
    Auto,
    Cpu,
    Cuda,
}

/// CUDA was asked for and is not there.
#[derive(Debug, thiserror::Error)]
#[error("CUDA can't be used: {0}; `--device cpu` does without")]
pub struct NoCuda(String);

/// Chooses the device. Call it once, before anything else of torch and before there are other threads.
pub fn open(choice: DevicePreference) -> Result<Device, NoCuda> {
    if choice == DevicePreference::Cpu {
        return Ok(Device::Cpu);
    }
    let cuda = load_cuda().and_then(|()| match tch::Cuda::is_available() {
        true => Ok(Device::Cuda(0)),
        false => Err("torch finds no CUDA device".to_owned()),
    });
    match (cuda, choice) {
        (Ok(device), _) => Ok(device),
        (Err(reason), DevicePreference::Cuda) => Err(NoCuda(reason)),
        (Err(_), _) => Ok(Device::Cpu),
    }
}

/// As the protocol says it: `cpu`, `cuda:0`.
pub fn name(device: Device) -> String {
    match device {
        Device::Cuda(index) => format!("cuda:{index}"),
        _ => "cpu".to_owned(),
    }
}

/// So many threads; as many as there are CPUs where no number is named.
pub fn threads(named: Option<usize>) -> usize {
    named.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// Threads for torch's arithmetic on the CPU, for the calling thread's work; all CPUs where none are named.
pub fn set_threads(named: Option<usize>) {
    tch::set_num_threads(i32::try_from(threads(named)).unwrap_or(i32::MAX));
}

/// Torch's threads for the calling thread's work.
pub fn torch_threads() -> usize {
    usize::try_from(tch::get_num_threads()).unwrap_or(1)
}

/// Processes that computed or waited to, for each CPU, in the last minute, if the system tells.
pub fn load_per_core() -> Option<f64> {
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    let load: f64 = load.split_whitespace().next()?.parse().ok()?;
    Some(load / threads(None) as f64)
}

/// Processor time of the calling thread, if the system tells.
#[cfg(unix)]
pub fn thread_time() -> Option<std::time::Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a clock that is there, and a place for its time.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    let (seconds, rest) = (u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?);
    (status == 0).then(|| std::time::Duration::new(seconds, rest))
}

/// Processor time of the calling thread, if the system tells.
#[cfg(not(unix))]
pub fn thread_time() -> Option<std::time::Duration> {
    None
}

/// What a device reaches at most, as measured: the two sides of a roofline.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Peaks {
    /// Floating-point operations a second, in a large product of float32.
    pub flops: f64,
    /// Bytes a second, read and written, in a large copy.
    pub bytes: f64,
}

/// Measures a large product and a large copy, the best of a few.
pub fn peaks(device: Device) -> Peaks {
    const SIDE: i64 = 2048;
    const NUMBERS: i64 = 1 << 25;
    const TRIES: usize = 5;
    let _no_grad = tch::no_grad_guard();
    let best = |work: &dyn Fn() -> tch::Tensor| {
        let mut best = f64::INFINITY;
        for _ in 0..TRIES {
            let start = std::time::Instant::now();
            // Asking for a number waits for the device.
            let _ = work().view(-1).get(0).double_value(&[]);
            best = best.min(start.elapsed().as_secs_f64());
        }
        best
    };
    let a = tch::Tensor::ones([SIDE, SIDE], (tch::Kind::Float, device));
    let many = tch::Tensor::ones([NUMBERS], (tch::Kind::Float, device));
    let product = best(&|| a.matmul(&a));
    let copy = best(&|| many.copy());
    Peaks { flops: 2.0 * (SIDE as f64).powi(3) / product, bytes: 8.0 * NUMBERS as f64 / copy }
}

/// Resident memory of this process in MiB, if the system tells.
pub fn memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib / 1024)
}

/// Makes torch's CUDA libraries part of the process; their static initialisers register with torch.
#[cfg(unix)]
fn load_cuda() -> Result<(), String> {
    for (name, value) in [
        // Full float32 in products and convolutions, as on the CPU: the networks are small, and agree with their
        // reference.
        ("NVIDIA_TF32_OVERRIDE", "0"),
        // On the latest devices torch prefers cuDNN's attention, which makes a plan for every new shape, tens of
        // milliseconds each; here nearly every shape is new. The names are those of different versions.
        ("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1"),
        ("TORCH_CUDNN_SDPA_PREFERRED", "0"),
    ] {
        if std::env::var_os(name).is_none() {
            // SAFETY: the first thing that the program does, on its only thread.
            unsafe { std::env::set_var(name, value) };
        }
    }
    for library in ["libtorch_cuda.so", "libtorch_cuda_linalg.so"] {
        let file = CString::new(library).map_err(|e| e.to_string())?;
        // SAFETY: a NUL-terminated name; the libraries are torch's own, made to be loaded this way.
        let handle = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
        // The second one is a part that some builds of torch have inside the first.
        if handle.is_null() && library == "libtorch_cuda.so" {
            // SAFETY: `dlerror` gives null or a string that is valid until the next call on this thread.
            let reason = unsafe {
                let error = libc::dlerror();
                (!error.is_null()).then(|| CStr::from_ptr(error).to_string_lossy().into_owned())
            };
            return Err(reason.unwrap_or_else(|| format!("{library} can't be loaded")));
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn load_cuda() -> Result<(), String> {
    Err("it is loaded on Unix systems only".to_owned())
}
