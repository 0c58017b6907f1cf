//! A debugging session: requests in, responses and events out.

use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use runtime::{Place, World};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use text_size::{TextRange, TextSize};

use crate::breakpoints::Breakpoint;
use crate::debuggee::{Debuggee, Kind};
use crate::expression::Expression;
use crate::messages::{
    Evaluate, Frame, Goto, Initialize, Launch, Locations, Request, Restart, SetBreakpoints,
    SetExceptionBreakpoints, SourceBreakpoint, StackTrace, StepBack, Variables,
};
use crate::{inspect, launch, wire};

/// The one thread that a run has.
const THREAD: u64 = 1;
/// Log messages that are written before it is seen whether the client has said something.
const SLICE: usize = 100;

/// Where a run stops by itself: the filters of `setExceptionBreakpoints`.
const STOPPED: &str = "stopped";
const WRONG: &str = "wrong";
const END: &str = "end";

/// Answers a client until it disconnects or its messages end.
///
/// # Errors
/// What the client sends is no message, or nothing can be written to it any more.
pub fn serve(input: impl Read + Send + 'static, output: impl Write) -> io::Result<()> {
    let (sender, messages) = sync_channel(64);
    thread::spawn(move || read(input, &sender));
    let mut session = Session::new(output);
    while let Some(message) = session.next(&messages) {
        match message? {
            Ok(message) => session.receive(message)?,
            Err(why) => session.output("stderr", &format!("A message was not understood: {why}\n"))?,
        }
        if session.over {
            break;
        }
    }
    Ok(())
}

type Incoming = io::Result<Result<Value, String>>;

fn read(input: impl Read, messages: &SyncSender<Incoming>) {
    let mut input = BufReader::new(input);
    loop {
        let message = match wire::read(&mut input) {
            Ok(None) => return,
            Ok(Some(message)) => Ok(message),
            Err(error) => Err(error),
        };
        let ends = message.is_err();
        if messages.send(message).is_err() || ends {
            return;
        }
    }
}

/// What the user asks the run to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Motion {
    Continue,
    ReverseContinue,
    In,
    Over,
    Out,
    /// Back to the statement before in the same procedure, or to the call.
    Back,
    /// Back by one moment, into procedures that were called.
    BackInto,
}

/// Why the run has stopped, in the protocol's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Entry,
    Step,
    Breakpoint,
    Goto,
    Pause,
    Exception,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Reason::Entry => "entry",
            Reason::Step => "step",
            Reason::Breakpoint => "breakpoint",
            Reason::Goto => "goto",
            Reason::Pause => "pause",
            Reason::Exception => "exception",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing has been launched.
    New,
    /// The client is still setting breakpoints.
    Launched,
    Stopped(Reason),
    /// On its way to a moment, writing log messages; breakpoints may stop it earlier.
    Moving {
        motion: Motion,
        target: usize,
    },
    Terminated,
}

struct Session<W> {
    output: W,
    /// The number of the last message that was sent.
    seq: i64,
    client: Initialize,
    launched: Launch,
    debuggee: Option<Debuggee>,
    state: State,
    /// Where the run is.
    moment: usize,
    /// The world there, which follows when it is needed.
    place: Option<Place>,
    breakpoints: Vec<Set>,
    filters: Vec<String>,
    last_id: u64,
    /// What is to be done when the response is on its way.
    next: Next,
    over: bool,
}

/// The breakpoints of one file, by the path that the client has for it.
struct Set {
    path: String,
    breakpoints: Vec<Breakpoint>,
}

/// What follows a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Nothing,
    /// The client is told that it can set breakpoints.
    Configure,
    Start,
    /// The program is run anew.
    Restarted,
    Move(Motion),
    Goto(usize),
    Pause,
    Terminate,
}

type Answer = Result<Value, String>;

/// A statement: its line and column as the client has them, and its offset.
type Located = ((u32, u32), TextSize);

