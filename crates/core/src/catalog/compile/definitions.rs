//! Compiles the rules of a document, sorted by id.

use super::compiler::{CatalogCompiler, CriterionScope};
use super::references::ReferenceKind;
use crate::catalog::RetiredRules;
use crate::catalog::art::BadgeArt;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{
    AmountDocument, BadgeDocument, CriterionDocument, CriterionKind, EarningDocument,
    LimitDocument, LimitRef, RepeatMode, RuleLabel, Spanned, SpannedString, UnlockableDocument,
};
use crate::catalog::key_template;
use crate::catalog::read::{DEFAULT_TIERS, is_id};
use crate::catalog::rules::{
    AgainMode, AmountRule, BadgeRule, CategoryRule, CriterionRule, CriterionRuleKind, CurrencyRule,
    EarningRule, EventListeners, ExpiryRule, FormerIds, LimitMaximum, LimitRule, RuleDisplay,
    RuleRef, RuleSet, TierRule, TimeBounds, UnlockableRule,
};
use crate::code::CodeBadge;
use crate::expr::ExpectedResult;
use crate::limits;
use crate::number::Decimal;
use crate::time::{TimeWindow, Timestamp};

impl<'d> CatalogCompiler<'d> {
    /// Compiles all rules of the document, and adds the retired ones.
    pub(super) fn compile_rules(&mut self, retired: &RetiredRules) -> RuleSet {
        let document = self.document;
        let mut rules = RuleSet {
            // UTC by default (S26). The reader has reported an unknown zone.
            zone: document
                .zone
                .as_ref()
                .and_then(|zone| crate::time::find_zone(zone))
                .unwrap_or(jiff::tz::TimeZone::UTC),
            currencies: self.compile_currencies(),
            categories: self.compile_categories(),
            keys: self.compile_keys(),
            limits: Vec::new(),
            earnings: Vec::new(),
            badges: Vec::new(),
            unlockables: Vec::new(),
            counters: Vec::new(),
            keyed_criteria: Vec::new(),
            key_aggregates: Vec::new(),
            former_ids: FormerIds::default(),
            listeners: rustc_hash::FxHashMap::default(),
            initial_dependents: Vec::new(),
            timer_slot: 0,
            timer_purposes: Vec::new(),
            fixed_instants: Vec::new(),
            ages: Vec::new(),
            slot_count: 0,
        };
        // Before earnings, which refer to shared limits by position and append their own.
        for limit in sort_by_id(&document.limits, |limit| &limit.label) {
            let name = format!("limit {}", limit.label.id.value);
            let limit = self.compile_limit(&name, &limit.limit);
            rules.limits.push(limit);
        }
        for (index, earning) in sort_by_id(&document.earnings, |earning| &earning.label)
            .into_iter()
            .enumerate()
        {
            let earning = self.compile_earning(index, earning, &mut rules);
            rules.earnings.push(earning);
        }
        rules.badges = self.compile_badges(&mut rules);
        for (index, unlockable) in sort_by_id(&document.unlockables, |unlockable| &unlockable.label)
            .into_iter()
            .enumerate()
        {
            let unlockable = self.compile_unlockable(index, unlockable);
            rules.unlockables.push(unlockable);
        }
        // Former ids lead to positions, so all rules of the document come first.
        rules.former_ids = FormerIds::from_document(document, &rules);
        // Behind all others, so that positions stay those of `DefinedIds`.
        self.append_retired(retired, &mut rules);
        rules.counters = std::mem::take(&mut self.counters);
        rules.keyed_criteria = std::mem::take(&mut self.keyed_criteria);
        rules.key_aggregates = std::mem::take(&mut self.key_aggregates);
        rules.slot_count = self.slot_count;
        rules
    }

    fn compile_currencies(&mut self) -> Vec<CurrencyRule> {
        let document = self.document;
        let compile = |currency: &crate::catalog::document::CurrencyDocument| CurrencyRule {
            id: currency.label.id.value.clone(),
            display: self.compile_display(&currency.label),
            icon: currency.icon.as_ref().map(|icon| icon.value.clone()),
            slot: self.next_slot(),
            expiry: currency.expiry.as_ref().map(|after| ExpiryRule {
                slot: self.next_slot(),
                lifetime: after.value,
            }),
            dependents: Vec::new(),
        };
        sort_by_id(&document.currencies, |currency| &currency.label)
            .into_iter()
            .map(compile)
            .collect()
    }

    fn compile_categories(&mut self) -> Vec<CategoryRule> {
        let document = self.document;
        let compile = |category: &crate::catalog::document::CategoryDocument| CategoryRule {
            id: category.label.id.value.clone(),
            display: self.compile_display(&category.label),
        };
        sort_by_id(&document.categories, |category| &category.label)
            .into_iter()
            .map(compile)
            .collect()
    }

