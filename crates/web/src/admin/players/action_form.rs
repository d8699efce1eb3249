//! Forms of manual actions: texts and fields.

use accolade::{Award, Engine, RepeatMode, compare_naturally};
use accolade_core::catalog::rules::BadgeRule;

use crate::admin::forms::{FieldChoice, FieldShape, FormField};

/// Manual action with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::admin) enum ActionKind {
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

/// Texts of a form.
pub(in crate::admin) struct ActionTexts {
    /// Name of the action in URLs.
    pub(in crate::admin) name: &'static str,
    pub(in crate::admin) title: &'static str,
    /// Label of the button.
    pub(in crate::admin) button: &'static str,
    pub(in crate::admin) explanation: &'static str,
    /// True if the player loses something.
    pub(in crate::admin) danger: bool,
}

impl ActionKind {
    /// All actions, in display order.
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

    /// Parses the name used in URLs.
    pub(in crate::admin) fn parse_name(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.form_texts().name == word)
    }

    /// Returns the texts of the form.
    pub(in crate::admin) fn form_texts(self) -> ActionTexts {
        let words = |word, title, button, explanation, danger| ActionTexts {
            name: word,
            title,
            button,
            explanation,
            danger,
        };
        match self {
            Self::Award => words(
                "award",
                "Award badge",
                "Award",
                "Awards the badge and its points, even if the player has not met the criteria.",
                false,
            ),
            Self::Revoke => words(
                "revoke",
                "Revoke badge",
                "Revoke",
                "Revokes a badge that the player holds, and its points. Its criteria cannot award it \
                 again.",
                true,
            ),
            Self::Points => words(
                "points",
                "Change points",
                "Change points",
                "Adds points to a balance. A negative amount removes points.",
                false,
            ),
            Self::Progress => words(
                "progress",
                "Change progress",
                "Change progress",
                "Adds to the player's progress on a badge, or sets it. The badge is awarded when \
                 its target is reached.",
                false,
            ),
            Self::Attributes => words(
                "attributes",
                "Edit attributes",
                "Save attributes",
                "Sets properties of the player, such as the time zone. The attribute `name` is \
                 shown publicly.",
                false,
            ),
            Self::Retract => words(
                "retract",
                "Retract events",
                "Retract",
                "Undoes the events completely. They stay in the timeline and can be restored.",
                true,
            ),
            Self::Restore => words(
                "restore",
                "Restore events",
                "Restore",
                "Makes retracted events count again.",
                false,
            ),
            Self::Reset => words(
                "reset",
                "Reset player",
                "Reset",
                "Discards the player's points, badges and unlockables so far. The timeline stays \
                 readable, and retracting this action undoes the reset.",
                true,
            ),
            Self::Merge => words(
                "merge",
                "Merge guest",
                "Merge",
                "Adds the guest's timeline to this player's, including events recorded for the \
                 guest later.",
                false,
            ),
            Self::Unmerge => words(
                "unmerge",
                "Unmerge guest",
                "Unmerge",
                "Separates the guest from this player. This is not possible once an action has \
                 been recorded on the merged player.",
                true,
            ),
        }
    }

    /// Returns the empty fields of the form.
    ///
    /// `awards` are those of the player: only held badges can be revoked, and the form marks them.
    pub(in crate::admin) fn form_fields(self, engine: &Engine, awards: &[Award]) -> Vec<FormField> {
        let badge = || {
            let choices = self.badge_choices(engine, awards);
            let is_keyed = choices.iter().any(|choice| choice.is_keyed);
            let mut fields = vec![
                FormField::new("badge", "Badge")
                    .with_choices(choices)
                    .with_placeholder("Choose a badge"),
            ];
            if is_keyed {
                let hint = "For badges that are earned once per item: the item, such as a post id";
                fields.push(FormField::new("key", "Key").optional().with_hint(hint));
            }
            fields
        };
        let events = || {
            let hint = "One per line, at most 200";
            FormField::new("events", "Event or action ids")
                .with_shape(FieldShape::Lines)
                .with_hint(hint)
        };
        let mut fields = match self {
            Self::Award | Self::Revoke => badge(),
            Self::Points => vec![
                FormField::new("currency", "Currency")
                    .with_choices(currency_choices(engine))
                    .with_placeholder("Choose a currency"),
                FormField::new("amount", "Amount")
                    .with_hint("A whole number; negative to remove points"),
                FormField::new("overdraft", "Allow a negative balance")
                    .with_shape(FieldShape::Tick)
                    .optional(),
            ],
            Self::Progress => {
                let how = [("add", "Add"), ("set", "Set to")];
                let how = how.map(|(value, label)| FieldChoice {
                    value: value.to_owned(),
                    label: label.to_owned(),
                    ..FieldChoice::default()
                });
                let number = "A number such as 3 or -0.5";
                let mut fields = badge();
                fields.extend([
                    FormField::new("how", "Change").with_choices(how.into()),
                    FormField::new("amount", "Amount").with_hint(number),
                ]);
                fields
            }
            Self::Attributes => {
                let hint = "One per line, such as zone = Europe/Vienna. An empty value removes the \
                    attribute; attributes not listed stay unchanged";
                vec![
                    FormField::new("attributes", "Attributes")
                        .with_shape(FieldShape::Lines)
                        .with_hint(hint),
                ]
            }
            Self::Retract | Self::Restore => vec![events()],
            Self::Reset => Vec::new(),
            Self::Merge | Self::Unmerge => vec![FormField::new("guest", "Guest id")],
        };
        let hint = match self {
            Self::Award => REASON_OF_AWARD,
            _ => "Visible to administrators in the timeline and audit log",
        };
        fields.push(FormField::new("reason", "Reason").with_hint(hint));
        fields
    }
}

