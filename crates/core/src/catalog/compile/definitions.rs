//! Compiles the rules of a document, sorted by id.

use super::names::Kind;
use super::{Compiler, Scope};
use crate::catalog::Retired;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{
    Amount, Badge, Criterion, CriterionKind, Earning, Label, Limit, LimitRef, Repeat, Spanned,
    Text, Unlockable,
};
use crate::catalog::read::{DEFAULT_TIERS, is_id};
use crate::catalog::rules::{
    Again, AmountRule, BadgeRule, Bounds, CategoryRule, CurrencyRule, Display, EarningRule,
    ExpiryRule, FormerIds, LimitRule, Listeners, Most, Node, NodeKind, RuleRef, Rules, TierRule,
    UnlockableRule,
};
use crate::code::CodeBadge;
use crate::expr::Expected;
use crate::limits;
use crate::number::Decimal;
use crate::time::{Timestamp, Window};

impl<'d> Compiler<'d> {
    /// Compiles all rules of the document, and adds the retired ones.
    pub(super) fn definitions(&mut self, retired: &Retired) -> Rules {
        let document = self.document;
        let mut rules = Rules {
            zone: document
                .zone
                .as_ref()
                .and_then(|zone| crate::time::zone(zone))
                .unwrap_or(jiff::tz::TimeZone::UTC),
            currencies: self.currencies(),
            categories: self.categories(),
            limits: Vec::new(),
            earnings: Vec::new(),
            badges: Vec::new(),
            unlockables: Vec::new(),
            counters: Vec::new(),
            keyed: Vec::new(),
            key_aggregates: Vec::new(),
            former: FormerIds::default(),
            listeners: rustc_hash::FxHashMap::default(),
            initial: Vec::new(),
            timers: 0,
            timed: Vec::new(),
            instants: Vec::new(),
            ages: Vec::new(),
            slots: 0,
        };
        // Before earnings, which refer to shared limits by position and append their own.
        for limit in by_id(&document.limits, |limit| &limit.label) {
            let name = format!("limit {}", limit.label.id.value);
            let limit = self.limit(&name, &limit.limit);
            rules.limits.push(limit);
        }
        for (index, earning) in by_id(&document.earnings, |earning| &earning.label)
            .into_iter()
            .enumerate()
        {
            let earning = self.earning(index, earning, &mut rules);
            rules.earnings.push(earning);
        }
        rules.badges = self.badges(&mut rules);
        for (index, unlockable) in by_id(&document.unlockables, |unlockable| &unlockable.label)
            .into_iter()
            .enumerate()
        {
            let unlockable = self.unlockable(index, unlockable);
            rules.unlockables.push(unlockable);
        }
        rules.former = FormerIds::of(document, &rules);
        self.retire(retired, &mut rules);
        rules.counters = std::mem::take(&mut self.counters);
        rules.keyed = std::mem::take(&mut self.keyed);
        rules.key_aggregates = std::mem::take(&mut self.key_aggregates);
        rules.slots = self.slots;
        rules
    }

    fn currencies(&mut self) -> Vec<CurrencyRule> {
        let document = self.document;
        let compile = |currency: &crate::catalog::document::Currency| CurrencyRule {
            id: currency.label.id.value.clone(),
            display: self.display(&currency.label),
            icon: currency.icon.as_ref().map(|icon| icon.value.clone()),
            slot: self.slot(),
            expiry: currency.expires.as_ref().map(|after| ExpiryRule {
                slot: self.slot(),
                after: after.value,
            }),
            dependents: Vec::new(),
        };
        by_id(&document.currencies, |currency| &currency.label)
            .into_iter()
            .map(compile)
            .collect()
    }

    fn categories(&mut self) -> Vec<CategoryRule> {
        let document = self.document;
        let compile = |category: &crate::catalog::document::Category| CategoryRule {
            id: category.label.id.value.clone(),
            display: self.display(&category.label),
        };
        by_id(&document.categories, |category| &category.label)
            .into_iter()
            .map(compile)
            .collect()
    }

    fn display(&mut self, label: &Label) -> Display {
        if let Some(category) = &label.category {
            self.resolve(Kind::Category, category);
        }
        Display {
            name: label.name.as_ref().unwrap_or(&label.id).value.clone(),
            description: label
                .description
                .as_ref()
                .map(|text| text.value.clone())
                .unwrap_or_default(),
            category: label.category.as_ref().map(|text| text.value.clone()),
        }
    }

