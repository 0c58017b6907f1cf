//! The paper's Tables 1 to 4 with this project's figures beside the paper's.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Evaluated, ROWS, Tasks, paper};
use crate::eval::{Rate, Slice, TopTraces};

/// Rows of Table 1, of Table 3 and of Table 4.
const TABLE_1: [&str; 6] = ["io-code", "pipeline", "gold-gold", "ours-none", "ours", "ours-gold"];
const TABLE_3: [&str; 4] = ["io-trace-no-grids", "io-trace-lgrl", "io-trace-presnet", "ours"];
const TABLE_4: [&str; 8] = [
    "gold-inferred",
    "pipeline",
    "gold-gold",
    "inferred-gold",
    "mixed-inferred",
    "mixed-gold",
    "concatenated",
    "grids",
];

/// Figures, and the paper's, for programs.
pub(crate) fn json(rows: &[Evaluated]) -> Value {
    let row = |evaluated: &Evaluated| {
        json!({
            "row": evaluated.row,
            "networks": evaluated.networks,
            "report": evaluated.report,
            "paper": {
                "programs": paper::programs(&evaluated.row),
                "traces_all_shown": paper::traces(&evaluated.row),
            },
        })
    };
    json!({ "rows": rows.iter().map(row).collect::<Vec<_>>() })
}

/// The tables for people.
pub(crate) fn markdown(rows: &[Evaluated], tasks: &Tasks) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = write(&mut text, rows, tasks);
    text
}

fn write(out: &mut String, rows: &[Evaluated], tasks: &Tasks) -> std::fmt::Result {
    let find = |names: &[&str]| -> Vec<&Evaluated> {
        names.iter().filter_map(|name| rows.iter().find(|r| r.row == *name)).collect()
    };
    writeln!(
        out,
        "# The tables of Shin, Polosukhin and Song 2018\n\n{} tasks of {}, five examples shown, one held out. Figures \
         are percent with 95% Wilson intervals; the paper's, after the slash, are those on the dataset's 2,500 test \
         tasks (– where it gives none). The paper's systems decode as the paper says: beams without grammar, traces \
         without masks, and a trace that fails is unknown. `ours` masks: in programs what the grammar forbids and \
         neighbouring actions that no real program has, in traces what is impossible; failed traces are tried again.",
        tasks.tasks.len(),
        if tasks.spread { format!("{}, spread over it", tasks.name) } else { tasks.name.clone() }
    )?;
    let beam = rows.iter().map(|r| r.report.conditions.beam).max().unwrap_or(0);
    programs(out, "Table 1: I/O → CODE and I/O → TRACE → CODE", beam, &find(&TABLE_1), &|r| title(r))?;

    table_2(out, rows, tasks)?;
    table_3(out, &find(&TABLE_3))?;

    let trained_and_read = |r: &Evaluated| {
        let learned = ROWS.iter().find(|row| row.name == r.row).map_or("", |row| row.title);
        let read = format!("{:?}", r.report.conditions.traces).to_lowercase();
        format!("trained on {learned} traces, reads {read} ones")
    };
    programs(
        out,
        "Table 4: TRACE → CODE by the traces it learns from",
        beam,
        &find(&TABLE_4),
        &trained_and_read,
    )?;

    writeln!(
        out,
        "\n## Conditions\n\n| row | network | processor minutes trained | minutes | tasks seen | evaluation programs \
         excluded | device | evaluation |\n|---|---|---|---|---|---|---|---|"
    )?;
    for r in rows {
        for network in &r.networks {
            let c = &r.report.conditions;
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {:.0} s |",
                r.row,
                network.name,
                network.processor_minutes.map_or("not known".to_owned(), |m| format!("{m:.1}")),
                network.minutes.map_or("not known".to_owned(), |m| format!("{m:.1}")),
                network.tasks.map_or("not known".to_owned(), |n| n.to_string()),
                network.excluded.as_deref().unwrap_or("not known"),
                c.device,
                c.seconds
            )?;
        }
    }
    Ok(())
}

