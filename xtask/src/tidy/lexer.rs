//! Tokens of Rust source: enough to tell names, strings and comments apart.

use super::tree::is_word_char;

/// Kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Name or keyword.
    Name,
    /// String literal of any kind, with its quotes.
    Text,
    /// `//` comment.
    Comment,
    /// `///` or `//!` comment.
    DocComment,
    /// Single punctuation character.
    Punctuation,
    /// Number, character or lifetime.
    Other,
}

/// Token of Rust source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// Kind of the token.
    pub(crate) kind: TokenKind,
    /// Text as written.
    pub(crate) text: &'a str,
    /// Line of the first character, from 1.
    pub(crate) line: usize,
}

impl Token<'_> {
    /// True if the token is this name or this punctuation character.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, TokenKind::Name | TokenKind::Punctuation) && self.text == text
    }

    /// True if the token is a comment of any kind.
    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::Comment | TokenKind::DocComment)
    }
}

/// Splits Rust source into tokens. White space is left out.
pub(crate) fn split_tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = measure_token(rest, first);
        let text = &rest[..length];
        if let Some(kind) = kind {
            tokens.push(Token { kind, text, line });
        }
        line += text.matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// Removes each item marked `#[cfg(test)]`, up to its closing brace or semicolon.
pub(crate) fn drop_test_items(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let Some(first) = rest.first() {
        let mark = rest.get(..MARK.len()).unwrap_or_default();
        if !mark.is_empty() && mark.iter().zip(MARK).all(|(token, text)| token.is(text)) {
            rest = &rest[measure_item(rest)..];
        } else {
            kept.push(*first);
            rest = &rest[1..];
        }
    }
    kept
}

/// Counts the tokens of the item at the start.
fn measure_item(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text {
            _ if !token.is(token.text) => {}
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                // The braces of `use a::{b};` do not end it.
                let before_end = tokens.get(index + 1).is_some_and(|next| next.is(";"));
                if depth == 0 && token.text == "}" && !before_end {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Measures the token at the start of `rest`, in bytes. White space has no kind.
fn measure_token(rest: &str, first: char) -> (Option<TokenKind>, usize) {
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    if rest.starts_with("//") {
        let is_doc =
            rest.starts_with("//!") || rest.starts_with("///") && !rest.starts_with("////");
        let kind = if is_doc {
            TokenKind::DocComment
        } else {
            TokenKind::Comment
        };
        return (Some(kind), rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
        return (Some(TokenKind::Comment), length);
    }
    if let Some(length) = measure_string(rest) {
        return (Some(TokenKind::Text), length);
    }
    if first == '\'' {
        return (Some(TokenKind::Other), measure_quote(rest));
    }
    if is_word_char(first) {
        let length = rest.find(|c| !is_word_char(c)).unwrap_or(rest.len());
        let kind = if first.is_ascii_digit() {
            TokenKind::Other
        } else {
            TokenKind::Name
        };
        return (Some(kind), length);
    }
    (Some(TokenKind::Punctuation), first.len_utf8())
}

/// Measures a string literal at the start of `rest`; `None` if there is none.
fn measure_string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|r| r.starts_with('"') || prefix.ends_with('r') && r.starts_with('#'))
    })?;
    let body = &rest[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        // A raw name such as `r#type` has no quote here.
        let text = body[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = text
            .find(&close)
            .map_or(text.len(), |end| end + close.len());
        return Some(prefix.len() + hashes + 1 + end);
    }
    let mut escaped = false;
    for (index, c) in body.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(prefix.len() + index + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

/// Measures a character literal or a lifetime.
fn measure_quote(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        // The character after the backslash may be a quote itself.
        Some((_, '\\')) => rest
            .get(3..)
            .and_then(|r| r.find('\''))
            .map_or(rest.len(), |end| end + 4),
        Some((index, c)) => {
            let after = index + c.len_utf8();
            if rest[after..].starts_with('\'') {
                after + 1
            } else {
                let name = &rest[1..];
                1 + name.find(|c| !is_word_char(c)).unwrap_or(name.len())
            }
        }
        None => rest.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_for_tests_only_are_dropped_and_the_next_item_is_kept() {
        let source =
            "#[cfg(test)] use a::{b, c}; fn z() {} #[cfg(test)] fn e(x: [u8; 2]) { f(); } g";
        let text: String = drop_test_items(split_tokens(source))
            .iter()
            .map(|token| token.text)
            .collect();
        assert_eq!(text, "fnz(){}g");
    }

    #[test]
    fn strings_comments_and_names_are_told_apart_with_their_lines() {
        let source = "fn r#type<'a>() -> char {\n    // why \"not\"\n    let s = \"a // b\\\" c\"; '\"'\n\
            }\n/// Doc.\nr#\"x \" y\n\"# b'\\'' '\\'' end";
        let found: Vec<_> = split_tokens(source)
            .into_iter()
            .filter(|token| !matches!(token.kind, TokenKind::Punctuation))
            .map(|token| (token.kind, token.text, token.line))
            .collect();
        let expected = [
            (TokenKind::Name, "fn", 1),
            (TokenKind::Name, "r", 1),
            (TokenKind::Name, "type", 1),
            (TokenKind::Other, "'a", 1),
            (TokenKind::Name, "char", 1),
            (TokenKind::Comment, "// why \"not\"", 2),
            (TokenKind::Name, "let", 3),
            (TokenKind::Name, "s", 3),
            (TokenKind::Text, "\"a // b\\\" c\"", 3),
            (TokenKind::Other, "'\"'", 3),
            (TokenKind::DocComment, "/// Doc.", 5),
            (TokenKind::Text, "r#\"x \" y\n\"#", 6),
            (TokenKind::Name, "b", 7),
            (TokenKind::Other, "'\\''", 7),
            (TokenKind::Other, "'\\''", 7),
            (TokenKind::Name, "end", 7),
        ];
        assert_eq!(found, expected);
    }
}
