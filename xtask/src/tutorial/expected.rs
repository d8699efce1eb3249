//! Expected output of a command, with ellipses for the parts that differ each time.

/// Stands for any characters within a line, or, alone on a line, for any number of lines.
const ELLIPSIS: &str = "…";

/// True if the whole output matches. White space at the ends of lines does not count, nor do blank
/// lines at the end.
pub(super) fn is_match(expected: &str, output: &str) -> bool {
    let split = |text: &'_ str| -> Vec<String> {
        text.trim_end()
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    };
    match_lines(&split(expected), &split(output))
}

/// Finds the first word of a text that matches a pattern with an ellipsis.
pub(super) fn find_word<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    text.split_whitespace()
        .find(|word| match_line(pattern, word))
}

fn match_lines(expected: &[String], output: &[String]) -> bool {
    let Some((first, rest)) = expected.split_first() else {
        return output.is_empty();
    };
    if first.trim() == ELLIPSIS {
        return (0..=output.len()).any(|skipped| match_lines(rest, &output[skipped..]));
    }
    output
        .split_first()
        .is_some_and(|(line, others)| match_line(first, line) && match_lines(rest, others))
}

fn match_line(pattern: &str, line: &str) -> bool {
    let Some((start, rest)) = pattern.split_once(ELLIPSIS) else {
        return pattern == line;
    };
    let Some(mut left) = line.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split(ELLIPSIS).collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(position) => left = &left[position + part.len()..],
            None => return false,
        }
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipsis_stands_for_characters_or_for_whole_lines() {
        let table = [
            ("a\nb\n", "a  \nb\n\n", true),
            ("a\n", "a\nb\n", false),
            ("a\n…\n", "a\nb\nc\n", true),
            ("…\nc\n", "a\nb\nc\n", true),
            ("a\n…\nc\n", "a\nc\n", true),
            ("a\n…\nc\n", "a\nb\n", false),
            ("at … by …\n", "at 10:00 by ada\n", true),
            ("at …, by ada\n", "at 10:00, by bob\n", false),
            ("x…x\n", "x\n", false),
            ("", "a\n", false),
        ];
        for (expected, output, good) in table {
            assert_eq!(is_match(expected, output), good, "{expected} {output}");
        }
    }

    #[test]
    fn a_link_is_found_in_the_output_by_its_beginning() {
        let output = "Create it:\n  http://x/welcome?invitation=7\nListening on http://x\n";
        assert_eq!(
            find_word("http://x/welcome?invitation=…", output),
            Some("http://x/welcome?invitation=7")
        );
        assert_eq!(find_word("http://y/…", output), None);
    }
}
