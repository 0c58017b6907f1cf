//! The weights that the engine carries in its own file, so that it works wherever it is copied to.

use std::borrow::Cow;
use std::path::Path;

use protocol::System;

/// A weight file inside the engine.
pub struct Carried {
    /// The network's name, as in the file's metadata.
    pub network: &'static str,
    /// What messages call it.
    pub title: &'static str,
    pub bytes: &'static [u8],
}

/// The networks of a system; none in an engine that is built without the feature `embedded-weights`.
pub fn of(system: System) -> &'static [Carried] {
    match system {
        System::Ours => OURS,
        System::Pipeline => PIPELINE,
        System::IoCode => IO_CODE,
    }
}

#[cfg(feature = "embedded-weights")]
const OURS: &[Carried] = &[
    Carried {
        network: "TracePolicy",
        title: "embedded trace policy",
        bytes: include_bytes!("../../weights/trace-policy.safetensors"),
    },
    Carried {
        network: "CodeTransformer",
        title: "embedded code transformer",
        bytes: include_bytes!("../../weights/code-transformer.safetensors"),
    },
];
#[cfg(feature = "embedded-weights")]
const PIPELINE: &[Carried] = &[
    Carried {
        network: "IoTrace",
        title: "embedded I/O → TRACE",
        bytes: include_bytes!("../../weights/small/io-trace-presnet.safetensors"),
    },
    Carried {
        network: "TraceCode",
        title: "embedded TRACE → CODE",
        bytes: include_bytes!("../../weights/small/trace-code-gold.safetensors"),
    },
];
#[cfg(feature = "embedded-weights")]
const IO_CODE: &[Carried] = &[Carried {
    network: "IoCode",
    title: "embedded I/O → CODE",
    bytes: include_bytes!("../../weights/small/io-code.safetensors"),
}];
#[cfg(not(feature = "embedded-weights"))]
const OURS: &[Carried] = &[];
#[cfg(not(feature = "embedded-weights"))]
const PIPELINE: &[Carried] = &[];
#[cfg(not(feature = "embedded-weights"))]
const IO_CODE: &[Carried] = &[];

/// The word that stands for these weights where a file could be named.
pub const EMBEDDED: &str = "embedded";

/// Why there are no such weights. The text is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum NoWeights {
    #[error("can't read the weights {file}: {error}")]
    Unreadable { file: String, error: std::io::Error },
    #[error("this engine carries no weights of a {0}: name a weight file")]
    NotCarried(String),
}

/// The bytes of a weight file and what messages call it. `of` is a path, or [`EMBEDDED`] for those that the engine
/// carries of this network.
///
/// # Errors
/// Where the file can't be read, or the engine carries no such weights.
pub fn read(of: &str, network: &str) -> Result<(Cow<'static, [u8]>, String), NoWeights> {
    if of == EMBEDDED {
        let carried = OURS.iter().find(|carried| carried.network == network);
        return match carried {
            Some(carried) => Ok((Cow::Borrowed(carried.bytes), carried.title.to_owned())),
            None => Err(NoWeights::NotCarried(network.to_owned())),
        };
    }
    let unreadable = |error| NoWeights::Unreadable { file: of.to_owned(), error };
    Ok((Cow::Owned(std::fs::read(Path::new(of)).map_err(unreadable)?), of.to_owned()))
}
