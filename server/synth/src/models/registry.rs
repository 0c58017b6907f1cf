//! The list of networks: names to types. A new network is one more word in it.

use serde::Deserialize;

use super::code_transformer::CodeTransformer;
use super::config::{self, ConfigError, MODEL, Metadata, Source, Table};
use super::io_code::IoCode;
use super::io_trace::IoTrace;
use super::network::{Model, Network};
use super::trace_code::TraceCode;
use super::trace_policy::TracePolicy;
use super::weights::{Weights, WeightsError};

/// Something that is done with a kind of network that is known by its name only.
pub trait Visitor {
    type Output;

    fn visit<N: Network>(self, config: &N::Config) -> Self::Output;
}

macro_rules! networks {
    ($($network:ident),*) => {
        /// A network of any kind: which one it is, and its configuration.
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(try_from = "Table")]
        pub enum NetworkConfig {
            $($network(<$network as Network>::Config),)*
        }

        /// The names of all kinds of networks.
        pub const NAMES: &[&str] = &[$($network::NAME),*];

        impl NetworkConfig {
            pub fn name(&self) -> &'static str {
                match self {
                    $(NetworkConfig::$network(_) => $network::NAME,)*
                }
            }

            pub fn visit<V: Visitor>(&self, visitor: V) -> V::Output {
                match self {
                    $(NetworkConfig::$network(config) => visitor.visit::<$network>(config),)*
                }
            }

            fn read(name: &str, source: Source) -> Result<NetworkConfig, ConfigError> {
                match name {
                    $($network::NAME => Ok(NetworkConfig::$network(source.read()?)),)*
                    _ => Err(ConfigError::UnknownNetwork { name: name.to_owned(), known: NAMES.join(", ") }),
                }
            }

            /// What a weight file says of this network.
            pub fn metadata(&self) -> Metadata {
                match self {
                    $(NetworkConfig::$network(config) => config::metadata($network::NAME, config),)*
                }
            }
        }
    };
}

networks!(TracePolicy, CodeTransformer, IoCode, IoTrace, TraceCode);

impl TryFrom<Table> for NetworkConfig {
    type Error = ConfigError;

    /// Reads the `[model]` table of a training: the network's name under `model`, and its configuration.
    fn try_from(mut table: Table) -> Result<NetworkConfig, ConfigError> {
        let name = table.remove(MODEL).unwrap_or_default();
        let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
        NetworkConfig::read(&name, Source::Table(table))
    }
}

impl NetworkConfig {
    /// Reads what a weight file, or a checkpoint, says of its network.
    ///
    /// # Errors
    /// Where the network is unknown, or its configuration can't be used.
    pub fn of_metadata(metadata: &Metadata) -> Result<NetworkConfig, ConfigError> {
        NetworkConfig::read(
            metadata.get(MODEL).map_or("(without a name)", String::as_str),
            Source::Metadata(metadata),
        )
    }
}

/// Builds whichever network the weight file holds.
///
/// # Errors
/// Where the network is unknown, or the file does not fit it.
pub fn build(weights: Weights) -> Result<Model, WeightsError> {
    struct Build<'a>(Weights<'a>);
    impl Visitor for Build<'_> {
        type Output = Result<Model, WeightsError>;

        fn visit<N: Network>(self, config: &N::Config) -> Self::Output {
            N::load(config, self.0).map(N::model)
        }
    }
    let config = NetworkConfig::of_metadata(weights.metadata()).map_err(|error| weights.unusable(error))?;
    config.visit(Build(weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<NetworkConfig, String> {
        let read: Result<NetworkConfig, toml::de::Error> = toml::from_str(text);
        read.map_err(|error| error.message().to_owned())
    }

    fn metadata(pairs: &[(&str, &str)]) -> Metadata {
        pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn a_configuration_survives_a_file() {
        for text in [
            "model = 'TracePolicy'\nchannels = 8\nblocks = 1\nhidden = 16",
            "model = 'CodeTransformer'\nd = 32\nheads = 2\nlayers = 1\nchannels = 8\nblocks = 1",
            "model = 'CodeTransformer'\nd = 32\nheads = 2\nlayers = 1\nchannels = 8\nblocks = 1\nexamples = 10",
            "model = 'IoCode'\nframe = 'agent'",
            "model = 'IoTrace'\ngrids = 'presnet'\nhidden = 8",
            "model = 'TraceCode'\ninput = 'concatenated'\nstart = 'published'\npair = 4",
        ] {
            let config = table(text).unwrap();
            assert_eq!(NetworkConfig::of_metadata(&config.metadata()).unwrap(), config);
            assert_eq!(config.metadata()[MODEL], config.name());
            // Earlier trainers wrote a key for each value of the table, and others beside them.
            let values: toml::Table = toml::from_str(text).unwrap();
            let word = |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let mut single: Metadata = values.iter().map(|(key, value)| (key.clone(), word(value))).collect();
            single.extend(metadata(&[
                ("trained", "215 s on one H100"),
                ("trained_seed", "0"),
                ("excluded", "no"),
            ]));
            assert_eq!(NetworkConfig::of_metadata(&single).unwrap(), config);
        }
    }

    #[test]
    fn what_does_not_fit_is_named_in_one_sentence() {
        for (text, expected) in [
            ("model = 'Oracle'", "there is no network Oracle: `model.model` is one of TracePolicy, "),
            ("channels = 8", "there is no network null"),
            ("model = 'TracePolicy'\nchannels = 8\nhidden = 16", "missing field `blocks`"),
            ("model = 'IoCode'\nchanels = 8", "no key `chanels`"),
            (
                "model = 'IoCode'\ngrids = 'none'",
                "no key `grids` in a network's configuration: it has `channels`, ",
            ),
            ("model = 'IoCode'\nchannels = 'many'", "invalid type: string \"many\""),
            ("model = 'IoCode'\nchannels = 0", "`channels` must be from 1 to 8192"),
            ("model = 'IoCode'\nchannels = 3", "`channels` must be even"),
            (
                "model = 'IoCode'\nframe = 'sideways'",
                "unknown variant `sideways`, expected `world` or `agent`",
            ),
            (
                "model = 'IoCode'\nstart = 'sideways'",
                "unknown variant `sideways`, expected `steady` or `published`",
            ),
            ("model = 'IoTrace'\ngrids = 'sideways'", "expected one of `none`, `lgrl`, `presnet`"),
            ("model = 'TraceCode'\ninput = 'sideways'", "expected `interleaved` or `concatenated`"),
            (
                "model = 'CodeTransformer'\nd = 30\nheads = 4\nlayers = 1\nchannels = 8\nblocks = 1",
                "`heads` must be a divisor of `d`",
            ),
        ] {
            let error = table(text).unwrap_err();
            assert!(
                error.contains(expected) && !error.contains('\n'),
                "{text}: {error} instead of {expected}"
            );
        }
        for (pairs, expected) in [
            (&[("model", "IoCode"), ("config", "{\"chanels\":8}")][..], "no key `chanels`"),
            (&[("model", "IoCode"), ("config", "{")], "EOF"),
            (&[("model", "IoCode"), ("channels", "-1")], "`channels` must be"),
            (&[("model", "TracePolicy"), ("channels", "8"), ("blocks", "1")], "missing field `hidden`"),
            (&[("channels", "8")], "no network (without a name)"),
        ] {
            let error = NetworkConfig::of_metadata(&metadata(pairs)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error} instead of {expected}");
        }
    }
}
