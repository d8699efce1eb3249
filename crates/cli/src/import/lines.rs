//! Lines of an untrusted file, read in bounded memory.

use std::io::{self, BufRead, Read};

/// Maximum length of a line with an event, in bytes. The limits of ids, name and properties are far
/// below it.
pub(crate) const MAX_LINE_BYTES: usize = 1024 * 1024;
/// Length in bytes at which a line counts as endless, and reading stops.
// A line that is too long is skipped, so that the import goes on behind it. A device such as
// /dev/zero has no such place.
pub(crate) const ENDLESS_BYTES: usize = 256 * 1024 * 1024;

/// Iterator over numbered lines.
pub(crate) struct NumberedLines<R> {
    input: R,
    /// Maximum length of a line to keep, and of a line to skip.
    limits: (usize, usize),
    number: u64,
    bytes: u64,
    ended: bool,
}

/// Line without its line break.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NumberedLine {
    /// Line number, from 1.
    pub(crate) number: u64,
    /// Offset of its end in the file, in bytes.
    pub(crate) end_offset: u64,
    /// Content, or the beginning of a line that is too long.
    pub(crate) text: Vec<u8>,
    /// Completeness of the content.
    pub(crate) completeness: LineCompleteness,
}

/// Completeness of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LineCompleteness {
    /// The content is complete.
    Whole,
    /// The line exceeds the limit; it has this many bytes.
    TooLong(usize),
    /// The line was not read to its end. It is the last line.
    Endless,
}

impl<R: BufRead> NumberedLines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self::with_limits(input, MAX_LINE_BYTES, ENDLESS_BYTES)
    }

    fn with_limits(input: R, longest: usize, endless: usize) -> Self {
        Self {
            input,
            limits: (longest, endless),
            number: 0,
            bytes: 0,
            ended: false,
        }
    }

    /// Skips the rest of a line and returns its total length.
    fn skip_rest(&mut self, mut length: usize) -> io::Result<LineCompleteness> {
        const AT_ONCE: usize = 64 * 1024;
        // In pieces, so that memory does not depend on the length of the line.
        let mut passed = Vec::with_capacity(AT_ONCE);
        while length < self.limits.1 {
            passed.clear();
            self.input
                .by_ref()
                .take(AT_ONCE as u64)
                .read_until(b'\n', &mut passed)?;
            length += passed.len();
            self.bytes += passed.len() as u64;
            if passed.is_empty() || passed.ends_with(b"\n") {
                return Ok(LineCompleteness::TooLong(length));
            }
        }
        self.ended = true;
        Ok(LineCompleteness::Endless)
    }
}

impl<R: BufRead> Iterator for NumberedLines<R> {
    type Item = io::Result<NumberedLine>;

    fn next(&mut self) -> Option<io::Result<NumberedLine>> {
        if self.ended {
            return None;
        }
        let mut text = Vec::new();
        match self
            .input
            .by_ref()
            // One byte beyond the limit proves that the line is too long.
            .take(self.limits.0 as u64 + 1)
            .read_until(b'\n', &mut text)
        {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => return Some(Err(error)),
        }
        self.number += 1;
        self.bytes += text.len() as u64;
        let length = match text.ends_with(b"\n") || text.len() <= self.limits.0 {
            true => LineCompleteness::Whole,
            false => match self.skip_rest(text.len()) {
                Ok(length) => length,
                Err(error) => return Some(Err(error)),
            },
        };
        if text.ends_with(b"\n") {
            // A carriage return stays, because JSON ignores it.
            text.pop();
        }
        Some(Ok(NumberedLine {
            number: self.number,
            end_offset: self.bytes,
            text,
            completeness: length,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<(u64, u64, Vec<u8>, LineCompleteness)> {
        let lines = NumberedLines::with_limits(input, 4, 200_000).map(Result::unwrap);
        lines
            .map(|line| (line.number, line.end_offset, line.text, line.completeness))
            .collect()
    }

    #[test]
    fn lines_are_read_with_their_numbers_and_places() {
        let whole = |number, read, text: &str| {
            (
                number,
                read,
                text.as_bytes().to_vec(),
                LineCompleteness::Whole,
            )
        };
        assert_eq!(lines(b""), []);
        assert_eq!(
            lines(b"ab\n\ncd"),
            [whole(1, 3, "ab"), whole(2, 4, ""), whole(3, 6, "cd")]
        );
        assert_eq!(
            lines(b"abcd\nabcd"),
            [whole(1, 5, "abcd"), whole(2, 9, "abcd")]
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let long = "x".repeat(150_000);
        let found = lines(format!("ab\n{long}\ncd\n{long}").as_bytes());
        let lengths: Vec<_> = found
            .into_iter()
            .map(|(number, _, text, length)| (number, text.len(), length))
            .collect();
        let expected = [
            (1, 2, LineCompleteness::Whole),
            (2, 5, LineCompleteness::TooLong(150_001)),
            (3, 2, LineCompleteness::Whole),
            (4, 5, LineCompleteness::TooLong(150_000)),
        ];
        assert_eq!(lengths, expected);
    }

    #[test]
    fn a_line_without_end_is_the_last() {
        let mut endless =
            NumberedLines::with_limits(io::BufReader::new(io::repeat(b'x')), 4, 200_000);
        assert_eq!(
            endless.next().unwrap().unwrap().completeness,
            LineCompleteness::Endless
        );
        assert!(endless.next().is_none());
    }
}
