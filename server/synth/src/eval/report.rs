//! What an evaluation found, as JSON and as Markdown. The names of the fields are part of the interface.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use tch::Device;

use crate::decode::traces::Mask;
use crate::device;
use crate::grammar::Rules;

use super::{BeamTraces, Ranked, Rate, Settings, Slice, TaskResult, TraceSource};

/// Shares of the likeliest behaviour's probability below which others are dropped, for comparison.
const SHARES: [f64; 6] = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001];

/// All figures of one evaluation, and the conditions they were measured under.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    pub conditions: Conditions,
    /// Absent where no traces were inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traces: Option<TraceScores>,
    /// The plain beam, candidates tried in order of likelihood: the paper's way.
    pub plain: Scores,
    /// The beam whose prefixes are run on the shown examples as they grow.
    pub pruned: Scores,
    /// Which of the pruned beam's candidates to take.
    pub choices: Choices,
    /// Results by number of examples shown, that of the figures above included.
    pub by_examples: Vec<ByExamples>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// File name without its folder.
    pub file: String,
    pub tasks: usize,
    /// Lines of the file that hold no task.
    pub lines_refused: usize,
    /// The tasks are spread over the whole file; else they are its first ones.
    pub spread: bool,
    /// Examples shown; all others of a task are held out.
    pub examples: usize,
    pub beam: usize,
    /// Where the traces came from that the code model read; `none` for a system without traces.
    pub traces: TraceSource,
    /// Width of the beam over actions; 1 where there was none.
    pub trace_beam: usize,
    /// What was masked as traces were inferred, and whether failed ones were tried again.
    #[serde(default)]
    pub mask: Mask,
    #[serde(default)]
    pub retries: bool,
    pub seed: u64,
    /// What the beam over programs was not allowed to write.
    pub rules: Rules,
    pub batch: usize,
    pub workers: usize,
    pub device: String,
    pub models: Vec<String>,
    /// What was kept out of the training of the models, as their files say; absent where they don't.
    pub excluded: Option<String>,
    /// Wall clock of everything.
    pub seconds: f64,
    pub tasks_per_second: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TraceScores {
    /// Greedy roll-out = the author's trace, of all examples.
    pub exact: Rate,
    /// Greedy roll-out leads to the output, of all examples.
    pub correct: Rate,
    /// All of a task's shown examples have an exact greedy roll-out.
    pub exact_all_shown: Rate,
    /// All of a task's shown examples have a correct greedy roll-out.
    pub correct_all_shown: Rate,
    /// The share of tasks of which all traces are correct after sampled retries.
    pub retried_all_shown: Rate,
    /// With the beam over actions, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<TopTraces>,
    /// One worker's seconds per task, greedy and retries, mean.
    pub seconds_per_task: f64,
}

/// The beam's traces: one of them is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TopTraces {
    pub exact: Rate,
    pub correct: Rate,
    pub exact_all_shown: Rate,
    pub correct_all_shown: Rate,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Scores {
    pub top_1_exact: Rate,
    pub top_1_generalization: Rate,
    pub guided_search: Rate,
    /// Guided search that takes the shortest consistent candidate instead of the likeliest.
    pub guided_search_shortest: Rate,
    pub top_k_generalization: Rate,
    /// Some candidate passes the shown examples.
    pub consistent: Rate,
    /// Finished programs run until one passed the shown examples, mean.
    pub candidates_run: f64,
    /// One worker's seconds per task, mean; traces not counted.
    pub seconds_per_task: f64,
    pub slices: Vec<SliceScores>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SliceScores {
    pub slice: Slice,
    pub top_1_exact: Rate,
    pub top_1_generalization: Rate,
    pub guided_search: Rate,
}

/// Guided search by each way of choosing among the pruned beam's consistent candidates.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Choices {
    /// Consistent candidates differ in meaning, as seen on sampled worlds.
    pub ambiguous: Rate,
    /// Behaviours of the consistent candidates, mean over the tasks that have some.
    pub behaviours: f64,
    pub likeliest: Rate,
    /// Ties by likelihood.
    pub shortest: Rate,
    /// The candidate that the engine puts first.
    pub ranked: Rate,
    /// The best that a choice could do.
    pub any: Rate,
    /// What becomes of it where far-fetched behaviours are dropped.
    pub kept: Vec<Kept>,
}

/// Only behaviours at least so likely as a share of the likeliest, by the ranking's scores, are kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    pub share: f64,
    /// More than one is kept.
    pub ambiguous: Rate,
    /// One that is kept is right.
    pub any: Rate,
}

