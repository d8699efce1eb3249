//! Entries of the audit log as sentences.

use accolade::Catalog;
use accolade::service::AuditEntry;
use accolade_core::names::acts;
use serde::Serialize;
use serde_json::Value;

use crate::admin::players::performed::{badge_name, currency_name};
use crate::filters::format_thousands;

/// Sentence about an entry, without its actor: the text before the player, and the text after.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct AuditSentence {
    before: String,
    after: String,
    /// Reason that the actor gave.
    reason: String,
    /// Path of the page about the object, without the base; empty for none.
    path: String,
}

accolade_core::named_enum! {
    /// Group of actions, by which the log is filtered.
    pub enum ActionGroup {
        /// Awards and revocations.
        Badges = "badges",
        /// Points and progress.
        Points = "points",
        /// Attributes, resets, merges and data of players.
        Players = "players",
        /// Retracted and restored events.
        Events = "events",
        /// Publications.
        Catalog = "catalog",
        /// API keys, administrators and sessions.
        Access = "access",
        /// Verification, repair and pruning.
        Maintenance = "maintenance",
    }
}

impl ActionGroup {
    /// Returns the title of the group.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Badges => "Awards and revocations",
            Self::Points => "Points and progress",
            Self::Players => "Players",
            Self::Events => "Events",
            Self::Catalog => "Catalog",
            Self::Access => "Keys, administrators and sign-ins",
            Self::Maintenance => "Maintenance",
        }
    }

    /// Returns the actions of the group.
    pub(super) fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Badges => &[acts::AWARD, acts::REVOKE],
            Self::Points => &[acts::POINTS, acts::PROGRESS],
            Self::Players => &[
                acts::PROFILE,
                acts::RESET,
                acts::MERGE,
                acts::UNMERGE,
                "player.erase",
                "player.export",
                "player.sign_in_link",
                "token.issue",
            ],
            Self::Events => &[acts::RETRACT, acts::RESTORE, "events.restore"],
            Self::Catalog => &["catalog.publish", acts::GRANDFATHER],
            Self::Access => &[
                "key.create",
                "key.revoke",
                "tokens.rotate",
                "administrator.invite",
                "administrator.create",
                "administrator.password",
                "administrator.remove",
                "session.begin",
                "session.end",
                "session.end_all",
                "session.refuse",
            ],
            Self::Maintenance => &[
                "database.verify",
                "database.repair",
                "players.repair",
                "event-names.repair",
                "feed.prune",
            ],
        }
    }
}

/// True if the page of the player offers to undo such an action.
pub(super) fn has_undo(action: &str) -> bool {
    acts::NAMES.contains(&action) && action != acts::GRANDFATHER
}

/// Describes an entry.
pub(super) fn describe_entry(catalog: &Catalog, entry: &AuditEntry) -> AuditSentence {
    let about = EntryDetail(&entry.detail);
    let (before, after) = match entry.action.as_str() {
        acts::AWARD => (
            format!("awarded {} to", about.badge(catalog)),
            String::new(),
        ),
        acts::REVOKE => (
            format!("revoked {} from", about.badge(catalog)),
            String::new(),
        ),
        acts::PROGRESS => ("changed the progress of".into(), about.progress(catalog)),
        acts::POINTS => (about.points(catalog), String::new()),
        acts::RESET => ("reset".into(), String::new()),
        acts::PROFILE => ("changed attributes of".into(), about.attributes()),
        acts::RETRACT => (format!("retracted {} of", about.events()), String::new()),
        acts::RESTORE => (format!("restored {} of", about.events()), String::new()),
        acts::MERGE => (
            format!("merged {} into", about.text("guest")),
            String::new(),
        ),
        acts::UNMERGE => (
            format!("unmerged {} from", about.text("guest")),
            String::new(),
        ),
        action => return describe_service_action(action, &entry.subject, &about),
    };
    AuditSentence {
        before,
        after,
        reason: about.text("reason").to_owned(),
        path: String::new(),
    }
}

