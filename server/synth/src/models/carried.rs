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
#[cfg(feature = "embedded-weights")]
pub fn of(system: System) -> &'static [Carried] {
    const fn carried(network: &'static str, title: &'static str, bytes: &'static [u8]) -> Carried {
        Carried { network, title, bytes }
    }
    macro_rules! weights {
        ($file:literal) => {
            include_bytes!(concat!("../../weights/", $file, ".safetensors"))
        };
    }
    match system {
        System::Ours => {
            const {
                &[
                    carried("TracePolicy", "embedded trace policy", weights!("trace-policy")),
                    carried("CodeTransformer", "embedded code transformer", weights!("code-transformer")),
                ]
            }
        }
        System::Pipeline => {
            const {
                &[
                    carried("IoTrace", "embedded I/O → TRACE", weights!("small/io-trace-presnet")),
                    carried("TraceCode", "embedded TRACE → CODE", weights!("small/trace-code-inferred")),
                ]
            }
        }
        System::IoCode => const { &[carried("IoCode", "embedded I/O → CODE", weights!("small/io-code"))] },
    }
}

#[cfg(not(feature = "embedded-weights"))]
pub fn of(_: System) -> &'static [Carried] {
    &[]
}

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
        let carried = self::of(System::Ours).iter().find(|carried| carried.network == network);
        return match carried {
            Some(carried) => Ok((Cow::Borrowed(carried.bytes), carried.title.to_owned())),
            None => Err(NoWeights::NotCarried(network.to_owned())),
        };
    }
    let unreadable = |error| NoWeights::Unreadable { file: of.to_owned(), error };
    Ok((Cow::Owned(std::fs::read(Path::new(of)).map_err(unreadable)?), of.to_owned()))
}