    fn compile_display(&mut self, label: &RuleLabel) -> RuleDisplay {
        // Only for its error: the display keeps the id.
        if let Some(category) = &label.category {
            self.resolve_reference(ReferenceKind::Category, category);
        }
        RuleDisplay {
            name: label.name.as_ref().unwrap_or(&label.id).value.clone(),
            description: label
                .description
                .as_ref()
                .map(|text| text.value.clone())
                .unwrap_or_default(),
            category: label.category.as_ref().map(|text| text.value.clone()),
        }
    }

    fn compile_limit(&mut self, name: &str, limit: &LimitDocument) -> LimitRule {
        let (most, what) = match (&limit.points, &limit.times) {
            (Some(points), _) => (LimitMaximum::Points(points.value), "points"),
            (None, Some(times)) => (LimitMaximum::Times(times.value), "times"),
            // The reader has reported this; the value is never used.
            (None, None) => (LimitMaximum::Times(0), "times"),
        };
        let address = format!(
            "{name}: {what} per {:?} {}",
            limit.per.value, limit.player_zone
        );
        // Points are limited by currency, payments in the first slot.
        let slot = self.reserve_slots(self.defined_ids.currencies.len().max(1));
        LimitRule {
            address,
            slot,
            maximum: most,
            per: limit.per.value,
            player_zone: limit.player_zone,
        }
    }

    fn compile_earning(
        &mut self,
        index: usize,
        earning: &'d EarningDocument,
        rules: &mut RuleSet,
    ) -> EarningRule {
        let condition = earning
            .condition
            .as_ref()
            .and_then(|text| self.compile_expression(text, ExpectedResult::Condition));
        let mut points = Vec::new();
        for (currency, amount) in &earning.points {
            let amount = match amount {
                AmountDocument::Fixed(amount) => Some(AmountRule::Fixed(amount.value)),
                AmountDocument::Expression(text) => self
                    .compile_expression(text, ExpectedResult::Number)
                    .map(AmountRule::Computed),
            };
            if let (Some(currency), Some(amount)) = (
                self.resolve_reference(ReferenceKind::Currency, currency),
                amount,
            ) {
                points.push((currency, amount));
            }
        }
        // The order in the file must not affect the order of payments.
        points.sort_by_key(|(currency, _)| *currency);
        let limit = match &earning.limit {
            None => None,
            Some(LimitRef::Shared(name)) => self.resolve_reference(ReferenceKind::Limit, name),
            Some(LimitRef::Own(limit)) => {
                let limit =
                    self.compile_limit(&format!("earning {}", earning.label.id.value), limit);
                rules.limits.push(limit);
                Some(rules.limits.len() - 1)
            }
        };
        for event in &earning.on {
            event_listeners(rules, &event.value).earnings.push(index);
        }
        EarningRule {
            id: earning.label.id.value.clone(),
            display: self.compile_display(&earning.label),
            condition,
            points,
            limit,
            cooldown: earning
                .cooldown
                .as_ref()
                .map(|length| (length.value, self.next_slot())),
            bounds: compile_bounds(earning.since.as_ref(), earning.until.as_ref()),
        }
    }