/// Describes an action that is no manual action.
fn describe_service_action(action: &str, subject: &str, about: &EntryDetail<'_>) -> AuditSentence {
    let catalog = format!("published {subject} of the catalog");
    let (before, path) = match action {
        "catalog.publish" => (&*catalog, "/admin/catalog/history"),
        "player.erase" => ("erased a player", ""),
        "player.export" => ("exported the personal data of", ""),
        "player.sign_in_link" => ("created a sign-in link for", ""),
        "token.issue" => ("created a player token", ""),
        "tokens.rotate" => ("ended all player tokens", ""),
        "key.create" => ("created the API key", "/admin/keys"),
        "key.revoke" => ("revoked the API key", "/admin/keys"),
        "administrator.invite" => ("invited an administrator", "/admin/administrators"),
        "administrator.create" => ("created the account", "/admin/administrators"),
        "administrator.password" => ("changed the password of", "/admin/administrators"),
        "administrator.remove" => ("removed the administrator", "/admin/administrators"),
        "session.begin" => ("signed in", ""),
        "session.end" => ("signed out", ""),
        "session.end_all" => ("signed out everywhere", ""),
        "session.refuse" => ("was refused to sign in", ""),
        "database.verify" => ("started to verify the data", "/admin/health"),
        "database.repair" => ("started to repair the data", "/admin/health"),
        "players.repair" => ("repaired players", "/admin/health"),
        "event-names.repair" => ("repaired the numbers of events", "/admin/events"),
        "feed.prune" => ("deleted old outcomes", ""),
        "events.restore" => ("imported a restored history", ""),
        other => (other, ""),
    };
    // Sessions name their own administrator, and publications their version.
    let has_object = matches!(
        action,
        "key.create"
            | "key.revoke"
            | "administrator.create"
            | "administrator.password"
            | "administrator.remove"
    );
    AuditSentence {
        before: before.to_owned(),
        after: if has_object {
            subject.to_owned()
        } else {
            String::new()
        },
        reason: about.text("note").to_owned(),
        path: path.to_owned(),
    }
}

/// Lists the details that the sentence leaves out.
pub(super) fn list_details(entry: &AuditEntry) -> Vec<(String, String)> {
    // The reason is shown, and the author is the actor.
    const SHOWN: [&str; 3] = ["reason", "by", "note"];
    let mut details = Vec::new();
    if !entry.subject.is_empty() && acts::NAMES.contains(&entry.action.as_str()) {
        details.push(("id".to_owned(), entry.subject.clone()));
    }
    let fields = entry.detail.as_object().into_iter().flatten();
    for (name, value) in fields.filter(|(name, _)| !SHOWN.contains(&name.as_str())) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(lines) if lines.iter().all(Value::is_string) => {
                let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
                lines.join(", ")
            }
            other => other.to_string(),
        };
        if !text.is_empty() {
            details.push((name.replace('_', " "), text));
        }
    }
    details
}

/// Detail of an entry, with the properties of a manual action.
struct EntryDetail<'a>(&'a Value);

impl EntryDetail<'_> {
    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    fn badge(&self, catalog: &Catalog) -> String {
        let name = badge_name(catalog, self.text("badge"));
        let parts: Vec<&str> = [self.text("tier"), self.text("key")]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        match parts.is_empty() {
            true => name.to_owned(),
            false => format!("{name} ({})", parts.join(", ")),
        }
    }

    fn points(&self, catalog: &Catalog) -> String {
        let amount = self.0["amount"].as_i64().unwrap_or_default();
        let currency = currency_name(catalog, self.text("currency"));
        let number = format_thousands(amount.saturating_abs());
        match amount {
            ..0 => format!("removed {number} {currency} from"),
            _ => format!("added {number} {currency} to"),
        }
    }

    fn progress(&self, catalog: &Catalog) -> String {
        let badge = self.badge(catalog);
        match (&self.0["set"], &self.0["add"]) {
            (Value::Null, add) => format!("on {badge} by {add}"),
            (set, _) => format!("on {badge} to {set}"),
        }
    }

    fn attributes(&self) -> String {
        let names: Vec<&str> = self.0["set"]
            .as_object()
            .into_iter()
            .flat_map(|set| set.keys().map(String::as_str))
            .collect();
        match names.is_empty() {
            true => String::new(),
            false => format!("({})", names.join(", ")),
        }
    }

    fn events(&self) -> String {
        let listed = self.0["events"].as_array().map_or(0, Vec::len);
        match listed + usize::from(self.0["event"].is_string()) {
            1 => "1 event".to_owned(),
            events => format!("{events} events"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manual_action_belongs_to_one_group() {
        for action in acts::NAMES {
            let groups = ActionGroup::ALL.iter();
            let groups = groups.filter(|group| group.actions().contains(&action));
            assert_eq!(groups.count(), 1, "{action}");
        }
    }
}
