//! One file a feature. A handler converts the question with `from_proto`, asks one function of `ide`, and converts
//! the answer with `to_proto`. It runs on a worker thread, with the state at the request's arrival.

pub mod call_hierarchy;
pub mod code_action;
pub mod code_lens;
pub mod command;
pub mod completion;
pub mod definition;
pub mod document_link;
pub mod examples;
pub mod folding;
pub mod formatting;
pub mod hover;
pub mod inlay_hint;
pub mod recordings;
pub mod rename;
pub mod selection_range;
pub mod semantic_tokens;
pub mod signature_help;
pub mod symbols;
