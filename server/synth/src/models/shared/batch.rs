//! The batches of one kind of work, as the device's thread keeps them: who is in each, and whose step is computed when.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;

use super::super::Models;
use super::work::Work;

/// What a member says.
pub(crate) enum Message<Task, Row> {
    /// A member begins with these tasks; `hear` is where the numbers of its steps go. Members of one `width` may be put together, as none is padded much
    /// then; those without one are alone.
    Begin {
        id: u64,
        tasks: Vec<Task>,
        width: Option<usize>,
        hear: Sender<Heard>,
    },
    Step {
        id: u64,
        rows: Vec<Row>,
    },
    Leave {
        id: u64,
    },
}

/// The numbers of each row that was asked for, flat; or the fault that ended the batch.
pub(crate) type Heard = Result<Vec<f32>, String>;

pub(crate) struct Batches<'m, W: Work<'m>> {
    models: &'m Models,
    waiting: Vec<Entrant<W::Task, W::Row>>,
    batches: Vec<Batch<W, W::Row>>,
}

struct Member<Row> {
    id: u64,
    hear: Sender<Heard>,
    /// Its first row in the batch's last step.
    first: usize,
    /// What it asks for next.
    asked: Option<Vec<Row>>,
}

/// A member that waits to begin.
struct Entrant<Task, Row> {
    member: Member<Row>,
    tasks: Vec<Task>,
    width: Option<usize>,
}

struct Batch<W, Row> {
    work: W,
    width: Option<usize>,
    /// The members stand in the order of their rows.
    members: Vec<Member<Row>>,
    /// Rows of the last step, and of those who joined since.
    rows: usize,
}

impl<'m, W: Work<'m>> Batches<'m, W> {
    pub(crate) fn new(models: &'m Models) -> Batches<'m, W> {
        Batches { models, waiting: Vec::new(), batches: Vec::new() }
    }

    pub(crate) fn hear(&mut self, message: Message<W::Task, W::Row>) {
        match message {
            Message::Begin { id, tasks, width, hear } => {
                let member = Member { id, hear, first: 0, asked: None };
                self.waiting.push(Entrant { member, tasks, width });
            }
            Message::Step { id, rows } => {
                let waiting = self.waiting.iter_mut().map(|entrant| &mut entrant.member);
                let mut members = self.batches.iter_mut().flat_map(|batch| &mut batch.members).chain(waiting);
                // A member whose batch has failed is gone; it has got the fault as its answer.
                if let Some(member) = members.find(|member| member.id == id) {
                    member.asked = Some(rows);
                }
            }
            Message::Leave { id } => {
                self.waiting.retain(|entrant| entrant.member.id != id);
                self.batches.iter_mut().for_each(|batch| batch.members.retain(|member| member.id != id));
                self.batches.retain(|batch| !batch.members.is_empty());
            }
        }
    }

    /// Whether something can be computed.
    pub(crate) fn ready(&self) -> bool {
        !self.waiting.is_empty() || self.batches.iter().any(Batch::ready)
    }

    /// Lets those who wait begin, or where nobody does, computes one step of every batch that is ready.
    pub(crate) fn advance(&mut self) {
        if self.waiting.is_empty() {
            self.batches.iter_mut().filter(|batch| batch.ready()).for_each(Batch::step);
            self.batches.retain(|batch| !batch.members.is_empty());
            return;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        while !waiting.is_empty() {
            let mut together = vec![waiting.remove(0)];
            let width = together[0].width;
            together.extend(waiting.extract_if(.., |entrant| width.is_some() && entrant.width == width));
            self.enter(together, width);
        }
    }

    /// Puts them into the batch that they fit into, or begins one.
    fn enter(&mut self, entrants: Vec<Entrant<W::Task, W::Row>>, width: Option<usize>) {
        let tasks: Vec<W::Task> = entrants.iter().flat_map(|entrant| entrant.tasks.iter().cloned()).collect();
        let place = self.batches.iter().position(|batch| width.is_some() && batch.width == width);
        let entered = caught(|| match place {
            Some(place) if self.batches[place].work.join(&tasks) => Some(place),
            _ => {
                let work = W::begin(self.models, &tasks)?;
                self.batches.push(Batch { work, width, members: Vec::new(), rows: 0 });
                Some(self.batches.len() - 1)
            }
        });
        match entered {
            Ok(Some(place)) => self.batches[place].add(entrants),
            // It may be the fault of one of them alone.
            Err(_) if entrants.len() > 1 => {
                entrants.into_iter().for_each(|entrant| self.enter(vec![entrant], width));
            }
            Ok(None) => {
                for entrant in entrants {
                    entrant.member.fail("The engine has no network for this.");
                }
            }
            Err(fault) => entrants.iter().for_each(|entrant| entrant.member.fail(&fault)),
        }
    }
}

impl<'m, W: Work<'m>> Batch<W, W::Row> {
    fn add(&mut self, entrants: Vec<Entrant<W::Task, W::Row>>) {
        for Entrant { member, tasks, .. } in entrants {
            self.members.push(Member { first: self.rows, ..member });
            self.rows += tasks.iter().map(W::rows).sum::<usize>();
        }
    }

    /// Whether every member has asked for its next step.
    fn ready(&self) -> bool {
        self.members.iter().all(|member| member.asked.is_some())
    }

    fn step(&mut self) {
        let mut rows = Vec::new();
        for member in &mut self.members {
            let before = std::mem::replace(&mut member.first, rows.len());
            rows.extend(member.asked.take().unwrap_or_default());
            rows[member.first..].iter_mut().for_each(|row| *W::parent(row) += before);
        }
        self.rows = rows.len();
        let numbers = caught(|| {
            let numbers = self.work.step(rows);
            assert_eq!(numbers.len(), self.rows * W::NUMBERS, "the numbers of a step");
            numbers
        });
        let ends = self.members.iter().skip(1).map(|next| next.first).chain([self.rows]);
        match numbers {
            Ok(numbers) => {
                for (member, end) in self.members.iter().zip(ends) {
                    let own = &numbers[member.first * W::NUMBERS..end * W::NUMBERS];
                    // Fails when the member has just left.
                    let _ = member.hear.send(Ok(own.to_vec()));
                }
            }
            Err(fault) => self.members.drain(..).for_each(|member| member.fail(&fault)),
        }
    }
}

impl<Row> Member<Row> {
    fn fail(&self, fault: &str) {
        let _ = self.hear.send(Err(fault.to_owned()));
    }
}

/// What is computed, or what the panic said.
fn caught<T>(compute: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(compute)).map_err(|panic| reason(&*panic))
}

/// What a panic says, in one line: torch's errors come with a stack of C++ calls below the first.
pub fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("for an unknown reason");
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}
