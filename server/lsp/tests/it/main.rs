//! The language server as a client sees it: one program, so that the server is linked once.

mod client;
mod features;
mod files;
mod load;
mod pages;
mod probes;
mod process;
mod recordings;
mod robustness;
mod sync;
mod synthesis;
mod verdicts;
