//! A training on disk. The exact form resumes as if nothing had been; the compact one (f16 weights, bf16 memories of the
//! optimizer, no average) is small enough to travel. Both are safetensors, written whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use super::ema::Ema;
use super::optimizer::Optimizer;
use super::pieces;
use super::schedule::Spent;
use crate::models::config::Metadata;
use crate::models::parameters::Parameters;
use crate::models::registry::NetworkConfig;

/// Greatest size of a compact checkpoint in bytes.
const COMPACT: usize = 40_000_000;

/// How far a training has come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps taken.
    pub step: u64,
    /// Tasks taken from the stream: where it goes on.
    pub tasks: u64,
    /// Samples learned from.
    pub samples: u64,
    /// Seconds of training, evaluation left out.
    pub seconds: f64,
    /// Seconds that all cores together have spent on it, evaluation left out; 0 in checkpoints that don't say.
    #[serde(default)]
    pub processor_seconds: f64,
    pub seed: u64,
    /// The configuration, as text.
    pub config: String,
}

impl Progress {
    /// What the schedule asks of it.
    pub fn spent(&self) -> Spent {
        Spent { steps: self.step, seconds: self.seconds, processor_seconds: self.processor_seconds }
    }
}

/// A checkpoint that can't be used. The text is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("can't read the checkpoint {}: {error}; remove it to begin anew", file.display())]
    Unreadable { file: PathBuf, error: std::io::Error },
    #[error("can't write the checkpoint {}: {error}", file.display())]
    Unwritable { file: PathBuf, error: std::io::Error },
    #[error("the checkpoint {} is damaged ({reason}): remove it to begin anew", file.display())]
    Damaged { file: PathBuf, reason: String },
    #[error("in {} the compact checkpoint of step {step} lacks piece {piece} of {pieces}", folder.display())]
    Lacking { folder: PathBuf, step: u64, piece: u32, pieces: u32 },
}

/// A checkpoint as it was read.
pub struct Saved {
    pub progress: Progress,
    pub network: NetworkConfig,
    ages: BTreeMap<String, u64>,
    ema_updates: u64,
    tensors: BTreeMap<String, Tensor>,
}

/// What the metadata hold beside the network's configuration.
#[derive(Serialize, Deserialize)]
struct State {
    progress: Progress,
    ages: BTreeMap<String, u64>,
    ema_updates: u64,
}

/// Key of the [`State`] in the metadata.
const STATE: &str = "training";
// Parts of a checkpoint, the first part of their tensors' names.
const WEIGHT: &str = "weight";
const MOMENTUM: &str = "momentum";
const VARIANCE: &str = "variance";
const AVERAGE: &str = "average";

/// A training that is to be saved.
pub struct Training<'a> {
    pub progress: &'a Progress,
    pub network: &'a NetworkConfig,
    pub parameters: &'a Parameters,
    pub optimizer: &'a Optimizer,
    pub ema: Option<&'a Ema>,
}

impl Training<'_> {
    /// Writes the exact checkpoint.
    ///
    /// # Errors
    /// Where the file can't be written; then what was there before stays.
    pub fn save(&self, file: &Path) -> Result<(), CheckpointError> {
        let mut tensors = Vec::new();
        for (name, value) in self.parameters.iter() {
            tensors.push(Part::new(WEIGHT, name, value, Kind::Float));
        }
        for (name, momentum, variance, _) in self.optimizer.memory() {
            tensors.extend(momentum.map(|t| Part::new(MOMENTUM, name, t, Kind::Float)));
            tensors.extend(variance.map(|t| Part::new(VARIANCE, name, t, Kind::Float)));
        }
        for (name, average) in self.ema.iter().flat_map(|ema| ema.iter()) {
            tensors.push(Part::new(AVERAGE, name, average, Kind::Float));
        }
        let bytes = self.serialize(&tensors, file)?;
        write(file, &bytes)
    }

    /// Writes the compact checkpoint into the folder, as [`pieces`]. What the optimizer remembers of a weight is left
    /// out where it would be more than 40 MB; then it begins anew for that weight.
    ///
    /// # Errors
    /// Where a file can't be written.
    pub fn save_compact(&self, folder: &Path) -> Result<Vec<PathBuf>, CheckpointError> {
        let mut tensors: Vec<Part> =
            self.parameters.iter().map(|(name, value)| Part::new(WEIGHT, name, value, Kind::Half)).collect();
        let mut room =
            COMPACT.saturating_sub(tensors.iter().map(|t| t.bytes.len()).sum::<usize>() + 1_000_000);
        for (name, momentum, variance, _) in self.optimizer.memory() {
            let parts = [(MOMENTUM, momentum), (VARIANCE, variance)];
            let parts: Vec<Part> = parts
                .into_iter()
                .filter_map(|(part, tensor)| Some(Part::new(part, name, tensor?, Kind::BFloat16)))
                .collect();
            let size: usize = parts.iter().map(|p| p.bytes.len()).sum();
            if size <= room {
                room -= size;
                tensors.extend(parts);
            }
        }
        let bytes = self.serialize(&tensors, folder)?;
        pieces::save(folder, self.progress.step, &bytes)
    }

    fn serialize(&self, parts: &[Part], file: &Path) -> Result<Vec<u8>, CheckpointError> {
        let ages = self.optimizer.memory().map(|(name, _, _, age)| (name.to_owned(), age)).collect();
        let ema_updates = self.ema.map_or(0, Ema::updates);
        let state = State { progress: self.progress.clone(), ages, ema_updates };
        let unwritable = |reason: String| CheckpointError::Unwritable {
            file: file.to_owned(),
            error: std::io::Error::other(reason),
        };
        let state = serde_json::to_string(&state).map_err(|e| unwritable(e.to_string()))?;
        let mut metadata = self.network.metadata();
        metadata.insert(STATE.to_owned(), state);
        serialize(parts, &metadata).map_err(unwritable)
    }
}