impl<W: Write> Session<W> {
    fn new(output: W) -> Session<W> {
        Session {
            output,
            seq: 0,
            client: Initialize::default(),
            launched: Launch::default(),
            debuggee: None,
            state: State::New,
            moment: 0,
            place: None,
            breakpoints: Vec::new(),
            filters: vec![STOPPED.to_owned(), WRONG.to_owned()],
            last_id: 0,
            next: Next::Nothing,
            over: false,
        }
    }

    /// The next message; meanwhile the run goes on, if it is on its way.
    fn next(&mut self, messages: &Receiver<Incoming>) -> Option<Incoming> {
        loop {
            let State::Moving { motion, target } = self.state else { return messages.recv().ok() };
            match messages.try_recv() {
                Ok(message) => return Some(message),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {
                    if let Err(error) = self.advance(motion, target) {
                        return Some(Err(error));
                    }
                }
            }
        }
    }

    fn receive(&mut self, message: Value) -> io::Result<()> {
        let request = match serde_json::from_value::<Request>(message) {
            Ok(request) if request.kind == "request" => request,
            // Nothing is asked of the client, so that there is nothing that it could answer.
            Ok(_) => return Ok(()),
            Err(why) => return self.output("stderr", &format!("A message was not understood: {why}\n")),
        };
        self.next = Next::Nothing;
        let answer = self.answer(&request);
        let mut response = json!({
            "type": "response",
            "request_seq": request.seq,
            "command": request.command,
            "success": answer.is_ok(),
        });
        match answer {
            Ok(Value::Null) => {}
            Ok(body) => response["body"] = body,
            Err(message) => {
                // A failed launch is the one that the user has to be told of in any case.
                let show = matches!(request.command.as_str(), "launch" | "restart" | "goto" | "attach");
                response["message"] = json!(message);
                let format = message.replace('{', "(").replace('}', ")");
                response["body"] = json!({ "error": { "id": 1, "format": format, "showUser": show } });
            }
        }
        self.send(response)?;
        self.follow()
    }

    fn answer(&mut self, request: &Request) -> Answer {
        match request.command.as_str() {
            "initialize" => self.initialize(arguments(request)?),
            "launch" => self.launch(arguments(request)?),
            "attach" => Err("There is nothing to attach to: launch a program instead.".to_owned()),
            "setBreakpoints" => self.set_breakpoints(arguments(request)?),
            "breakpointLocations" => self.breakpoint_locations(&arguments(request)?),
            "setExceptionBreakpoints" => self.set_filters(arguments(request)?),
            "configurationDone" => {
                if self.state == State::Launched {
                    self.next = Next::Start;
                }
                Ok(Value::Null)
            }
            "threads" => {
                let name = self.debuggee.as_ref().map_or("Karel", |debuggee| &debuggee.title);
                Ok(json!({ "threads": [{ "id": THREAD, "name": name }] }))
            }
            "stackTrace" => self.stack_trace(&arguments(request)?),
            "scopes" => self.scopes(&arguments(request)?),
            "variables" => self.variables(&arguments(request)?),
            "evaluate" => self.evaluate(&arguments(request)?),
            "exceptionInfo" => self.exception_info(),
            "continue" => {
                self.moves(Motion::Continue)?;
                Ok(json!({ "allThreadsContinued": true }))
            }
            "reverseContinue" => self.moves(Motion::ReverseContinue),
            "next" => self.moves(Motion::Over),
            "stepIn" => self.moves(Motion::In),
            "stepOut" => self.moves(Motion::Out),
            "stepBack" => {
                let asked: StepBack = arguments(request)?;
                let finest = asked.granularity.as_deref() == Some("instruction");
                self.moves(if finest { Motion::BackInto } else { Motion::Back })
            }
            "gotoTargets" => self.goto_targets(&arguments(request)?),
            "goto" => self.goto(&arguments(request)?),
            "restartFrame" => self.restart_frame(&arguments(request)?),
            "pause" => {
                self.debuggee()?;
                self.next = Next::Pause;
                Ok(Value::Null)
            }
            "restart" => self.restart(arguments(request)?),
            "terminate" => {
                self.next = Next::Terminate;
                Ok(Value::Null)
            }
            "disconnect" => {
                self.over = true;
                Ok(Value::Null)
            }
            unknown => Err(format!("The Karel debugger does not know the request \"{unknown}\".")),
        }
    }

