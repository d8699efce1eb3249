use super::*;
use crate::catalog::document::{
    AggregateOperator, AggregateSource, AmountDocument, CriterionKind, LimitRef, RepeatMode,
    Visibility,
};
use crate::number::Decimal;
use crate::time::{CalendarUnit, SECOND, TimeWindow};

fn read_valid(source: &str) -> CatalogDocument {
    let (document, found) = read_catalog(source, "c.toml", CatalogFormat::Toml);
    found
        .into_result(document)
        .unwrap_or_else(|errors| panic!("{source}\n{errors}"))
}

#[test]
fn the_starter_has_no_errors() {
    assert_eq!(read_valid(starter()).badges.len(), 4);
}

#[test]
fn every_kind_of_criterion_is_read() {
    for criterion in [
        "{ count = \"e\" }",
        "{ count = [\"e\", \"f\"], where = \"event.x > 1\", per = \"event.post\", within = \"7d\", at_least = 3 }",
        "{ count = \"accolade.badge_awarded\", within = \"week\", zone = \"player\" }",
        "{ count = { sum = \"event.delta\", on = \"vote\", per = \"event.post\", at_least = 10 }, at_least = 5 }",
        "{ count = { all = [{ count = \"e\" }, { not = { count = \"f\" } }], per = \"event.post\" } }",
        "{ sum = \"event.km\", on = \"ride\", at_least = 2.5 }",
        "{ sum = \"event.km\", on = { count = \"ride\", per = \"event.day\" }, at_least = 100 }",
        "{ max = \"event.km\", on = [\"ride\", \"walk\"], at_least = 0.000001 }",
        "{ latest = \"event.score\", on = \"game\", at_least = 1_000_000_000_000_000 }",
        "{ distinct = \"event.day\", on = \"ask\", within = \"month\" }",
        "{ badge = \"teacher\" }",
        "{ badge = \"teacher\", tier = \"gold\", at_least = 2 }",
        "{ points = \"xp\", at_least = -5 }",
        "{ points = \"xp\", at_least = 0 }",
        "{ unlocked = \"edit\" }",
        "{ age = \"day\" }",
        "{ not = { age = \"year\", at_least = 2 } }",
        "{ manual = true, at_least = 2.5 }",
        "{ any = [{ badge = \"a\" }, { all = [{ count = \"e\", per = \"event.x\" }] }] }",
        "{ some = [{ badge = \"a\" }, { badge = \"b\" }], at_least = 2 }",
        "{ not = { not = { not = { not = { not = { not = { not = { count = \"e\" } } } } } } } }",
    ] {
        assert!(
            read_valid(&with_criterion(criterion)).badges[0]
                .criterion
                .is_some(),
            "{criterion}"
        );
    }
}

#[test]
fn a_badge_is_read_as_written() {
    let source = r#"
        [[badge]]
        id = "commentator"
        name = "Commentator"
        description = "Leave {target} comments"
        category = "answers"
        visibility = "secret"
        images = { locked = "l.png", secret = "s.png" }
        criterion = { distinct = "event.post", on = "comment", per = "event.tag", within = "month", zone = "player" }
        tiers = [10, { id = "silver", at = 100, points = { xp = 5 } }]
        repeat = "per-key"
        temporary = false
        points = { xp = -1 }
        requires = "teacher"
        since = 2026-01-01T00:00:00+01:00
        until = "2027-01-01T00:00:00Z"
    "#;
    let badge = &read_valid(source).badges[0];
    assert_eq!(
        (badge.visibility, badge.repeat.value, badge.temporary),
        (Visibility::Secret, RepeatMode::PerKey, false)
    );
    assert_eq!(badge.images.unlocked, None);
    assert_eq!(badge.images.secret.as_ref().unwrap().value, "s.png");
    let tiers: Vec<_> = badge
        .tiers
        .iter()
        .map(|tier| (tier.id.as_ref().map(|id| id.as_str()), tier.target.value))
        .collect();
    assert_eq!(
        tiers,
        [
            (None, Decimal::from(10)),
            (Some("silver"), Decimal::from(100))
        ]
    );
    assert_eq!(badge.tiers[1].points.as_ref().unwrap()[0].1.value, 5);
    assert_eq!(
        (badge.points[0].0.as_str(), badge.points[0].1.value),
        ("xp", -1)
    );
    assert_eq!(badge.requires[0].value, "teacher");
    assert_eq!(
        badge.since.as_ref().unwrap().to_string(),
        "2025-12-31T23:00:00Z"
    );
    let criterion = badge.criterion.as_ref().unwrap();
    assert_eq!(criterion.per.as_ref().unwrap().value, "event.tag");
    let CriterionKind::Aggregate(aggregate) = &criterion.kind else {
        panic!("{criterion:?}")
    };
    assert!(
        matches!(&aggregate.operator, AggregateOperator::Distinct(value) if **value == "event.post")
    );
    assert!(
        matches!(&aggregate.source, AggregateSource::Events(names) if names[0].value == "comment")
    );
    assert_eq!(
        aggregate.within.as_ref().unwrap().value,
        TimeWindow::Calendar(CalendarUnit::Month)
    );
    assert!(aggregate.player_zone);
}

