//! Tokens of an expression: enough to bound its depth before parsing, and to find locations after.

use std::ops::Range;

use crate::limits;

use super::problem::ExpressionProblem;

/// The tokens of a source, without white space and comments.
pub(super) struct SourceTokens {
    spans: Vec<Range<usize>>,
    /// The index of the matching bracket, by index of a bracket.
    partners: Vec<Option<usize>>,
}

impl SourceTokens {
    /// Splits a source into tokens. Refuses sources that are too long or nested too deeply to
    /// parse.
    pub(super) fn from_source(source: &str) -> Result<Self, ExpressionProblem> {
        if source.len() > limits::EXPRESSION_BYTES {
            let (is, max) = (source.len(), limits::EXPRESSION_BYTES);
            let message =
                format!("the expression has {is} bytes; the maximum is {max} (EXPRESSION_BYTES)");
            return Err(ExpressionProblem::new(0..source.len(), message));
        }
        let mut tokens = Self {
            spans: Vec::new(),
            partners: Vec::new(),
        };
        let mut open = Vec::new();
        let mut at = 0;
        while let Some(span) = next_token(source, at) {
            at = span.end;
            let index = tokens.spans.len();
            tokens.partners.push(None);
            match source.as_bytes()[span.start] {
                // Refused before parsing, because the parser would overflow its stack.
                b'(' | b'[' | b'{' if open.len() == limits::EXPRESSION_DEPTH => {
                    return Err(too_deep(span));
                }
                b'(' | b'[' | b'{' => open.push(index),
                b')' | b']' | b'}' => {
                    // Brackets that do not match are a syntax error, which the parser reports.
                    if let Some(partner) = open.pop() {
                        tokens.partners[index] = Some(partner);
                        tokens.partners[partner] = Some(index);
                    }
                }
                _ => {}
            }
            tokens.spans.push(span);
        }
        Ok(tokens)
    }

    /// Returns the index of the token that contains a byte.
    pub(super) fn index_at(&self, start: usize) -> Option<usize> {
        let index = self.spans.partition_point(|span| span.end <= start);
        self.spans
            .get(index)
            .is_some_and(|span| span.start <= start)
            .then_some(index)
    }

    /// Returns the location of a token.
    pub(super) fn token_span(&self, index: usize) -> Option<Range<usize>> {
        self.spans.get(index).cloned()
    }

    /// Returns the end of the bracket that closes an opening bracket.
    pub(super) fn closing_end(&self, index: usize) -> Option<usize> {
        self.partners[index].map(|partner| self.spans[partner].end)
    }

    /// Extends a location by all parentheses directly around it.
    pub(super) fn with_parentheses(&self, source: &str, mut span: Range<usize>) -> Range<usize> {
        loop {
            let before = self
                .spans
                .partition_point(|other| other.end <= span.start)
                .checked_sub(1);
            let after = self.spans.partition_point(|other| other.start < span.end);
            match before {
                Some(before)
                    if source[self.spans[before].clone()] == *"("
                        && self.partners[before] == Some(after) =>
                {
                    span = self.spans[before].start..self.spans[after].end;
                }
                _ => return span,
            }
        }
    }
}

/// Creates the problem of an expression that is nested too deeply.
pub(super) fn too_deep(span: Range<usize>) -> ExpressionProblem {
    let max = limits::EXPRESSION_DEPTH;
    ExpressionProblem::new(
        span,
        format!("the expression is nested deeper than {max} levels (EXPRESSION_DEPTH)"),
    )
    .with_help("split it into several rules, or let the application send the result as a property")
}

/// Returns the location of the next token from a byte on.
fn next_token(source: &str, from: usize) -> Option<Range<usize>> {
    let rest = source[from..].trim_start();
    let start = source.len() - rest.len();
    if let Some(comment) = rest.strip_prefix("//") {
        // Recursion is safe, because `EXPRESSION_BYTES` bounds the number of comments.
        return next_token(
            source,
            start + 2 + comment.find('\n').unwrap_or(comment.len()),
        );
    }
    let first = rest.chars().next()?;
    let length = if let Some(length) = text_length(rest) {
        length
    } else if first.is_ascii_digit()
        || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
    {
        number_length(rest)
    } else if first.is_ascii_alphabetic() || first == '_' {
        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len())
    } else if ["==", "!=", "<=", ">=", "&&", "||"]
        .iter()
        .any(|operator| rest.starts_with(operator))
    {
        2
    } else {
        first.len_utf8()
    };
    Some(start..start + length)
}

/// Returns the length of a literal text at the start. One that is never closed extends to the end.
fn text_length(rest: &str) -> Option<usize> {
    let prefix = rest
        .bytes()
        .take(2)
        .take_while(|byte| b"rRbB".contains(byte))
        .count();
    let quoted = &rest[prefix..];
    // Longest first: three quotes also begin with one.
    let quote = ["\"\"\"", "'''", "\"", "'"]
        .into_iter()
        .find(|quote| quoted.starts_with(quote))?;
    let raw = rest[..prefix].contains(['r', 'R']);
    let mut at = prefix + quote.len();
    while at < rest.len() && !rest[at..].starts_with(quote) {
        // In raw texts, a backslash is an ordinary character.
        let escaped = usize::from(!raw && rest[at..].starts_with('\\'));
        at += rest[at..]
            .chars()
            .take(1 + escaped)
            .map(char::len_utf8)
            .sum::<usize>();
    }
    Some((at + quote.len()).min(rest.len()))
}

/// Returns the length of a number at the start, in any notation.
fn number_length(rest: &str) -> usize {
    let mut previous = ' ';
    rest.find(|c: char| {
        // Letters belong to hexadecimal numbers, exponents and the suffix `u`.
        let part = c.is_ascii_alphanumeric()
            || c == '.'
            || (matches!(c, '+' | '-') && matches!(previous, 'e' | 'E'));
        previous = c;
        !part
    })
    .unwrap_or(rest.len())
}
