//! Where the networks in use come from: embedded in the engine, or the weight files of a folder.

use std::path::{Path, PathBuf};

use protocol::System;
use tch::Device;

use super::carried;
use super::network::Model;
use super::registry;
use super::uniform::Uniform;
use super::weights::{Weights, WeightsError};
use super::{CodeModel, TraceModel};

/// The networks of a system.
pub struct Models {
    /// The trace model; `None` where programs are found from the worlds alone.
    pub trace: Option<Box<dyn TraceModel>>,
    pub code: Box<dyn CodeModel>,
    /// The names of the weight files; `embedded` for `ours`, else the name of the system that the engine carries.
    pub names: Vec<String>,
    /// Whether programs were kept out of the code model's training, as its file says.
    pub excluded: Option<String>,
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
    #[error("this engine carries no weights: give it a folder by `--models`")]
    NotEmbedded,
}

impl Models {
    /// Loads the weights that the engine carries of `ours`.
    pub fn embedded(device: Device) -> Result<Models, LoadError> {
        Models::of_system(System::Ours, device)
    }

    /// Loads the weights that the engine carries of this system.
    pub fn of_system(system: System, device: Device) -> Result<Models, LoadError> {
        let files = carried::of(system);
        if files.is_empty() {
            return Err(LoadError::NotEmbedded);
        }
        let mut loading = Loading::new("the engine".to_owned());
        for weights in files {
            loading.add(weights.bytes, weights.title, device)?;
        }
        let name = if system == System::Ours { carried::EMBEDDED } else { system.name() };
        Ok(Models { names: vec![name.to_owned()], ..loading.finish()? })
    }

    /// Loads every `*.safetensors` file of the folder; one has to be a code model, and one may be a trace model. The
    /// files' metadata say which is which.
    pub fn from_folder(folder: &Path, device: Device) -> Result<Models, LoadError> {
        let shown = folder.display().to_string();
        let failed = |error| LoadError::Folder { folder: shown.clone(), error };
        let mut files = std::fs::read_dir(folder)
            .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>())
            .map_err(failed)?;
        files.retain(|file| file.extension().is_some_and(|e| e == "safetensors"));
        files.sort();
        Loading::of(shown, &files, device)?.finish()
    }

    /// Loads these weight files. Where none is of a code model, no program is ever found.
    pub fn from_files(files: &[PathBuf], device: Device) -> Result<Models, LoadError> {
        let mut loading = Loading::of("the list of weight files".to_owned(), files, device)?;
        if loading.code.is_none() {
            loading.code = Some(("no code model".to_owned(), Box::new(Uniform { longest: 0 })));
        }
        loading.finish()
    }

    /// Takes networks that are already built. Without a code model no program is ever found.
    pub fn of(trace: Option<Box<dyn TraceModel>>, code: Option<Box<dyn CodeModel>>) -> Models {
        let code = code.unwrap_or_else(|| Box::new(Uniform { longest: 0 }));
        Models { trace, code, names: Vec::new(), excluded: None }
    }

    /// The networks for another thread, with the same weights.
    pub fn share(&self) -> Models {
        let trace = self.trace.as_ref().map(|trace| trace.share());
        Models { trace, code: self.code.share(), names: self.names.clone(), excluded: self.excluded.clone() }
    }
}

/// The weight files that have been read so far, by what their networks are for.
struct Loading {
    folder: String,
    trace: Option<(String, Box<dyn TraceModel>)>,
    code: Option<(String, Box<dyn CodeModel>)>,
    /// Whether programs were kept out of the code model's training, as its file says.
    excluded: Option<String>,
}

impl Loading {
    fn new(folder: String) -> Loading {
        Loading { folder, trace: None, code: None, excluded: None }
    }

    fn of(folder: String, files: &[PathBuf], device: Device) -> Result<Loading, LoadError> {
        let mut loading = Loading::new(folder);
        for path in files {
            let file = path.display().to_string();
            let bytes = std::fs::read(path)
                .map_err(|error| WeightsError::Unreadable { file: file.clone(), error })?;
            loading.add(&bytes, &file, device)?;
        }
        Ok(loading)
    }

    /// Loads whichever network the file's metadata name.
    fn add(&mut self, bytes: &[u8], file: &str, device: Device) -> Result<(), LoadError> {
        let weights = Weights::parse(bytes, file, device)?;
        let excluded = weights.metadata().get("excluded").cloned();
        let named = file.to_owned();
        let (role, before) = match registry::build(weights)? {
            Model::Trace(model) => ("trace", self.trace.replace((named, model)).map(|(file, _)| file)),
            Model::Code(model) => {
                self.excluded = excluded;
                ("code", self.code.replace((named, model)).map(|(file, _)| file))
            }
        };
        match before {
            None => Ok(()),
            Some(first) => {
                let (folder, second) = (self.folder.clone(), file.to_owned());
                Err(LoadError::Twice { folder, role, first, second })
            }
        }
    }

    fn finish(self) -> Result<Models, LoadError> {
        let (code_file, code) = self.code.ok_or(LoadError::Lacking { folder: self.folder, role: "code" })?;
        let (trace_file, trace) = self.trace.unzip();
        let names = trace_file.into_iter().chain([code_file]).collect();
        Ok(Models { trace, code, names, excluded: self.excluded })
    }
}
