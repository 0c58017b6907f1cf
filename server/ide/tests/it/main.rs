//! The tests of the crate from outside, one program, since each program would link all of it again.

mod any_input;
mod any_offset;
mod broken;
mod cost;
mod diagnostics_page;
mod end_of_line;
mod expectations;
mod flow_oracle;
mod indentation;
mod random;
mod synthesis_edit;
