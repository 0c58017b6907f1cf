//! A training that gives way to everything else on the machine, so that it can be left running for days.
//!
//! It runs in a process and a session of its own ([`apart`]), in the lowest scheduling class, and pauses while others
//! keep the cores busy ([`Background::give_way`]): a process of the lowest class takes no time from others, but still
//! the memory's bandwidth and the caches.

#![expect(unsafe_code, reason = "processes, signals and classes of scheduling are had from libc alone")]

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Share of all cores, used by others, above which a training pauses if nothing else is wished.
pub const PAUSE: f64 = 0.5;
/// A pause ends below this part of the share that it began at, so that the training does not start and stop all the
/// time.
const GO_ON: f64 = 0.5;
/// Time over which that share is measured.
const PERIOD: Duration = Duration::from_secs(2);
/// Longest time without looking at the wish to stop.
const NAP: Duration = Duration::from_millis(100);

/// Processor time in seconds: of everything on the machine, and of this process.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Usage {
    all: f64,
    own: f64,
}

/// Whether to pause, from what others use of all cores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    Pausing,
}

impl State {
    /// `limit` is the share above which to pause.
    fn next(self, others: f64, limit: f64) -> State {
        match self {
            State::Going if others > limit => State::Pausing,
            State::Pausing if others < GO_ON * limit => State::Going,
            same => same,
        }
    }
}

/// Watches what others use.
#[derive(Debug)]
pub struct Background {
    /// Share of the cores, used by others, above which to pause.
    limit: f64,
    cores: f64,
    state: State,
    since: Instant,
    usage: Option<Usage>,
}

impl Background {
    /// Pauses while others use more than this share of all cores: never, where it is 1.
    pub fn new(limit: f64) -> Background {
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        Background { limit, cores, state: State::Going, since: Instant::now(), usage: usage() }
    }

    /// Waits while others keep the machine busy, or until `stop`. `pausing` hears once that it has come to that. Where
    /// the system does not tell what others use, it never waits.
    pub fn give_way(&mut self, stop: &AtomicBool, pausing: &dyn Fn()) {
        self.look();
        if self.state == State::Pausing {
            pausing();
        }
        while self.state == State::Pausing && !stop.load(Ordering::Relaxed) {
            sleep(NAP);
            self.look();
        }
    }

    /// Measures, once in a period.
    fn look(&mut self) {
        let elapsed = self.since.elapsed();
        if elapsed < PERIOD {
            return;
        }
        let now = usage();
        if let (Some(before), Some(now)) = (self.usage, now) {
            self.state = self.state.next(others(before, now, elapsed.as_secs_f64() * self.cores), self.limit);
        }
        (self.since, self.usage) = (Instant::now(), now);
    }
}

/// The share that other processes had of this many seconds of all cores.
fn others(before: Usage, now: Usage, capacity: f64) -> f64 {
    let spent = (now.all - before.all) - (now.own - before.own);
    if capacity > 0.0 { (spent / capacity).clamp(0.0, 1.0) } else { 0.0 }
}

fn usage() -> Option<Usage> {
    Some(Usage { all: machine_seconds()?, own: processor_seconds() })
}

/// Seconds that all cores have worked since the machine started, where the system tells (Linux).
fn machine_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/stat").ok()?;
    let ticks = busy_ticks(text.lines().next()?)?;
    // SAFETY: asks for a number.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    (per_second > 0).then(|| ticks as f64 / per_second as f64)
}

/// The busy ticks of the line `cpu  user nice system idle iowait irq softirq steal guest guest_nice`: all but the idle and waiting
/// time. Guests are part of `user` and `nice`.
fn busy_ticks(line: &str) -> Option<u64> {
    let numbers: Vec<u64> =
        line.strip_prefix("cpu ")?.split_whitespace().map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let of = |place: usize| numbers.get(place).copied().unwrap_or(0);
    Some(of(0) + of(1) + of(2) + of(5) + of(6) + of(7))
}