    fn limit(&mut self, name: &str, limit: &Limit) -> LimitRule {
        let (most, what) = match (&limit.points, &limit.times) {
            (Some(points), _) => (Most::Points(points.value), "points"),
            (None, Some(times)) => (Most::Times(times.value), "times"),
            // The reader has reported this; the value is never used.
            (None, None) => (Most::Times(0), "times"),
        };
        let address = format!(
            "{name}: {what} per {:?} {}",
            limit.per.value, limit.player_zone
        );
        // Points are limited by currency, payments in the first slot.
        let slot = self.take_slots(self.known.currencies.len().max(1));
        LimitRule {
            address,
            slot,
            most,
            per: limit.per.value,
            player_zone: limit.player_zone,
        }
    }

    fn earning(&mut self, index: usize, earning: &'d Earning, rules: &mut Rules) -> EarningRule {
        let condition = earning
            .condition
            .as_ref()
            .and_then(|text| self.expression(text, Expected::Condition));
        let mut points = Vec::new();
        for (currency, amount) in &earning.points {
            let amount = match amount {
                Amount::Fixed(amount) => Some(AmountRule::Fixed(amount.value)),
                Amount::Expression(text) => self
                    .expression(text, Expected::Number)
                    .map(AmountRule::Computed),
            };
            if let (Some(currency), Some(amount)) = (self.resolve(Kind::Currency, currency), amount)
            {
                points.push((currency, amount));
            }
        }
        points.sort_by_key(|(currency, _)| *currency);
        let limit = match &earning.limit {
            None => None,
            Some(LimitRef::Shared(name)) => self.resolve(Kind::Limit, name),
            Some(LimitRef::Own(limit)) => {
                let limit = self.limit(&format!("earning {}", earning.label.id.value), limit);
                rules.limits.push(limit);
                Some(rules.limits.len() - 1)
            }
        };
        for event in &earning.on {
            listeners(rules, &event.value).earnings.push(index);
        }
        EarningRule {
            id: earning.label.id.value.clone(),
            display: self.display(&earning.label),
            condition,
            points,
            limit,
            cooldown: earning
                .cooldown
                .as_ref()
                .map(|length| (length.value, self.slot())),
            bounds: bounds(earning.since.as_ref(), earning.until.as_ref()),
        }
    }

