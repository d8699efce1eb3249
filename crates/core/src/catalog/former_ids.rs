//! Former ids of rules (S15).

use std::collections::BTreeMap;

/// Former ids, each with the position of the rule that was renamed.
#[derive(Debug, Default)]
pub struct FormerIds {
    pub(super) currencies: BTreeMap<String, usize>,
    pub(super) earnings: BTreeMap<String, usize>,
    pub(super) badges: BTreeMap<String, usize>,
    pub(super) unlockables: BTreeMap<String, usize>,
}
