//! How a session begins: what the debugger can do, the program that is launched, and its run anew.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::{Answer, END, Motion, Next, Reason, STOPPED, Session, State, WRONG};
use crate::launch;
use crate::messages::{Initialize, Launch, Restart};

impl<W: Write> Session<W> {
    pub(super) fn initialize(&mut self, client: Initialize) -> Answer {
        self.client = client;
        let filter = |filter: &str, label: &str, description: &str, default: bool| json!({ "filter": filter, "label": label, "description": description, "default": default });
        Ok(json!({
            "supportsConfigurationDoneRequest": true,
            "supportsConditionalBreakpoints": true,
            "supportsHitConditionalBreakpoints": true,
            "supportsLogPoints": true,
            "supportsBreakpointLocationsRequest": true,
            "supportsEvaluateForHovers": true,
            "supportsStepBack": true,
            "supportsSteppingGranularity": true,
            "supportsGotoTargetsRequest": true,
            "supportsRestartRequest": true,
            "supportsRestartFrame": true,
            "supportsTerminateRequest": true,
            "supportsExceptionInfoRequest": true,
            "supportsDelayedStackTraceLoading": true,
            "exceptionBreakpointFilters": [
                filter(
                    STOPPED,
                    "Crash, Endless Loop, Hole",
                    "Stop where the run can't go on: a crash, an endless loop, a hole, a mistake, a limit.",
                    true,
                ),
                filter(WRONG, "Wrong Result", "Stop at the end where the world is not the expected one.", true),
                filter(END, "Every End", "Stop at the end of every run, so that you can go back from there.", false),
            ],
        }))
    }

    pub(super) fn launch(&mut self, wanted: Launch) -> Answer {
        if self.state != State::New {
            return Err("A program is being debugged already: restart it, or end it first.".to_owned());
        }
        self.load(wanted)?;
        self.state = State::Launched;
        self.next = Next::Configure;
        Ok(Value::Null)
    }

    /// Runs the program; where that can't be, everything stays as it is.
    pub(super) fn load(&mut self, wanted: Launch) -> Result<(), String> {
        let mut wanted = wanted;
        wanted.program = wanted.program.map(|program| self.local(&program));
        let debuggee = launch::launch(&wanted)?;
        self.place = Some(debuggee.timeline.telling.recording.place());
        self.debuggee = Some(debuggee);
        self.launched = wanted;
        self.moment = 0;
        Ok(())
    }

    pub(super) fn restart(&mut self, restart: Restart) -> Answer {
        self.debuggee()?;
        let again = restart.arguments.filter(|launch| launch.program.is_some());
        let again = again.unwrap_or_else(|| self.launched.clone());
        self.load(again)?;
        self.next = Next::Restarted;
        Ok(Value::Null)
    }

    pub(super) fn greet(&mut self) -> io::Result<()> {
        let Some(debuggee) = &self.debuggee else { return Ok(()) };
        let steps = ide::counting::steps(debuggee.timeline.steps() as u64);
        let name = Path::new(&debuggee.path).file_name().unwrap_or_default().to_string_lossy();
        let text = format!("{} of {name}, {steps}\n", debuggee.title);
        self.output("console", &text)
    }

    pub(super) fn start(&mut self) -> io::Result<()> {
        let no_debug = self.launched.no_debug;
        match self.launched.stop_on_entry && !no_debug {
            true => self.stop(Reason::Entry),
            // A breakpoint at the very first statement stops, too.
            false if !no_debug && self.stops_here() => self.stop(Reason::Breakpoint),
            false => {
                self.write_logs_here()?;
                self.begin(Motion::Continue)
            }
        }
    }
}
