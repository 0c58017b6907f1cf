//! A row of the tables, evaluated: as a whole, in parts on several machines, or not again where nothing has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use dataset::Task;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use tch::Device;

use super::{Evaluated, Request, Row, Tasks, Trained, plan};
use crate::decode::traces::Mask;
use crate::eval::shard::{Piece, Shard, merge};
use crate::eval::{Conditions, Report, SHOWN, Settings, TaskResult, evaluate};
use crate::grammar::Rules;
use crate::models::Models;
use crate::models::config::MODEL;
use crate::models::weights::Weights;
use crate::train::pieces::crc;

/// One part of a row, on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    networks: Vec<Trained>,
    tasks: String,
    piece: Piece,
}

/// The row's figures: those of an earlier run where nothing has changed since, or of all parts where they are there. None
/// where only a part is asked for, which is then on disk.
pub(super) fn evaluated(
    request: &Request,
    row: &Row,
    files: &[PathBuf],
    tasks: &Tasks,
) -> anyhow::Result<Option<Evaluated>> {
    let networks = files.iter().map(|file| trained(file)).collect::<anyhow::Result<Vec<_>>>()?;
    let settings = settings(request, row);
    let (timeless, mark) = (conditions(request, &settings, &networks, tasks), tasks.mark());
    let file = request.out.join(format!("{}.json", row.name));
    if let Some(before) = read::<Evaluated>(&file)
        && before.networks == networks
        && before.tasks == mark
        && before.report.conditions.timeless() == timeless
    {
        return Ok(Some(before));
    }
    let is_current = |part: &Part| {
        part.networks == networks && part.tasks == mark && part.piece.conditions.timeless() == timeless
    };
    let compute = |name: &str, range: &[Task]| -> anyhow::Result<(Conditions, Vec<TaskResult>)> {
        let models = Models::from_files(files, request.device)?;
        let start = Instant::now();
        let bar = bar(name, range.len());
        let results = evaluate(&models, request.device, range, &settings, &|n| bar.inc(n));
        bar.finish_and_clear();
        let seconds = start.elapsed().as_secs_f64();
        let tasks_per_second = range.len() as f64 / seconds.max(1e-9);
        Ok((Conditions { seconds, tasks_per_second, ..timeless.clone() }, results))
    };
    let report = if let Some(shard) = request.shard {
        let Shard { number, count } = shard;
        let file = request.out.join(format!("{}.{number}-of-{count}.json", row.name));
        if !read::<Part>(&file).is_some_and(|part| is_current(&part)) {
            let range = shard.range(tasks.tasks.len() as u64, settings.batch as u64);
            let range = &tasks.tasks[range.start as usize..range.end as usize];
            let (conditions, results) = compute(&format!("{}, part {number} of {count}", row.name), range)?;
            let piece = Piece { shard, conditions, results: vec![(SHOWN, results)] };
            write(&file, &Part { networks, tasks: mark, piece })?;
        }
        return Ok(None);
    } else if let Some(pieces) = whole(parts(request, row, is_current)?) {
        merge(pieces)?
    } else {
        let (conditions, results) = compute(row.name, &tasks.tasks)?;
        Report::new(conditions, &[(SHOWN, results)])
    };
    let evaluated = Evaluated { row: row.name.to_owned(), networks, tasks: mark, report };
    write(&file, &evaluated)?;
    Ok(Some(evaluated))
}

/// The parts of the row that are there and of these very conditions.
fn parts(request: &Request, row: &Row, is_current: impl Fn(&Part) -> bool) -> anyhow::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let folder = &request.out;
    for entry in fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let of_row = name.strip_prefix(row.name).is_some_and(|rest| rest.starts_with('.'));
        if of_row && name.contains("-of-") && name.ends_with(".json") {
            let part = read::<Part>(&folder.join(&*name)).filter(&is_current);
            pieces.extend(part.map(|part| part.piece));
        }
    }
    Ok(pieces)
}

/// All parts of one split, where they are among these.
fn whole(pieces: Vec<Piece>) -> Option<Vec<Piece>> {
    let complete =
        |count: u32| pieces.iter().filter(|piece| piece.shard.count == count).count() == count as usize;
    let count = pieces.iter().map(|piece| piece.shard.count).find(|&count| complete(count))?;
    Some(pieces.into_iter().filter(|piece| piece.shard.count == count).collect())
}

fn settings(request: &Request, row: &Row) -> Settings {
    let ours = row.networks().any(plan::is_ours);
    Settings {
        shown: SHOWN,
        beam: request.beam,
        traces: row.traces,
        // Table 3 is of the traces.
        trace_beam: if row.code.is_none() || row.name == "ours" { request.trace_beam } else { 1 },
        plain: row.code.is_some(),
        pruned: row.code.is_some(),
        // The paper's beams have no masks, and a trace that fails stays unknown.
        mask: if ours { Mask::Possible } else { Mask::None },
        retries: ours,
        batch: if request.device == Device::Cpu { 8 } else { 64 },
        workers: if request.device == Device::Cpu { request.threads } else { 2 },
        seed: 0,
        rules: if ours { Rules::Dataset } else { Rules::None },
    }
}

/// The conditions of the whole evaluation, without the time that it takes.
fn conditions(request: &Request, settings: &Settings, networks: &[Trained], tasks: &Tasks) -> Conditions {
    Conditions {
        file: tasks.name.clone(),
        tasks: tasks.tasks.len(),
        spread: tasks.spread,
        models: networks.iter().map(|n| n.name.clone()).collect(),
        excluded: networks.last().and_then(|n| n.excluded.clone()),
        ..Conditions::of(settings, request.device)
    }
}

fn bar(of: &str, tasks: usize) -> ProgressBar {
    let bar = ProgressBar::new(tasks as u64);
    let template = format!("evaluating {of} {{bar:40}} {{pos}}/{{len}} tasks, {{eta}} left");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

fn write(file: &Path, what: &impl Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(what)?;
    fs::write(file, json).with_context(|| format!("can't write {}", file.display()))
}

/// What a weight file says of its training.
fn trained(file: &Path) -> anyhow::Result<Trained> {
    let shown = file.display().to_string();
    let bytes = fs::read(file).with_context(|| format!("can't read {shown}"))?;
    let weights = Weights::parse(&bytes, &shown, Device::Cpu)?;
    let word = |key: &str| weights.metadata().get(key).cloned();
    let number = |key: &str| word(key).and_then(|text| text.parse::<f64>().ok());
    Ok(Trained {
        name: word("trained").or_else(|| word(MODEL)).unwrap_or_else(|| shown.clone()),
        minutes: number("trained_minutes"),
        processor_minutes: number("trained_processor_minutes"),
        tasks: number("trained_tasks").map(|n| n as u64),
        excluded: word("excluded"),
        mark: format!("{:08x}", crc(&bytes)),
    })
}