/// A tensor's bytes.
struct Part {
    name: String,
    shape: Vec<usize>,
    kind: Dtype,
    bytes: Vec<u8>,
}

impl Part {
    fn new(part: &str, name: &str, tensor: &Tensor, kind: Kind) -> Part {
        let name = if part.is_empty() { name.to_owned() } else { format!("{part}/{name}") };
        let tensor = tensor.detach().to_kind(kind).to_device(Device::Cpu).contiguous();
        let (dtype, size) = match kind {
            Kind::Half => (Dtype::F16, 2),
            Kind::BFloat16 => (Dtype::BF16, 2),
            _ => (Dtype::F32, 4),
        };
        let mut bytes = vec![0; tensor.numel() * size];
        tensor.copy_data_u8(&mut bytes, tensor.numel());
        let shape = tensor.size().into_iter().map(|n| n as usize).collect();
        Part { name, shape, kind: dtype, bytes }
    }
}

fn serialize(parts: &[Part], metadata: &Metadata) -> Result<Vec<u8>, String> {
    let views = parts
        .iter()
        .map(|p| Ok((p.name.as_str(), TensorView::new(p.kind, p.shape.clone(), &p.bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .map_err(|e| e.to_string())?;
    let metadata = metadata.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    safetensors::serialize(views, Some(metadata)).map_err(|e| e.to_string())
}

/// Writes the weight file of a network, f16, with its configuration and whatever else is to be known of it as metadata.
///
/// # Errors
/// Where it can't be written.
pub fn save_weights<'t>(
    file: &Path,
    weights: impl Iterator<Item = (&'t str, &'t Tensor)>,
    metadata: &Metadata,
) -> Result<(), CheckpointError> {
    let parts: Vec<Part> = weights.map(|(name, value)| Part::new("", name, value, Kind::Half)).collect();
    let bytes = serialize(&parts, metadata).map_err(|reason| CheckpointError::Unwritable {
        file: file.to_owned(),
        error: std::io::Error::other(reason),
    })?;
    write(file, &bytes)
}

/// Writes beside the file, then puts it in its place.
pub(super) fn write(file: &Path, bytes: &[u8]) -> Result<(), CheckpointError> {
    let unwritable = |error| CheckpointError::Unwritable { file: file.to_owned(), error };
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut out = fs::File::create(&beside).map_err(unwritable)?;
    out.write_all(bytes).and_then(|()| out.sync_all()).map_err(unwritable)?;
    fs::rename(&beside, file).map_err(unwritable)
}

impl Saved {
    /// Reads an exact checkpoint; None where there is none.
    ///
    /// # Errors
    /// Where there is one that can't be used.
    pub fn read(file: &Path) -> Result<Option<Saved>, CheckpointError> {
        match fs::read(file) {
            Ok(bytes) => Saved::parse(&bytes, file).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CheckpointError::Unreadable { file: file.to_owned(), error }),
        }
    }

    /// Reads the compact checkpoint in the folder; None where there is none.
    ///
    /// # Errors
    /// Where there is one that can't be used, or a piece is missing.
    pub fn read_compact(folder: &Path) -> Result<Option<Saved>, CheckpointError> {
        pieces::read(folder)?.map(|bytes| Saved::parse(&bytes, folder)).transpose()
    }

    fn parse(bytes: &[u8], file: &Path) -> Result<Saved, CheckpointError> {
        let damaged = |reason: String| CheckpointError::Damaged { file: file.to_owned(), reason };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| damaged(e.to_string()))?;
        let views = SafeTensors::deserialize(bytes).map_err(|e| damaged(e.to_string()))?;
        let mut metadata: Metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
        let state =
            metadata.remove(STATE).ok_or_else(|| damaged("it has no state of a training".to_owned()))?;
        let state: State = serde_json::from_str(&state).map_err(|e| damaged(e.to_string()))?;
        let network = NetworkConfig::of_metadata(&metadata).map_err(|e| damaged(e.to_string()))?;
        let mut tensors = BTreeMap::new();
        for (name, view) in views.tensors() {
            let kind = match view.dtype() {
                Dtype::F16 => Kind::Half,
                Dtype::BF16 => Kind::BFloat16,
                Dtype::F32 => Kind::Float,
                other => return Err(damaged(format!("`{name}` is of type {other:?}"))),
            };
            let shape: Vec<i64> = view.shape().iter().map(|&n| n as i64).collect();
            let tensor = Tensor::from_data_size(view.data(), &shape, kind).to_kind(Kind::Float);
            tensors.insert(name, tensor);
        }
        let State { progress, ages, ema_updates } = state;
        Ok(Saved { progress, network, ages, ema_updates, tensors })
    }

    /// Puts everything where it was. A weight whose memories were left out begins anew with them; an average that
    /// was left out begins with the weights.
    pub fn restore(&self, parameters: &mut Parameters, optimizer: &mut Optimizer, ema: Option<&mut Ema>) {
        let device = parameters.device();
        let part = |part: &str, name: &str| {
            self.tensors.get(&format!("{part}/{name}")).map(|t| t.to_device(device).copy())
        };
        let of = |part: &'static str| {
            let names = self.tensors.keys().filter_map(move |key| key.strip_prefix(part)?.strip_prefix('/'));
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        for name in of(WEIGHT) {
            if let Some(value) = part(WEIGHT, &name) {
                parameters.set(&name, &value);
            }
        }
        for (name, &age) in &self.ages {
            let (momentum, variance) = (part(MOMENTUM, name), part(VARIANCE, name));
            if momentum.is_some() || variance.is_some() {
                optimizer.restore(name, momentum, variance, age);
            }
        }
        let averages: BTreeMap<String, Tensor> =
            of(AVERAGE).into_iter().filter_map(|name| Some((name.clone(), part(AVERAGE, &name)?))).collect();
        if let Some(ema) = ema
            && !averages.is_empty()
        {
            ema.restore(self.ema_updates, averages);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::parameters::Init;
    use crate::train::optimizer::OptimizerConfig;

    struct Example {
        parameters: Parameters,
        optimizer: Optimizer,
        ema: Ema,
    }

    impl Example {
        fn empty() -> Example {
            let optimizer = Optimizer::new(&OptimizerConfig::default());
            Example { parameters: Parameters::new(Device::Cpu, 1), optimizer, ema: Ema::new(0.9) }
        }

        fn step(&mut self) {
            let x = self.parameters.get_or_init("x", &[300, 7], Init::Normal(1.0)).shallow_clone();
            self.parameters.zero_grad();
            (x.square() + x.sin()).sum(Kind::Float).backward();
            self.optimizer.step(&mut self.parameters, 0.01);
            self.ema.update(&self.parameters);
        }

        fn training<'a>(&'a self, progress: &'a Progress, network: &'a NetworkConfig) -> Training<'a> {
            let Example { parameters, optimizer, ema } = self;
            Training { progress, network, parameters, optimizer, ema: Some(ema) }
        }

        fn weights(&self) -> Vec<f32> {
            let all = self.parameters.iter().map(|(_, t)| t).chain(self.ema.iter().map(|(_, t)| t));
            all.flat_map(|t| Vec::<f32>::try_from(t.flatten(0, -1).detach()).unwrap_or_default()).collect()
        }
    }

    fn network() -> NetworkConfig {
        NetworkConfig::IoCode(Default::default())
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("karel-checkpoint-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn the_exact_form_goes_on_as_if_nothing_had_been() {
        let (progress, network) = (Progress { step: 3, ..Progress::default() }, network());
        let mut whole = Example::empty();
        (0..3).for_each(|_| whole.step());
        let folder = folder("exact");
        let file = folder.join("checkpoint");
        whole.training(&progress, &network).save(&file).unwrap();
        let saved = Saved::read(&file).unwrap().unwrap();
        assert_eq!((&saved.progress, &saved.network), (&progress, &network));
        let mut again = Example::empty();
        saved.restore(&mut again.parameters, &mut again.optimizer, Some(&mut again.ema));
        for _ in 0..3 {
            whole.step();
            again.step();
        }
        assert!(!whole.weights().is_empty() && whole.weights() == again.weights());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_compact_form_is_near() {
        let (progress, network) = (Progress::default(), network());
        let mut whole = Example::empty();
        (0..3).for_each(|_| whole.step());
        let folder = folder("compact");
        let files = whole.training(&progress, &network).save_compact(&folder).unwrap();
        assert_eq!(files.len(), 1);
        let saved = Saved::read_compact(&folder).unwrap().unwrap();
        let mut again = Example::empty();
        saved.restore(&mut again.parameters, &mut again.optimizer, Some(&mut again.ema));
        let far = whole.weights().iter().zip(again.weights()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(far < 0.01, "{far}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn damage_is_told() {
        let folder = folder("damaged");
        let file = folder.join("checkpoint");
        assert!(Saved::read(&file).unwrap().is_none() && Saved::read_compact(&folder).unwrap().is_none());
        fs::write(&file, b"noise").unwrap();
        let text = Saved::read(&file).err().unwrap().to_string();
        assert!(text.contains("is damaged"), "{text}");
        fs::write(folder.join("compact-9-2-of-2"), b"noise").unwrap();
        let text = Saved::read_compact(&folder).err().unwrap().to_string();
        assert!(text.contains("is no piece of a checkpoint"), "{text}");
        fs::remove_dir_all(folder).unwrap();
    }
}
