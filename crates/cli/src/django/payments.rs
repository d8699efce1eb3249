//! Changes of points that badges paid.
//!
//! `Badge.award()` adds a change with the badge's points, and `force_revoke()` one with their
//! negative, but neither refers to the badge. They are matched by amount, like brackets: a
//! deduction belongs to the latest payment before it that is not matched yet.

use std::collections::BTreeMap;

use super::accounts::{BadgeRecord, BadgeStanding, PointChange};

/// Positions in the player's changes that belong to a badge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BadgePayments {
    /// Change that paid the badge's points; `None` if there is none.
    pub(crate) award: Option<usize>,
    /// Change that took them back.
    pub(crate) revocation: Option<usize>,
}

/// Matches the badges with changes, which must be in order of time. Returns the payments of each
/// badge, in the order of the badges.
pub(crate) fn match_payments(
    badges: &[BadgeRecord],
    changes: &[PointChange],
) -> Vec<BadgePayments> {
    let mut by_points: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (position, badge) in badges.iter().enumerate() {
        let was_held = matches!(badge.standing, BadgeStanding::Held | BadgeStanding::Revoked);
        if badge.points != 0 && was_held {
            by_points.entry(badge.points).or_default().push(position);
        }
    }
    let mut payments = vec![BadgePayments::default(); badges.len()];
    let mut used = vec![false; changes.len()];
    for (points, badge_positions) in by_points {
        let mut brackets = Brackets::from_changes(points, changes, &used);
        for position in badge_positions {
            payments[position] = match badges[position].standing {
                BadgeStanding::Held => brackets.next_standing(),
                _ => brackets.next_revoked(),
            };
            let matched = [payments[position].award, payments[position].revocation];
            for change in matched.into_iter().flatten() {
                used[change] = true;
            }
        }
    }
    payments
}

/// Changes of one amount and its negative.
struct Brackets {
    /// Payments without a deduction, latest first.
    standing: Vec<usize>,
    /// Payments with the deduction that followed, in order of the deduction.
    revoked: Vec<(usize, usize)>,
    /// Deductions without a payment before them.
    debts: Vec<usize>,
}

impl Brackets {
    fn from_changes(points: i64, changes: &[PointChange], used: &[bool]) -> Self {
        let (mut standing, mut revoked, mut debts) = (Vec::new(), Vec::new(), Vec::new());
        for (position, change) in changes.iter().enumerate() {
            if used[position] {
                continue;
            }
            if change.amount == points {
                standing.push(position);
            } else if change.amount.checked_neg() == Some(points) {
                match standing.pop() {
                    Some(award) => revoked.push((award, position)),
                    None => debts.push(position),
                }
            }
        }
        standing.reverse();
        Self {
            standing,
            revoked,
            debts,
        }
    }

    /// Takes the earliest payment that was not taken back.
    fn next_standing(&mut self) -> BadgePayments {
        BadgePayments {
            award: self.standing.pop(),
            revocation: None,
        }
    }

    /// Takes the latest payment that was taken back, or else the latest deduction without one.
    fn next_revoked(&mut self) -> BadgePayments {
        match self.revoked.pop() {
            Some((award, revocation)) => BadgePayments {
                award: Some(award),
                revocation: Some(revocation),
            },
            // A badge that was acquired through its progress paid nothing, and cost its points
            // when it was revoked.
            None => BadgePayments {
                award: None,
                revocation: self.debts.pop(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::django::row_key::RowKey;
    use BadgeStanding::{Held, Revoked, Unearned};

    #[test]
    fn badges_are_matched_with_the_payments_that_still_stand() {
        type Matched = (Option<usize>, Option<usize>);
        type Case = (
            &'static [(i64, BadgeStanding)],
            &'static [i64],
            &'static [Matched],
        );
        let table: &[Case] = &[
            // Paid once; paid twice by two calls of `award()`: the second one is not the badge's.
            (&[(50, Held)], &[10, 50], &[(Some(1), None)]),
            (&[(50, Held)], &[50, 50], &[(Some(0), None)]),
            // Acquired through progress, or the points changed since.
            (&[(50, Held)], &[40], &[(None, None)]),
            (&[(0, Held)], &[0], &[(None, None)]),
            // Revoked, and awarded again.
            (&[(50, Held)], &[50, -50, 50], &[(Some(2), None)]),
            (&[(50, Revoked)], &[50, -50], &[(Some(0), Some(1))]),
            (&[(50, Revoked)], &[50, -50, 50, -50], &[(Some(2), Some(3))]),
            // Revoked twice, or acquired through progress and revoked.
            (&[(50, Revoked)], &[50, -50, -50], &[(Some(0), Some(1))]),
            (&[(50, Revoked)], &[-50], &[(None, Some(0))]),
            (&[(50, Revoked)], &[50], &[(None, None)]),
            // Several badges with the same points, and ones that cost points.
            (
                &[(50, Held), (50, Revoked), (50, Held), (50, Unearned)],
                &[50, 50, 50, -50],
                &[
                    (Some(0), None),
                    (Some(2), Some(3)),
                    (Some(1), None),
                    (None, None),
                ],
            ),
            (
                &[(-5, Held), (5, Held)],
                &[5, -5],
                &[(Some(1), None), (Some(0), None)],
            ),
            (&[(i64::MIN, Held)], &[i64::MIN], &[(Some(0), None)]),
        ];
        for (badges, amounts, expected) in table {
            let badges: Vec<BadgeRecord> = badges
                .iter()
                .map(|(points, standing)| BadgeRecord {
                    key: RowKey::Number(1),
                    definition: RowKey::Number(1),
                    standing: *standing,
                    points: *points,
                    progress: 0,
                })
                .collect();
            let changes: Vec<PointChange> = amounts
                .iter()
                .map(|amount| PointChange {
                    at: Default::default(),
                    key: RowKey::Number(1),
                    amount: *amount,
                })
                .collect();
            let matched: Vec<Matched> = match_payments(&badges, &changes)
                .into_iter()
                .map(|found| (found.award, found.revocation))
                .collect();
            assert_eq!(matched, *expected, "{badges:?} {amounts:?}");
        }
    }
}
