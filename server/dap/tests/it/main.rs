//! The debugger as its clients see it: over a pair of pipes.

mod client;
mod fuzz;
mod property;
mod requests;