/// Guided search by what the programs contain.
fn table_2(out: &mut String, rows: &[Evaluated], tasks: &Tasks) -> std::fmt::Result {
    let scores = |row: &str, slice: Slice| -> Option<Rate> {
        let row = rows.iter().find(|r| r.row == row)?;
        row.report.plain.slices.iter().find(|s| s.slice == slice).map(|s| s.guided_search)
    };
    writeln!(
        out,
        "\n## Table 2: guided search by what the programs contain\n\n| slice | share, % | I/O → CODE | I/O → TRACE → \
         CODE | Δ | ours |\n|---|---|---|---|---|---|"
    )?;
    for slice in Slice::ALL {
        let (io_code, pipeline, ours) =
            (scores("io-code", slice), scores("pipeline", slice), scores("ours", slice));
        let Some(of) = io_code.or(pipeline).or(ours).map(|rate| rate.of) else { continue };
        let share = 100.0 * of as f64 / tasks.tasks.len().max(1) as f64;
        let paper = paper::line(slice);
        let own = |rate: Option<Rate>| rate.map_or("–".to_owned(), show);
        let delta = io_code.zip(pipeline).map(|(before, after)| after.percent - before.percent);
        writeln!(
            out,
            "| {} | {share:.1} / {} | {} / {} | {} / {} | {} / {} | {} |",
            slice.name(),
            number(paper.map(|line| line.share)),
            own(io_code),
            number(paper.map(|line| line.io_code)),
            own(pipeline),
            number(paper.map(|line| line.pipeline)),
            difference(delta),
            difference(paper.map(|line| line.pipeline - line.io_code)),
            own(ours)
        )?;
    }
    Ok(())
}

/// Traces: a task counts where all five of its traces are exact, or correct.
fn table_3(out: &mut String, rows: &[&Evaluated]) -> std::fmt::Result {
    writeln!(
        out,
        "\n## Table 3: I/O → TRACE, all five traces of a task\n\n| encoder of the current grid | exact, top-1 | correct, \
         top-1 | exact, top-10 | correct, top-10 |\n|---|---|---|---|---|"
    )?;
    for r in rows {
        let Some(traces) = &r.report.traces else { continue };
        let paper = paper::traces(&r.row);
        let wide =
            |of: fn(&TopTraces) -> Rate| traces.top_k.as_ref().map_or("–".to_owned(), |t| show(of(t)));
        writeln!(
            out,
            "| {} | {} / {} | {} / {} | {} / {} | {} / {} |",
            title(r),
            show(traces.exact_all_shown),
            number(paper.top_1_exact),
            show(traces.correct_all_shown),
            number(paper.top_1_correct),
            wide(|top| top.exact_all_shown),
            number(paper.top_10_exact),
            wide(|top| top.correct_all_shown),
            number(paper.top_10_correct)
        )?;
    }
    Ok(())
}

fn programs(
    out: &mut String,
    heading: &str,
    beam: usize,
    rows: &[&Evaluated],
    title: &dyn Fn(&Evaluated) -> String,
) -> std::fmt::Result {
    writeln!(out, "\n## {heading}\n")?;
    writeln!(
        out,
        "| | top-1 exact | top-1 generalization | guided search, {beam} | top-{beam} generalization | guided search, \
         execution-pruned |\n|---|---|---|---|---|---|"
    )?;
    if heading.starts_with("Table 1") {
        for (name, theirs) in paper::LITERATURE {
            let cells = [
                theirs.top_1_exact,
                theirs.top_1_generalization,
                theirs.guided_search,
                theirs.top_50_generalization,
            ];
            let cells: Vec<String> = cells.map(|cell| format!("– / {}", number(cell))).into();
            writeln!(out, "| {name} | {} | – |", cells.join(" | "))?;
        }
    }
    for r in rows {
        let (plain, pruned, theirs) = (&r.report.plain, &r.report.pruned, paper::programs(&r.row));
        writeln!(
            out,
            "| {} | {} / {} | {} / {} | {} / {} | {} / {} | {} |",
            title(r),
            show(plain.top_1_exact),
            number(theirs.top_1_exact),
            show(plain.top_1_generalization),
            number(theirs.top_1_generalization),
            show(plain.guided_search),
            number(theirs.guided_search),
            show(plain.top_k_generalization),
            number(theirs.top_50_generalization),
            show(pruned.guided_search)
        )?;
    }
    Ok(())
}

fn title(row: &Evaluated) -> String {
    match &*row.row {
        "pipeline" => "I/O → TRACE → CODE".to_owned(),
        "gold-gold" => "TRACE → CODE, gold traces".to_owned(),
        name => ROWS.iter().find(|r| r.name == name).map_or(name, |r| r.title).to_owned(),
    }
}

fn number(percent: Option<f64>) -> String {
    percent.map_or("–".to_owned(), |p| format!("{p:.1}"))
}

fn difference(points: Option<f64>) -> String {
    points.map_or("–".to_owned(), |points| format!("{points:+.1}"))
}

fn show(rate: Rate) -> String {
    format!("{:.1} ({:.1} to {:.1})", rate.percent, rate.low, rate.high)
}
