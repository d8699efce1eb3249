//! Agreement of two lists of awards.

use std::collections::BTreeMap;

/// Agreement of the awards of one badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct AwardAgreement {
    /// Awards in both lists.
    pub(crate) same: u64,
    /// Expected awards that are missing.
    pub(crate) missed: u64,
    /// Awards that were not expected.
    pub(crate) extra: u64,
}

impl AwardAgreement {
    /// Returns the share of found awards that were expected, from 0 to 1; 1 if none were found.
    pub(crate) fn precision(self) -> f64 {
        share_of(self.same, self.extra)
    }

    /// Returns the share of expected awards that were found, from 0 to 1; 1 if none were expected.
    pub(crate) fn recall(self) -> f64 {
        share_of(self.same, self.missed)
    }
}

/// Agreement of two lists of awards, by badge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AgreementByBadge {
    /// Agreement by badge id.
    pub(crate) badges: BTreeMap<String, AwardAgreement>,
}

impl AgreementByBadge {
    /// Compares awards, each given as player and badge. A badge that a player holds several times
    /// counts once for each.
    pub(crate) fn new<'a>(
        expected: impl IntoIterator<Item = (&'a str, &'a str)>,
        found: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut counts: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
        for (player, badge) in expected {
            counts.entry((badge, player)).or_default().0 += 1;
        }
        for (player, badge) in found {
            counts.entry((badge, player)).or_default().1 += 1;
        }
        let mut score = Self::default();
        for ((badge, _), (expected, found)) in counts {
            let agreement = score.badges.entry(badge.to_owned()).or_default();
            agreement.same += expected.min(found);
            agreement.missed += expected.saturating_sub(found);
            agreement.extra += found.saturating_sub(expected);
        }
        score
    }

    /// Sums up all badges.
    pub(crate) fn sum_badges(&self) -> AwardAgreement {
        self.badges
            .values()
            .fold(AwardAgreement::default(), |total, of| AwardAgreement {
                same: total.same + of.same,
                missed: total.missed + of.missed,
                extra: total.extra + of.extra,
            })
    }
}

fn share_of(same: u64, other: u64) -> f64 {
    if same + other == 0 {
        1.0
    } else {
        same as f64 / (same + other) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Awards = &'static [(&'static str, &'static str)];

    #[test]
    fn repeated_awards_are_compared_one_by_one() {
        let cases: [(Awards, Awards, [u64; 3], f64, f64); 6] = [
            (&[], &[], [0, 0, 0], 1.0, 1.0),
            (&[("ada", "nice")], &[("ada", "nice")], [1, 0, 0], 1.0, 1.0),
            (&[("ada", "nice")], &[("bob", "nice")], [0, 1, 1], 0.0, 0.0),
            (
                &[("ada", "nice"), ("ada", "nice")],
                &[("ada", "nice")],
                [1, 1, 0],
                1.0,
                0.5,
            ),
            (
                &[("ada", "nice")],
                &[("ada", "nice"), ("ada", "nice")],
                [1, 0, 1],
                0.5,
                1.0,
            ),
            (
                &[("ada", "nice"), ("bob", "good")],
                &[("bob", "good"), ("ada", "good")],
                [1, 1, 1],
                0.5,
                0.5,
            ),
        ];
        for (expected, found, [same, missed, extra], precision, recall) in cases {
            let total =
                AgreementByBadge::new(expected.iter().copied(), found.iter().copied()).sum_badges();
            assert_eq!(
                total,
                AwardAgreement {
                    same,
                    missed,
                    extra
                },
                "{expected:?} {found:?}"
            );
            assert_eq!(
                (total.precision(), total.recall()),
                (precision, recall),
                "{expected:?} {found:?}"
            );
        }
    }

    #[test]
    fn each_badge_has_a_row() {
        let score = AgreementByBadge::new(
            [("ada", "nice"), ("bob", "good")],
            [("ada", "nice"), ("bob", "great")],
        );
        let rows: Vec<_> = score
            .badges
            .iter()
            .map(|(badge, of)| (badge.as_str(), of.same, of.missed, of.extra))
            .collect();
        assert_eq!(
            rows,
            [("good", 0, 1, 0), ("great", 0, 0, 1), ("nice", 1, 0, 0)]
        );
    }
}
