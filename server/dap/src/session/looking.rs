//! What is seen while the run is stopped: the stack, variables, expressions.

use std::io::Write;

use serde_json::json;

use super::{Answer, NOTHING, Reason, Session, State, sentence};
use crate::expression::Expression;
use crate::inspect;
use crate::messages::{Evaluate, Frame, StackTrace, Variables};

impl<W: Write> Session<W> {
    pub(super) fn stack_trace(&self, asked: &StackTrace) -> Answer {
        let debuggee = self.debuggee()?;
        let levels = match asked.levels {
            None | Some(0) => usize::MAX,
            Some(levels) => levels,
        };
        let frames = inspect::frames(debuggee, self.moment).enumerate();
        let shown = frames.skip(asked.start_frame.unwrap_or(0)).take(levels).map(|(level, moment)| {
            let mut frame = json!({ "id": level + 1, "name": debuggee.procedure(moment) });
            frame["source"] = self.source(&debuggee.path);
            self.put_range(&mut frame, debuggee, debuggee.range(moment));
            frame
        });
        let total = usize::from(debuggee.timeline.depth(self.moment)) + 1;
        Ok(json!({ "stackFrames": shown.collect::<Vec<_>>(), "totalFrames": total }))
    }

    /// Where the frame is that the client names; the innermost where it names none.
    pub(super) fn frame(&self, id: Option<usize>) -> Result<usize, String> {
        let level = id.unwrap_or(1).checked_sub(1);
        let moment = level.and_then(|level| inspect::frames(self.debuggee().ok()?, self.moment).nth(level));
        moment.ok_or("There is no such frame any more.".to_owned())
    }

    pub(super) fn scopes(&self, asked: &Frame) -> Answer {
        let moment = self.frame(Some(asked.frame_id))?;
        Ok(inspect::scopes(self.debuggee()?, asked.frame_id - 1, moment))
    }

    pub(super) fn variables(&mut self, asked: &Variables) -> Answer {
        self.seek();
        let (debuggee, place) = (self.debuggee()?, self.place.as_ref().ok_or(NOTHING)?);
        inspect::variables(debuggee, asked.variables_reference, self.moment, place.world())
    }

    pub(super) fn evaluate(&mut self, asked: &Evaluate) -> Answer {
        self.seek();
        let moment = self.frame(asked.frame_id)?;
        let (debuggee, place) = (self.debuggee()?, self.place.as_ref().ok_or(NOTHING)?);
        // Between loop heads and brackets a hover takes more than the name of a condition.
        let text = match asked.context.as_deref() {
            Some("hover") => asked.expression.trim().trim_end_matches(':'),
            _ => asked.expression.trim(),
        };
        let expression = Expression::parse(text)?;
        // What is about the robot is the same in every frame; rounds are those of the frame's own loops.
        let mut now = debuggee.now(self.moment, place.world());
        now.round = debuggee.now(moment, place.world()).round;
        let value = expression.value(&now).to_string();
        Ok(json!({ "result": value, "type": expression.of.name(), "variablesReference": 0 }))
    }

    pub(super) fn exception_info(&self) -> Answer {
        let debuggee = self.debuggee()?;
        if self.state != State::Stopped(Reason::Exception) {
            return Err("The run has not stopped by itself.".to_owned());
        }
        let ending = &debuggee.ending;
        Ok(json!({
            "exceptionId": ending.kind.id(),
            "description": sentence(&ending.clause),
            "breakMode": "always",
            "details": { "message": sentence(&ending.clause), "typeName": ending.kind.id() },
        }))
    }

    /// Brings the world to where the run is.
    pub(super) fn seek(&mut self) {
        if let (Some(debuggee), Some(place)) = (&self.debuggee, &mut self.place) {
            place.seek(&debuggee.timeline.telling.recording, debuggee.timeline.step(self.moment));
        }
    }
}
