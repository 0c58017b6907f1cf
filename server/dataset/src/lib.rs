//! The public Karel dataset and what models read of it: programs in the networks' compact vocabulary
//! ([`compact`]), and worlds as plain arrays ([`features`]). Knows no tensors and no LSP.

pub mod compact;
pub mod features;
