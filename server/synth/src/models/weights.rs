//! Weight files: safetensors in f16 or f32, whose metadata hold the model's name and sizes. Everything is checked
//! here, in plain Rust, before a byte reaches torch: a foreign or damaged file is refused with one sentence.

use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors};
use tch::{Device, Kind, Tensor};

/// A weight file that can't be used. The text is one sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("can't read the weights {file}: {error}")]
    Unreadable { file: String, error: std::io::Error },
    #[error("{file} is no safetensors file, or a damaged one: {error}")]
    Damaged { file: String, error: String },
    #[error("{file} holds the weights of {found}, but those of {expected} are needed")]
    OtherModel { file: String, found: String, expected: &'static str },
    #[error("{file} gives no usable `{key}` in its metadata")]
    Metadata { file: String, key: &'static str },
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

/// A parsed file whose tensors are taken one by one, by name and expected shape.
pub struct Weights<'a> {
    file: String,
    metadata: BTreeMap<String, String>,
    tensors: SafeTensors<'a>,
    taken: std::collections::BTreeSet<String>,
    device: Device,
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
        Ok(Weights { file: file.to_owned(), metadata, tensors, taken: Default::default(), device })
    }

    pub fn device(&self) -> Device {
        self.device
    }

    /// Name of the model that the file was written for.
    pub fn model(&self) -> &str {
        self.metadata.get("model").map_or("(without a name)", String::as_str)
    }

    /// Refuses a file that was written for another model.
    pub fn expect_model(&self, expected: &'static str) -> Result<(), WeightsError> {
        let found = self.model();
        if found == expected {
            return Ok(());
        }
        Err(WeightsError::OtherModel { file: self.file.clone(), found: found.to_owned(), expected })
    }

    /// A size from the metadata, at least 1 and at most `limit`.
    pub fn size(&self, key: &'static str, limit: i64) -> Result<i64, WeightsError> {
        let value = self.metadata.get(key).and_then(|v| v.parse().ok());
        value.filter(|v| (1..=limit).contains(v)).ok_or_else(|| self.unusable(key))
    }

    /// The error for metadata whose values don't go together.
    pub fn unusable(&self, key: &'static str) -> WeightsError {
        WeightsError::Metadata { file: self.file.clone(), key }
    }

    /// The tensor `name` in f32.
    pub fn take(&mut self, name: &str, shape: &[i64]) -> Result<Tensor, WeightsError> {
        let (file, name) = (|| self.file.clone(), name.to_owned());
        let Ok(view) = self.tensors.tensor(&name) else {
            return Err(WeightsError::Missing { file: file(), name });
        };
        if !view.shape().iter().map(|&n| n as i64).eq(shape.iter().copied()) {
            let found = view.shape().to_vec();
            return Err(WeightsError::Shape { file: file(), name, found, expected: shape.to_vec() });
        }
        let (kind, finite) = match view.dtype() {
            Dtype::F16 => (Kind::Half, view.data().chunks_exact(2).all(|b| b[1] & 0x7c != 0x7c)),
            Dtype::F32 => {
                let finite = |b: &[u8]| b[3] & 0x7f != 0x7f || b[2] & 0x80 == 0;
                (Kind::Float, view.data().chunks_exact(4).all(finite))
            }
            other => return Err(WeightsError::Kind { file: file(), name, found: format!("{other:?}") }),
        };
        if !finite {
            return Err(WeightsError::NotFinite { file: file(), name });
        }
        self.taken.insert(name);
        Ok(Tensor::from_data_size(view.data(), shape, kind).to_kind(Kind::Float).to_device(self.device))
    }

    /// Refuses a file that holds more than was taken.
    pub fn finish(self) -> Result<(), WeightsError> {
        match self.tensors.names().into_iter().find(|name| !self.taken.contains(*name)) {
            Some(name) => Err(WeightsError::Unknown { file: self.file, name: name.to_owned() }),
            None => Ok(()),
        }
    }
}
