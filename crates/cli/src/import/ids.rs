//! Ids for lines that have none, so that importing a file again changes nothing (S12).

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Gives ids to the lines of one file: from a line's content, and its ordinal among the lines with the same content.
/// Takes about fifty bytes of memory for each such line.
#[derive(Default)]
pub(crate) struct LineIds {
    seen: HashMap<[u8; 16], u32>,
}

impl LineIds {
    /// The id of a line; white space around it is no content.
    pub(crate) fn next(&mut self, line: &[u8]) -> String {
        let digest = Sha256::digest(line.trim_ascii());
        let content: [u8; 16] = std::array::from_fn(|at| digest[at]);
        let ordinal = self.seen.entry(content).or_default();
        *ordinal = ordinal.saturating_add(1);

        let mut id = String::from("line-");
        for byte in content {
            write!(id, "{byte:02x}").expect("text takes everything");
        }
        write!(id, "-{ordinal}").expect("text takes everything");
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s12_ids_of_lines_come_from_content_and_ordinal() {
        let ids = |lines: &[&str]| {
            let mut ids = LineIds::default();
            lines
                .iter()
                .map(|line| ids.next(line.as_bytes()))
                .collect::<Vec<_>>()
        };
        let first = ids(&["{\"a\":1}", "{\"a\":2}", "{\"a\":1}"]);
        assert_eq!(
            first,
            ids(&["{\"a\":1}\r", " {\"a\":2}", "{\"a\":1}"]),
            "the same file gives the same ids"
        );
        assert_eq!(
            first[0][..38],
            first[2][..38],
            "identical lines share the hash"
        );
        assert!(
            first[0].ends_with("-1") && first[2].ends_with("-2") && first[1].ends_with("-1"),
            "{first:?}"
        );
        assert_ne!(first[0], first[1]);
    }
}