impl Kept {
    fn new(share: f64, results: &[TaskResult]) -> Kept {
        let kept = |r: &TaskResult| -> Vec<bool> {
            let scores: Vec<f64> = r.choices.behaviours.iter().map(|(score, _)| *score).collect();
            let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let near = scores.iter().map(|score| (score - best).exp() >= share);
            near.zip(&r.choices.behaviours).filter(|(near, _)| *near).map(|(_, (_, right))| *right).collect()
        };
        Kept {
            share,
            ambiguous: Rate::of(results.iter().map(|r| kept(r).len() > 1)),
            any: Rate::of(results.iter().map(|r| kept(r).contains(&true))),
        }
    }
}

/// Few figures of many.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ByExamples {
    /// Examples shown.
    pub examples: usize,
    /// Top-1 generalization of the plain beam.
    pub top_1_generalization: Rate,
    /// Guided search of the plain beam.
    pub guided_search: Rate,
    /// Guided search of the pruned beam.
    pub guided_search_pruned: Rate,
    /// Guided search of the pruned beam, in the engine's order.
    pub guided_search_ranked: Rate,
    /// Top-50 generalization of the pruned beam.
    pub top_k_generalization: Rate,
    /// The pruned beam's consistent candidates differ in meaning.
    pub ambiguous: Rate,
}

impl ByExamples {
    fn new(examples: usize, results: &[TaskResult]) -> ByExamples {
        let rate = |of: fn(&TaskResult) -> bool| Rate::of(results.iter().map(of));
        ByExamples {
            examples,
            top_1_generalization: rate(|r| r.plain.top_1_generalization()),
            guided_search: rate(|r| r.plain.guided_search()),
            guided_search_pruned: rate(|r| r.pruned.guided_search()),
            guided_search_ranked: rate(|r| r.choices.ranked),
            top_k_generalization: rate(|r| r.pruned.top_k_generalization()),
            ambiguous: rate(|r| r.choices.behaviours.len() > 1),
        }
    }
}

impl Choices {
    fn new(results: &[TaskResult]) -> Choices {
        let rate = |of: fn(&super::Choices) -> bool| Rate::of(results.iter().map(|r| of(&r.choices)));
        let behaviours = results.iter().map(|r| r.choices.behaviours.len()).filter(|&n| n > 0);
        Choices {
            ambiguous: rate(|c| c.behaviours.len() > 1),
            behaviours: mean(behaviours.map(|n| n as f64)),
            likeliest: rate(|c| c.likeliest),
            shortest: rate(|c| c.shortest),
            ranked: rate(|c| c.ranked),
            any: rate(|c| c.any),
            kept: SHARES.iter().map(|&share| Kept::new(share, results)).collect(),
        }
    }
}

impl Conditions {
    /// The conditions of an evaluation by these settings, of no tasks and no models yet.
    pub fn of(settings: &Settings, device: Device) -> Conditions {
        Conditions {
            file: String::new(),
            tasks: 0,
            lines_refused: 0,
            spread: false,
            examples: settings.shown,
            beam: settings.beam,
            traces: settings.traces,
            trace_beam: settings.trace_beam,
            mask: settings.mask,
            retries: settings.retries,
            seed: settings.seed,
            rules: settings.rules,
            batch: settings.batch,
            workers: settings.workers,
            device: device::name(device),
            models: Vec::new(),
            excluded: None,
            seconds: 0.0,
            tasks_per_second: 0.0,
        }
    }

    /// What must be the same for figures to be of one evaluation: everything but the time it took.
    pub fn timeless(&self) -> Conditions {
        Conditions { seconds: 0.0, tasks_per_second: 0.0, ..self.clone() }
    }

    /// Everything but the figures, in a few sentences.
    pub fn sentence(&self) -> String {
        let excluded = match &self.excluded {
            Some(what) => format!("kept out of their training: {what}"),
            None => "not known whether programs of this file were in their training".to_owned(),
        };
        format!(
            "{}, {} {}; beam {}, {}, traces {}, seed {}; models {} ({excluded}); {}, {} workers, batches of {}: \
             {:.0} s, {:.2} tasks/s. The examples not shown are held out; runs end after 200 ticks; 95% Wilson \
             intervals.",
            self.file,
            self.tasks,
            if self.spread { "tasks spread over it" } else { "tasks from its start" },
            self.beam,
            match self.rules {
                Rules::Dataset => "neighbouring actions as real programs have them",
                Rules::Any => "any neighbouring actions",
                Rules::None => "no grammar",
            },
            self.traces,
            self.seed,
            self.models.join(", "),
            self.device,
            self.workers,
            self.batch,
            self.seconds,
            self.tasks_per_second
        )
    }
}

pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

impl TraceScores {
    pub fn new(results: &[TaskResult]) -> TraceScores {
        let all = |values: &[bool]| !values.is_empty() && values.iter().all(|&v| v);
        let beam = results.iter().any(|r| r.traces.beam.is_some());
        let found = |r: &TaskResult, of: fn(&BeamTraces) -> &Vec<bool>| match &r.traces.beam {
            Some(beam) => of(beam).clone(),
            // A task that the networks can't read.
            None => Vec::new(),
        };
        let top = |of: fn(&BeamTraces) -> &Vec<bool>| Rate::of(results.iter().flat_map(|r| found(r, of)));
        let top_all =
            |of: fn(&BeamTraces) -> &Vec<bool>| Rate::of(results.iter().map(|r| all(&found(r, of))));
        TraceScores {
            exact: Rate::of(results.iter().flat_map(|r| r.traces.exact.iter().copied())),
            correct: Rate::of(results.iter().flat_map(|r| r.traces.greedy.iter().copied())),
            exact_all_shown: Rate::of(results.iter().map(|r| all(&r.traces.exact))),
            correct_all_shown: Rate::of(results.iter().map(|r| all(&r.traces.greedy))),
            retried_all_shown: Rate::of(results.iter().map(|r| all(&r.traces.retried))),
            top_k: beam.then(|| TopTraces {
                exact: top(|b| &b.exact),
                correct: top(|b| &b.correct),
                exact_all_shown: top_all(|b| &b.exact),
                correct_all_shown: top_all(|b| &b.correct),
            }),
            seconds_per_task: mean(results.iter().map(|r| r.traces.seconds)),
        }
    }
}

impl Report {
    /// Makes the report of one run per number of examples. The figures are those of the run with as many as the conditions say.
    pub fn new(conditions: Conditions, runs: &[(usize, Vec<TaskResult>)]) -> Report {
        let main = runs.iter().find(|(examples, _)| *examples == conditions.examples).or(runs.first());
        let results = main.map_or(&[][..], |(_, results)| results);
        let inferred = conditions.traces == TraceSource::Inferred;
        Report {
            traces: inferred.then(|| TraceScores::new(results)),
            plain: Scores::new(results, |r| &r.plain),
            pruned: Scores::new(results, |r| &r.pruned),
            choices: Choices::new(results),
            by_examples: runs.iter().map(|(examples, results)| ByExamples::new(*examples, results)).collect(),
            conditions,
        }
    }

