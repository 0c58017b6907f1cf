//! Decoding: from the networks' probabilities to traces and to programs.
//!
//! | module | what lives there |
//! |---|---|
//! | [`traces`], [`trace_beam`] | roll-outs of a trace model: one trace an example, or the likeliest few |
//! | [`shown_examples`] | which examples a network reads where there are more, or fewer, than it was made for |
//! | [`template`] | what a beam may write, token by token |
//! | [`template_of_program`], [`fill_text`] | a program with holes → a template; what was written → text |
//! | [`beam`] | the beam over programs |
//! | [`likelihood`] | how likely given programs are to a network |

pub mod beam;
pub mod fill_text;
pub mod likelihood;
pub mod shown_examples;
pub mod template;
pub mod template_of_program;
pub mod trace_beam;
pub mod traces;
