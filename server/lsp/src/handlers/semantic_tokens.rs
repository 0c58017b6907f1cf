//! Semantic tokens: whole documents, ranges, and what has changed since the last answer.

use ide::TokenKind;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensDelta,
    SemanticTokensDeltaParams, SemanticTokensEdit, SemanticTokensFullDeltaResult, SemanticTokensLegend,
    SemanticTokensParams, SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult,
};

use crate::proto::from_proto;
use crate::request::{RequestContext, Target};
use crate::state::document::Key;
use crate::state::token_cache::Tokens;

/// The token types in use: only the protocol's own, which themes know.
const TYPES: [SemanticTokenType; 8] = [
    SemanticTokenType::KEYWORD,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::COMMENT,
    SemanticTokenType::MACRO,
    SemanticTokenType::OPERATOR,
];

const MODIFIERS: [SemanticTokenModifier; 2] =
    [SemanticTokenModifier::DECLARATION, SemanticTokenModifier::DEFAULT_LIBRARY];

pub fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: MODIFIERS.to_vec() }
}

fn kind(kind: TokenKind) -> (SemanticTokenType, bool) {
    match kind {
        TokenKind::Keyword => (SemanticTokenType::KEYWORD, false),
        TokenKind::Action => (SemanticTokenType::FUNCTION, true),
        TokenKind::Condition => (SemanticTokenType::PROPERTY, true),
        TokenKind::Procedure => (SemanticTokenType::FUNCTION, false),
        TokenKind::String => (SemanticTokenType::STRING, false),
        TokenKind::Number | TokenKind::Marker => (SemanticTokenType::NUMBER, false),
        TokenKind::Comment => (SemanticTokenType::COMMENT, false),
        TokenKind::Hole | TokenKind::Robot => (SemanticTokenType::MACRO, false),
        TokenKind::Wall => (SemanticTokenType::OPERATOR, false),
    }
}

pub fn full(
    context: &mut RequestContext,
    params: SemanticTokensParams,
) -> Result<Option<SemanticTokensResult>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let data = tokens(context, &target, None);
    let result_id = Some(remember(context, &target, &data).0);
    Ok(Some(SemanticTokensResult::Tokens(SemanticTokens { result_id, data })))
}

pub fn range(
    context: &mut RequestContext,
    params: SemanticTokensRangeParams,
) -> Result<Option<SemanticTokensRangeResult>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let range = from_proto::text_range(&context.snapshot, &target.document, params.range);
    let data = tokens(context, &target, Some(range));
    Ok(Some(SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data })))
}

pub fn delta(
    context: &mut RequestContext,
    params: SemanticTokensDeltaParams,
) -> Result<Option<SemanticTokensFullDeltaResult>> {
    let Some(target) = context.target(&params.text_document.uri) else { return Ok(None) };
    context.still_wanted()?;
    let data = tokens(context, &target, None);
    let (id, before) = remember(context, &target, &data);
    let result_id = Some(id);
    Ok(Some(match before.filter(|before| before.id == params.previous_result_id) {
        Some(before) => {
            let edits = difference(&before.tokens, &data);
            SemanticTokensFullDeltaResult::TokensDelta(SemanticTokensDelta { result_id, edits })
        }
        None => SemanticTokensFullDeltaResult::Tokens(SemanticTokens { result_id, data }),
    }))
}

fn tokens(context: &RequestContext, target: &Target, range: Option<syntax::TextRange>) -> Vec<SemanticToken> {
    let encoding = context.snapshot.session.encoding;
    let text = &target.document.text;
    let (mut line, mut character) = (0, 0);
    let mut data = Vec::new();
    for token in ide::semantic_tokens(&target.unit.analysis, target.uri(), range) {
        let start = text.position(token.range.start(), encoding);
        let end = text.position(token.range.end(), encoding);
        let (token_type, library) = kind(token.kind);
        if start.line != end.line || start.character >= end.character {
            continue;
        }
        data.push(SemanticToken {
            delta_line: start.line - line,
            delta_start: if start.line == line { start.character - character } else { start.character },
            length: end.character - start.character,
            token_type: TYPES.iter().position(|t| *t == token_type).unwrap_or_default() as u32,
            token_modifiers_bitset: u32::from(token.definition) | u32::from(library) << 1,
        });
        (line, character) = (start.line, start.character);
    }
    data
}

/// The new answer's id, and the answer before.
fn remember(context: &RequestContext, target: &Target, tokens: &[SemanticToken]) -> (String, Option<Tokens>) {
    let id = context.snapshot.revision.to_string();
    let answer = Tokens { id: id.clone(), tokens: tokens.to_vec() };
    let is_open = |key: &Key| context.snapshot.open.contains_key(key);
    let before = context.snapshot.tokens.replace(&target.document.key, answer, is_open);
    (id, before)
}

/// One edit that replaces all tokens between the equal start and the equal end. The protocol counts integers, five a
/// token.
fn difference(old: &[SemanticToken], new: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let prefix = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[prefix..], &new[prefix..]);
    let suffix = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (removed, added) = (old.len() - suffix, &new[..new.len() - suffix]);
    if removed == 0 && added.is_empty() {
        return Vec::new();
    }
    let number = |tokens: usize| u32::try_from(tokens * 5).unwrap_or(u32::MAX);
    vec![SemanticTokensEdit {
        start: number(prefix),
        delete_count: number(removed),
        data: Some(added.to_vec()),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_turn_the_old_tokens_into_the_new() {
        let token = |n: u32| SemanticToken { delta_start: n, ..SemanticToken::default() };
        let tokens = |numbers: &[u32]| numbers.iter().map(|&n| token(n)).collect::<Vec<_>>();
        for (old, new) in [
            (&[1, 2, 3][..], &[1, 3][..]),
            (&[1, 3], &[1, 2, 3]),
            (&[1, 1], &[1, 1, 1]),
            (&[], &[4, 5]),
            (&[4, 5], &[]),
            (&[1, 2, 3], &[1, 2, 3]),
            (&[1, 2, 3], &[4, 5, 3]),
        ] {
            let (old, new) = (tokens(old), tokens(new));
            let mut patched = old.clone();
            for edit in difference(&old, &new) {
                let start = edit.start as usize / 5;
                patched.splice(start..start + edit.delete_count as usize / 5, edit.data.unwrap_or_default());
            }
            assert_eq!(patched, new);
        }
    }

    #[test]
    fn every_kind_is_in_the_legend() {
        use TokenKind::*;
        for token in
            [Keyword, Action, Condition, Procedure, String, Number, Comment, Hole, Wall, Marker, Robot]
        {
            assert!(TYPES.contains(&kind(token).0));
        }
    }
}
