//! The envelopes of JSON-RPC 2.0, as far as they are used here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// JSON-RPC error code of a line that is not JSON, or too long.
pub const PARSE_ERROR: i64 = -32700;
/// JSON-RPC error code of JSON that is not a request.
pub const INVALID_REQUEST: i64 = -32600;
/// JSON-RPC error code of a method that the engine does not know.
pub const UNKNOWN_METHOD: i64 = -32601;
/// JSON-RPC error code of a request that failed inside the engine.
pub const INTERNAL_ERROR: i64 = -32603;

/// A request, or (without `id`) a notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Always 2.0; a message without it counts as one of 2.0, too.
    #[serde(default)]
    pub jsonrpc: Version,
    /// The number that the answer repeats; a notification has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The name of what is asked for, such as `synthesize`.
    pub method: String,
    /// The parameters; null where the method has none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub params: Value,
}

impl Request {
    /// A request with this number.
    pub fn new(id: u64, method: &str, params: impl Serialize) -> Result<Request, serde_json::Error> {
        Ok(Request { id: Some(id), ..Request::notification(method, params)? })
    }

    /// A message that nobody answers.
    pub fn notification(method: &str, params: impl Serialize) -> Result<Request, serde_json::Error> {
        let params = serde_json::to_value(params)?;
        Ok(Request { jsonrpc: Version, id: None, method: method.to_owned(), params })
    }
}

/// The answer to a request. `id` is absent where the request could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// Always 2.0, as in a request.
    #[serde(default)]
    pub jsonrpc: Version,
    /// The request's number.
    pub id: Option<u64>,
    /// The result or the error.
    #[serde(flatten)]
    pub answer: Answer,
}

/// How a request ended: JSON holds one of the two keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// What the method returns.
    Result(Value),
    /// Why there is no result.
    Error(ErrorObject),
}

/// An error as JSON-RPC has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorObject {
    /// The code, such as [`PARSE_ERROR`].
    pub code: i64,
    /// One sentence for the user.
    pub message: String,
}

/// The word `"2.0"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version;

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("2.0")
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "2.0" => Ok(Version),
            other => Err(serde::de::Error::custom(format!("JSON-RPC version `{other}` instead of `2.0`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::InferTraces;

    #[test]
    fn only_version_2_is_spoken() {
        let read = |line: &str| serde_json::from_str::<Request>(line).map(|request| request.method);
        assert_eq!(read(r#"{"jsonrpc":"2.0","id":1,"method":"status"}"#).unwrap(), "status");
        assert_eq!(read(r#"{"id":1,"method":"status"}"#).unwrap(), "status");
        let error = read(r#"{"jsonrpc":"1.0","id":1,"method":"status"}"#).unwrap_err().to_string();
        assert!(error.starts_with("JSON-RPC version `1.0` instead of `2.0`"), "{error}");
        let request = Request::new(7, "status", ()).unwrap();
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"jsonrpc":"2.0","id":7,"method":"status"}"#);
    }

    #[test]
    fn traces_take_five_seconds_where_nothing_is_said() {
        let params: InferTraces = serde_json::from_str(r#"{"examples":[]}"#).unwrap();
        assert_eq!(params.milliseconds, 5_000);
    }
}