    /// Tables for people.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = self.write_markdown(&mut text);
        text
    }

    fn write_markdown(&self, out: &mut String) -> fmt::Result {
        let c = &self.conditions;
        writeln!(out, "# {} tasks of {}, {} examples shown", c.tasks, c.file, c.examples)?;
        writeln!(out, "\n{}\n", c.sentence())?;
        let top = format!("top-{} generalization", c.beam);
        writeln!(out, "| % | plain beam | execution-pruned beam |\n|---|---|---|")?;
        let mut row = |name: &str, value: fn(&Scores) -> Rate| {
            writeln!(out, "| {name} | {} | {} |", value(&self.plain), value(&self.pruned))
        };
        row("top-1 exact", |s| s.top_1_exact)?;
        row("top-1 generalization", |s| s.top_1_generalization)?;
        row("guided search", |s| s.guided_search)?;
        row("guided search, shortest first", |s| s.guided_search_shortest)?;
        row(&top, |s| s.top_k_generalization)?;
        row("consistent with the shown examples", |s| s.consistent)?;
        let mut plain = |name: &str, value: fn(&Scores) -> String| {
            writeln!(out, "| {name} | {} | {} |", value(&self.plain), value(&self.pruned))
        };
        plain("programs run per task, mean", |s| format!("{:.1}", s.candidates_run))?;
        plain("seconds per task of one worker, mean", |s| format!("{:.3}", s.seconds_per_task))?;

        writeln!(
            out,
            "\nThe pruned beam's candidates have passed the shown examples already, so its top-1 generalization is \
             not the paper's, which is unfiltered. Programs run are, for the plain beam, those up to the first that \
             passes; for the pruned one all that it finished."
        )?;
        self.write_choices(out)?;
        if let Some(traces) = &self.traces {
            self.write_traces(traces, out)?;
        }
        self.write_slices(out)?;
        if self.by_examples.len() > 1 { self.write_by_examples(out) } else { Ok(()) }
    }

    fn write_choices(&self, out: &mut String) -> fmt::Result {
        let c = &self.choices;
        writeln!(
            out,
            "\n| choice among the pruned beam's candidates that pass, % | guided search |\n|---|---|"
        )?;
        for (name, rate) in [
            ("likeliest", c.likeliest),
            ("shortest", c.shortest),
            ("as the engine ranks them", c.ranked),
            ("(some candidate is right)", c.any),
            ("(they differ in meaning)", c.ambiguous),
        ] {
            writeln!(out, "| {name} | {rate} |")?;
        }
        writeln!(out, "\nBehaviours per task, mean: {:.1}", c.behaviours)?;
        writeln!(
            out,
            "\n| kept, as a share of the likeliest | more than one | a right one |\n|---|---|---|"
        )?;
        for kept in &c.kept {
            writeln!(out, "| {} | {} | {} |", kept.share, kept.ambiguous, kept.any)?;
        }
        Ok(())
    }

    fn write_traces(&self, t: &TraceScores, out: &mut String) -> fmt::Result {
        let width = self.conditions.trace_beam;
        writeln!(out, "\n| traces, % | exact | correct |\n|---|---|---|")?;
        writeln!(out, "| top-1, per example | {} | {} |", t.exact, t.correct)?;
        writeln!(out, "| top-1, all shown | {} | {} |", t.exact_all_shown, t.correct_all_shown)?;
        writeln!(out, "| with sampled retries, all shown | | {} |", t.retried_all_shown)?;
        if let Some(top) = &t.top_k {
            writeln!(out, "| top-{width}, per example | {} | {} |", top.exact, top.correct)?;
            writeln!(
                out,
                "| top-{width}, all shown | {} | {} |",
                top.exact_all_shown, top.correct_all_shown
            )?;
        }
        writeln!(out, "\nTraces take {:.3} seconds per task of one worker, mean.", t.seconds_per_task)
    }

    fn write_slices(&self, out: &mut String) -> fmt::Result {
        writeln!(
            out,
            "\n| guided search, % | tasks | plain beam | execution-pruned beam | top-1 generalization, plain |\n\
             |---|---|---|---|---|"
        )?;
        for (plain, pruned) in self.plain.slices.iter().zip(&self.pruned.slices) {
            let (guided, of) = (plain.guided_search, plain.guided_search.of);
            let (name, top_1) = (plain.slice.name(), plain.top_1_generalization);
            writeln!(out, "| {name} | {of} | {guided} | {} | {top_1} |", pruned.guided_search)?;
        }
        Ok(())
    }

    fn write_by_examples(&self, out: &mut String) -> fmt::Result {
        writeln!(
            out,
            "\n| examples shown | top-1 generalization | guided search | pruned | pruned, ranked | \
             some candidate is right | candidates differ |\n|---|---|---|---|---|---|---|"
        )?;
        for b in &self.by_examples {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} |",
                b.examples,
                b.top_1_generalization,
                b.guided_search,
                b.guided_search_pruned,
                b.guided_search_ranked,
                b.top_k_generalization,
                b.ambiguous
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Rate {
    /// The percentage and its interval.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ({:.1} to {:.1})", self.percent, self.low, self.high)
    }
}

impl Scores {
    fn new(results: &[TaskResult], list: impl Fn(&TaskResult) -> &Ranked) -> Scores {
        let rate = |of: fn(&Ranked) -> bool| Rate::of(results.iter().map(|r| of(list(r))));
        let slices = Slice::ALL.into_iter().map(|slice| {
            let members: Vec<&Ranked> =
                results.iter().filter(|r| r.slices.contains(&slice)).map(&list).collect();
            let rate = |of: fn(&Ranked) -> bool| Rate::of(members.iter().map(|r| of(r)));
            SliceScores {
                slice,
                top_1_exact: rate(Ranked::top_1_exact),
                top_1_generalization: rate(Ranked::top_1_generalization),
                guided_search: rate(Ranked::guided_search),
            }
        });
        Scores {
            top_1_exact: rate(Ranked::top_1_exact),
            top_1_generalization: rate(Ranked::top_1_generalization),
            guided_search: rate(Ranked::guided_search),
            guided_search_shortest: rate(Ranked::guided_shortest),
            top_k_generalization: rate(Ranked::top_k_generalization),
            consistent: rate(Ranked::consistent),
            candidates_run: mean(results.iter().map(|r| list(r).run as f64)),
            seconds_per_task: mean(results.iter().map(|r| list(r).seconds)),
            slices: slices.collect(),
        }
    }
}
