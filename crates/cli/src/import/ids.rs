//! Ids for lines that have none, so that importing a file again changes nothing (S12).

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Generator of ids for the lines of one file. An id consists of the hash of the line and its
/// ordinal among identical lines. Each line without an id takes about fifty bytes of memory.
#[derive(Default)]
pub(crate) struct LineIds {
    seen: HashMap<[u8; 16], u32>,
}

impl LineIds {
    /// Generates the id of a line. White space around the line is ignored.
    pub(crate) fn next_id(&mut self, line: &[u8]) -> String {
        // Trimmed, so that a file keeps its ids when its line endings are converted.
        let digest = Sha256::digest(line.trim_ascii());
        // 128 bits make collisions between lines of a file practically impossible.
        let content: [u8; 16] = std::array::from_fn(|at| digest[at]);
        // Two identical lines are two events; the ordinal keeps them apart (S12).
        let ordinal = self.seen.entry(content).or_default();
        *ordinal = ordinal.saturating_add(1);

        let mut id = String::from("line-");
        for byte in content {
            write!(id, "{byte:02x}").expect("writing to a string cannot fail");
        }
        write!(id, "-{ordinal}").expect("writing to a string cannot fail");
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
                .map(|line| ids.next_id(line.as_bytes()))
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