/// Seconds that all threads of this process have worked.
#[cfg(unix)]
pub fn processor_seconds() -> f64 {
    // SAFETY: a struct of numbers, for which zeros are a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: writes into the struct.
    if unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) } != 0 {
        return 0.0;
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// Seconds that all threads of this process have worked: where the system does not tell, those of the clock.
#[cfg(not(unix))]
pub fn processor_seconds() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// Tells the process that [`apart`] has started from the one that starts it.
const APART: &str = "KAREL_SYNTH_APART";

/// Runs this very command in a process of its own that gives way to all others, waits for it, and gives its exit code;
/// in that process itself, gives none and lets it go on. It has a session of its own because Linux shares the cores out
/// among sessions first: only there does a weight of its own count. It gets the signals that end this process.
///
/// # Errors
/// Where the process can't be started.
#[cfg(unix)]
pub fn apart() -> io::Result<Option<i32>> {
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
    use std::process::Command;
    use std::sync::atomic::AtomicI32;

    if std::env::var_os(APART).is_some() {
        give_way_to_all();
        return Ok(None);
    }
    static CHILD: AtomicI32 = AtomicI32::new(0);
    extern "C" fn pass_on(signal: libc::c_int) {
        let child = CHILD.load(Ordering::Relaxed);
        if child > 0 {
            // SAFETY: `kill` may be called in a signal handler; the child is not waited for before it has ended.
            unsafe { libc::kill(child, signal) };
        }
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.args(std::env::args_os().skip(1)).env(APART, "1");
    // SAFETY: both calls are among those that a process may make between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::setsid();
            // However the one that waits for it ends, it is not left behind.
            #[cfg(target_os = "linux")]
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
    let mut child = command.spawn()?;
    CHILD.store(i32::try_from(child.id()).unwrap_or(0), Ordering::Relaxed);
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: the handler reads an atomic number and sends a signal.
        unsafe { libc::signal(signal, pass_on as extern "C" fn(libc::c_int) as libc::sighandler_t) };
    }
    let status = child.wait()?;
    Ok(Some(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))))
}

/// Elsewhere the command runs as it is, and only pauses.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn apart() -> io::Result<Option<i32>> {
    Ok(None)
}

/// Asks the system to run this process only where nobody else wants to. What it refuses is left as it is.
#[cfg(unix)]
fn give_way_to_all() {
    // SAFETY: numbers go in, nothing else is touched.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 19);
        #[cfg(target_os = "linux")]
        {
            let parameters = libc::sched_param { sched_priority: 0 };
            libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const parameters);
        }
    }
    #[cfg(target_os = "linux")]
    let _ = std::fs::write("/proc/self/autogroup", "19");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busy_time_is_read_from_the_first_line() {
        assert_eq!(busy_ticks("cpu  100 20 3 9999 50 1 2 4 77 5"), Some(130));
        assert_eq!(busy_ticks("cpu  1 2 3 4"), Some(6));
        assert_eq!(busy_ticks("cpu0 1 2 3 4"), None);
        assert_eq!(busy_ticks("cpu  x"), None);
    }

    #[test]
    fn what_others_use_is_all_but_the_own() {
        let usage = |all, own| Usage { all, own };
        assert_eq!(others(usage(10.0, 1.0), usage(14.0, 3.0), 4.0), 0.5);
        assert_eq!(others(usage(10.0, 1.0), usage(14.0, 5.0), 4.0), 0.0);
        assert_eq!(others(usage(10.0, 1.0), usage(10.0, 1.1), 4.0), 0.0);
    }

    #[test]
    fn it_pauses_when_others_work_and_goes_on_when_they_rest() {
        let course =
            [(0.2, State::Going), (0.49, State::Going), (0.6, State::Pausing), (0.3, State::Pausing)];
        let mut state = State::Going;
        for (others, expected) in course.into_iter().chain([(0.1, State::Going), (0.4, State::Going)]) {
            state = state.next(others, 0.5);
            assert_eq!(state, expected, "at {others}");
        }
    }

    #[test]
    fn nothing_is_above_the_whole_machine() {
        assert_eq!(
            State::Going.next(others(Usage { all: 0.0, own: 0.0 }, Usage { all: 9.0, own: 0.0 }, 4.0), 1.0),
            State::Going
        );
    }

    #[test]
    fn the_wish_to_stop_ends_a_pause() {
        let mut paused = Background { state: State::Pausing, ..Background::new(PAUSE) };
        let told = AtomicBool::new(false);
        paused.give_way(&AtomicBool::new(true), &|| told.store(true, Ordering::Relaxed));
        assert!(told.load(Ordering::Relaxed));
    }

    #[test]
    fn work_is_counted() {
        let before = processor_seconds();
        let mut sum = 0u64;
        while processor_seconds() <= before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
    }
}
