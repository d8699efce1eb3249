//! Filter of the audit log.

use accolade_core::time::Timestamp;

use super::access_rows::AuditRow;

/// A filter of the audit log. Its conditions must all hold; the default matches every entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The actor.
    pub actor: Option<String>,
    /// The kinds of actions.
    pub actions: Option<Vec<String>>,
    /// The player concerned.
    pub player: Option<String>,
    /// The first instant (inclusive).
    pub from: Option<Timestamp>,
    /// The last instant (exclusive).
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// True if an entry matches.
    pub fn is_match(&self, row: &AuditRow) -> bool {
        let is = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| value == Some(wanted))
        };
        is(&self.actor, Some(&row.actor))
            && is(&self.player, row.player.as_deref())
            && (self.actions.as_ref()).is_none_or(|actions| actions.contains(&row.action))
            && self.from.is_none_or(|from| row.at >= from)
            && self.until.is_none_or(|until| row.at < until)
    }
}
