//! A debugging session: requests in, responses and events out. What requests do stands by subject in the modules.

mod breakpoints;
mod client;
mod looking;
mod moving;
mod starting;
mod stopping;

use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use runtime::Place;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::breakpoints::Breakpoint;
use crate::debuggee::Debuggee;
use crate::messages::{Initialize, Launch, Request, StepBack};
use crate::wire;

/// The one thread that a run has.
const THREAD: u64 = 1;

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

    fn debuggee(&self) -> Result<&Debuggee, String> {
        self.debuggee.as_ref().ok_or(NOTHING.to_owned())
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
