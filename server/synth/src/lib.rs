//! The synthesis engine: networks on torch, decoding and search, evaluation, and the server on stdio. The only
//! crate that names `tch`.
//!
//! | module | what lives there |
//! |---|---|
//! | [`models`] | the networks, and the two interfaces through which search sees them |
//! | [`device`] | CPU or CUDA |
//! | [`traces`] | roll-outs of a trace model |
//! | [`train`] | training of any network |
//! | [`grammar`], [`template`], [`beam`] | what a beam may write, and the beam |
//! | [`choose`] | which examples a network reads |
//! | [`mod@bench`] | how long a synthesis takes |
//! | [`eval`] | the paper's metrics on a file of tasks |
//! | [`specification`], [`holes`], [`fill`] | a request's texts → worlds and a template; fills → text |
//! | [`search`] | a request from start to end |
//! | [`serve`] | the engine on stdio |
//! | [`executor`] | running candidates on the examples, while they grow and when they are finished |

pub mod beam;
pub mod bench;
pub mod choose;
pub mod device;
pub mod eval;
pub mod executor;
pub mod fill;
pub mod grammar;
pub mod holes;
pub mod models;
pub mod search;
pub mod serve;
pub mod specification;
pub mod template;
pub mod traces;
pub mod train;
