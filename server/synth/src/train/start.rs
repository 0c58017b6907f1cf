//! Weights to start a training from, in place of random ones: those of a finished network, or of the training itself, where
//! nothing else of it was kept. The optimizer starts with empty memories.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use safetensors::SafeTensors;
use tch::{Device, Kind, Tensor};

use crate::models::carried;
use crate::models::network::Network;
use crate::models::parameters::Parameters;
use crate::models::registry::NetworkConfig;
use crate::models::tensors::dims;
use crate::models::weights::Weights;
use crate::train::checkpoint::Progress;
use crate::train::config::Config;

/// The table of a network that has one row for each example of a task, `[examples, d]`.
const EXAMPLES: &str = "example.weight";

/// Makes the weights of a file the first weights of a training of `N`. `of` is a path, or `embedded` for the weights
/// that the engine carries. A table of examples that is shorter than the training asks for is grown: its rows are
/// repeated in turn, so that a further example begins as one that the network knows.
///
/// # Errors
/// Where the file can't be read, is damaged, or holds another network.
pub fn from_weights<N: Network>(
    of: &str,
    config: &N::Config,
    parameters: &mut Parameters,
) -> anyhow::Result<()> {
    let (bytes, file) = carried::read(of, N::NAME)?;
    // The network itself checks that the file is whole and holds what it needs, and nothing else.
    N::of_file(Weights::parse(&bytes, &file, Device::Cpu)?)?;
    // Random weights first: they have the shapes that the training asks for.
    N::load(config, Weights::training(parameters, Kind::Float))?;
    let tensors = SafeTensors::deserialize(&bytes).with_context(|| format!("{file} is damaged"))?;
    for (name, view) in tensors.tensors() {
        let kind = if view.dtype() == safetensors::Dtype::F16 { Kind::Half } else { Kind::Float };
        let shape: Vec<i64> = view.shape().iter().map(|&n| n as i64).collect();
        let mut value = Tensor::from_data_size(view.data(), &shape, kind).to_kind(Kind::Float);
        if let (EXAMPLES, Some(table)) = (&*name, parameters.get(EXAMPLES)) {
            let [rows, _] = dims(table, "[examples, d]");
            value = grown(&value, rows);
        }
        parameters.set(&name, &value);
    }
    Ok(())
}

/// Makes the weights of a file the weights of a training that was ended before its time, and gives how far it had come.
///
/// # Errors
/// Where the file can't be read, is damaged, or is of another training: of another configuration's name, network or seed.
pub fn from_unfinished<N: Network>(
    file: &Path,
    config: &Config,
    network: &N::Config,
    parameters: &mut Parameters,
) -> anyhow::Result<Progress> {
    let shown = file.display().to_string();
    let bytes = fs::read(file).with_context(|| format!("can't read {shown}"))?;
    let weights = Weights::parse(&bytes, &shown, Device::Cpu)?;
    if !is_of(&weights, config) {
        bail!(
            "{shown} is of another training than {}: leave it out, or start from it as from any weights",
            config.name
        );
    }
    from_weights::<N>(&shown, network, parameters)?;
    let number = |key: &str| weights.metadata().get(key).and_then(|text| text.parse::<f64>().ok());
    let minutes = |key: &str| 60.0 * number(key).unwrap_or(0.0);
    let tasks = number("trained_tasks").unwrap_or(0.0) as u64;
    Ok(Progress {
        step: number("trained_steps").unwrap_or(0.0) as u64,
        tasks,
        samples: tasks,
        seconds: minutes("trained_minutes"),
        processor_seconds: minutes("trained_processor_minutes"),
        seed: config.seed,
        ..Progress::default()
    })
}

/// Whether these are weights of the training that the configuration describes, as far as they say.
pub fn is_of(weights: &Weights, config: &Config) -> bool {
    let of = |key: &str| weights.metadata().get(key).map(String::as_str);
    of("trained") == Some(&config.name)
        && of("trained_seed") == Some(&config.seed.to_string())
        && NetworkConfig::of_metadata(weights.metadata()).is_ok_and(|network| network == config.model)
}

/// `[n, d]` → `[rows, d]` where `rows` is more than `n`; the same table else.
fn grown(table: &Tensor, rows: i64) -> Tensor {
    let [known, _] = dims(table, "[examples, d]");
    if rows <= known {
        return table.shallow_clone();
    }
    let turns: Vec<i64> = (0..rows).map(|row| row % known).collect();
    table.index_select(0, &Tensor::from_slice(&turns))
}
