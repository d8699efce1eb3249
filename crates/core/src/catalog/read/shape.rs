//! What a catalog's keys are and what they may hold. One table says it (`forms`); the reader checks texts against it
//! and the published schema is made from it.

/// A table of the catalog: which keys it takes.
pub(in crate::catalog) struct Form {
    /// Its name in the schema.
    pub(in crate::catalog) name: &'static str,
    /// Its name in messages, with an article.
    pub(in crate::catalog) title: &'static str,
    /// What it is for.
    pub(in crate::catalog) doc: &'static str,
    pub(in crate::catalog) keys: &'static [Key],
}

/// Forms of which a table takes one, told apart by their first key.
pub(in crate::catalog) struct Variants {
    pub(in crate::catalog) name: &'static str,
    pub(in crate::catalog) title: &'static str,
    pub(in crate::catalog) doc: &'static str,
    pub(in crate::catalog) forms: &'static [Form],
    /// What to do who wants two of them.
    pub(in crate::catalog) both: &'static str,
}

impl Variants {
    /// The keys that tell the forms apart.
    pub(in crate::catalog) fn tags(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.forms.iter().map(Form::tag)
    }
}

impl Form {
    /// The key that tells it apart from other variants.
    pub(in crate::catalog) fn tag(&self) -> &'static str {
        self.keys[0].name
    }

    pub(in crate::catalog) fn key_names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().map(|key| key.name)
    }

    pub(in crate::catalog) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// A key of a table.
pub(in crate::catalog) struct Key {
    pub(in crate::catalog) name: &'static str,
    pub(in crate::catalog) required: bool,
    pub(in crate::catalog) shape: Shape,
    /// What it means, in a sentence or two.
    pub(in crate::catalog) doc: &'static str,
}

/// What a key may hold.
pub(in crate::catalog) enum Shape {
    /// Any text.
    Text,
    /// The id of a definition or a tier.
    Id,
    /// The id of something that is defined elsewhere; the compiler looks it up.
    Reference,
    /// An id of a player or an event, which the application chooses.
    ForeignId,
    /// The name of an event that a test records: an application's, or an act.
    Recorded,
    /// The name of an event that rules may listen to: an application's, or a derived one (S7).
    Listened,
    /// A condition or an expression; the compiler looks inside.
    Expression,
    /// `badge`, `badge:tier`, `badge@key` or `badge:tier@key`.
    Award,
    /// `90s`, `15m`, `12h`, `7d`, `2w`.
    Duration,
    /// A duration or a calendar period.
    Window,
    /// An IANA zone.
    Zone,
    /// RFC 3339, in quotes or as a TOML time.
    Instant,
    /// One of these words; each with its meaning.
    Word(&'static [(&'static str, &'static str)]),
    Bool,
    /// `true`, which stands for the presence of the key.
    True,
    /// A whole number between these two.
    Whole(i64, i64),
    /// A decimal number of six places, at most `MOST_TARGET` from zero.
    Number,
    /// One, or a list of different ones; not none.
    OneOrMore(&'static Shape),
    /// A list of at least and at most so many.
    List(&'static Shape, usize, usize),
    /// Whichever fits the kind of value that is there.
    Either(&'static [Shape]),
    Form(&'static Form),
    Variants(&'static Variants),
    /// A table of any keys of the first shape, with at least so many.
    Map(&'static Shape, &'static Shape, usize),
    /// The properties of an event.
    Props,
}

/// The greatest target and, below zero, the least: 10^15.
pub(in crate::catalog) const MOST_TARGET: i64 = 1_000_000_000_000_000;
/// The greatest target of what counts one by one: 10^12.
pub(in crate::catalog) const MOST_COUNT: i64 = 1_000_000_000_000;
