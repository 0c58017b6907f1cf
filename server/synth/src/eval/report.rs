//! What an evaluation found, as JSON and as Markdown.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Ranked, Rate, Slice, TaskResult};

/// All figures of one evaluation, and the conditions they were measured under.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub conditions: Conditions,
    pub traces: Traces,
    /// The plain beam, candidates tried in order of likelihood: the paper's way.
    pub plain: Scores,
    /// The beam whose prefixes are run on the shown examples as they grow.
    pub pruned: Scores,
}

#[derive(Debug, Clone, Serialize)]
pub struct Conditions {
    /// File name without its folder.
    pub file: String,
    pub tasks: usize,
    /// Lines of the file that hold no task.
    pub lines_refused: usize,
    pub beam: usize,
    pub batch: usize,
    pub workers: usize,
    pub device: String,
    pub models: Vec<String>,
    /// Wall clock of everything.
    pub seconds: f64,
    pub tasks_per_second: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Traces {
    /// Greedy roll-out = the author's trace, of all examples.
    pub exact: Rate,
    /// Greedy roll-out leads to the output, of all examples.
    pub correct: Rate,
    /// All of a task's shown examples have a correct greedy roll-out.
    pub correct_all_shown: Rate,
    /// The same with sampled retries.
    pub retried_all_shown: Rate,
    /// One worker's seconds per task, mean.
    pub seconds_per_task: f64,
}

#[derive(Debug, Clone, Serialize)]
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

#[derive(Debug, Clone, Serialize)]
pub struct SliceScores {
    pub slice: Slice,
    pub top_1_exact: Rate,
    pub top_1_generalization: Rate,
    pub guided_search: Rate,
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

impl Report {
    pub fn new(conditions: Conditions, results: &[TaskResult]) -> Report {
        let all = |values: &[bool]| !values.is_empty() && values.iter().all(|&v| v);
        let traces = Traces {
            exact: Rate::of(results.iter().flat_map(|r| r.traces.exact.iter().copied())),
            correct: Rate::of(results.iter().flat_map(|r| r.traces.greedy.iter().copied())),
            correct_all_shown: Rate::of(results.iter().map(|r| all(&r.traces.greedy))),
            retried_all_shown: Rate::of(results.iter().map(|r| all(&r.traces.retried))),
            seconds_per_task: mean(results.iter().map(|r| r.traces.seconds)),
        };
        let plain = Scores::new(results, |r| &r.plain);
        Report { conditions, traces, plain, pruned: Scores::new(results, |r| &r.pruned) }
    }

    /// Tables for people.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = self.write_markdown(&mut text);
        text
    }

    fn write_markdown(&self, out: &mut String) -> std::fmt::Result {
        let c = &self.conditions;
        writeln!(out, "# {} tasks of {}", c.tasks, c.file)?;
        writeln!(
            out,
            "\nBeam {}, models {}, {}, {} workers, batches of {}: {:.0} s, {:.2} tasks/s. \
             Five examples shown, the rest held out; traces inferred; 200 ticks; 95% Wilson intervals.\n",
            c.beam,
            c.models.join(", "),
            c.device,
            c.workers,
            c.batch,
            c.seconds,
            c.tasks_per_second
        )?;
        let top = format!("top-{} generalization", c.beam);
        writeln!(out, "| % | plain beam | execution-pruned beam |\n|---|---|---|")?;
        let mut row = |name: &str, value: fn(&Scores) -> Rate| {
            writeln!(out, "| {name} | {} | {} |", show(value(&self.plain)), show(value(&self.pruned)))
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
        writeln!(out, "\n| traces, % | |\n|---|---|")?;
        let t = &self.traces;
        for (name, rate) in [
            ("exact, top-1", t.exact),
            ("correct, top-1", t.correct),
            ("all shown correct, top-1", t.correct_all_shown),
            ("all shown correct, with sampled retries", t.retried_all_shown),
        ] {
            writeln!(out, "| {name} | {} |", show(rate))?;
        }
        writeln!(out, "| seconds per task of one worker, mean | {:.3} |", t.seconds_per_task)?;

        writeln!(
            out,
            "\n| guided search, % | tasks | plain beam | execution-pruned beam | top-1 generalization, plain |\n\
             |---|---|---|---|---|"
        )?;
        for (plain, pruned) in self.plain.slices.iter().zip(&self.pruned.slices) {
            let (guided, of) = (plain.guided_search, plain.guided_search.of);
            let top_1 = show(plain.top_1_generalization);
            let name = plain.slice.name();
            writeln!(out, "| {name} | {of} | {} | {} | {top_1} |", show(guided), show(pruned.guided_search))?;
        }
        Ok(())
    }
}

fn show(rate: Rate) -> String {
    format!("{:.1} ({:.1} to {:.1})", rate.percent, rate.low, rate.high)
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