    fn compile_badges(&mut self, rules: &mut RuleSet) -> Vec<BadgeRule> {
        let document = self.document;
        let mut sources: Vec<(&str, BadgeSource<'d>)> = document
            .badges
            .iter()
            .map(|badge| (badge.label.id.value.as_str(), BadgeSource::Document(badge)))
            .collect();
        let code = self.code_badges.iter().enumerate();
        sources.extend(
            code.map(|(index, badge)| (badge.id.as_str(), BadgeSource::Code(index, badge))),
        );
        sources.sort_by_key(|(id, _)| *id);
        // Duplicates are reported elsewhere. Without them, positions agree with those of
        // `DefinedIds`.
        sources.dedup_by_key(|(id, _)| *id);
        let mut badges = Vec::with_capacity(sources.len());
        for (index, (_, source)) in sources.into_iter().enumerate() {
            badges.push(match source {
                BadgeSource::Document(badge) => self.compile_badge(index, badge),
                BadgeSource::Code(code, badge) => {
                    for event in &badge.events {
                        event_listeners(rules, event).code_badges.push(index);
                    }
                    self.compile_code_badge(code, badge)
                }
            });
        }
        badges
    }

    fn compile_badge(&mut self, index: usize, badge: &'d BadgeDocument) -> BadgeRule {
        let bounds = compile_bounds(badge.since.as_ref(), badge.until.as_ref());
        let scope = CriterionScope {
            owner: RuleRef::Badge(index),
            bounds,
            key: None,
        };
        let defaults = &self.document.defaults.images;
        let image = |own: &Option<SpannedString>, default: &Option<SpannedString>| {
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
            display: self.compile_display(&badge.label),
            visibility: badge.visibility,
            image_locked: image(&badge.images.locked, &defaults.locked),
            image_unlocked: image(&badge.images.unlocked, &defaults.unlocked),
            image_secret: image(&badge.images.secret, &defaults.secret),
            art: badge.art,
            slot: self.next_slot(),
            award_slot: self.next_slot(),
            tiers: self.compile_tiers(badge, scope),
            key_property: badge
                .criterion
                .as_ref()
                .and_then(|criterion| key_template::read_property(criterion.per.as_ref()?.trim()))
                .map(str::to_owned),
            repeat,
            // Only a single number without `within` has multiples. Otherwise each turn to true
            // counts (S4).
            again_mode: if numeric.is_some() && !windowed {
                AgainMode::Multiples
            } else {
                AgainMode::Edges
            },
            temporary: badge.temporary,
            // `progress` actions move single numbers only (S9), and time alone moves an age.
            has_numeric_criterion: numeric
                .is_some_and(|criterion| !matches!(criterion.kind, CriterionKind::Age(_))),
            requires: badge
                .requires
                .iter()
                .filter_map(|required| self.resolve_reference(ReferenceKind::Badge, required))
                .collect(),
            bounds,
            dependents: Vec::new(),
            code_badge: None,
            retired: false,
        }
    }

    fn compile_tiers(
        &mut self,
        badge: &'d BadgeDocument,
        scope: CriterionScope<'d>,
    ) -> Vec<TierRule> {
        let own = self.compile_points(&badge.points);
        if badge.tiers.is_empty() {
            let node = self.compile_tier_criterion(badge, scope, None);
            return vec![TierRule {
                id: String::new(),
                criterion: node,
                points: own,
                retired: false,
            }];
        }
        let ids = self.tier_ids(&badge.label.id.value);
        let mut tiers = Vec::with_capacity(badge.tiers.len());
        for (tier, id) in badge.tiers.iter().zip(ids) {
            let node = self.compile_tier_criterion(badge, scope, Some(tier.target.value));
            let points = tier
                .points
                .as_ref()
                .map_or_else(|| own.clone(), |points| self.compile_points(points));
            tiers.push(TierRule {
                id,
                criterion: node,
                points,
                retired: false,
            });
        }
        tiers
    }

    /// Compiles the criterion of a badge or of one of its tiers. The keys of a `per-key` badge are
    /// those of its criterion.
    fn compile_tier_criterion(
        &mut self,
        badge: &'d BadgeDocument,
        scope: CriterionScope<'d>,
        target: Option<Decimal>,
    ) -> Option<CriterionRule> {
        let criterion = badge.criterion.as_ref()?;
        match badge.repeat.value {
            // The badge itself is evaluated for each key, so its criterion needs no aggregate over
            // keys.
            RepeatMode::PerKey => self.compile_in_scope(
                criterion,
                CriterionScope {
                    key: criterion.per.as_ref(),
                    ..scope
                },
                target,
            ),
            RepeatMode::Once | RepeatMode::Again => {
                self.compile_criterion(criterion, scope, target)
            }
        }
    }

    fn compile_points(&mut self, points: &[(SpannedString, Spanned<i64>)]) -> Vec<(usize, i64)> {
        let mut resolved: Vec<(usize, i64)> = points
            .iter()
            .filter_map(|(currency, amount)| {
                Some((
                    self.resolve_reference(ReferenceKind::Currency, currency)?,
                    amount.value,
                ))
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
        let name = |(index, tier): (usize, &crate::catalog::document::TierDocument)| match &tier.id
        {
            Some(id) => id.value.clone(),
            // The reader has reported a tier beyond the default names.
            None => ladder.get(index).copied().unwrap_or_default().to_owned(),
        };
        badge.tiers.iter().enumerate().map(name).collect()
    }

    fn compile_code_badge(&mut self, code: usize, badge: &CodeBadge) -> BadgeRule {
        // The constructor of a badge in code checks nothing, so its constraints are checked here.
        let mut points = Vec::new();
        for (currency, amount) in &badge.points {
            match self.defined_ids.currencies.binary_search(currency) {
                Ok(currency) => points.push((currency, *amount)),
                Err(_) => self.report_code_badge(
                    badge,
                    &format!("pays the currency `{currency}`, which is not defined"),
                ),
            }
        }
        if badge
            .category
            .as_ref()
            .is_some_and(|category| self.defined_ids.categories.binary_search(category).is_err())
        {
            self.report_code_badge(badge, "names a category that is not defined");
        }
        if badge.events.is_empty() {
            self.report_code_badge(badge, "listens to no event");
        }
        if !is_id(&badge.id) || !badge.tiers.iter().all(|tier| is_id(tier)) {
            self.report_code_badge(
                badge,
                "has an id or a tier that is not made of lower-case letters, digits and `-`",
            );
        }
        if badge.tiers.len() > limits::TIERS
            || (1..badge.tiers.len()).any(|at| badge.tiers[..at].contains(&badge.tiers[at]))
        {
            self.report_code_badge(
                badge,
                &format!("has a tier twice, or more than {} tiers", limits::TIERS),
            );
        }
        let tier = |id: &String| TierRule {
            id: id.clone(),
            criterion: None,
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
        let image = |own: &Option<String>, default: &Option<SpannedString>| {
            own.clone()
                .or_else(|| default.as_ref().map(|image| image.value.clone()))
        };
        BadgeRule {
            id: badge.id.clone(),
            display: RuleDisplay {
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
            art: BadgeArt::default(),
            slot: self.next_slot(),
            award_slot: self.next_slot(),
            tiers: tiers.iter().map(tier).collect(),
            key_property: None,
            // The function returns a tier and no key, so there is nothing to repeat by.
            repeat: RepeatMode::Once,
            again_mode: AgainMode::Edges,
            temporary: false,
            has_numeric_criterion: false,
            requires: Vec::new(),
            bounds: TimeBounds::default(),
            dependents: Vec::new(),
            code_badge: Some(code),
            retired: false,
        }
    }

    fn report_code_badge(&mut self, badge: &CodeBadge, what: &str) {
        let message = format!("the badge in code `{}` {what}", badge.id);
        // A badge in code has no place in the text.
        self.diagnostics.push(Diagnostic::new(0..0, message, ""));
    }

    fn compile_unlockable(
        &mut self,
        index: usize,
        unlockable: &'d UnlockableDocument,
    ) -> UnlockableRule {
        let bounds = compile_bounds(unlockable.since.as_ref(), unlockable.until.as_ref());
        let scope = CriterionScope {
            owner: RuleRef::Unlockable(index),
            bounds,
            key: None,
        };
        UnlockableRule {
            id: unlockable.label.id.value.clone(),
            display: self.compile_display(&unlockable.label),
            slot: self.next_slot(),
            detail_slot: self.next_slot(),
            criterion: self
                .compile_criterion(&unlockable.criterion, scope, None)
                // After an error the rules are not used, but positions must be right for further
                // errors.
                .unwrap_or(CriterionRule {
                    target: Decimal::ONE,
                    kind: CriterionRuleKind::Manual,
                }),
            relock: unlockable.relock,
            bounds,
            dependents: Vec::new(),
            retired: false,
        }
    }
}

/// The source of a badge.
enum BadgeSource<'d> {
    Document(&'d BadgeDocument),
    Code(usize, &'d CodeBadge),
}

/// Sorts rules by id, so that their order in the file has no effect.
fn sort_by_id<T>(definitions: &[T], label: impl Fn(&T) -> &RuleLabel) -> Vec<&T> {
    let mut sorted: Vec<&T> = definitions.iter().collect();
    sorted.sort_by(|one, other| label(one).id.value.cmp(&label(other).id.value));
    // The reader has reported duplicates. `DefinedIds` drops them too, so that positions agree.
    sorted.dedup_by(|one, other| label(one).id.value == label(other).id.value);
    sorted
}

pub(super) fn event_listeners<'r>(rules: &'r mut RuleSet, event: &str) -> &'r mut EventListeners {
    rules.listeners.entry(event.to_owned()).or_default()
}

fn compile_bounds(
    since: Option<&Spanned<Timestamp>>,
    until: Option<&Spanned<Timestamp>>,
) -> TimeBounds {
    TimeBounds {
        since: since.map(|since| since.value),
        until: until.map(|until| until.value),
    }
}

/// True if a criterion is a single number. `progress` actions can change it, unless it is an age.
fn is_number(criterion: &CriterionDocument, repeat: RepeatMode) -> bool {
    let has_value = matches!(
        criterion.kind,
        CriterionKind::Aggregate(_)
            | CriterionKind::Badge { .. }
            | CriterionKind::Points(_)
            | CriterionKind::Age(_)
            | CriterionKind::Manual
            | CriterionKind::SomeOf(_)
    );
    // With `per`, the compiled criterion is a number of keys and not the value for one of them,
    // unless the badge is evaluated for each key (S8).
    has_value && (criterion.per.is_none() || repeat == RepeatMode::PerKey)
}

/// True if the value is that of a window or a number of parts that hold, so that multiples of the
/// target have no meaning.
fn is_windowed(criterion: &CriterionDocument) -> bool {
    match &criterion.kind {
        CriterionKind::Aggregate(aggregate) => {
            matches!(
                aggregate.within.as_ref().map(|w| w.value),
                Some(TimeWindow::Sliding(_) | TimeWindow::Calendar(_))
            )
        }
        CriterionKind::SomeOf(_) => true,
        _ => false,
    }
}