    fn badges(&mut self, rules: &mut Rules) -> Vec<BadgeRule> {
        let document = self.document;
        let mut sources: Vec<(&str, Source<'d>)> = document
            .badges
            .iter()
            .map(|badge| (badge.label.id.value.as_str(), Source::Document(badge)))
            .collect();
        let code = self.code_badges.iter().enumerate();
        sources.extend(code.map(|(index, badge)| (badge.id.as_str(), Source::Code(index, badge))));
        sources.sort_by_key(|(id, _)| *id);
        // Duplicates are reported elsewhere. Without them positions agree with those of `Known`.
        sources.dedup_by_key(|(id, _)| *id);
        let mut badges = Vec::with_capacity(sources.len());
        for (index, (_, source)) in sources.into_iter().enumerate() {
            badges.push(match source {
                Source::Document(badge) => self.badge(index, badge),
                Source::Code(code, badge) => {
                    for event in &badge.events {
                        listeners(rules, event).code_badges.push(index);
                    }
                    self.code_badge(code, badge)
                }
            });
        }
        badges
    }

    fn badge(&mut self, index: usize, badge: &'d Badge) -> BadgeRule {
        let bounds = bounds(badge.since.as_ref(), badge.until.as_ref());
        let scope = Scope {
            owner: RuleRef::Badge(index),
            bounds,
            key: None,
        };
        let defaults = &self.document.defaults.images;
        let image = |own: &Option<Text>, default: &Option<Text>| {
            own.as_ref().or(default.as_ref()).map(|t| t.value.clone())
        };
        let repeat = badge.repeat.value;
        let numeric = badge
            .criterion
            .as_ref()
            .filter(|criterion| is_number(criterion, repeat));
        let windowed = numeric.is_some_and(is_windowed);
        BadgeRule {
            id: badge.label.id.value.clone(),
            display: self.display(&badge.label),
            visibility: badge.visibility,
            image_locked: image(&badge.images.locked, &defaults.locked),
            image_unlocked: image(&badge.images.unlocked, &defaults.unlocked),
            image_secret: image(&badge.images.secret, &defaults.secret),
            slot: self.slot(),
            award_slot: self.slot(),
            tiers: self.tiers(badge, scope),
            repeat,
            again: if numeric.is_some() && !windowed {
                Again::Multiples
            } else {
                Again::Edges
            },
            temporary: badge.temporary,
            is_number: numeric
                .is_some_and(|criterion| !matches!(criterion.kind, CriterionKind::Age(_))),
            requires: badge
                .requires
                .iter()
                .filter_map(|required| self.resolve(Kind::Badge, required))
                .collect(),
            bounds,
            dependents: Vec::new(),
            code: None,
            retired: false,
        }
    }

    fn tiers(&mut self, badge: &'d Badge, scope: Scope<'d>) -> Vec<TierRule> {
        let own = self.points(&badge.points);
        if badge.tiers.is_empty() {
            let node = self.top(badge, scope, None);
            return vec![TierRule {
                id: String::new(),
                node,
                points: own,
                retired: false,
            }];
        }
        let ids = self.tier_ids(&badge.label.id.value);
        let mut tiers = Vec::with_capacity(badge.tiers.len());
        for (tier, id) in badge.tiers.iter().zip(ids) {
            let node = self.top(badge, scope, Some(tier.at.value));
            let points = tier
                .points
                .as_ref()
                .map_or_else(|| own.clone(), |points| self.points(points));
            tiers.push(TierRule {
                id,
                node,
                points,
                retired: false,
            });
        }
        tiers
    }

    /// Compiles the criterion of a badge or of one of its tiers. The keys of a `per-key` badge are
    /// those of its criterion.
    fn top(&mut self, badge: &'d Badge, scope: Scope<'d>, target: Option<Decimal>) -> Option<Node> {
        let criterion = badge.criterion.as_ref()?;
        match badge.repeat.value {
            Repeat::PerKey => self.body(
                criterion,
                Scope {
                    key: criterion.per.as_ref(),
                    ..scope
                },
                target,
            ),
            Repeat::Once | Repeat::Again => self.node(criterion, scope, target),
        }
    }

    fn points(&mut self, points: &[(Text, Spanned<i64>)]) -> Vec<(usize, i64)> {
        let mut resolved: Vec<(usize, i64)> = points
            .iter()
            .filter_map(|(currency, amount)| {
                Some((self.resolve(Kind::Currency, currency)?, amount.value))
            })
            .filter(|(_, amount)| *amount != 0)
            .collect();
        resolved.sort_unstable();
        resolved
    }

    /// The ids of a badge's tiers, as written or from the default tiers.
    pub(super) fn tier_ids(&self, badge: &str) -> Vec<String> {
        if let Some(code) = self.code_badges.iter().find(|code| code.id == badge) {
            return code.tiers.clone();
        }
        let Some(badge) = self
            .document
            .badges
            .iter()
            .find(|other| other.label.id.value == badge)
        else {
            return Vec::new();
        };
        let ladder: Vec<&str> = match &self.document.defaults.tiers {
            Some(tiers) => tiers.iter().map(|tier| tier.value.as_str()).collect(),
            None => DEFAULT_TIERS.to_vec(),
        };
        let name = |(index, tier): (usize, &crate::catalog::document::Tier)| match &tier.id {
            Some(id) => id.value.clone(),
            None => ladder.get(index).copied().unwrap_or_default().to_owned(),
        };
        badge.tiers.iter().enumerate().map(name).collect()
    }

    fn code_badge(&mut self, code: usize, badge: &CodeBadge) -> BadgeRule {
        let mut points = Vec::new();
        for (currency, amount) in &badge.points {
            match self.known.currencies.binary_search(currency) {
                Ok(currency) => points.push((currency, *amount)),
                Err(_) => self.complain(
                    badge,
                    &format!("pays the currency `{currency}`, which is not defined"),
                ),
            }
        }
        if badge
            .category
            .as_ref()
            .is_some_and(|category| self.known.categories.binary_search(category).is_err())
        {
            self.complain(badge, "names a category that is not defined");
        }
        if badge.events.is_empty() {
            self.complain(badge, "listens to no event");
        }
        if !is_id(&badge.id) || !badge.tiers.iter().all(|tier| is_id(tier)) {
            self.complain(
                badge,
                "has an id or a tier that is not made of lower-case letters, digits and `-`",
            );
        }
        if badge.tiers.len() > limits::TIERS
            || (1..badge.tiers.len()).any(|at| badge.tiers[..at].contains(&badge.tiers[at]))
        {
            self.complain(
                badge,
                &format!("has a tier twice, or more than {} tiers", limits::TIERS),
            );
        }
        let tier = |id: &String| TierRule {
            id: id.clone(),
            node: None,
            points: points.clone(),
            retired: false,
        };
        let unnamed = [String::new()];
        let tiers = if badge.tiers.is_empty() {
            &unnamed[..]
        } else {
            &badge.tiers[..]
        };
        let defaults = &self.document.defaults.images;
        let image = |own: &Option<String>, default: &Option<Text>| {
            own.clone()
                .or_else(|| default.as_ref().map(|image| image.value.clone()))
        };
        BadgeRule {
            id: badge.id.clone(),
            display: Display {
                name: if badge.name.is_empty() {
                    badge.id.clone()
                } else {
                    badge.name.clone()
                },
                description: badge.description.clone(),
                category: badge.category.clone(),
            },
            visibility: badge.visibility,
            image_locked: image(&badge.image_locked, &defaults.locked),
            image_unlocked: image(&badge.image_unlocked, &defaults.unlocked),
            image_secret: image(&badge.image_secret, &defaults.secret),
            slot: self.slot(),
            award_slot: self.slot(),
            tiers: tiers.iter().map(tier).collect(),
            repeat: Repeat::Once,
            again: Again::Edges,
            temporary: false,
            is_number: false,
            requires: Vec::new(),
            bounds: Bounds::default(),
            dependents: Vec::new(),
            code: Some(code),
            retired: false,
        }
    }

    fn complain(&mut self, badge: &CodeBadge, what: &str) {
        let message = format!("the badge in code `{}` {what}", badge.id);
        self.found.push(Diagnostic::new(0..0, message, ""));
    }

    fn unlockable(&mut self, index: usize, unlockable: &'d Unlockable) -> UnlockableRule {
        let bounds = bounds(unlockable.since.as_ref(), unlockable.until.as_ref());
        let scope = Scope {
            owner: RuleRef::Unlockable(index),
            bounds,
            key: None,
        };
        UnlockableRule {
            id: unlockable.label.id.value.clone(),
            display: self.display(&unlockable.label),
            slot: self.slot(),
            detail_slot: self.slot(),
            criterion: self
                .node(&unlockable.criterion, scope, None)
                .unwrap_or(Node {
                    target: Decimal::ONE,
                    kind: NodeKind::Manual,
                }),
            relock: unlockable.relock,
            bounds,
            dependents: Vec::new(),
            retired: false,
        }
    }
}

/// The source of a badge.
enum Source<'d> {
    Document(&'d Badge),
    Code(usize, &'d CodeBadge),
}

/// Sorts rules by id, so that their order in the file has no effect.
fn by_id<T>(definitions: &[T], label: impl Fn(&T) -> &Label) -> Vec<&T> {
    let mut sorted: Vec<&T> = definitions.iter().collect();
    sorted.sort_by(|one, other| label(one).id.value.cmp(&label(other).id.value));
    sorted.dedup_by(|one, other| label(one).id.value == label(other).id.value);
    sorted
}

pub(super) fn listeners<'r>(rules: &'r mut Rules, event: &str) -> &'r mut Listeners {
    rules.listeners.entry(event.to_owned()).or_default()
}

fn bounds(since: Option<&Spanned<Timestamp>>, until: Option<&Spanned<Timestamp>>) -> Bounds {
    Bounds {
        since: since.map(|since| since.value),
        until: until.map(|until| until.value),
    }
}

/// True if a criterion is a single number. `progress` actions can change it, unless it is an age.
fn is_number(criterion: &Criterion, repeat: Repeat) -> bool {
    let has_value = matches!(
        criterion.kind,
        CriterionKind::Aggregate(_)
            | CriterionKind::Badge { .. }
            | CriterionKind::Points(_)
            | CriterionKind::Age(_)
            | CriterionKind::Manual
            | CriterionKind::Some(_)
    );
    has_value && (criterion.per.is_none() || repeat == Repeat::PerKey)
}

/// True if the value is that of a window or a number of parts that hold, so that multiples of the
/// target have no meaning.
fn is_windowed(criterion: &Criterion) -> bool {
    match &criterion.kind {
        CriterionKind::Aggregate(aggregate) => {
            matches!(
                aggregate.within.as_ref().map(|w| w.value),
                Some(Window::Sliding(_) | Window::Calendar(_))
            )
        }
        CriterionKind::Some(_) => true,
        _ => false,
    }
}
