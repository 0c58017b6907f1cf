//! The run on its way: steps, jumps, and what stops it or writes a message meanwhile.

use std::io::{self, Write};

use serde_json::{Value, json};
use text_size::TextSize;

use super::breakpoints::Located;
use super::{Answer, Motion, Next, Reason, Session, State};
use crate::messages::{Frame, Goto, Locations};

/// Log messages that are written before it is seen whether the client has said something.
const SLICE: usize = 100;

impl<W: Write> Session<W> {
    pub(super) fn moves(&mut self, motion: Motion) -> Answer {
        self.is_stopped()?;
        self.next = Next::Move(motion);
        Ok(Value::Null)
    }

    pub(super) fn is_stopped(&self) -> Result<(), String> {
        self.debuggee()?;
        match self.state {
            State::Stopped(_) => Ok(()),
            State::Terminated => Err("The run is over.".to_owned()),
            _ => Err("The run is on its way: pause it first.".to_owned()),
        }
    }

    pub(super) fn begin(&mut self, motion: Motion) -> io::Result<()> {
        let Some(debuggee) = &self.debuggee else { return Ok(()) };
        let (timeline, moment) = (&debuggee.timeline, self.moment);
        let depth = timeline.depth(moment);
        let target = match motion {
            Motion::Continue => timeline.last(),
            Motion::ReverseContinue => 0,
            Motion::In => (moment + 1).min(timeline.last()),
            Motion::Over => timeline.next_within(moment, depth),
            Motion::Out => {
                depth.checked_sub(1).map_or(timeline.last(), |outer| timeline.next_within(moment, outer))
            }
            Motion::Back => timeline.previous_within(moment, depth),
            Motion::BackInto => moment.saturating_sub(1),
        };
        self.state = State::Moving { motion, target };
        self.advance(motion, target)
    }

    /// Goes on with a motion to its end, or by some log messages, after which the client can be heard again.
    pub(super) fn advance(&mut self, motion: Motion, own: usize) -> io::Result<()> {
        let backwards = matches!(motion, Motion::ReverseContinue | Motion::Back | Motion::BackInto);
        let breakpoints = self.breakpoints.iter().flat_map(|set| &set.breakpoints);
        let breakpoints =
            breakpoints.filter(|breakpoint| breakpoint.log.is_none() && !self.launched.no_debug);
        let stop = match backwards {
            true => breakpoints.filter_map(|b| b.before(self.moment)).max().filter(|stop| *stop >= own),
            false => breakpoints.filter_map(|b| b.after(self.moment)).min().filter(|stop| *stop <= own),
        };
        let target = stop.unwrap_or(own);
        if !backwards && !self.write_logs(target)? {
            return Ok(());
        }
        let last = self.debuggee.as_ref().map_or(0, |debuggee| debuggee.timeline.last());
        self.moment = target;
        match target {
            _ if !backwards && target == last => self.end(),
            _ if stop.is_some() => self.stop(Reason::Breakpoint),
            0 if backwards => self.stop(Reason::Entry),
            _ => self.stop(Reason::Step),
        }
    }

    /// Writes the log messages up to `target`, and says whether it has come there: else the run is at the last one.
    pub(super) fn write_logs(&mut self, target: usize) -> io::Result<bool> {
        if self.launched.no_debug {
            return Ok(true);
        }
        for _ in 0..SLICE {
            let breakpoints = self.breakpoints.iter().flat_map(|set| &set.breakpoints);
            let logs = breakpoints.filter(|breakpoint| breakpoint.log.is_some());
            let next = logs.filter_map(|b| b.after(self.moment)).min().filter(|moment| *moment <= target);
            let Some(moment) = next else { return Ok(true) };
            self.moment = moment;
            self.write_logs_here()?;
        }
        Ok(false)
    }

    pub(super) fn write_logs_here(&mut self) -> io::Result<()> {
        self.seek();
        let (Some(debuggee), Some(place)) = (&self.debuggee, &self.place) else { return Ok(()) };
        let now = debuggee.now(self.moment, place.world());
        let breakpoints = self.breakpoints.iter().flat_map(|set| &set.breakpoints);
        let here = breakpoints.filter(|breakpoint| breakpoint.moments.binary_search(&self.moment).is_ok());
        let texts: Vec<String> =
            here.filter_map(|breakpoint| breakpoint.log.as_ref()).map(|log| log.text(&now) + "\n").collect();
        texts.iter().try_for_each(|text| self.output("console", text))
    }

    pub(super) fn stops_here(&self) -> bool {
        let mut breakpoints = self.breakpoints.iter().flat_map(|set| &set.breakpoints);
        breakpoints.any(|breakpoint| breakpoint.stops_at(self.moment))
    }

    pub(super) fn goto_targets(&self, asked: &Locations) -> Answer {
        let debuggee = self.debuggee()?;
        let comes = |at: &TextSize| {
            let origin = debuggee.statements.from(*at);
            origin.is_some_and(|origin| debuggee.timeline.occurrences(origin).next().is_some())
        };
        let places = self.statements_at(asked)?;
        let target = |((line, column), at): &Located| {
            let origin = debuggee.statements.from(*at);
            let head = origin.and_then(|origin| debuggee.head(origin)).unwrap_or_default();
            let label = debuggee.lines.slice(head);
            json!({ "id": u32::from(*at), "label": label, "line": line, "column": column })
        };
        let targets: Vec<Value> = places.iter().filter(|(_, at)| comes(at)).map(target).collect();
        Ok(json!({ "targets": targets }))
    }

    /// To the next time that the statement is carried out, else to the last time before.
    pub(super) fn goto(&mut self, asked: &Goto) -> Answer {
        self.is_stopped()?;
        let debuggee = self.debuggee()?;
        let origin = debuggee.statements.from(TextSize::new(asked.target_id));
        let moments = origin.into_iter().flat_map(|origin| debuggee.timeline.occurrences(origin));
        let mut last = None;
        for moment in moments {
            last = Some(moment);
            if moment > self.moment {
                break;
            }
        }
        self.next = Next::Goto(last.ok_or("The run never comes to this statement.")?);
        Ok(Value::Null)
    }

    pub(super) fn restart_frame(&mut self, asked: &Frame) -> Answer {
        self.is_stopped()?;
        let moment = self.frame(Some(asked.frame_id))?;
        self.next = Next::Goto(self.debuggee()?.timeline.beginning(moment));
        Ok(Value::Null)
    }
}
