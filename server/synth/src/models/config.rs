//! A network's configuration: one struct for each kind of network, read from the `[model]` table of a training and from
//! the metadata of a weight file.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The sizes and variants of one kind of network.
pub trait Config: Debug + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Refuses sizes that no network can have.
    ///
    /// # Errors
    /// The first size that can't be used.
    fn check(&self) -> Result<(), ConfigError>;
}

/// A configuration that can't be used. The text is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("there is no network {name}: `model.model` is one of {known}")]
    UnknownNetwork { name: String, known: String },
    #[error("there is no key `{key}` in a network's configuration: it has {known}")]
    UnknownKey { key: String, known: String },
    #[error("`{key}` must be {expected}")]
    Size { key: &'static str, expected: String },
    #[error("{0}")]
    Value(#[from] serde_json::Error),
}

impl ConfigError {
    pub fn size(key: &'static str, expected: &str) -> ConfigError {
        ConfigError::Size { key, expected: expected.to_owned() }
    }
}

/// Refuses sizes below 1 or above their limit; each comes with its key and its limit.
pub fn check_sizes(sizes: &[(&'static str, i64, i64)]) -> Result<(), ConfigError> {
    match sizes.iter().find(|(_, size, limit)| !(1..=*limit).contains(size)) {
        Some((key, _, limit)) => Err(ConfigError::size(key, &format!("from 1 to {limit}"))),
        None => Ok(()),
    }
}

/// Keys and values as a configuration file holds them.
pub type Table = Map<String, Value>;

/// The metadata of a weight file.
pub type Metadata = BTreeMap<String, String>;

/// Key of the network's name in the metadata, and in a training's `[model]` table.
pub const MODEL: &str = "model";
/// Key of the network's configuration in the metadata, as JSON.
const CONFIG: &str = "config";

/// Where a configuration is read from.
pub enum Source<'a> {
    Table(Table),
    Metadata(&'a Metadata),
}

impl Source<'_> {
    /// Reads the configuration. Every key has to be one of the struct's; what the struct has no default for has to be
    /// there.
    ///
    /// # Errors
    /// The first key or value that does not fit.
    pub fn read<C: Config>(self) -> Result<C, ConfigError> {
        let (table, strict) = match self {
            Source::Table(table) => (table, true),
            Source::Metadata(metadata) => match metadata.get(CONFIG) {
                Some(json) => (serde_json::from_str(json)?, true),
                None => (single_keys(metadata), false),
            },
        };
        let config: C = serde_json::from_value(Value::Object(table.clone()))?;
        if let Value::Object(known) = serde_json::to_value(&config)?
            && let Some(key) = table.keys().find(|key| !known.contains_key(*key))
            && strict
        {
            let known: Vec<String> = known.keys().map(|key| format!("`{key}`")).collect();
            return Err(ConfigError::UnknownKey { key: key.clone(), known: known.join(", ") });
        }
        config.check()?;
        Ok(config)
    }
}

/// The metadata of files that earlier trainers wrote: every value has a key of its own, beside keys that tell of the
/// training.
fn single_keys(metadata: &Metadata) -> Table {
    let value = |text: &String| text.parse::<i64>().map_or_else(|_| Value::from(text.as_str()), Value::from);
    metadata.iter().map(|(key, text)| (key.clone(), value(text))).collect()
}

/// What a weight file says of its network.
pub fn metadata<C: Config>(model: &str, config: &C) -> Metadata {
    let json = serde_json::to_string(config).expect("a configuration is made of words and numbers");
    [(MODEL, model), (CONFIG, &*json)].map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}
