//! Where the user wants the run to stop: breakpoints, and what the client is told of them.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};
use text_size::TextSize;

use super::{Answer, Session, Set};
use crate::breakpoints::Breakpoint;
use crate::messages::{Locations, SetBreakpoints, SetExceptionBreakpoints, SourceBreakpoint};

/// A statement: its line and column as the client has them, and its offset.
pub(super) type Located = ((u32, u32), TextSize);

impl<W: Write> Session<W> {
    pub(super) fn set_breakpoints(&mut self, asked: SetBreakpoints) -> Answer {
        let path = self.local(asked.source.path.as_deref().unwrap_or_default());
        let mut set = Set { path, breakpoints: Vec::new() };
        for mut wanted in asked.breakpoints.unwrap_or_default() {
            self.last_id += 1;
            wanted.line = self.line_from(wanted.line);
            wanted.column = wanted.column.map(|column| self.column_from(column));
            set.breakpoints.push(self.breakpoint(&set.path, self.last_id, wanted));
        }
        let told: Vec<Value> =
            set.breakpoints.iter().map(|breakpoint| self.told(&set.path, breakpoint)).collect();
        self.breakpoints.retain(|old| !same_file(&old.path, &set.path));
        self.breakpoints.push(set);
        Ok(json!({ "breakpoints": told }))
    }

    pub(super) fn breakpoint(&self, path: &str, id: u64, wanted: SourceBreakpoint) -> Breakpoint {
        let Some(debuggee) = &self.debuggee else {
            return Breakpoint::idle(id, wanted, "The program has not been run yet.");
        };
        if disk::identity(Path::new(path)) != debuggee.identity {
            return Breakpoint::idle(id, wanted, "This file is not the program that is debugged.");
        }
        let at = debuggee.offset(wanted.line, wanted.column.unwrap_or(0));
        Breakpoint::set(debuggee, id, wanted, at)
    }

    /// A breakpoint as the client is told of it.
    pub(super) fn told(&self, path: &str, breakpoint: &Breakpoint) -> Value {
        let mut told = json!({ "id": breakpoint.id, "verified": breakpoint.at.is_ok() });
        match &breakpoint.at {
            Err(why) => {
                told["message"] = json!(why);
                told["line"] = json!(self.line_to(breakpoint.wanted.line));
            }
            Ok(origin) => {
                if let Some((debuggee, head)) =
                    self.debuggee.as_ref().and_then(|d| Some((d, d.head(*origin)?)))
                {
                    self.put_range(&mut told, debuggee, head);
                }
                if breakpoint.wanted.column.is_none() {
                    // Where no column is asked for, none is shown.
                    for name in ["column", "endLine", "endColumn"] {
                        told.as_object_mut().map(|told| told.remove(name));
                    }
                }
            }
        }
        told["source"] = self.source(path);
        told
    }

    /// Sets all breakpoints anew: in a program that has just been run.
    pub(super) fn renew_breakpoints(&mut self) -> io::Result<()> {
        let mut sets = std::mem::take(&mut self.breakpoints);
        let mut changed = Vec::new();
        for set in &mut sets {
            for breakpoint in &mut set.breakpoints {
                *breakpoint = self.breakpoint(&set.path, breakpoint.id, breakpoint.wanted.clone());
                changed.push(self.told(&set.path, breakpoint));
            }
        }
        self.breakpoints = sets;
        changed.into_iter().try_for_each(|breakpoint| {
            self.event("breakpoint", json!({ "reason": "changed", "breakpoint": breakpoint }))
        })
    }

    pub(super) fn breakpoint_locations(&self, asked: &Locations) -> Answer {
        let places = self.statements_at(asked)?;
        let place = |(line, column): &(u32, u32)| json!({ "line": line, "column": column });
        Ok(json!({ "breakpoints": places.iter().map(|(place, ..)| place).map(place).collect::<Vec<_>>() }))
    }

    /// The statements that begin on the lines.
    pub(super) fn statements_at(&self, asked: &Locations) -> Result<Vec<Located>, String> {
        let debuggee = self.debuggee()?;
        let path = self.local(asked.source.path.as_deref().unwrap_or_default());
        if disk::identity(Path::new(&path)) != debuggee.identity {
            return Ok(Vec::new());
        }
        let line = self.line_from(asked.line);
        let end = asked.end_line.map_or(line, |end| self.line_from(end)).max(line);
        let range = debuggee.offset(line, 0)..debuggee.offset(end.saturating_add(1), 0);
        let place = |at| {
            let (line, column) = debuggee.place(at);
            (self.line_to(line), self.column_to(column))
        };
        Ok(debuggee.statements.within(range).map(|(at, _)| (place(at), at)).collect())
    }

    pub(super) fn set_filters(&mut self, asked: SetExceptionBreakpoints) -> Answer {
        self.filters = asked.filters;
        Ok(Value::Null)
    }
}

fn same_file(a: &str, b: &str) -> bool {
    a == b || disk::identity(Path::new(a)) == disk::identity(Path::new(b))
}
