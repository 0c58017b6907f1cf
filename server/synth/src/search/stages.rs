//! The search as data: which steps it takes, in which order, and when. One loop runs such a table ([`super::run`]).
//! Serving runs [`SERVED`]; the ablation leaves rows out of it ([`crate::eval::ablate`]), and the benchmark reads the
//! times of its steps ([`crate::eval::bench`]), so that what they measure is what users get.

use crate::grammar::Rules;

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The part of the search that the row belongs to: what the ablation leaves out, and what tables call it.
    pub part: Part,
    pub stage: Stage,
    pub when: When,
}

/// The parts of the search, as the ablation names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The smallest fillings, listed before the networks are asked.
    Glance,
    /// The trace of each example, inferred alone.
    Traces,
    /// A narrow beam before the usual one, where time is short.
    Narrow,
    /// The beam of the usual width over the inferred traces.
    Beam,
    /// Programs that pass some examples, changed until they pass all.
    Repair,
    /// Beams over the traces of programs that were found.
    TracesOfFound,
    /// A wider beam without the dataset's rules.
    Wide,
    /// Beams over sampled traces.
    SampledTraces,
    /// A beam that reads no traces.
    NoTraces,
    /// Fillings by size, without the networks.
    Enumeration,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Lists the fillings that have up to `more` tokens more than there are holes, shortest first, without the networks.
    /// Those that are found set aside are offered, and do not end the search.
    Enumerate { more: usize, aside: bool },
    /// Rolls the trace model out for each example without a trace of its author's, by the likeliest actions.
    RollOut,
    /// Samples roll-outs for the examples whose likeliest one failed.
    Retry,
    /// Runs a beam over the programs that the code model writes when it reads these traces.
    Beam { traces: TraceSet, rules: Rules, width: Width },
    /// Changes near misses until they pass all examples.
    Repair,
}

/// Which traces a beam reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceSet {
    /// One trace an example, each inferred alone.
    Inferred,
    /// What the best program found does that acts in a way not read yet.
    OfFound,
    /// Roll-outs sampled with this seed.
    Sampled { seed: u64 },
    /// No trace at all.
    Absent,
}

/// How many prefixes a beam keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// [`NARROW`], where the request asks for more.
    Narrow,
    /// As many as the request asks for.
    Usual,
    /// [`WIDER`] times as many.
    Wide,
}

/// When a step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    /// While no program has been found that passes.
    NothingFound,
    /// Where an eighth of the time is gone before the first beam.
    TimeIsShort,
}

/// Prefixes of the narrow beam.
pub const NARROW: usize = 8;
/// How many times as wide the wide beam is as the usual one.
pub const WIDER: usize = 4;
/// Tokens, beyond one per hole, of the greatest filling in an enumeration: with 14 it takes about a second.
const ENUMERATED: usize = 14;
/// Tokens of the glance: one block around an action or two, what anybody would try first.
const GLANCED: usize = 4;

/// The search as it is served. By the dataset's rules for neighbouring tokens, unless what is fixed breaks them, until
/// nothing is found in that way.
pub const SERVED: &[Step] = &[
    Step { part: Part::Glance, stage: Stage::Enumerate { more: GLANCED, aside: true }, when: When::Always },
    Step { part: Part::Traces, stage: Stage::RollOut, when: When::Always },
    beam(Part::Narrow, TraceSet::Inferred, Rules::Dataset, Width::Narrow, When::TimeIsShort),
    Step { part: Part::Traces, stage: Stage::Retry, when: When::Always },
    beam(Part::Beam, TraceSet::Inferred, Rules::Dataset, Width::Usual, When::Always),
    // Nearly as good as all the sets of traces that follow, and much sooner.
    Step { part: Part::Repair, stage: Stage::Repair, when: When::NothingFound },
    beam(Part::TracesOfFound, TraceSet::OfFound, Rules::Dataset, Width::Usual, When::Always),
    beam(Part::TracesOfFound, TraceSet::OfFound, Rules::Dataset, Width::Usual, When::Always),
    beam(Part::Wide, TraceSet::Inferred, Rules::Any, Width::Wide, When::NothingFound),
    sampled(1, Rules::Dataset, Width::Usual, When::Always),
    sampled(2, Rules::Dataset, Width::Usual, When::Always),
    sampled(3, Rules::Dataset, Width::Usual, When::Always),
    Step { part: Part::Repair, stage: Stage::Repair, when: When::NothingFound },
    sampled(4, Rules::Any, Width::Wide, When::NothingFound),
    sampled(5, Rules::Any, Width::Wide, When::NothingFound),
    sampled(6, Rules::Any, Width::Wide, When::NothingFound),
    sampled(7, Rules::Any, Width::Wide, When::NothingFound),
    sampled(8, Rules::Any, Width::Wide, When::NothingFound),
    beam(Part::NoTraces, TraceSet::Absent, Rules::Any, Width::Wide, When::NothingFound),
    enumeration(When::NothingFound),
];

/// The search where every hole is for a condition or a count: after the likeliest come the rest, which are few.
pub const CHOICES: &[Step] = &[
    Step { part: Part::Traces, stage: Stage::RollOut, when: When::Always },
    beam(Part::Narrow, TraceSet::Inferred, Rules::Dataset, Width::Narrow, When::TimeIsShort),
    Step { part: Part::Traces, stage: Stage::Retry, when: When::Always },
    beam(Part::Beam, TraceSet::Inferred, Rules::Dataset, Width::Usual, When::Always),
    enumeration(When::Always),
];

/// The search where the networks can't read the program, or there is no output to read.
pub const WITHOUT_NETWORKS: &[Step] = &[enumeration(When::Always)];

const fn beam(part: Part, traces: TraceSet, rules: Rules, width: Width, when: When) -> Step {
    Step { part, stage: Stage::Beam { traces, rules, width }, when }
}

const fn sampled(seed: u64, rules: Rules, width: Width, when: When) -> Step {
    beam(Part::SampledTraces, TraceSet::Sampled { seed }, rules, width, when)
}

const fn enumeration(when: When) -> Step {
    Step { part: Part::Enumeration, stage: Stage::Enumerate { more: ENUMERATED, aside: false }, when }
}
