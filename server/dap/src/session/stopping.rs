//! The run has come to somewhere: why it has stopped, and what its end means.

use std::io::{self, Write};

use runtime::World;
use serde_json::{Value, json};

use super::{END, Reason, STOPPED, Session, State, THREAD, WRONG, sentence};
use crate::debuggee::Kind;

impl<W: Write> Session<W> {
    /// The run has come to its end: what it means is written, and it stops or is over.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let Some(debuggee) = &self.debuggee else { return Ok(()) };
        let ending = &debuggee.ending;
        let (mark, category) = if ending.fine { ('✓', "stdout") } else { ('✗', "stderr") };
        let text = format!("{mark} {}: {}\n", debuggee.title, ending.clause);
        let filter = if ending.kind == Kind::WrongResult { WRONG } else { STOPPED };
        let on = |filter: &str| self.filters.iter().any(|on| on == filter);
        let stops = !self.launched.no_debug && (on(END) || !ending.fine && on(filter));
        let worlds = self.launched.no_debug.then(|| {
            let recording = &debuggee.timeline.telling.recording;
            let text = |world: &World| world.to_string().trim_end().to_owned();
            format!("before:\n{}\nafter:\n{}\n", text(&recording.start), text(&recording.end))
        });
        if let Some(worlds) = worlds {
            self.output("stdout", &worlds)?;
        }
        self.output(category, &text)?;
        if stops { self.stop(Reason::Exception) } else { self.terminate() }
    }

    pub(super) fn stop(&mut self, reason: Reason) -> io::Result<()> {
        self.state = State::Stopped(reason);
        let Some(debuggee) = &self.debuggee else { return Ok(()) };
        let mut body = json!({ "reason": reason.name(), "threadId": THREAD, "allThreadsStopped": true });
        match reason {
            Reason::Exception => {
                body["text"] = json!(sentence(&debuggee.ending.clause));
                body["description"] = json!(match debuggee.ending.kind {
                    Kind::Finished => "The run is over".to_owned(),
                    kind => format!("Stopped: {}", kind.id()),
                });
            }
            Reason::Entry => body["description"] = json!("At the beginning of the run"),
            Reason::Breakpoint => {
                let breakpoints = self.breakpoints.iter().flat_map(|set| &set.breakpoints);
                let here = breakpoints.filter(|breakpoint| breakpoint.stops_at(self.moment));
                body["hitBreakpointIds"] = here.map(|breakpoint| breakpoint.id).collect();
            }
            Reason::Step | Reason::Goto | Reason::Pause => {}
        }
        // For who shows the world: the same step of the same recording.
        let position = json!({
            "program": debuggee.path,
            "example": debuggee.example,
            "step": debuggee.timeline.step(self.moment),
        });
        self.event("stopped", body)?;
        self.event("karel/position", position)
    }

    pub(super) fn terminate(&mut self) -> io::Result<()> {
        if self.state == State::Terminated {
            return Ok(());
        }
        self.state = State::Terminated;
        let fine = self.debuggee.as_ref().is_some_and(|debuggee| debuggee.ending.fine);
        self.event("exited", json!({ "exitCode": i32::from(!fine) }))?;
        self.event("terminated", Value::Null)
    }
}
