//! The public dataset's token dialect, `DEF run m( move REPEAT R=4 r( turnLeft r) m)`, both ways and strict.
//!
//! The grammar, with one blank or any other white space between tokens:
//!
//! ```text
//! program   := DEF run m( statement+ m)
//! statement := move | turnLeft | turnRight | pickMarker | putMarker
//!            | WHILE c( condition c) w( statement+ w)
//!            | REPEAT R=n r( statement+ r)                                   n is 0..19
//!            | IF c( condition c) i( statement+ i)
//!            | IFELSE c( condition c) i( statement+ i) ELSE e( statement+ e)
//! condition := frontIsClear | leftIsClear | rightIsClear | markersPresent | noMarkersPresent
//!            | not c( condition c)
//! ```

mod read;
mod write;

pub use read::{MAX_DEPTH, TokenError, parse_token_list, parse_tokens};
pub use write::{Inexpressible, Reason, to_token_text, to_tokens};

use crate::print;

/// Token text as a program in the language: `run` becomes `def main():`. Ends with a line end.
///
/// # Errors
/// Fails where the text is not a program in the token dialect.
pub fn to_program_text(tokens: &str) -> Result<String, TokenError> {
    Ok(print::print_procedure(&parse_tokens(tokens)?))
}

/// Whether a text means to be in this dialect: its first word is `DEF`. For "paste as".
pub fn looks_like_tokens(text: &str) -> bool {
    text.split_whitespace().next() == Some("DEF")
}

#[cfg(test)]
mod tests;
