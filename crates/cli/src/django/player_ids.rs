//! Player ids, from the application's own rows that refer to the interfaces.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::event::NewEvent;
use accolade_core::time::{TimeZone, Timestamp};
use serde_json::Value;

use super::dump::DumpRow;
use super::findings::Findings;
use super::row_key::RowKey;
use super::tables::{INTERFACE, Tables, parse_time};
use crate::error::CommandError;

/// Parts of the names of fields that are likely to refer to an interface.
const FIELD_HINTS: [&str; 3] = ["interface", "game", "gamification"];
/// Field of a profile that refers to its user.
const USER_FIELD: &str = "user";
/// Placeholder for the primary key.
const PRIMARY_KEY: &str = "pk";

/// Source of the player ids.
#[derive(Debug)]
pub(crate) enum PlayerSource {
    /// A field of a model of the application refers to the interface.
    Field {
        /// Label of the model, such as `shop.profile`.
        model: String,
        /// Name of the field.
        field: String,
    },
    /// The interfaces themselves are the players.
    Interface,
    /// There are no interfaces.
    Users,
}

/// Player ids of interfaces and users.
#[derive(Debug)]
pub(crate) struct PlayerIds {
    /// Source of the ids.
    pub(crate) source: PlayerSource,
    /// Pattern of the ids.
    pub(crate) template: IdTemplate,
    by_interface: BTreeMap<RowKey, InterfacePlayer>,
    /// Positions in `Tables::others` by primary key of the user.
    rows_by_user: BTreeMap<RowKey, usize>,
}

/// Player who owns an interface.
#[derive(Debug, Clone)]
pub(crate) struct InterfacePlayer {
    /// Player id.
    pub(crate) id: String,
    /// Instant at which the user joined, if the row has a `date_joined`.
    pub(crate) joined: Option<Timestamp>,
}

impl PlayerIds {
    /// Finds the player of each interface. `named` is the argument of `--players`.
    pub(crate) fn from_tables(
        tables: &Tables,
        named: Option<&str>,
        template: Option<IdTemplate>,
        zone: &TimeZone,
        findings: &mut Findings,
    ) -> Result<Self, CommandError> {
        let source = match named {
            Some("interface") => PlayerSource::Interface,
            Some(named) => find_named_field(tables, named)?,
            None if tables.interfaces.is_empty() => PlayerSource::Users,
            None => find_referring_field(tables)?,
        };
        let template = match template {
            Some(template) => template,
            None => default_template(tables, &source),
        };
        let mut ids = Self {
            rows_by_user: index_users(tables, &source),
            source,
            template,
            by_interface: BTreeMap::new(),
        };
        ids.by_interface = ids.assign_interfaces(tables, zone, findings);
        Ok(ids)
    }

    /// Returns the player of an interface.
    pub(crate) fn find_by_interface(&self, interface: &RowKey) -> Option<&InterfacePlayer> {
        self.by_interface.get(interface)
    }

    /// Returns the player id of a user, by primary key.
    pub(crate) fn find_by_user(&self, tables: &Tables, user: &RowKey) -> Option<String> {
        let key_field = match &self.source {
            // The pattern is about interfaces, and a user has another key.
            PlayerSource::Interface => return None,
            PlayerSource::Field { model, .. } if has_field(tables, model, USER_FIELD) => USER_FIELD,
            _ => PRIMARY_KEY,
        };
        // The row is not needed if only its key is, so it need not be in the dump.
        let id = match self
            .template
            .render(|field| (field == key_field).then(|| user.to_string()))
        {
            Some(id) => id,
            None => {
                let row = &tables.others[*self.rows_by_user.get(user)?];
                self.template.render(|field| read_field(row, field))?
            }
        };
        is_valid_id(&id).then_some(id)
    }

