//! The synthesis engine: networks on torch, decoding and search, evaluation, training, and the server on stdio. The only
//! crate that names `tch`.
//!
//! The rooms stand in the order in which a request passes through them; each uses only those above it. A test of
//! `xtask` holds the `use` lines to this table.
//!
//! | room | what lives there |
//! |---|---|
//! | [`device`], [`interrupt`] | CPU or CUDA; Ctrl-C |
//! | [`grammar`] | which token may follow |
//! | [`models`] | the networks, and the two interfaces through which search sees them |
//! | [`decode`] | roll-outs, beams, and what a beam may write |
//! | [`rank`] | programs that behave alike, their order, how far they can be trusted, and the world that tells them apart |
//! | [`search`] | a request from start to end |
//! | [`serve`] | the engine on stdio |
//! | [`eval`] | the paper's metrics on a file of tasks, benchmarks, the ablation |
//! | [`train`] | training of any network |
//! | [`reproduce`] | the paper's tables |
//! | [`adopt`] | new weights in the place of old ones |

pub mod adopt;
pub mod decode;
pub mod device;
pub mod eval;
pub mod grammar;
pub mod interrupt;
pub mod models;
pub mod rank;
pub mod reproduce;
pub mod search;
pub mod serve;
pub mod train;
