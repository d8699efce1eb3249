//! Tables of expressions and their results.

mod problems;

use std::borrow::Cow;

use super::*;
use crate::value::{Props, Value};
use crate::{limits, props};

/// A small catalog.
pub(super) struct TestNames(Vec<String>, Vec<String>, Vec<String>);

impl DefinedNames for TestNames {
    fn defined_ids(&self, kind: NameKind) -> &[String] {
        match kind {
            NameKind::Currency => &self.0,
            NameKind::Badge => &self.1,
            NameKind::Unlockable => &self.2,
        }
    }
}

pub(super) fn catalog() -> TestNames {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    TestNames(
        ids(&["xp", "my-coins"]),
        ids(&["teacher", "student"]),
        ids(&["shop"]),
    )
}

/// A player with 120 xp, the badge `teacher`, the unlockable `shop` and a profile.
struct Ada(Props);

impl PlayerView for Ada {
    fn balance(&self, currency: &str) -> i64 {
        if currency == "xp" { 120 } else { 0 }
    }

    fn holds_badge(&self, badge: &str) -> bool {
        badge == "teacher"
    }

    fn is_unlocked(&self, id: &str) -> bool {
        id == "shop"
    }

    fn attribute(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

fn event() -> Props {
    let post = props! { "kind" => "answer", "score" => 3 };
    props! {
        "kind" => "up", "post" => 7, "length" => 15, "km" => 2.5, "whole" => 7.0, "ok" => true, "nothing" => Value::Null,
        "tags" => vec!["rust", "sql"], "nested" => post, "huge" => 1e300, "zero" => 0, "max" => i64::MAX,
        "empty" => "", "title" => "Häuser", "digits" => "12.5", "a-b" => 1, "long" => "x".repeat(limits::KEY_BYTES + 1),
    }
}

pub(super) fn on_event<T>(use_env: impl FnOnce(&EvalEnv<'_>) -> T) -> T {
    let ada = Ada(props! { "country" => "fr", "address" => props! { "city" => "Paris" } });
    use_env(&EvalEnv {
        event_name: "vote",
        props: &event(),
        player: &ada,
    })
}

fn compile_valid(source: &str, expected: ExpectedResult) -> Expression {
    compile_expression(source, expected, &catalog())
        .unwrap_or_else(|problems| panic!("{source}: {problems:?}"))
}

fn eval_condition(source: &str) -> Result<bool, String> {
    on_event(|env| {
        compile_valid(source, ExpectedResult::Condition)
            .eval_condition(env)
            .map_err(|error| error.to_string())
    })
}

fn eval_number(source: &str) -> Result<String, String> {
    let value = on_event(|env| compile_valid(source, ExpectedResult::Number).eval_number(env));
    value
        .map(|number| number.to_string())
        .map_err(|error| error.to_string())
}

#[test]
fn conditions_hold_or_not() {
    for (source, holds) in [
        ("true", true),
        ("event.kind == 'up'", true),
        ("event.kind != \"up\"", false),
        ("event.length >= 15 && event.length < 15.5", true),
        (
            "event.post == 7.0 && event.whole == 7 && event.km == 2.5",
            true,
        ),
        ("event.post == '7'", false),
        ("event.nothing == null && event.post != null", true),
        (
            "event.nested.kind == 'answer' && event[\"nested\"]['score'] > 2",
            true,
        ),
        ("event['a-b'] == 1", true),
        ("event.tags[1] == 'sql' && event.tags[0.0] == 'rust'", true),
        ("event.tags == ['rust', 'sql']", true),
        ("event.nested == {'score': 3.0, 'kind': 'answer'}", true),
        ("'rust' in event.tags && !('go' in event.tags)", true),
        ("event.kind in ['up', 'down']", true),
        ("event.post in [1, event.length - 8]", true),
        ("event.post in []", false),
        ("'kind' in event && 'kind' in event.nested", true),
        ("event_name == 'vote'", true),
        (
            "event.title.startsWith('H') && event.title.endsWith('er') && event.title.contains('äu')",
            true,
        ),
        (
            "size(event.title) == 6 && event.tags.size() == 2 && size(event.nested) == 2",
            true,
        ),
        ("event.ok ? event.post == 7 : event.absent == 1", true),
        ("event.kind < 'va' && false < event.ok", true),
        (
            "has(event.kind) && has(event.nested.score) && has(event['a-b']) && has(event.tags[1])",
            true,
        ),
        (
            "has(event.absent) || has(event.absent.x) || has(event.kind.x) || has(event.tags[2])",
            false,
        ),
        ("has(event.nothing)", true),
        (
            "player.points.xp == 120 && player.points['my-coins'] == 0",
            true,
        ),
        (
            "player.badges.teacher && !player.badges.student && player.unlocked.shop",
            true,
        ),
        (
            "player.profile.country == 'fr' && player.profile.address.city == 'Paris'",
            true,
        ),
        (
            "has(player.profile.age) || has(player.profile.country.x)",
            false,
        ),
        ("!!event.ok", true),
        ("has(event.if) || has(event.player)", false),
        (
            "string(event.post) + 'x' == '7x' && string(event.km) == '2.5' && string(event.ok) == 'true'",
            true,
        ),
        ("// why\nevent.ok", true),
        ("r'a\\b' == 'a\\\\b' && '''it's''' == \"it's\"", true),
    ] {
        assert_eq!(eval_condition(source), Ok(holds), "{source}");
    }
}

#[test]
fn s11_numbers_are_checked_integers_and_exact_decimals() {
    for (source, value) in [
        ("event.km * 2", Ok("5")),
        ("0.1 + 0.2", Ok("0.3")),
        ("7 / 2", Ok("3")),
        ("-7 / 2", Ok("-3")),
        ("-7 % 2", Ok("-1")),
        ("7 / 2.0", Ok("3.5")),
        ("event.whole / 2", Ok("3.5")),
        ("event.post / 2", Ok("3")),
        ("double(event.post) / 2", Ok("3.5")),
        ("2.0 / 3", Ok("0.666667")),
        ("7.5 % 2", Ok("1.5")),
        ("int(event.km)", Ok("2")),
        ("int(-2.9)", Ok("-2")),
        ("int(event.digits) + int(\"3\")", Ok("15")),
        ("double(event.digits)", Ok("12.5")),
        ("-event.post - -3", Ok("-4")),
        ("2 + 3 * 4 - (5 - 1)", Ok("10")),
        ("{'up': 10, 'down': -2}[event.kind]", Ok("10")),
        ("event.max", Ok("9223372036854775807")),
        ("-9223372036854775808", Ok("-9223372036854775808")),
        ("0x10", Ok("16")),
        ("event.max + 1", Err("overflow: a number is too large")),
        (
            "event.max * 1.0 * 10",
            Err("overflow: a number is too large"),
        ),
        (
            "(0 - event.max - 1) / (0 - event.zero - 1)",
            Err("overflow: a number is too large"),
        ),
        (
            "-(-9223372036854775808 + event.zero)",
            Err("overflow: a number is too large"),
        ),
        ("event.huge", Err("overflow: a number is too large")),
        ("1 / event.zero", Err("division by zero")),
        ("1 % event.zero", Err("division by zero")),
        ("1.5 / event.zero", Err("division by zero")),
        ("event.kind", Err("`event.kind` is text, not a number")),
        (
            "int(event.kind)",
            Err("`event.kind` is text that is not a number"),
        ),
        (
            "int(event.tags)",
            Err("`event.tags` is a list, not a number or text"),
        ),
        ("-event.ok", Err("`event.ok` is a boolean, not a number")),
    ] {
        assert_eq!(
            eval_number(source).as_deref().map_err(String::as_str),
            value,
            "{source}"
        );
    }
}

#[test]
fn errors_name_what_was_wrong() {
    for (source, error) in [
        ("event.absent == 1", "`event.absent` is missing"),
        ("event.absent.x == 1", "`event.absent` is missing"),
        ("event.nested.x.y == 1", "`event.nested.x` is missing"),
        ("event.kind.x == 1", "`event.kind` is text, not a map"),
        (
            "event.nested.score.x == 1",
            "`event.nested.score` is a number, not a map",
        ),
        ("event['x y'] == 1", "`event[\"x y\"]` is missing"),
        ("event.tags[2] == 'a'", "`event.tags[2]` is missing"),
        ("event.tags[0.5] == 'a'", "`event.tags[0.5]` is missing"),
        (
            "event.nested[event.post] == 1",
            "`event.post` is a number, not text",
        ),
        ("event.kind >= 15", "`event.kind` is text, not a number"),
        ("15 < event.kind", "`event.kind` is text, not a number"),
        (
            "event.kind < event.ok",
            "`<` cannot be applied to text and a boolean",
        ),
        (
            "event.kind - event.title == 1",
            "`-` cannot be applied to text and text",
        ),
        ("event.kind + 1 == 1", "`event.kind` is text, not a number"),
        ("event.post", "`event.post` is a number, not a boolean"),
        ("!event.post", "`event.post` is a number, not a boolean"),
        (
            "event.post.contains('a')",
            "`event.post` is a number, not text",
        ),
        (
            "1 in event.kind",
            "`event.kind` is text, not a list or a map",
        ),
        ("1 in event.nested", "`1` is a number, not text"),
        ("player.profile.age > 1", "`player.profile.age` is missing"),
        (
            "player.profile.address.zip == 1",
            "`player.profile.address.zip` is missing",
        ),
        (
            "string(event.nothing) == ''",
            "`event.nothing` is null, not text, a number or a boolean",
        ),
    ] {
        assert_eq!(eval_condition(source), Err(error.into()), "{source}");
    }
}

#[test]
fn and_and_or_absorb_errors_when_the_other_side_decides() {
    for (source, value) in [
        ("event.absent == 1 && false", Ok(false)),
        ("false && event.absent == 1", Ok(false)),
        ("event.absent == 1 && event.ok && !event.ok", Ok(false)),
        ("event.absent == 1 || event.ok", Ok(true)),
        ("event.ok || event.absent == 1", Ok(true)),
        (
            "event.absent == 1 && event.ok",
            Err("`event.absent` is missing"),
        ),
        (
            "event.absent == 1 || !event.ok",
            Err("`event.absent` is missing"),
        ),
        ("event.a == 1 || event.b == 1", Err("`event.a` is missing")),
        (
            "event.post in [7, event.absent]",
            Err("`event.absent` is missing"),
        ),
    ] {
        assert_eq!(
            eval_condition(source),
            value.map_err(str::to_owned),
            "{source}"
        );
    }
}

#[test]
fn keys_are_canonical_text() {
    for (source, key) in [
        ("event.post", Ok("7")),
        ("event.whole", Ok("7")),
        ("event.km", Ok("2.5")),
        ("event.ok", Ok("true")),
        ("event.kind", Ok("up")),
        ("event_name + ':' + string(event.post)", Ok("vote:7")),
        ("event.empty", Err(EvalError::EmptyKey)),
        ("event.long", Err(EvalError::LongKey)),
        (
            "event.absent",
            Err(EvalError::Missing("event.absent".into())),
        ),
        (
            "event.tags",
            Err(EvalError::WrongType {
                what: "event.tags".into(),
                found: "a list",
                wanted: "text, a number or a boolean",
            }),
        ),
    ] {
        let found = on_event(|env| {
            compile_valid(source, ExpectedResult::Key)
                .eval_key(env)
                .map(Cow::into_owned)
        });
        assert_eq!(found, key.map(str::to_owned), "{source}");
    }
}

#[test]
fn s25_length_and_depth_are_limited() {
    let deep = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    let terms = |count: usize| vec!["1"; count].join("+");
    for (source, message) in [
        (
            format!("true{}", " ".repeat(limits::EXPRESSION_BYTES - 4)),
            None,
        ),
        (
            format!("true{}", " ".repeat(limits::EXPRESSION_BYTES - 3)),
            Some("EXPRESSION_BYTES"),
        ),
        (deep(limits::EXPRESSION_DEPTH), None),
        (deep(limits::EXPRESSION_DEPTH + 1), Some("EXPRESSION_DEPTH")),
        ("(".repeat(1_500), Some("EXPRESSION_DEPTH")),
        (
            format!("{}1 == 1", "[".repeat(40)),
            Some("EXPRESSION_DEPTH"),
        ),
        (format!("{} == 1", terms(30)), None),
        (format!("{} == 1", terms(900)), Some("EXPRESSION_DEPTH")),
        (
            format!("event{} == 1", ".a".repeat(900)),
            Some("EXPRESSION_DEPTH"),
        ),
        (format!("{}true", "true?true:".repeat(150)), Some("")),
        (format!("{}true", "!".repeat(1_901)), None),
        (format!("{} == 1", "-".repeat(1_900) + "event.a"), None),
        (vec!["event.a"; 200].join("&&"), None),
        (vec!["event.a"; 200].join("||"), None),
    ] {
        let result = compile_expression(&source, ExpectedResult::Condition, &catalog());
        let found = result.err().map(|problems| problems[0].message.clone());
        assert_eq!(found.is_some(), message.is_some(), "{source}: {found:?}");
        assert!(
            found
                .unwrap_or_default()
                .contains(message.unwrap_or_default()),
            "{source}"
        );
    }
}

#[test]
fn s9_canonical_text_is_the_same_for_the_same_meaning() {
    for (source, canonical) in [
        ("event . a=='x'", "event.a == \"x\""),
        ("((event['a'])) == (\"x\")", "event.a == \"x\""),
        (
            "event.a && (event.b && event.c)",
            "event.a && event.b && event.c",
        ),
        (
            "event.a && (event.b || event.c)",
            "event.a && (event.b || event.c)",
        ),
        (
            "event.a || event.b && event.c",
            "event.a || event.b && event.c",
        ),
        (
            "(event.a - (event.b - 1)) * 2 > 60 * 60",
            "(event.a - (event.b - 1)) * 2 > 3600",
        ),
        (
            "(event.a - event.b) - 1 > 2.0",
            "event.a - event.b - 1 > 2.0",
        ),
        ("!(event.a == -event.b)", "!(event.a == -event.b)"),
        (
            "(event.a ? event.b : event.c) ? true : event.d ? event.e : event.f",
            "(event.a ? event.b : event.c) ? true : event.d ? event.e : event.f",
        ),
        ("event.x in ['a',1, 2.5]", "event.x in [\"a\",1,2.5]"),
        ("event.x in [event.y, -1]", "event.x in [event.y, -1]"),
        (
            "event.tags[0].name.contains('\\n')",
            "event.tags[0][\"name\"].contains(\"\\n\")",
        ),
        (
            "has(event.a.b) && size(event.c) == event.c.size()",
            "has(event.a.b) && size(event.c) == size(event.c)",
        ),
        (
            "player.points['my-coins'] > 1",
            "player.points[\"my-coins\"] > 1",
        ),
        ("player.profile['a'].b == 1", "player.profile.a.b == 1"),
        ("event_name == 'a'", "event_name == \"a\""),
        ("true && !false", "true"),
    ] {
        let expression = compile_valid(source, ExpectedResult::Condition);
        assert_eq!(expression.canonical_text(), canonical, "{source}");
        let again = compile_valid(canonical, ExpectedResult::Condition);
        assert_eq!(again.canonical_text(), canonical, "{source}");
    }
    let seven = |source| compile_valid(source, ExpectedResult::Number).canonical_text();
    assert_ne!(seven("event.a / 2"), seven("event.a / 2.0"));
}

#[test]
fn s9_conditions_that_read_the_player_are_known() {
    for (source, reads) in [
        ("event.a == 1", false),
        ("event_name == 'player'", false),
        ("player.points.xp > 1", true),
        ("event.a && player.badges.teacher", true),
        ("has(player.profile.a)", true),
    ] {
        assert_eq!(
            compile_valid(source, ExpectedResult::Condition).reads_player(),
            reads,
            "{source}"
        );
    }
}

#[test]
fn the_false_part_of_a_condition_is_shown_as_it_was_written() {
    for (source, part) in [
        ("event.length >= 16", Some("event.length >= 16")),
        (
            "event.ok && event.length  >= 16 && false",
            Some("event.length  >= 16"),
        ),
        (
            "event.ok && (event.length > 99 || event.post in [1, 2]) && event.ok",
            Some("event.length > 99 || event.post in [1, 2]"),
        ),
        ("(event.ok && (!event.ok)) && event.ok", Some("!event.ok")),
        (
            "event.ok && event.title.contains( 'zz' )",
            Some("event.title.contains( 'zz' )"),
        ),
        (
            "event.ok && (event.post + 1) * (2 + 1) == 2",
            Some("(event.post + 1) * (2 + 1) == 2"),
        ),
        (
            "event.ok && size( event.tags ) > 2",
            Some("size( event.tags ) > 2"),
        ),
        ("event.ok && -1 == event.post", Some("-1 == event.post")),
        ("event.title == 'ä' && event.ok", Some("event.title == 'ä'")),
        (
            "event.absent == 1 && event.post == 8",
            Some("event.post == 8"),
        ),
        ("event.ok", None),
        ("event.absent == 1", None),
    ] {
        let found = on_event(|env| compile_valid(source, ExpectedResult::Condition).why_false(env));
        assert_eq!(found.as_deref(), part, "{source}");
    }
}

#[test]
fn one_compiler_serves_many_expressions() {
    let mut compiler = ExpressionCompiler::new();
    for _ in 0..2 {
        for (source, expected, fine) in [
            ("event.a", ExpectedResult::Condition, true),
            ("event.a", ExpectedResult::Key, true),
            ("event.a +", ExpectedResult::Number, false),
            ("event.a + 1", ExpectedResult::Condition, false),
            ("event.a + 1", ExpectedResult::Number, true),
        ] {
            assert_eq!(
                compiler.compile(source, expected, &catalog()).is_ok(),
                fine,
                "{source}"
            );
        }
    }
}
