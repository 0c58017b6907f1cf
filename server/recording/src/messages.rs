//! The messages about recorded runs, as they go over the wire. `server/PROTOCOL.md` describes them for others.

use serde::{Deserialize, Serialize};

pub use syntax::ast::Heading;

/// The names of the requests and notifications.
pub mod method {
    pub const RECORDINGS: &str = "karel/recordings";
    pub const RECORDING: &str = "karel/recording";
    pub const STEPS: &str = "karel/recordingSteps";
    pub const SEEK: &str = "karel/recordingSeek";
    pub const OCCURRENCES: &str = "karel/occurrences";
    pub const TEXT: &str = "karel/text";
    pub const EDIT: &str = "karel/edit";
    pub const UNDO: &str = "karel/undo";
    pub const REDO: &str = "karel/redo";
    pub const QUESTION: &str = "karel/question";
    pub const ANSWER: &str = "karel/answer";
    pub const QUESTION_ASKED: &str = "karel/questionAsked";
    pub const FIND: &str = "karel/find";
    pub const CANDIDATES: &str = "karel/candidates";
    pub const TAKE: &str = "karel/take";
    pub const OUTDATED: &str = "karel/recordingsOutdated";
    pub const SHOW: &str = "karel/show";
    pub const CURSOR: &str = "karel/cursor";
    pub const REVEAL: &str = "karel/reveal";
}

/// A place in a text, as in the language server protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub line: u32,
    pub character: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub start: Position,
    pub end: Position,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextDocument {
    pub uri: String,
}

/// A document as it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub uri: String,
    /// The editor's version; null where the text is the disk's.
    pub version: Option<i32>,
}

/// Where the robot stands. Row 0 is the southernmost, column 0 the westernmost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Robot {
    pub row: u8,
    pub col: u8,
    pub heading: Heading,
}

/// A world; what is neither wall nor holds markers is not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    pub rows: u8,
    pub cols: u8,
    /// Row and column of each wall, from north to south, west to east.
    pub walls: Vec<(u8, u8)>,
    /// Row, column and number, 1 to 9, in the same order.
    pub markers: Vec<(u8, u8, u8)>,
    pub robot: Robot,
}

/// The parameters of `karel/recordings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingsParams {
    pub text_document: TextDocument,
    /// The number of the first example wanted.
    #[serde(default)]
    pub from: usize,
    /// The most examples wanted.
    #[serde(default)]
    pub count: Option<usize>,
}

/// The examples of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recordings {
    pub document: Document,
    /// How many there are, listed here or not.
    pub total: usize,
    pub examples: Vec<ExampleItem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExampleKind {
    Example,
    /// A held-out test.
    Test,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    Passes,
    Fails,
    /// The run came to no end that can be judged: a hole, a mistake, no output to compare with.
    Undecided,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExampleItem {
    /// Its number among the program's: its own first, then those of its example files.
    pub index: usize,
    pub name: String,
    pub kind: ExampleKind,
    /// The number of examples of the same kind and name above it in its file.
    pub ordinal: usize,
    /// The file that it stands in.
    pub uri: String,
    /// Where its name stands there.
    pub range: Range,
    /// All of it.
    pub block: Range,
    /// Null where it can't be run.
    pub verdict: Option<Verdict>,
    /// A clause for people: `12 actions`, `move() runs into a wall at action 4`.
    pub message: Option<String>,
    pub input: Option<World>,
    pub expected: Option<World>,
    /// Whether it expects a crash.
    pub crashes: bool,
}

/// An example by its number or by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Which {
    Number(usize),
    Name(String),
    One(One),
}

/// An example by what tells it from others of its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct One {
    pub name: String,
    #[serde(default)]
    pub kind: Option<ExampleKind>,
    #[serde(default)]
    pub ordinal: usize,
    /// The file that it stands in; without it the asked document's come first.
    #[serde(default)]
    pub uri: Option<String>,
}

