//! From text to tokens.

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Number(i64),
    Word(String),
    Sign(&'static str),
}

impl Token {
    pub(super) fn text(&self) -> String {
        match self {
            Token::Number(number) => number.to_string(),
            Token::Word(word) => word.clone(),
            Token::Sign(sign) => (*sign).to_owned(),
        }
    }
}

/// The signs, longer ones first.
const SIGNS: [&str; 16] =
    ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "%", "(", ")", ",", "!", "="];

/// The tokens of a text.
///
/// # Errors
/// A character or a number that has no meaning: a sentence that says so.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = |belongs: fn(char) -> bool| rest.find(|c: char| !belongs(c)).unwrap_or(rest.len());
        let taken = if first.is_ascii_digit() {
            let digits = length(|c| c.is_ascii_digit());
            let number = rest[..digits].parse();
            tokens.push(Token::Number(number.map_err(|_| format!("{} is too large.", &rest[..digits]))?));
            digits
        } else if first.is_alphabetic() || first == '_' {
            let word = length(|c| c.is_alphanumeric() || c == '_' || c == '.');
            tokens.push(Token::Word(rest[..word].to_owned()));
            word
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else {
            return Err(format!("\"{first}\" has no meaning here."));
        };
        rest = rest[taken..].trim_start();
    }
    Ok(tokens)
}
