//! The tests of the crate from outside, one program, since each program would link all of it again.

mod grids;
mod interpreter;
mod support;