/// The parameters of `karel/recording`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingParams {
    pub text_document: TextDocument,
    pub example: Which,
    /// The most steps of the first page.
    #[serde(default)]
    pub count: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutcomeKind {
    Finished,
    Crashed,
    OutOfTicks,
    EndlessLoop,
    TooDeep,
    Hole,
    Mistake,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub kind: OutcomeKind,
    /// A sentence for people.
    pub message: String,
    /// The statement at which it stopped; null where it came to its end.
    pub range: Option<Range>,
    /// Row and column of the cell that the robot could not enter: a wall, or outside of the world by one. Null where it
    /// crashed at what lies under it, or did not crash.
    pub at: Option<(i8, i8)>,
}

/// A recorded run without its steps, and the first page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// What its steps are asked for by.
    pub id: String,
    /// The program.
    pub document: Document,
    /// Null where a world was run that is no example's, which only `karel trace --grid` does.
    pub example: Option<ExampleItem>,
    pub start: World,
    /// The number of steps that are recorded.
    pub length: usize,
    /// The ticks that the run took: one a step, and one for an action that crashed.
    pub ticks: u64,
    /// Whether all of the run is recorded.
    pub complete: bool,
    pub outcome: Outcome,
    /// The world after the run.
    pub end: World,
    pub expected: Option<World>,
    /// The cells (row, column) in which `end` differs from `expected`.
    pub differences: Vec<(u8, u8)>,
    pub robot_differs: bool,
    /// Whether the two are of different sizes; then no cells are compared.
    pub size_differs: bool,
    pub page: Page,
}

/// The parameters of `karel/recordingSteps`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepsParams {
    pub id: String,
    pub from: usize,
    #[serde(default)]
    pub count: Option<usize>,
}

/// Some steps of a recording, and the world before the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The number of the first step; where that many are not recorded, the length.
    pub from: usize,
    /// The actions that are carried out before it.
    pub actions: usize,
    pub world: World,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepKind {
    Action,
    Condition,
    Round,
}

/// One tick of a run: an action, a condition evaluated, or a round begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The statement; of one that has a block, its head.
    pub range: Range,
    pub kind: StepKind,
    /// The statement as one writes it, without a colon: `move()`, `while(frontIsClear())`, `repeat(3)`.
    pub name: String,
    /// The robot before the step.
    pub robot: Robot,
    /// The change of the number of markers where the robot stands: 1, 0 or -1.
    pub marker_change: i8,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub condition: Option<Condition>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub round: Option<Round>,
    /// The number of active calls: 0 in `main`.
    pub depth: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Its name: `frontIsClear`.
    pub test: String,
    pub negated: bool,
    /// The value of the whole, negation included.
    pub value: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// The rounds done before this one.
    pub done: u8,
    /// All rounds.
    pub count: u8,
}

/// The parameters of `karel/recordingSeek`: which step to look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeekParams {
    pub id: String,
    /// The search begins beside this step, which is not looked at.
    pub from: usize,
    #[serde(default)]
    pub backwards: bool,
    /// The greatest depth of a step that is looked for.
    #[serde(default)]
    pub depth: Option<u16>,
    /// What the step has to be.
    #[serde(default)]
    pub kind: Option<StepKind>,
}

/// The answer to `karel/recordingSeek`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    /// Null where there is no such step.
    pub step: Option<usize>,
}

/// The parameters of `karel/occurrences`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OccurrencesParams {
    pub id: String,
    /// A place in the program.
    pub position: Position,
    /// The first occurrence wanted, counted from 0.
    #[serde(default)]
    pub from: usize,
    /// The most wanted.
    #[serde(default)]
    pub count: Option<usize>,
}

/// When the statement at a place is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrences {
    /// The statement; null where none is at the position.
    pub range: Option<Range>,
    /// How often it is carried out in the recording.
    pub total: usize,
    /// The number of the first occurrence that is listed.
    pub from: usize,
    /// Before which steps, in order. Before step `length` is after the last one.
    pub steps: Vec<usize>,
}

/// The parameters of `karel/text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextParams {
    pub text_document: TextDocument,
}

/// A document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub document: Document,
    pub text: String,
}

/// The parameters of `karel/edit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EditParams {
    pub text_document: TextDocument,
    /// The program's version that is shown; where it is another now, nothing is changed.
    #[serde(default)]
    pub version: Option<i32>,
    /// The example that changes; for a new one the example above it, and none for the end of the document.
    #[serde(default)]
    pub example: Option<Which>,
    pub change: Change,
}