#[test]
fn earnings_and_limits_are_read_as_written() {
    let source = r#"
        [[limit]]
        id = "votes"
        points = 200
        per = "day"
        [[earning]]
        id = "up"
        on = ["vote", "like"]
        where = 'event.direction == "up"'
        points = { xp = 10, coins = "event.km * 2" }
        limit = "votes"
        cooldown = "90s"
        [[earning]]
        id = "down"
        on = "vote"
        points.xp = -2
        limit = { times = 5, per = "ever" }
    "#;
    let document = read_valid(source);
    let [up, down] = &document.earnings[..] else {
        panic!("{document:?}")
    };
    assert_eq!(document.limits[0].limit.points.as_ref().unwrap().value, 200);
    assert!(matches!(&up.limit, Some(LimitRef::Shared(id)) if **id == "votes"));
    assert!(matches!(&up.points[0].1, AmountDocument::Fixed(amount) if **amount == 10));
    assert!(
        matches!(&up.points[1].1, AmountDocument::Expression(text) if **text == "event.km * 2")
    );
    assert_eq!(up.cooldown.as_ref().unwrap().value, 90 * SECOND);
    assert!(
        matches!(&down.limit, Some(LimitRef::Own(limit)) if limit.times.as_deref() == Some(&5))
    );
    assert!(matches!(&down.points[0].1, AmountDocument::Fixed(amount) if **amount == -2));
}

#[test]
fn json_and_toml_of_one_shape_are_one_document() {
    let toml = "name = \"x\"\n[[badge]]\nid = \"b\"\ncriterion = { count = \"e\", at_least = 2 }\n[[test]]\nname = \"t\"\n\
                given = [{ player = \"a\", name = \"e\", repeat = 2, props = { x = [1, 2.5, { y = true }] } }]\n\
                expect = { a = { badges = [\"b@k:1\"], progress = { b = 2 } } }";
    let json = r#"{ "name": "x", "badge": [{ "id": "b", "criterion": { "count": "e", "at_least": 2 } }], "test": [{
        "name": "t", "given": [{ "player": "a", "name": "e", "repeat": 2, "props": { "x": [1, 2.5, { "y": true }] } }],
        "expect": { "a": { "badges": ["b@k:1"], "progress": { "b": 2 } } } }] }"#;
    let (from_json, found) = read_catalog(json, "c.json", CatalogFormat::from_file_name("c.JSON"));
    let from_json = found
        .into_result(from_json)
        .unwrap_or_else(|errors| panic!("{errors}"));
    let from_toml = read_valid(toml);
    assert_eq!(
        from_json.tests[0].given[0].props,
        from_toml.tests[0].given[0].props
    );
    assert_eq!(from_json.tests[0].expected[0].1.badges[0].value, "b@k:1");
    assert_eq!(
        from_json.badges[0]
            .criterion
            .as_ref()
            .unwrap()
            .at_least
            .as_deref(),
        Some(&Decimal::from(2))
    );
}

#[test]
fn comments_layout_order_format_and_tests_do_not_change_the_canonical_form() {
    let one = "[[badge]]\nid = \"b\"\nsince = 2026-01-01T00:00:00Z\n[[badge]]\nid = \"a\"\n[[test]]\nname = \"t\"";
    for (other, format, same) in [
        (
            "# more\n[[badge]]\nid='a'\n[[badge]]\nsince = \"2026-01-01T00:00:00Z\"\nid = 'b'",
            CatalogFormat::Toml,
            true,
        ),
        (
            r#"{ "test": [], "badge": [{ "id": "b", "since": "2026-01-01T00:00:00Z" }, {"id": "a"}] }"#,
            CatalogFormat::Json,
            true,
        ),
        (
            "[[badge]]\nid = \"b\"\n[[badge]]\nid = \"a\"\nsince = 2026-01-01T00:00:00Z",
            CatalogFormat::Toml,
            false,
        ),
    ] {
        assert_eq!(
            canonical_parts(one, CatalogFormat::Toml) == canonical_parts(other, format),
            same,
            "{other}"
        );
    }
}

#[test]
fn the_reference_explains_every_key_with_examples_that_are_read() {
    let reference = include_str!("../../../../../../docs/catalog.md");
    let examples: Vec<&str> = reference
        .split("```toml\n")
        .skip(1)
        .filter_map(|part| part.split("```").next())
        .collect();
    assert!(examples.len() > 10);
    examples
        .into_iter()
        .for_each(|example| drop(read_valid(example)));
    let composite = grammar::CRITERION.forms.iter().flat_map(|form| form.keys);
    for key in grammar::CATALOG
        .keys
        .iter()
        .flat_map(|key| keys_within(&key.shape))
        .chain(composite)
    {
        let named = [format!("`{}`", key.name), format!("{} = ", key.name)];
        assert!(
            named.iter().any(|name| reference.contains(name)),
            "docs/catalog.md does not explain `{}`",
            key.name
        );
    }
}

/// Lists the keys of a shape's tables, without those of criteria.
fn keys_within(shape: &'static shapes::ValueShape) -> Vec<&'static shapes::KeyShape> {
    use shapes::ValueShape;
    let form = |form: &'static shapes::TableShape| {
        form.keys
            .iter()
            .flat_map(|key| [vec![key], keys_within(&key.shape)].concat())
    };
    match shape {
        ValueShape::Table(table) => form(table).collect(),
        ValueShape::Variants(variants) if variants.name != grammar::CRITERION.name => {
            variants.forms.iter().flat_map(form).collect()
        }
        ValueShape::OneOrMore(inner)
        | ValueShape::List(inner, ..)
        | ValueShape::Map(_, inner, _) => keys_within(inner),
        ValueShape::Either(shapes) => shapes.iter().flat_map(keys_within).collect(),
        _ => Vec::new(),
    }
}
