//! Tables of expressions and their results.

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
fn problems_are_found_when_compiling() {
    use ExpectedResult::{Condition, Key, Number};
    for (source, expected, place, message, help) in [
        ("", Condition, "", "unexpected end of the expression", None),
        (
            "event.a ==",
            Condition,
            "",
            "unexpected end of the expression",
            None,
        ),
        (
            "event.a = 1",
            Condition,
            "=",
            "unexpected `=`",
            Some("compare with `==`"),
        ),
        (
            "event.a and event.b",
            Condition,
            "and",
            "unexpected `and`",
            Some("write `&&`"),
        ),
        (
            "event.a == \"x",
            Condition,
            "\"x",
            "this text is not quoted correctly",
            Some("close it with the quote"),
        ),
        (
            "(event.a",
            Condition,
            "",
            "unexpected end of the expression",
            None,
        ),
        (
            "if == 1",
            Condition,
            "if",
            "`if` is a reserved word",
            Some("write `event[\"if\"]`"),
        ),
        (
            "99999999999999999999",
            Number,
            "99999999999999999999",
            "does not fit into a 64-bit integer",
            None,
        ),
        ("1e30", Number, "1e30", "this number is out of range", None),
        (
            "0.1234567",
            Number,
            "0.1234567",
            "at most six decimal places",
            None,
        ),
        (
            "7u",
            Number,
            "7u",
            "unsigned numbers are not supported",
            Some("remove the `u`"),
        ),
        (
            "b'a' == b'a'",
            Condition,
            "b'a'",
            "bytes are not supported",
            None,
        ),
        (
            "Foo{a: 1} == 1",
            Condition,
            "{",
            "cannot build messages",
            None,
        ),
        (
            "evnt.a == 1",
            Condition,
            "evnt",
            "there is no variable `evnt`",
            Some("did you mean `event`?"),
        ),
        (
            "length > 1",
            Condition,
            "length",
            "there is no variable `length`",
            Some("`event.length`"),
        ),
        (
            "at > 1",
            Condition,
            "at",
            "a condition cannot read the clock",
            Some("`within`"),
        ),
        (
            "timestamp('2026-01-01') == 1",
            Condition,
            "timestamp('2026-01-01')",
            "cannot read the clock",
            None,
        ),
        (
            "event.a.matches('x')",
            Condition,
            "event.a.matches('x')",
            "regular expressions are not supported",
            Some("`contains`"),
        ),
        (
            "event.a.exists(x, x == 1)",
            Condition,
            "event.a.exists(x, x == 1)",
            "cannot loop",
            Some("`in`"),
        ),
        (
            "event.a.startswith('x')",
            Condition,
            "event.a.startswith('x')",
            "no function `startswith`",
            Some("`startsWith`"),
        ),
        (
            "length(event.a) == 1",
            Condition,
            "length(event.a)",
            "no function `length`",
            Some("`size`"),
        ),
        (
            "size() == 1",
            Condition,
            "size()",
            "`size` takes one value",
            None,
        ),
        (
            "has(1)",
            Condition,
            "1",
            "this always exists",
            Some("has(event.post)"),
        ),
        ("has(event)", Condition, "event", "this always exists", None),
        (
            "player.points.px > 1",
            Condition,
            "player.points.px",
            "there is no currency `px`",
            Some("did you mean `xp`?"),
        ),
        (
            "player.badges.techer",
            Condition,
            "player.badges.techer",
            "no badge `techer`",
            Some("`teacher`"),
        ),
        (
            "player.unlocked.bank",
            Condition,
            "player.unlocked.bank",
            "no unlockable `bank`",
            None,
        ),
        (
            "player.badge.teacher",
            Condition,
            "player.badge.teacher",
            "a player has no `badge`",
            Some("`badges`"),
        ),
        (
            "player.points[event.a] > 1",
            Condition,
            "event.a",
            "named directly",
            Some("player.points[\"xp\"]"),
        ),
        (
            "player.points == 1",
            Condition,
            "player.points",
            "this names no value of the player",
            None,
        ),
        (
            "player == 1",
            Condition,
            "player",
            "this names no value of the player",
            None,
        ),
        (
            "event.length + 1",
            Condition,
            "event.length + 1",
            "this is a number, not a condition",
            Some("event.length >= 15"),
        ),
        (
            "'a'",
            Number,
            "'a'",
            "this is text, not a number",
            Some("event.km * 2"),
        ),
        (
            "event",
            Key,
            "event",
            "this is a map, not a key",
            Some("event.post"),
        ),
        (
            "1 == 'a'",
            Condition,
            "1 == 'a'",
            "`==` cannot be applied to a number and text",
            None,
        ),
        (
            "('a') + (1) == 'a1'",
            Condition,
            "('a') + (1)",
            "`+` cannot be applied to text and a number",
            Some("string(…)"),
        ),
        (
            "1 in 2",
            Condition,
            "1 in 2",
            "`in` cannot be applied to a number and a number",
            Some("write a list"),
        ),
        (
            "!1",
            Condition,
            "1",
            "`!` takes a boolean, but this is a number",
            None,
        ),
        (
            "event.a && 1",
            Condition,
            "1",
            "`&&` takes booleans, but this is a number",
            None,
        ),
        (
            "(event.a ? 1 : 'a') == 1",
            Condition,
            "event.a ? 1 : 'a'",
            "one side of `:` is a number, the other text",
            None,
        ),
        (
            "'a'.b == 1",
            Condition,
            "'a'.b",
            "text has no members",
            None,
        ),
        (
            "event_name[0] == 'a'",
            Condition,
            "event_name[0]",
            "text has no members",
            None,
        ),
        (
            "[event.a] == event.b",
            Condition,
            "event.a",
            "this is not a constant",
            Some("`in`"),
        ),
        (
            "{'a': 1, 'a': 2}[event.b]",
            Number,
            "'a'",
            "`a` is given twice",
            None,
        ),
        (
            "{1: 1}[event.b]",
            Number,
            "1",
            "the keys of a map must be text",
            None,
        ),
        (
            "1 / 0 == event.a",
            Condition,
            "1 / 0",
            "this always fails: division by zero",
            None,
        ),
        (
            "9223372036854775807 + 1",
            Number,
            "9223372036854775807 + 1",
            "this always fails: overflow",
            None,
        ),
    ] {
        let problems = compile_expression(source, expected, &catalog()).expect_err(source);
        let problem = &problems[0];
        assert!(problem.message.contains(message), "{source}: {problem:?}");
        assert_eq!(
            &source[problem.span.clone()],
            place,
            "{source}: {problem:?}"
        );
        let found = problem.help.as_deref().unwrap_or_default();
        assert!(
            found.contains(help.unwrap_or_default()),
            "{source}: {problem:?}"
        );
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let problems = compile_expression(
        "player.badges.techer && foo == 1 && 1 + 'a' == 2",
        ExpectedResult::Condition,
        &catalog(),
    );
    let messages: Vec<_> = problems
        .unwrap_err()
        .into_iter()
        .map(|problem| problem.message)
        .collect();
    assert_eq!(
        messages,
        [
            "there is no badge `techer`",
            "there is no variable `foo`",
            "`+` cannot be applied to a number and text"
        ]
    );
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
