//! The forms of acts by hand: which fields each has.

use accolade::Engine;
use accolade_core::catalog::rules::BadgeRule;

use crate::admin::forms::{Choice, Field, Shape};

/// An act by hand that has a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::admin) enum Kind {
    Award,
    Revoke,
    Points,
    Progress,
    Attributes,
    Retract,
    Restore,
    Reset,
    Merge,
    Unmerge,
}

/// What a form says of its act.
pub(in crate::admin) struct Words {
    /// Its word in addresses.
    pub(in crate::admin) word: &'static str,
    /// What stands over it.
    pub(in crate::admin) title: &'static str,
    /// What the button says.
    pub(in crate::admin) button: &'static str,
    /// What it does.
    pub(in crate::admin) explanation: &'static str,
    /// Whether it takes something away.
    pub(in crate::admin) danger: bool,
}

impl Kind {
    /// All, in the order in which pages offer them.
    pub(in crate::admin) const ALL: [Self; 10] = [
        Self::Award,
        Self::Revoke,
        Self::Points,
        Self::Progress,
        Self::Attributes,
        Self::Retract,
        Self::Restore,
        Self::Reset,
        Self::Merge,
        Self::Unmerge,
    ];

    /// The act of a word.
    pub(in crate::admin) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words().word == word)
    }

    /// What its form says.
    pub(in crate::admin) fn words(self) -> Words {
        let words = |word, title, button, explanation, danger| Words {
            word,
            title,
            button,
            explanation,
            danger,
        };
        match self {
            Self::Award => words(
                "award",
                "Award a badge",
                "Award",
                "Gives the badge with what it pays, whether or not its criterion is met.",
                false,
            ),
            Self::Revoke => words(
                "revoke",
                "Revoke a badge",
                "Revoke",
                "Takes the badge away with what it paid, and keeps its criterion from giving it again.",
                true,
            ),
            Self::Points => words(
                "points",
                "Give or take points",
                "Give or take points",
                "Adds to a balance; a negative amount takes from it.",
                false,
            ),
            Self::Progress => words(
                "progress",
                "Change progress",
                "Change progress",
                "Adds to how far the player is on a badge, or sets it. A badge whose target is reached is awarded.",
                false,
            ),
            Self::Attributes => words(
                "attributes",
                "Set attributes",
                "Set attributes",
                "Attributes such as the zone belong to the player. The attribute `name` is what pages show to everybody.",
                false,
            ),
            Self::Retract => words(
                "retract",
                "Retract events",
                "Retract",
                "Afterwards it is as if these events had never been. They stay in the timeline and can be restored.",
                true,
            ),
            Self::Restore => words(
                "restore",
                "Restore events",
                "Restore",
                "Lets retracted events count again.",
                false,
            ),
            Self::Reset => words(
                "reset",
                "Reset the player",
                "Reset",
                "Everything up to now stops counting: points, badges and unlockables begin anew. The timeline stays \
                 readable, and retracting this act takes it back.",
                true,
            ),
            Self::Merge => words(
                "merge",
                "Merge a guest into the player",
                "Merge",
                "The guest's timeline becomes part of this player's, and so does what comes under the guest's id later.",
                false,
            ),
            Self::Unmerge => words(
                "unmerge",
                "Take a merge back",
                "Separate",
                "Makes two players of one again, as long as no act was recorded on both as one.",
                true,
            ),
        }
    }

    /// Its fields, empty.
    pub(in crate::admin) fn fields(self, engine: &Engine) -> Vec<Field> {
        let key = || {
            let hint = "only for a badge that is earned for each key: which one";
            Field::new("key", "Key").optional().hint(hint)
        };
        let badge = || Field::new("badge", "Badge").choices(badges(engine));
        let events = || {
            let hint = "one on a line, at most 200";
            Field::new("events", "Ids of events or acts")
                .shape(Shape::Lines)
                .hint(hint)
        };
        let mut fields = match self {
            Self::Award | Self::Revoke => vec![badge(), key()],
            Self::Points => vec![
                Field::new("currency", "Currency").choices(currencies(engine)),
                Field::new("amount", "Amount").hint("a whole number; negative to take points away"),
                Field::new("overdraft", "Let the balance become negative")
                    .shape(Shape::Tick)
                    .optional(),
            ],
            Self::Progress => {
                let how = [("add", "Add to it"), ("set", "Set it to")];
                let how = how.map(|(value, label)| Choice {
                    value: value.to_owned(),
                    label: label.to_owned(),
                });
                let number = "a number, such as 3 or -0.5";
                vec![
                    badge(),
                    key(),
                    Field::new("how", "What to do").choices(how.into()),
                    Field::new("amount", "Number").hint(number),
                ]
            }
            Self::Attributes => {
                let hint = "one on a line: zone = Europe/Vienna. Numbers, true and false are read as such; \
                    nothing behind the sign removes the attribute, and attributes that are not named stay";
                vec![
                    Field::new("attributes", "Attributes")
                        .shape(Shape::Lines)
                        .hint(hint),
                ]
            }
            Self::Retract | Self::Restore => vec![events()],
            Self::Reset => Vec::new(),
            Self::Merge | Self::Unmerge => vec![Field::new("guest", "The guest's id")],
        };
        fields.push(
            Field::new("reason", "Reason")
                .hint("others read it in the timeline and in the audit log"),
        );
        fields
    }
}

/// The badges and tiers that can be awarded: `badge`, or `badge:tier`.
pub(in crate::admin) fn badges(engine: &Engine) -> Vec<Choice> {
    let catalog = engine.catalog();
    let mut choices = Vec::new();
    for badge in catalog.rules().badges.iter().filter(|badge| !badge.retired) {
        for tier in badge.tiers.iter().filter(|tier| !tier.retired) {
            choices.push(choice(badge, &tier.id));
        }
    }
    choices
}

fn choice(badge: &BadgeRule, tier: &str) -> Choice {
    let (id, name) = (&badge.id, &badge.display.name);
    match tier {
        "" => Choice {
            value: id.clone(),
            label: format!("{name} ({id})"),
        },
        tier => Choice {
            value: format!("{id}:{tier}"),
            label: format!("{name}, {tier} ({id})"),
        },
    }
}

fn currencies(engine: &Engine) -> Vec<Choice> {
    let choice = |currency: accolade::CurrencyView| Choice {
        label: format!("{} ({})", currency.name, currency.id),
        value: currency.id,
    };
    engine.currencies().into_iter().map(choice).collect()
}