    fn assign_interfaces(
        &self,
        tables: &Tables,
        zone: &TimeZone,
        findings: &mut Findings,
    ) -> BTreeMap<RowKey, InterfacePlayer> {
        let mut owners: BTreeMap<RowKey, Vec<InterfacePlayer>> = BTreeMap::new();
        match &self.source {
            PlayerSource::Users => {}
            PlayerSource::Interface => {
                for key in tables.interfaces.keys() {
                    let id = self
                        .template
                        .render(|field| (field == PRIMARY_KEY).then(|| key.to_string()));
                    owners
                        .entry(key.clone())
                        .or_default()
                        .extend(id.map(|id| InterfacePlayer { id, joined: None }));
                }
            }
            PlayerSource::Field { model, field } => {
                for row in tables.others.iter().filter(|row| row.model == *model) {
                    let Some(interface) = row.fields.get(field).and_then(RowKey::from_json) else {
                        continue;
                    };
                    let id = self.template.render(|field| read_field(row, field));
                    let joined = row.fields.get("date_joined").and_then(Value::as_str);
                    owners
                        .entry(interface)
                        .or_default()
                        .extend(id.map(|id| InterfacePlayer {
                            id,
                            joined: joined.and_then(|text| parse_time(text, zone)),
                        }));
                }
            }
        }
        self.select_owners(tables, owners, findings)
    }

    /// Keeps the interfaces that have exactly one player, who has exactly one interface.
    fn select_owners(
        &self,
        tables: &Tables,
        mut owners: BTreeMap<RowKey, Vec<InterfacePlayer>>,
        findings: &mut Findings,
    ) -> BTreeMap<RowKey, InterfacePlayer> {
        let mut assigned = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for interface in tables.interfaces.keys() {
            let mut players = owners.remove(interface).unwrap_or_default();
            let reason = match (players.pop(), players.is_empty()) {
                (None, _) => "no row of the model of the players refers to it",
                (Some(_), false) => {
                    "several players share it; import it with --players interface, and award their \
                     badges manually"
                }
                (Some(player), true) if !is_valid_id(&player.id) => {
                    "the player id is empty, longer than 255 bytes, or has control characters"
                }
                (Some(player), true) if !taken.insert(player.id.clone()) => {
                    "its player has another interface already"
                }
                (Some(player), true) => {
                    assigned.insert(interface.clone(), player);
                    continue;
                }
            };
            findings.leave_out(INTERFACE, interface, reason);
        }
        assigned
    }
}

/// Finds the field that `--players MODEL.FIELD` names.
fn find_named_field(tables: &Tables, named: &str) -> Result<PlayerSource, CommandError> {
    let (model, field) = named
        .rsplit_once('.')
        .map(|(model, field)| (model.to_ascii_lowercase(), field.to_owned()))
        .unwrap_or_default();
    if has_field(tables, &model, &field) {
        return Ok(PlayerSource::Field { model, field });
    }
    Err(CommandError::new(format!(
        "`{named}` (--players) not found in the dump; name a field of a dumped model, such as \
         shop.Profile.interface, or write `interface`"
    )))
}

/// Finds the only field whose values are interfaces.
fn find_referring_field(tables: &Tables) -> Result<PlayerSource, CommandError> {
    let mut fields: BTreeMap<(&str, &str), FieldValues> = BTreeMap::new();
    for row in &tables.others {
        for (name, value) in &row.fields {
            let values = fields.entry((&row.model, name)).or_default();
            match RowKey::from_json(value) {
                Some(key) if tables.interfaces.contains_key(&key) => {
                    values.keys.insert(key);
                }
                _ if value.is_null() => {}
                _ => values.has_others = true,
            }
        }
    }
    let all: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(_, values)| !values.has_others && !values.keys.is_empty())
        .map(|(field, _)| *field)
        .collect();
    let hinted: Vec<(&str, &str)> = all
        .iter()
        .copied()
        .filter(|(_, field)| FIELD_HINTS.iter().any(|hint| field.contains(hint)))
        .collect();
    match (&hinted[..], &all[..]) {
        ([(model, field)], _) | ([], [(model, field)]) => Ok(PlayerSource::Field {
            model: (*model).to_owned(),
            field: (*field).to_owned(),
        }),
        ([], []) => Err(CommandError::new(
            "no dumped model refers to the interfaces, so the players are unknown; also dump the \
             model with the field for the GamificationInterface, such as `python manage.py \
             dumpdata django_gamification shop.Profile`, or name the players interface-1, \
             interface-2 … with --players interface",
        )),
        ([], many) | (many, _) => {
            let fields: Vec<String> = many
                .iter()
                .map(|(model, field)| format!("{model}.{field}"))
                .collect();
            Err(CommandError::new(format!(
                "several fields may refer to the interfaces; choose one with --players: {}",
                fields.join(", ")
            )))
        }
    }
}

