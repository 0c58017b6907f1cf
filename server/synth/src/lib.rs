//! The synthesis engine: networks on torch, decoding and search, evaluation, and the server on stdio. The only
//! crate that names `tch`.
//!
//! | module | what lives there |
//! |---|---|
//! | [`models`] | the networks, and the two interfaces through which search sees them |
//! | [`device`], [`interrupt`] | CPU or CUDA; Ctrl-C |
//! | [`traces`], [`trace_beam`] | roll-outs of a trace model: one by one, the likeliest few |
//! | [`reproduce`] | the paper's tables |
//! | [`train`] | training of any network |
//! | [`grammar`], [`template`], [`beam`] | what a beam may write, and the beam |
//! | [`choose`] | which examples a network reads |
//! | [`mod@bench`] | how long a synthesis takes |
//! | [`behaviour`], [`classes`], [`choice`] | programs that do the same, and which of those that differ comes first |
//! | [`decide`] | the world on which they do different things |
//! | [`calibration`] | how far a candidate can be trusted |
//! | [`eval`] | the paper's metrics on a file of tasks |
//! | [`specification`], [`holes`], [`fill`] | a request's texts → worlds and a template; fills → text |
//! | [`consistent`] | traces of one program in place of those inferred one by one |
//! | [`likelihood`] | how likely programs are to a network, whoever wrote them |
//! | [`repair`] | programs that pass some examples, changed until they pass all |
//! | [`ablate`] | what each part of the search brings |
//! | [`shard`] | a run split among machines, and put together again |
//! | [`search`] | a request from start to end |
//! | [`watch`], [`memory`] | its time and progress; what earlier ones have found |
//! | [`serve`] | the engine on stdio |
//! | [`verify`] | whether a device computes what the reference and the CPU compute |
//! | [`executor`] | running candidates on the examples, while they grow and when they are finished |

pub mod ablate;
pub mod beam;
pub mod behaviour;
pub mod bench;
pub mod calibration;
pub mod choice;
pub mod choose;
pub mod classes;
pub mod consistent;
pub mod decide;
pub mod device;
pub mod eval;
pub mod executor;
pub mod fill;
pub mod grammar;
pub mod holes;
pub mod interrupt;
pub mod likelihood;
pub mod memory;
pub mod models;
pub mod repair;
pub mod reproduce;
pub mod search;
pub mod serve;
pub mod shard;
pub mod specification;
pub mod template;
pub mod trace_beam;
pub mod traces;
pub mod train;
pub mod verify;
pub mod watch;
