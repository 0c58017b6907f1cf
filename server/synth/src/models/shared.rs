//! One device for many workers: what they ask of the networks at one time is computed together.
//!
//! The networks live on a thread of their own. A worker's [`Models`] look like any others; each of their roll-outs and
//! decoders is a *member*'s, who hands its steps over to that thread as plain numbers and gets plain numbers back. A new
//! member joins those under way between two steps (the scheduling that Orca, OSDI 2022, made usual for language models), so
//! nobody waits for others to come or to end. Members keep step: a batch goes on when every one of its members has asked
//! for its next step or has left, as one does that is dropped, whatever the reason.
//!
//! What a member gets is what it would get alone, but for rounding. A fault of the networks ends those that were in the
//! batch with it, as a panic on their own threads.

mod batch;
mod work;

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use runtime::{Action, World};

pub use self::batch::reason;
use self::batch::{Batches, Heard, Message};
use self::work::{Beams, RollOuts, Rolled};
use super::{CodeModel, CodeTask, Decoder, Models, Pair, Rollouts, Row, TraceModel};

/// Moves the networks to a thread of their own, and gives those by which any number of workers use them together.
/// `prepare` is what that thread does first. It ends with the last of the workers' models.
///
/// # Errors
/// When the thread can't be started.
pub fn share_device(models: Models, prepare: impl FnOnce() + Send + 'static) -> std::io::Result<Models> {
    let (calls, called) = channel();
    let device = Device { calls, members: Arc::default() };
    let trace = models.trace.as_ref().map(|trace| {
        let (remembers, longest) = (trace.remembers(), trace.longest());
        Box::new(SharedTrace { device: device.clone(), remembers, longest }) as Box<dyn TraceModel>
    });
    let code = &models.code;
    let (examples, longest, longest_trace) = (code.examples(), code.longest(), code.longest_trace());
    let code = Box::new(SharedCode { device, examples, longest, longest_trace });
    let shared = Models { trace, code, names: models.names.clone(), excluded: models.excluded.clone() };
    std::thread::Builder::new().name("device".to_owned()).spawn(move || {
        prepare();
        run(&models, &called);
    })?;
    Ok(shared)
}

/// What members tell the device's thread.
enum Call {
    RollOuts(Message<Vec<Pair>, Rolled>),
    Beams(Message<CodeTask, Row>),
}

/// The device's thread: hears all that has been said, then does one thing of whatever is ready, by turns.
fn run(models: &Models, calls: &Receiver<Call>) {
    let mut roll_outs: Batches<RollOuts> = Batches::new(models);
    let mut beams: Batches<Beams> = Batches::new(models);
    for turn in 0u64.. {
        loop {
            let call = match roll_outs.ready() || beams.ready() {
                true => calls.try_recv(),
                false => calls.recv().map_err(|_| TryRecvError::Disconnected),
            };
            match call {
                Ok(Call::RollOuts(message)) => roll_outs.hear(message),
                Ok(Call::Beams(message)) => beams.hear(message),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        match turn % 2 {
            0 => roll_outs.advance(),
            _ => beams.advance(),
        }
    }
}

/// The way to the device's thread.
#[derive(Clone)]
struct Device {
    calls: Sender<Call>,
    /// How many members there have been.
    members: Arc<AtomicU64>,
}

/// A part in a batch. Dropped, it leaves.
struct Member<Task, Row> {
    calls: Sender<Call>,
    call: fn(Message<Task, Row>) -> Call,
    id: u64,
    heard: Receiver<Heard>,
}

impl<Task, Row> Member<Task, Row> {
    /// Tasks that members have rows of different width for are not put into one batch; those without a width are alone.
    fn new(
        device: &Device,
        call: fn(Message<Task, Row>) -> Call,
        tasks: Vec<Task>,
        width: Option<usize>,
    ) -> Member<Task, Row> {
        let (hear, heard) = channel();
        let id = device.members.fetch_add(1, Ordering::Relaxed);
        let member = Member { calls: device.calls.clone(), call, id, heard };
        member.say(Message::Begin { id, tasks, width, hear });
        member
    }

    fn say(&self, message: Message<Task, Row>) {
        // Fails when the thread is gone, which `step` finds.
        let _ = self.calls.send((self.call)(message));
    }

    /// Panics where the device fails, as the networks themselves do.
    fn step(&self, rows: Vec<Row>) -> Vec<f32> {
        self.say(Message::Step { id: self.id, rows });
        match self.heard.recv() {
            Ok(Ok(numbers)) => numbers,
            // The panic has been reported where it arose.
            Ok(Err(fault)) => resume_unwind(Box::new(fault)),
            Err(_) => panic!("The thread that computes has ended."),
        }
    }
}

impl<Task, Row> Drop for Member<Task, Row> {
    fn drop(&mut self) {
        self.say(Message::Leave { id: self.id });
    }
}

/// A trace model on the device's thread.
#[derive(Clone)]
struct SharedTrace {
    device: Device,
    remembers: bool,
    longest: usize,
}

impl TraceModel for SharedTrace {
    fn begin<'m>(&'m self, tasks: &[&[Pair]]) -> Box<dyn Rollouts + 'm> {
        let kept = (0..tasks.iter().map(|pairs| pairs.len()).sum()).collect();
        let tasks = tasks.iter().map(|pairs| pairs.to_vec()).collect();
        // A roll-out is one row, whoever's it is.
        Box::new(SharedRollouts { member: Member::new(&self.device, Call::RollOuts, tasks, Some(1)), kept })
    }

    fn remembers(&self) -> bool {
        self.remembers
    }

    fn longest(&self) -> usize {
        self.longest
    }

    fn share(&self) -> Box<dyn TraceModel> {
        Box::new(self.clone())
    }
}

struct SharedRollouts {
    member: Member<Vec<Pair>, Rolled>,
    /// The roll-outs to go on with, numbered as in the step before.
    kept: Vec<usize>,
}

impl Rollouts for SharedRollouts {
    fn step(&mut self, now: &[(&World, Option<Action>)]) -> Vec<[f32; 6]> {
        let rows = self.kept.iter().zip(now);
        let rows = rows.map(|(&parent, &(now, before))| Rolled { parent, now: now.clone(), before });
        let logits = self.member.step(rows.collect());
        self.kept = (0..now.len()).collect();
        logits.as_chunks().0.to_vec()
    }

    fn keep(&mut self, rows: &[usize]) {
        self.kept = rows.iter().map(|&row| self.kept[row]).collect();
    }
}

/// A code model on the device's thread.
#[derive(Clone)]
struct SharedCode {
    device: Device,
    examples: std::ops::RangeInclusive<usize>,
    longest: usize,
    longest_trace: usize,
}

impl SharedCode {
    fn decoder(&self, tasks: &[CodeTask], width: Option<usize>) -> SharedDecoder {
        SharedDecoder(Member::new(&self.device, Call::Beams, tasks.to_vec(), width))
    }
}

impl CodeModel for SharedCode {
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        Box::new(self.decoder(tasks, None))
    }

    fn begin_beam<'m>(&'m self, tasks: &[CodeTask], width: usize) -> Box<dyn Decoder + 'm> {
        Box::new(self.decoder(tasks, Some(width)))
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        self.examples.clone()
    }

    fn longest(&self) -> usize {
        self.longest
    }

    fn longest_trace(&self) -> usize {
        self.longest_trace
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(self.clone())
    }
}

struct SharedDecoder(Member<CodeTask, Row>);

impl Decoder for SharedDecoder {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        self.0.step(rows.to_vec())
    }
}
