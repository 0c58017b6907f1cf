//! Training: one loop for every network, endless fresh tasks, exact resume.

pub mod checkpoint;
pub mod ema;
pub mod optimizer;
pub mod schedule;
