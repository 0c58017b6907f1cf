//! Where the networks in use come from: embedded in the engine, or the weight files of a folder.

use std::path::Path;

use tch::Device;

use super::code_transformer::CodeTransformer;
use super::trace_policy::TracePolicy;
use super::weights::{Weights, WeightsError};
use super::{CodeModel, TraceModel};

/// The two networks of a system.
pub struct Models {
    pub trace: Box<dyn TraceModel>,
    pub code: Box<dyn CodeModel>,
    /// File names, or `embedded`.
    pub names: Vec<String>,
}

/// Why there are no networks. The text is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error("can't read the folder {folder}: {error}")]
    Folder { folder: String, error: std::io::Error },
    #[error(
        "{folder} holds no weights of a {role} model (*.safetensors): set `--models` to a folder that does"
    )]
    Lacking { folder: String, role: &'static str },
    #[error("{folder} holds two {role} models, {first} and {second}: keep one")]
    Twice { folder: String, role: &'static str, first: String, second: String },
    #[error("{file} holds the weights of the unknown model {found}")]
    Unknown { file: String, found: String },
    #[error("this engine carries no weights: give it a folder by `--models`")]
    NotEmbedded,
}

/// One loaded file.
enum Network {
    Trace(Box<dyn TraceModel>),
    Code(Box<dyn CodeModel>),
}

impl Models {
    /// The weights of `folder`, or those that the engine carries.
    pub fn load(folder: Option<&Path>, device: Device) -> Result<Models, LoadError> {
        match folder {
            Some(folder) => Models::from_folder(folder, device),
            None => Models::embedded(device),
        }
    }

    /// The weights that the engine carries.
    #[cfg(feature = "embedded-weights")]
    pub fn embedded(device: Device) -> Result<Models, LoadError> {
        let trace = include_bytes!("../../weights/trace-policy.safetensors");
        let code = include_bytes!("../../weights/code-transformer.safetensors");
        Ok(Models {
            trace: Box::new(TracePolicy::load(Weights::parse(trace, "embedded trace policy", device)?)?),
            code: Box::new(CodeTransformer::load(Weights::parse(
                code,
                "embedded code transformer",
                device,
            )?)?),
            names: vec!["embedded".to_owned()],
        })
    }

    /// The weights that the engine carries.
    #[cfg(not(feature = "embedded-weights"))]
    pub fn embedded(_: Device) -> Result<Models, LoadError> {
        Err(LoadError::NotEmbedded)
    }

    /// Every `*.safetensors` file of the folder; there has to be one trace model and one code model. The file's
    /// metadata say which is which.
    pub fn from_folder(folder: &Path, device: Device) -> Result<Models, LoadError> {
        let shown = folder.display().to_string();
        let failed = |error| LoadError::Folder { folder: shown.clone(), error };
        let mut files = std::fs::read_dir(folder)
            .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
            .map_err(failed)?;
        files.retain(|file| file.extension().is_some_and(|e| e == "safetensors"));
        files.sort();
        let (mut trace, mut code) = (None, None);
        for path in files {
            let file = path.display().to_string();
            let bytes = std::fs::read(&path)
                .map_err(|error| WeightsError::Unreadable { file: file.clone(), error })?;
            let (role, before) = match read(&bytes, &file, device)? {
                Network::Trace(model) => {
                    ("trace", trace.replace((file.clone(), model)).map(|(file, _)| file))
                }
                Network::Code(model) => ("code", code.replace((file.clone(), model)).map(|(file, _)| file)),
            };
            if let Some(first) = before {
                return Err(LoadError::Twice { folder: shown, role, first, second: file });
            }
        }
        let lacking = |role| LoadError::Lacking { folder: shown.clone(), role };
        let (trace_file, trace) = trace.ok_or_else(|| lacking("trace"))?;
        let (code_file, code) = code.ok_or_else(|| lacking("code"))?;
        Ok(Models { trace, code, names: vec![trace_file, code_file] })
    }

    /// The same weights for another thread.
    pub fn share(&self) -> Models {
        Models { trace: self.trace.share(), code: self.code.share(), names: self.names.clone() }
    }
}

/// Loads whichever model the file's metadata name.
fn read(bytes: &[u8], file: &str, device: Device) -> Result<Network, LoadError> {
    let weights = Weights::parse(bytes, file, device)?;
    match weights.model() {
        TracePolicy::NAME => Ok(Network::Trace(Box::new(TracePolicy::load(weights)?))),
        CodeTransformer::NAME => Ok(Network::Code(Box::new(CodeTransformer::load(weights)?))),
        other => Err(LoadError::Unknown { file: file.to_owned(), found: other.to_owned() }),
    }
}