    /// Does what a request has brought about, after its response.
    fn follow(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Nothing => Ok(()),
            Next::Configure => {
                self.greet()?;
                self.renew_breakpoints()?;
                self.event("initialized", Value::Null)
            }
            Next::Start => self.start(),
            Next::Restarted => {
                self.greet()?;
                self.renew_breakpoints()?;
                self.start()
            }
            Next::Move(motion) => self.begin(motion),
            Next::Goto(moment) => {
                self.moment = moment;
                self.stop(Reason::Goto)
            }
            Next::Pause if matches!(self.state, State::Moving { .. } | State::Stopped(_)) => {
                self.stop(Reason::Pause)
            }
            Next::Pause => Ok(()),
            Next::Terminate => self.terminate(),
        }
    }

    fn initialize(&mut self, client: Initialize) -> Answer {
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

    fn launch(&mut self, wanted: Launch) -> Answer {
        if self.state != State::New {
            return Err("A program is being debugged already: restart it, or end it first.".to_owned());
        }
        self.load(wanted)?;
        self.state = State::Launched;
        self.next = Next::Configure;
        Ok(Value::Null)
    }

    /// Runs the program; where that can't be, everything stays as it is.
    fn load(&mut self, wanted: Launch) -> Result<(), String> {
        let mut wanted = wanted;
        wanted.program = wanted.program.map(|program| self.local(&program));
        let debuggee = launch::launch(&wanted)?;
        self.place = Some(debuggee.timeline.telling.recording.place());
        self.debuggee = Some(debuggee);
        self.launched = wanted;
        self.moment = 0;
        Ok(())
    }

    fn restart(&mut self, restart: Restart) -> Answer {
        self.debuggee()?;
        let again = restart.arguments.filter(|launch| launch.program.is_some());
        let again = again.unwrap_or_else(|| self.launched.clone());
        self.load(again)?;
        self.next = Next::Restarted;
        Ok(Value::Null)
    }

    fn greet(&mut self) -> io::Result<()> {
        let Some(debuggee) = &self.debuggee else { return Ok(()) };
        let steps = ide::counting::steps(debuggee.timeline.steps() as u64);
        let name = Path::new(&debuggee.path).file_name().unwrap_or_default().to_string_lossy();
        let text = format!("{} of {name}, {steps}\n", debuggee.title);
        self.output("console", &text)
    }

    fn start(&mut self) -> io::Result<()> {
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

    fn set_breakpoints(&mut self, asked: SetBreakpoints) -> Answer {
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

    fn breakpoint(&self, path: &str, id: u64, wanted: SourceBreakpoint) -> Breakpoint {
        let Some(debuggee) = &self.debuggee else {
            return Breakpoint::idle(id, wanted, "The program has not been run yet.");
        };
        if launch::identity(Path::new(path)) != debuggee.identity {
            return Breakpoint::idle(id, wanted, "This file is not the program that is debugged.");
        }
        let at = debuggee.offset(wanted.line, wanted.column.unwrap_or(0));
        Breakpoint::set(debuggee, id, wanted, at)
    }

    /// A breakpoint as the client is told of it.
    fn told(&self, path: &str, breakpoint: &Breakpoint) -> Value {
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
    fn renew_breakpoints(&mut self) -> io::Result<()> {
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

    fn breakpoint_locations(&self, asked: &Locations) -> Answer {
        let places = self.statements_at(asked)?;
        let place = |(line, column): &(u32, u32)| json!({ "line": line, "column": column });
        Ok(json!({ "breakpoints": places.iter().map(|(place, ..)| place).map(place).collect::<Vec<_>>() }))
    }

    /// The statements that begin on the lines.
    fn statements_at(&self, asked: &Locations) -> Result<Vec<Located>, String> {
        let debuggee = self.debuggee()?;
        let path = self.local(asked.source.path.as_deref().unwrap_or_default());
        if launch::identity(Path::new(&path)) != debuggee.identity {
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

    fn set_filters(&mut self, asked: SetExceptionBreakpoints) -> Answer {
        self.filters = asked.filters;
        Ok(Value::Null)
    }

    fn goto_targets(&self, asked: &Locations) -> Answer {
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
    fn goto(&mut self, asked: &Goto) -> Answer {
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

    fn restart_frame(&mut self, asked: &Frame) -> Answer {
        self.is_stopped()?;
        let moment = self.frame(Some(asked.frame_id))?;
        self.next = Next::Goto(self.debuggee()?.timeline.beginning(moment));
        Ok(Value::Null)
    }

    fn stack_trace(&self, asked: &StackTrace) -> Answer {
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
    fn frame(&self, id: Option<usize>) -> Result<usize, String> {
        let level = id.unwrap_or(1).checked_sub(1);
        let moment = level.and_then(|level| inspect::frames(self.debuggee().ok()?, self.moment).nth(level));
        moment.ok_or("There is no such frame any more.".to_owned())
    }

    fn scopes(&self, asked: &Frame) -> Answer {
        let moment = self.frame(Some(asked.frame_id))?;
        Ok(inspect::scopes(self.debuggee()?, asked.frame_id - 1, moment))
    }

    fn variables(&mut self, asked: &Variables) -> Answer {
        self.seek();
        let (debuggee, place) = (self.debuggee()?, self.place.as_ref().ok_or(NOTHING)?);
        inspect::variables(debuggee, asked.variables_reference, self.moment, place.world())
    }

    fn evaluate(&mut self, asked: &Evaluate) -> Answer {
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

    fn exception_info(&self) -> Answer {
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

    fn moves(&mut self, motion: Motion) -> Answer {
        self.is_stopped()?;
        self.next = Next::Move(motion);
        Ok(Value::Null)
    }

    fn is_stopped(&self) -> Result<(), String> {
        self.debuggee()?;
        match self.state {
            State::Stopped(_) => Ok(()),
            State::Terminated => Err("The run is over.".to_owned()),
            _ => Err("The run is on its way: pause it first.".to_owned()),
        }
    }

    fn debuggee(&self) -> Result<&Debuggee, String> {
        self.debuggee.as_ref().ok_or(NOTHING.to_owned())
    }

    fn begin(&mut self, motion: Motion) -> io::Result<()> {
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
    fn advance(&mut self, motion: Motion, own: usize) -> io::Result<()> {
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
    fn write_logs(&mut self, target: usize) -> io::Result<bool> {
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

    fn write_logs_here(&mut self) -> io::Result<()> {
        self.seek();
        let (Some(debuggee), Some(place)) = (&self.debuggee, &self.place) else { return Ok(()) };
        let now = debuggee.now(self.moment, place.world());
        let breakpoints = self.breakpoints.iter().flat_map(|set| &set.breakpoints);
        let here = breakpoints.filter(|breakpoint| breakpoint.moments.binary_search(&self.moment).is_ok());
        let texts: Vec<String> =
            here.filter_map(|breakpoint| breakpoint.log.as_ref()).map(|log| log.text(&now) + "\n").collect();
        texts.iter().try_for_each(|text| self.output("console", text))
    }

    fn stops_here(&self) -> bool {
        let mut breakpoints = self.breakpoints.iter().flat_map(|set| &set.breakpoints);
        breakpoints.any(|breakpoint| breakpoint.stops_at(self.moment))
    }

    /// The run has come to its end: what it means is written, and it stops or is over.
    fn end(&mut self) -> io::Result<()> {
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

    fn stop(&mut self, reason: Reason) -> io::Result<()> {
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

    fn terminate(&mut self) -> io::Result<()> {
        if self.state == State::Terminated {
            return Ok(());
        }
        self.state = State::Terminated;
        let fine = self.debuggee.as_ref().is_some_and(|debuggee| debuggee.ending.fine);
        self.event("exited", json!({ "exitCode": i32::from(!fine) }))?;
        self.event("terminated", Value::Null)
    }

    /// Brings the world to where the run is.
    fn seek(&mut self) {
        if let (Some(debuggee), Some(place)) = (&self.debuggee, &mut self.place) {
            place.seek(&debuggee.timeline.telling.recording, debuggee.timeline.step(self.moment));
        }
    }

    fn put_range(&self, object: &mut Value, debuggee: &Debuggee, range: TextRange) {
        let (line, column) = debuggee.place(range.start());
        let (end_line, end_column) = debuggee.place(range.end());
        object["line"] = json!(self.line_to(line));
        object["column"] = json!(self.column_to(column));
        object["endLine"] = json!(self.line_to(end_line));
        object["endColumn"] = json!(self.column_to(end_column));
    }

    /// A file as the client names it.
    fn source(&self, path: &str) -> Value {
        let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy();
        let uri = match self.client.path_format.as_str() {
            "uri" => url::Url::from_file_path(path).ok().map(String::from),
            _ => None,
        };
        json!({ "name": name, "path": uri.unwrap_or(path.to_owned()) })
    }

    /// The path of a file as the client names it.
    fn local(&self, path: &str) -> String {
        let url = if path.starts_with("file:") { url::Url::parse(path).ok() } else { None };
        let file = url.and_then(|url| url.to_file_path().ok());
        file.map_or(path.to_owned(), |file| file.display().to_string())
    }

    fn line_from(&self, line: u32) -> u32 {
        line.saturating_sub(self.client.lines_start_at1.into())
    }

    fn column_from(&self, column: u32) -> u32 {
        column.saturating_sub(self.client.columns_start_at1.into())
    }

    fn line_to(&self, line: u32) -> u32 {
        line.saturating_add(self.client.lines_start_at1.into())
    }

    fn column_to(&self, column: u32) -> u32 {
        column.saturating_add(self.client.columns_start_at1.into())
    }

    fn output(&mut self, category: &str, text: &str) -> io::Result<()> {
        let mut body = json!({ "category": category, "output": text });
        if let Some(debuggee) = self.debuggee.as_ref().filter(|_| self.state != State::New) {
            let (line, column) = debuggee.place(debuggee.range(self.moment).start());
            body["source"] = self.source(&debuggee.path);
            body["line"] = json!(self.line_to(line));
            body["column"] = json!(self.column_to(column));
        }
        self.event("output", body)
    }

    fn event(&mut self, event: &str, body: Value) -> io::Result<()> {
        let mut message = json!({ "type": "event", "event": event });
        if !body.is_null() {
            message["body"] = body;
        }
        self.send(message)
    }

    fn send(&mut self, mut message: Value) -> io::Result<()> {
        self.seq += 1;
        message["seq"] = json!(self.seq);
        wire::write(&mut self.output, &message)
    }
}

const NOTHING: &str = "No program has been launched.";

fn same_file(a: &str, b: &str) -> bool {
    a == b || launch::identity(Path::new(a)) == launch::identity(Path::new(b))
}

/// The arguments of a request, which may be left out where all of them may.
fn arguments<T: DeserializeOwned>(request: &Request) -> Result<T, String> {
    let arguments = match &request.arguments {
        Value::Null => json!({}),
        arguments => arguments.clone(),
    };
    let wrong = |why| format!("The arguments of \"{}\" were not understood: {why}.", request.command);
    serde_json::from_value(arguments).map_err(wrong)
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut characters = clause.chars();
    // A sentence may begin with a statement, which is written as it is.
    let is_word =
        clause.split_once(' ').is_some_and(|(word, _)| word.chars().all(|c| c.is_ascii_lowercase()));
    let first: String = match characters.next() {
        Some(first) if is_word => first.to_uppercase().collect(),
        Some(first) => first.into(),
        None => String::new(),
    };
    let rest = characters.as_str();
    format!("{first}{rest}{}", if rest.ends_with(['.', '?', '!']) { "" } else { "." })
}