/// Values of one field in all rows.
#[derive(Default)]
struct FieldValues {
    keys: BTreeSet<RowKey>,
    /// True if a value is not an interface.
    has_others: bool,
}

fn default_template(tables: &Tables, source: &PlayerSource) -> IdTemplate {
    let (prefix, field) = match source {
        PlayerSource::Interface => ("interface-", PRIMARY_KEY),
        PlayerSource::Field { model, .. } if has_field(tables, model, USER_FIELD) => {
            ("user-", USER_FIELD)
        }
        PlayerSource::Field { .. } | PlayerSource::Users => ("user-", PRIMARY_KEY),
    };
    IdTemplate {
        text: format!("{prefix}{{{field}}}"),
        parts: vec![
            TemplatePart::Literal(prefix.to_owned()),
            TemplatePart::Field(field.to_owned()),
        ],
    }
}

fn has_field(tables: &Tables, model: &str, field: &str) -> bool {
    let mut rows = tables.others.iter().filter(|row| row.model == model);
    rows.any(|row| row.fields.contains_key(field))
}

/// Maps the keys of users to the rows that contain the fields of the template.
fn index_users(tables: &Tables, source: &PlayerSource) -> BTreeMap<RowKey, usize> {
    let rows = tables.others.iter().enumerate();
    let key = |row: &DumpRow| match source {
        PlayerSource::Field { model, .. } if row.model == *model => {
            RowKey::from_json(row.fields.get(USER_FIELD).unwrap_or(&row.pk))
        }
        PlayerSource::Field { .. } => None,
        // Applications replace `auth.user` by a model of their own, whose name usually ends so.
        _ if row.model.ends_with(USER_FIELD) => RowKey::from_json(&row.pk),
        _ => None,
    };
    rows.filter_map(|(position, row)| Some((key(row)?, position)))
        .collect()
}

fn read_field(row: &DumpRow, field: &str) -> Option<String> {
    let value = match field {
        PRIMARY_KEY => &row.pk,
        _ => row.fields.get(field)?,
    };
    RowKey::from_json(value).map(|key| key.to_string())
}

fn is_valid_id(id: &str) -> bool {
    NewEvent::new(id, "probe").check_limits().is_ok()
}

/// Pattern of player ids, such as `user-{pk}`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IdTemplate {
    text: String,
    parts: Vec<TemplatePart>,
}

#[derive(Debug, Clone, PartialEq)]
enum TemplatePart {
    Literal(String),
    Field(String),
}

impl IdTemplate {
    /// Parses a pattern with at least one `{field}`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, field)) = rest.split_once('{') {
            let (field, after) = field
                .split_once('}')
                .ok_or("a `{` has no `}`; write a field such as {pk}")?;
            parts.push(TemplatePart::Literal(literal.to_owned()));
            parts.push(TemplatePart::Field(field.to_owned()));
            rest = after;
        }
        if parts.is_empty() {
            return Err(
                "all players would have the same id; write a field such as {pk}".to_owned(),
            );
        }
        parts.push(TemplatePart::Literal(rest.to_owned()));
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// Replaces the fields; `None` if one has no value.
    fn render(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let mut id = String::new();
        for part in &self.parts {
            match part {
                TemplatePart::Literal(text) => id.push_str(text),
                TemplatePart::Field(field) => id.push_str(&value(field)?),
            }
        }
        Some(id)
    }

    /// Returns the pattern as written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl PlayerSource {
    /// Describes the source as `--players` takes it.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Field { model, field } => format!("{model}.{field}"),
            Self::Interface => "interface".to_owned(),
            Self::Users => "users of django-hero".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_needs_a_field_and_all_of_its_values() {
        for text in ["user", "", "user-{pk"] {
            assert!(IdTemplate::parse(text).is_err(), "{text}");
        }
        let template = IdTemplate::parse("{team}/{pk}!").unwrap();
        let value = |field: &str| (field != "none").then(|| field.to_uppercase());
        assert_eq!(template.render(value).as_deref(), Some("TEAM/PK!"));
        assert_eq!(IdTemplate::parse("{none}").unwrap().render(value), None);
    }
}