/// What is to become of an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Change {
    /// A world of it is this one.
    World { of: WorldOf, world: World },
    /// Its output is what the program leaves.
    RunOutput,
    /// There is a copy of it, with a name of its own.
    Copy,
    /// There is a new one below it, with an empty world.
    New,
    /// It is a held-out test.
    Test,
    /// It is an example that the synthesis sees.
    Example,
}

/// One of an example's worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WorldOf {
    Input,
    Output,
}

/// The parameters of `karel/undo` and `karel/redo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UndoParams {
    pub text_document: TextDocument,
}

/// The answer to `karel/edit`, `karel/undo` and `karel/redo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub applied: bool,
}

/// The parameters of `karel/recordingsOutdated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outdated {
    /// The program.
    pub uri: String,
    /// Its version now; null where its text is the disk's.
    pub version: Option<i32>,
    /// The recordings that are of an older text.
    pub ids: Vec<String>,
}

/// The parameters of `karel/show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    pub uri: String,
    /// Whether an editor stands beside the page, which shows the program.
    pub editor: bool,
    /// Whether the host answers `karel/find`, where no editor does.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub synthesis: bool,
    /// Whether the host undoes what is drawn, where no editor does.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub undo: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub example: Option<Which>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub step: Option<usize>,
}

/// The parameters of `karel/cursor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorAt {
    pub uri: String,
    pub position: Position,
}

/// The parameters of `karel/reveal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reveal {
    pub uri: String,
    pub range: Range,
}

/// The parameters of `karel/question`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuestionParams {
    pub text_document: TextDocument,
}

/// Which of several programs is meant: they end differently on one world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    pub document: Document,
    /// How many programs there are.
    pub programs: usize,
    /// The world that decides.
    pub input: World,
    /// At least two, all different; that of the best program comes first.
    pub answers: Vec<Answer>,
    /// How many of the programs crash there.
    pub crashing: usize,
    /// How many of them come to no end there.
    pub endless: usize,
}

/// The parameters of `karel/find`: look for programs, and change nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindParams {
    pub text_document: TextDocument,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How many programs `karel/candidates` gives now.
    pub programs: usize,
    /// What there is to say about them, a sentence or several for people.
    pub message: Option<String>,
}

/// The parameters of `karel/candidates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidatesParams {
    pub text_document: TextDocument,
    /// The example that each program is run on; none where no run is wanted.
    #[serde(default)]
    pub example: Option<Which>,
    /// The size of the first page of each run.
    #[serde(default)]
    pub count: Option<usize>,
}

/// The programs that the last synthesis found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidates {
    pub document: Document,
    /// The best first.
    pub candidates: Vec<Candidate>,
    /// The first one is the user's own, beside which others were looked for.
    pub beside_own: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The whole file with the program in it.
    pub text: String,
    /// It is what stands in the file now.
    pub is_current: bool,
    /// How many of the examples it passes, tests left out, and how many can be run.
    pub passed: usize,
    pub examples: usize,
    /// Its run of the example that was asked for.
    pub recording: Option<Recording>,
}

/// The parameters of `karel/take`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TakeParams {
    pub text_document: TextDocument,
    /// The version of the document that the candidates were of.
    pub version: Option<i32>,
    /// The number of the candidate, from 0.
    pub candidate: usize,
}

/// The parameters of `karel/questionAsked`: a synthesis has left a question open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionAsked {
    /// The document that was synthesized in.
    pub uri: String,
    /// How many programs there are.
    pub programs: usize,
}

/// One way in which the deciding world may end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The numbers of the programs that end so, from 1.
    pub programs: Vec<usize>,
    /// What tells it from the others, a clause.
    pub description: String,
    /// The cells that are different in another answer.
    pub marked: Vec<(u8, u8)>,
    /// The whole file with the first of the programs in it.
    pub text: String,
    /// The run of that program; its example is the deciding one, with this ending.
    pub recording: Recording,
}

/// The parameters of `karel/answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerParams {
    pub text_document: TextDocument,
    /// The version of the document that the question was about.
    pub version: Option<i32>,
    /// The number of the answer, from 0; null: none of them, the example is added without an output.
    pub answer: Option<usize>,
}
