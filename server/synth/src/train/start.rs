//! Weights to start a training from: those of a finished network, in place of random ones. The optimizer starts with
//! empty memories.

use anyhow::Context;
use safetensors::SafeTensors;
use tch::{Device, Kind, Tensor};

use crate::models::carried;
use crate::models::network::Network;
use crate::models::parameters::Parameters;
use crate::models::tensors::dims;
use crate::models::weights::Weights;

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

/// `[n, d]` → `[rows, d]` where `rows` is more than `n`; the same table else.
fn grown(table: &Tensor, rows: i64) -> Tensor {
    let [known, _] = dims(table, "[examples, d]");
    if rows <= known {
        return table.shallow_clone();
    }
    let turns: Vec<i64> = (0..rows).map(|row| row % known).collect();
    table.index_select(0, &Tensor::from_slice(&turns))
}
