use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

#[test]
fn deep_nesting_is_refused_without_harm() {
    let (lists, tables) = ("[".repeat(10_000), "{a=".repeat(10_000));
    let (dotted, objects) = ("a.".repeat(10_000), "{\"a\":".repeat(10_000));
    for (source, format) in [
        (
            format!("name = {lists}{}", "]".repeat(10_000)),
            CatalogFormat::Toml,
        ),
        (format!("name = {lists}"), CatalogFormat::Toml),
        (
            format!("name = {tables}1{}", "}".repeat(10_000)),
            CatalogFormat::Toml,
        ),
        (format!("name = {tables}"), CatalogFormat::Toml),
        (format!("{dotted}a = 1"), CatalogFormat::Toml),
        (format!("[{dotted}a]"), CatalogFormat::Toml),
        (format!("[[{dotted}a]]"), CatalogFormat::Toml),
        (
            format!("{{\"name\":{lists}{}}}", "]".repeat(10_000)),
            CatalogFormat::Json,
        ),
        (
            format!("{objects}1{}", "}".repeat(10_000)),
            CatalogFormat::Json,
        ),
    ] {
        let errors = errors_of(&source, format);
        let is_reported =
            |error: &String| error.contains("nested too deep") || error.contains("recursion limit");
        assert!(errors.iter().any(is_reported), "{source:.40}: {errors:#?}");
    }
}

#[test]
fn criteria_nest_as_deep_as_texts_may() {
    let criterion = format!(
        "{}{{ count = \"e\" }}{}",
        "{ not = ".repeat(70),
        " }".repeat(70)
    );
    let errors = errors_of(&with_criterion(&criterion), CatalogFormat::Toml);
    assert!(
        errors.len() == 1 && errors[0].contains("nest deeper than 8 levels"),
        "{errors:?}"
    );
}

#[test]
fn empty_and_odd_texts_are_read() {
    for (source, format, errors) in [
        ("", CatalogFormat::Toml, 0),
        ("\u{feff}name = \"x\"", CatalogFormat::Toml, 0),
        ("\r\n# nothing\r\n", CatalogFormat::Toml, 0),
        ("\0", CatalogFormat::Toml, 1),
        ("{}", CatalogFormat::Json, 0),
        ("", CatalogFormat::Json, 1),
        ("[]", CatalogFormat::Json, 1),
        ("5", CatalogFormat::Json, 1),
    ] {
        assert_eq!(errors_of(source, format).len(), errors, "{source:?}");
    }
}

#[test]
fn thousands_of_unknown_references_cause_bounded_output_and_work() {
    let name = |n: usize| format!("{}{n}", "b".repeat(38));
    let badge = |n| {
        let (id, unknown) = (name(n), format!("{}x", name(n)));
        format!("[[badge]]\nid = \"{id}\"\ncriterion = {{ badge = \"{unknown}\" }}\n")
    };
    let condition = |n| {
        let (id, unknown) = (name(n), format!("{}x", name(n)));
        format!(
            "[[earning]]\nid = \"{id}\"\non = \"e\"\npoints = {{ xp = 1 }}\n\
             where = 'player.badges[\"{unknown}\"]'\n"
        )
    };
    let unknown_key = |n| format!("[[category]]\nid = \"{}\"\n{} = 1\n", name(n), name(n));
    let references: String = (0..5_000).map(badge).collect();
    let conditions: String = (0..5_000).map(condition).collect();
    let ids: String = (0..5_000)
        .map(|n| format!("[[badge]]\nid = \"{}\"\n", name(n)))
        .collect();
    let conditions = format!("[[currency]]\nid = \"xp\"\n{ids}{conditions}");
    let keys: String = (0..5_000).map(unknown_key).collect();
    for source in [references, conditions, keys] {
        let errors = crate::catalog::Catalog::from_toml(&source).unwrap_err();
        assert_eq!((errors.iter().len(), errors.total_count()), (200, 5_000));
        let text = errors.to_string();
        assert!(text.ends_with("\n… and 4,800 more errors"), "{text:.300}");
        assert!(errors.suggestions().has_worked_within_bounds());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random edits of the starter catalog never cause a panic, and all locations are in the text.
    #[test]
    fn mutations_of_the_starter_never_panic(
        cuts in prop::collection::vec((any::<Index>(), 0usize..8, "[\\[\\]{}=\"'.,#\n a-z0-9é-]{0,6}"), 1..8),
    ) {
        let mut source = starter().to_owned();
        for (at, length, insert) in cuts {
            let boundary = |at: usize| (0..=at).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
            let at = at.index(source.len().max(1));
            source.replace_range(boundary(at)..boundary((at + length).min(source.len())), &insert);
        }
        for format in [CatalogFormat::Toml, CatalogFormat::Json] {
            let (_, found) = read_catalog(&source, "c", format);
            if let Err(errors) = found.into_result(()) {
                for error in errors.iter() {
                    prop_assert!(source.get(error.span.clone()).is_some(), "{error:?}");
                }
                prop_assert!(!errors.to_string().is_empty());
            }
        }
    }
}
