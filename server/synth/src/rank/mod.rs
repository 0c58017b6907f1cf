//! What several programs that pass all examples have in common, and which of them is offered first.
//!
//! | module | what lives there |
//! |---|---|
//! | [`behaviour`] | what a program does on many worlds, as one number |
//! | [`classes`] | programs sorted by behaviour, best behaviour first |
//! | [`calibration`] | how often a program offered under such circumstances was right |
//! | [`deciding_example`] | the world on which programs do different things |

pub mod behaviour;
pub mod calibration;
pub mod classes;
pub mod deciding_example;
