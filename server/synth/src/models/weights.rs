//! Where a network's weights come from when it is built: a file, or the [`Parameters`] of a training. Files are
//! safetensors in f16 or f32, whose metadata hold the network's name and configuration. Everything is checked here, in
//! plain Rust, before a byte reaches torch: a foreign or damaged file is refused with one sentence.

use std::collections::BTreeSet;

use safetensors::{Dtype, SafeTensors};
use tch::{Device, Kind, Tensor};

use super::config::{ConfigError, MODEL, Metadata};
use super::parameters::{Init, Parameters};

/// A weight file that can't be used. The text is one sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("can't read the weights {file}: {error}")]
    Unreadable { file: String, error: std::io::Error },
    #[error("{file} is no safetensors file, or a damaged one: {error}")]
    Damaged { file: String, error: String },
    #[error("{file} holds the weights of {found}, but those of {expected} are needed")]
    OtherModel { file: String, found: String, expected: &'static str },
    #[error("{file} holds the weights of the unknown model {found}")]
    UnknownModel { file: String, found: String },
    #[error("{file} gives no usable configuration of its network: {error}")]
    Config { file: String, error: ConfigError },
    #[error("{file} lacks the weights `{name}`")]
    Missing { file: String, name: String },
    #[error("in {file}, `{name}` has the shape {found:?} instead of {expected:?}")]
    Shape { file: String, name: String, found: Vec<usize>, expected: Vec<i64> },
    #[error("in {file}, `{name}` is of type {found} instead of F16 or F32")]
    Kind { file: String, name: String, found: String },
    #[error("in {file}, `{name}` holds a number that is not finite: the file is damaged")]
    NotFinite { file: String, name: String },
    #[error("{file} holds the unknown weights `{name}`")]
    Unknown { file: String, name: String },
}

/// A weight of a network. Clones share its memory.
pub struct Weight(Tensor);

impl Clone for Weight {
    fn clone(&self) -> Weight {
        Weight(self.0.shallow_clone())
    }
}

impl From<Tensor> for Weight {
    fn from(tensor: Tensor) -> Weight {
        Weight(tensor)
    }
}

impl std::ops::Deref for Weight {
    type Target = Tensor;

    fn deref(&self) -> &Tensor {
        &self.0
    }
}

/// Weights that are taken one by one, by name and expected shape.
pub struct Weights<'a> {
    /// What error messages call them.
    file: String,
    metadata: Metadata,
    source: Source<'a>,
    /// The dtype of the tensors handed out.
    kind: Kind,
    device: Device,
}

enum Source<'a> {
    File { tensors: SafeTensors<'a>, taken: BTreeSet<String> },
    Training(&'a mut Parameters),
}

impl<'a> Weights<'a> {
    /// Parses `bytes`; `file` is what error messages call it. The tensors will lie on `device`.
    pub fn parse(bytes: &'a [u8], file: &str, device: Device) -> Result<Weights<'a>, WeightsError> {
        let damaged = |error: &dyn std::fmt::Display| WeightsError::Damaged {
            file: file.to_owned(),
            error: error.to_string(),
        };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| damaged(&e))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| damaged(&e))?;
        let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
        let source = Source::File { tensors, taken: BTreeSet::new() };
        Ok(Weights { file: file.to_owned(), metadata, source, kind: Kind::Float, device })
    }

    /// Takes the parameters of a training, in the dtype that it computes with: gradients flow back through the cast
    /// into the float32 masters. A network built from these is good for one step.
    pub fn training(parameters: &'a mut Parameters, kind: Kind) -> Weights<'a> {
        let (file, device) = ("the training".to_owned(), parameters.device());
        Weights { file, metadata: Metadata::new(), source: Source::Training(parameters), kind, device }
    }

    /// Hands out the weights in this dtype, in which the network then computes.
    pub fn computing_in(self, kind: Kind) -> Weights<'a> {
        Weights { kind, ..self }
    }

    pub fn device(&self) -> Device {
        self.device
    }

    /// What the file says of its network and of its training.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The error for a file of another network than the one that is needed.
    pub fn of_another_model(&self, expected: &'static str) -> WeightsError {
        let found = self.metadata.get(MODEL).map_or("a model without a name", String::as_str);
        WeightsError::OtherModel { file: self.file.clone(), found: found.to_owned(), expected }
    }

    /// The error for a file whose metadata can't be used.
    pub fn unusable(&self, error: ConfigError) -> WeightsError {
        let file = self.file.clone();
        match error {
            ConfigError::UnknownNetwork { name: found, .. } => WeightsError::UnknownModel { file, found },
            error => WeightsError::Config { file, error },
        }
    }

    /// The tensor `name`. Where a training begins, it starts as `init` says.
    pub fn take(&mut self, name: &str, shape: &[i64], init: Init) -> Result<Weight, WeightsError> {
        let (tensors, taken) = match &mut self.source {
            Source::Training(parameters) => {
                let master = parameters.get_or_init(name, shape, init);
                if master.size() != shape {
                    let found = master.size().iter().map(|&n| n as usize).collect();
                    return Err(self.misshapen(name, found, shape));
                }
                return Ok(Weight(master.to_kind(self.kind)));
            }
            Source::File { tensors, taken } => (tensors, taken),
        };
        let Ok(view) = tensors.tensor(name) else {
            return Err(WeightsError::Missing { file: self.file.clone(), name: name.to_owned() });
        };
        if !view.shape().iter().map(|&n| n as i64).eq(shape.iter().copied()) {
            let found = view.shape().to_vec();
            return Err(self.misshapen(name, found, shape));
        }
        let (kind, finite) = match view.dtype() {
            Dtype::F16 => (Kind::Half, view.data().chunks_exact(2).all(|b| b[1] & 0x7c != 0x7c)),
            Dtype::F32 => {
                let finite = |b: &[u8]| b[3] & 0x7f != 0x7f || b[2] & 0x80 == 0;
                (Kind::Float, view.data().chunks_exact(4).all(finite))
            }
            other => {
                let found = format!("{other:?}");
                return Err(WeightsError::Kind { file: self.file.clone(), name: name.to_owned(), found });
            }
        };
        if !finite {
            return Err(WeightsError::NotFinite { file: self.file.clone(), name: name.to_owned() });
        }
        taken.insert(name.to_owned());
        Ok(Weight(Tensor::from_data_size(view.data(), shape, kind).to_kind(self.kind).to_device(self.device)))
    }

    fn misshapen(&self, name: &str, found: Vec<usize>, expected: &[i64]) -> WeightsError {
        let (file, name) = (self.file.clone(), name.to_owned());
        WeightsError::Shape { file, name, found, expected: expected.to_vec() }
    }

    /// Refuses a file that holds more than was taken.
    pub fn finish(self) -> Result<(), WeightsError> {
        let Source::File { tensors, taken } = &self.source else { return Ok(()) };
        match tensors.names().into_iter().find(|name| !taken.contains(*name)) {
            Some(name) => Err(WeightsError::Unknown { file: self.file.clone(), name: name.to_owned() }),
            None => Ok(()),
        }
    }
}