/// Hint of the reason of an award.
pub(in crate::admin) const REASON_OF_AWARD: &str =
    "Shown to the player on their page, and to administrators";

/// Builds the checkbox that allows an action to create its player.
pub(in crate::admin) fn creation_field(kind: ActionKind, is_ticked: bool) -> FormField {
    let label = match kind {
        ActionKind::Merge => "Merge even if the player or the guest has no events yet",
        _ => "Create this player",
    };
    let mut field = FormField::new("create", label)
        .with_shape(FieldShape::Tick)
        .optional();
    if is_ticked {
        field.value = "yes".to_owned();
    }
    field
}

impl ActionKind {
    /// Returns the badges that the action can concern, as `badge` or `badge:tier`.
    fn badge_choices(self, engine: &Engine, awards: &[Award]) -> Vec<FieldChoice> {
        let catalog = engine.catalog().published();
        let mut badges: Vec<&BadgeRule> = catalog.rules().badges.iter().collect();
        badges.sort_by(|one, other| compare_naturally(&one.display.name, &other.display.name));
        let mut choices = Vec::new();
        for badge in badges {
            match self {
                // Progress belongs to the whole badge. Only a single number can be changed.
                Self::Progress if badge.retired || !badge.has_numeric_criterion => {}
                Self::Progress => choices.push(badge_choice(badge, "", false)),
                _ => choices.extend(self.tier_choices(badge, awards)),
            }
        }
        choices
    }

    fn tier_choices(self, badge: &BadgeRule, awards: &[Award]) -> Vec<FieldChoice> {
        let is_held = |tier: &str| {
            let mut held = awards.iter().filter(|award| award.revoked_at.is_none());
            held.any(|award| {
                award.badge == *badge.id && award.tier.as_deref().unwrap_or_default() == tier
            })
        };
        let tiers = badge.tiers.iter().map(|tier| (tier.retired, &*tier.id));
        match self {
            // Retired badges stay with their holders and can be revoked.
            Self::Revoke => tiers
                .filter(|(_, tier)| is_held(tier))
                .map(|(_, tier)| FieldChoice {
                    // One of several times can be named.
                    is_keyed: badge.repeat != RepeatMode::Once,
                    ..badge_choice(badge, tier, false)
                })
                .collect(),
            _ if badge.retired => Vec::new(),
            _ => tiers
                .filter(|(is_retired, _)| !is_retired)
                .map(|(_, tier)| badge_choice(badge, tier, is_held(tier)))
                .collect(),
        }
    }
}

fn badge_choice(badge: &BadgeRule, tier: &str, is_held: bool) -> FieldChoice {
    let (id, name) = (&badge.id, &badge.display.name);
    let is_keyed = badge.repeat == RepeatMode::PerKey;
    // Who holds a badge that can be earned again, can earn it again.
    let held = match is_held && badge.repeat == RepeatMode::Once {
        true => " – held already",
        false => "",
    };
    let (value, tier) = match tier {
        "" => (id.clone(), String::new()),
        tier => (format!("{id}:{tier}"), format!(", {tier}")),
    };
    FieldChoice {
        value,
        label: format!("{name}{tier}{held}"),
        is_keyed,
    }
}

fn currency_choices(engine: &Engine) -> Vec<FieldChoice> {
    let choice = |currency: accolade::CurrencyView| FieldChoice {
        label: currency.name,
        value: currency.id.into(),
        ..FieldChoice::default()
    };
    engine
        .catalog()
        .list_currencies()
        .into_iter()
        .map(choice)
        .collect()
}
