//! The shapes of keys and values. The grammar consists of them: the reader checks texts against it,
//! and the published JSON Schema is generated from it.

/// A table of the catalog, with its keys.
pub(in crate::catalog) struct TableShape {
    /// The name in the JSON Schema.
    pub(in crate::catalog) name: &'static str,
    /// The name in messages, with an article.
    pub(in crate::catalog) title: &'static str,
    /// A description of its purpose.
    pub(in crate::catalog) doc: &'static str,
    pub(in crate::catalog) keys: &'static [KeyShape],
}

/// Alternative forms of a table, distinguished by their first key.
pub(in crate::catalog) struct VariantShapes {
    pub(in crate::catalog) name: &'static str,
    pub(in crate::catalog) title: &'static str,
    pub(in crate::catalog) doc: &'static str,
    pub(in crate::catalog) forms: &'static [TableShape],
    /// Advice for a table with the tags of two forms.
    pub(in crate::catalog) both_help: &'static str,
}

impl VariantShapes {
    /// The keys that distinguish the forms.
    pub(in crate::catalog) fn tag_names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.forms.iter().map(TableShape::tag_name)
    }
}

impl TableShape {
    /// The key that distinguishes it from other variants.
    pub(in crate::catalog) fn tag_name(&self) -> &'static str {
        self.keys[0].name
    }

    pub(in crate::catalog) fn key_names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().map(|key| key.name)
    }

    pub(in crate::catalog) fn find_key(&self, name: &str) -> Option<&'static KeyShape> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// A key of a table.
pub(in crate::catalog) struct KeyShape {
    pub(in crate::catalog) name: &'static str,
    pub(in crate::catalog) required: bool,
    pub(in crate::catalog) shape: ValueShape,
    /// A description of one or two sentences.
    pub(in crate::catalog) doc: &'static str,
}

/// The values that a key may have.
pub(in crate::catalog) enum ValueShape {
    /// Any text.
    Text,
    /// The id of a rule or a tier.
    Id,
    /// The id of another rule; the compiler resolves it.
    Reference,
    /// The id of a player or an event, chosen by the application.
    ApplicationId,
    /// The name of an event that a test records: an application's event or a manual action.
    RecordedEventName,
    /// The name of an event that rules may listen to: an application's event or a derived one (S7).
    ListenedEventName,
    /// A condition or an expression; the compiler parses it.
    Expression,
    /// `badge`, `badge:tier`, `badge@key` or `badge:tier@key`.
    Award,
    /// `90s`, `15m`, `12h`, `7d`, `2w`.
    Duration,
    /// A duration or a calendar period.
    Window,
    /// An IANA time zone.
    Zone,
    /// An RFC 3339 time, as text or as a TOML time.
    Instant,
    /// One of these words, each with its description.
    Word(&'static [(&'static str, &'static str)]),
    Bool,
    /// `true`, the only value of a key that acts by its presence.
    True,
    /// A whole number in this inclusive range.
    Integer(i64, i64),
    /// A number with up to six decimal places and an absolute value of at most [`MAX_TARGET`].
    Number,
    /// One value, or a list of at least one.
    OneOrMore(&'static ValueShape),
    /// A list with a minimum and a maximum length.
    List(&'static ValueShape, usize, usize),
    /// The first shape that accepts the kind of the value.
    Either(&'static [ValueShape]),
    Table(&'static TableShape),
    Variants(&'static VariantShapes),
    /// A table from keys of the first shape to values of the second, with a minimum length.
    Map(&'static ValueShape, &'static ValueShape, usize),
    /// The properties of an event.
    Props,
}

/// The maximum absolute value of a target: 10^15.
pub(in crate::catalog) const MAX_TARGET: i64 = 1_000_000_000_000_000;
/// The maximum target of criteria that count: 10^12.
pub(in crate::catalog) const MAX_COUNT: i64 = 1_000_000_000_000;
