use proptest::prelude::*;

use super::*;
use crate::props;

struct Catalog(Vec<String>);

impl Names for Catalog {
    fn known(&self, kind: NameKind) -> &[String] {
        if kind == NameKind::Currency { &self.0 } else { &[] }
    }
}

struct Ada(Value);

impl PlayerView for Ada {
    fn points(&self, _: &str) -> i64 {
        7
    }
    fn holds(&self, _: &str) -> bool {
        false
    }
    fn unlocked(&self, _: &str) -> bool {
        false
    }
    fn attribute(&self, name: &str) -> Option<&Value> {
        (name == "country").then_some(&self.0)
    }
}

fn compile(source: &str, expected: Expected) -> Result<Expression, Vec<Problem>> {
    Compiler::new().compile(source, expected, &Catalog(vec!["my-coins".into(), "xp".into()]))
}

/// The value of an expression as a key, or its error.
fn evaluate(source: &str) -> String {
    let props = props! {
        "n" => 7, "f" => 2.5, "price" => 0.29, "t" => "abc", "yes" => true, "nothing" => Value::Null, "big" => i64::MAX,
        "list" => Value::List(vec![Value::from(1), Value::from("two")]), "map" => Value::Map(props! { "inner" => 3 }),
    };
    let env = Env { event_name: "test", props: &props, player: &Ada(Value::from("fr")) };
    match compile(source, Expected::Key) {
        Err(problems) => problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; "),
        Ok(expression) => expression.key(&env).unwrap_or_else(|error| error.to_string()),
    }
}

#[test]
fn expressions_have_the_values_of_cel() {
    for (source, expected) in [
        ("event.n + 1", "8"),
        ("event.n / 2", "3"),
        ("-event.n % 4", "-3"),
        ("event.f * 2", "5"),
        ("event.n / 2.0", "3.5"),
        ("event.price * 100", "29"),
        ("1 + 2 * 3 - (4 - 5)", "8"),
        ("event.t + \"d\"", "abcd"),
        ("event.t == 'abc' && event.n > 6.5", "true"),
        ("event.n == 7.0", "true"),
        ("event.n == 'x' || !event.yes", "false"),
        ("event.yes ? 'a' : 'b'", "a"),
        ("event.t in ['x', 'abc']", "true"),
        ("'two' in event.list", "true"),
        ("event.list[1]", "two"),
        ("event.map.inner", "3"),
        ("event['map']['inner']", "3"),
        ("has(event.map.inner) && !has(event.other)", "true"),
        ("has(event.missing) && event.missing > 1", "false"),
        ("event.missing > 1 || event.yes", "true"),
        ("event.missing > 1 && !event.yes", "false"),
        ("event.nothing == null", "true"),
        ("size(event.t) + event.list.size()", "5"),
        ("event.t.contains('b') && event.t.startsWith('a') && event.t.endsWith('c')", "true"),
        ("int('12') + int(2.9)", "14"),
        ("string(event.f)", "2.5"),
        ("event_name", "test"),
        ("player.points.xp + player.points['my-coins']", "14"),
        ("player.profile.country == 'fr'", "true"),
    ] {
        assert_eq!(evaluate(source), expected, "{source}");
    }
}

#[test]
fn evaluation_errors_say_what_is_wrong() {
    for (source, expected) in [
        ("event.missing + 1", "`event.missing` is missing"),
        ("event.n / 0", "division by zero"),
        ("event.f % 0.0", "division by zero"),
        ("event.big + 1", "overflow: the number leaves its range"),
        ("event.t + 1 == 2", "a text and a number do not go together"),
        ("event.t > event.n", "a text and a number do not go together"),
        ("event.list", "`event.list` is a list, not a text, a number or a truth value"),
        ("event.list[9]", "`event.list[9]` is missing"),
        ("event.n ? 1 : 2", "`event.n` is a number, not a truth value"),
        ("int(event.t)", "the text is no number"),
        ("''", "the key is empty"),
        ("player.profile.city", "`player.profile.city` is missing"),
    ] {
        assert_eq!(evaluate(source), expected, "{source}");
    }
}

#[test]
fn wrong_expressions_are_refused_with_the_mend() {
    for (source, expected, message, help) in [
        ("event.n + 1", Expected::Condition, "this is a number; a condition must be true or false", ""),
        ("'a'", Expected::Number, "this is a text; a number is needed here", ""),
        ("[1]", Expected::Key, "this is a list; a text, a number or a truth value is needed here", ""),
        ("evnt.n == 1", Expected::Condition, "there is no variable `evnt`", "did you mean `event`?"),
        ("direction == 'up'", Expected::Condition, "there is no variable `direction`", "event.direction"),
        ("player.pionts.xp > 1", Expected::Condition, "a player has no `pionts`", "did you mean `points`?"),
        ("player.points.xq > 1", Expected::Condition, "there is no currency `xq`", "did you mean `xp`?"),
        ("event.t.containz('a')", Expected::Condition, "there is no function `containz`", "did you mean `contains`?"),
        ("contains(event.t, 'a')", Expected::Condition, "there is no function `contains`", "behind the text"),
        ("event.t.matches('a+')", Expected::Condition, "there is no function `matches`", ""),
        ("timestamp('2026-01-01T00:00:00Z') == event.t", Expected::Condition, "a condition cannot read the clock", "criteria"),
        ("[1].exists(x, x == 1)", Expected::Condition, "macros such as `exists` and `map` cannot be used in a catalog", ""),
        ("1 == 'a'", Expected::Condition, "a number never equals a text", ""),
        ("true < false", Expected::Condition, "true or false and true or false have no order", ""),
        ("!1", Expected::Condition, "this is a number, and true or false is needed", ""),
        ("event.n ==", Expected::Condition, "this is not CEL", ""),
        ("", Expected::Condition, "the expression is empty", ""),
        ("5u == event.n", Expected::Condition, "unsigned literals such as `5u` cannot be used in a catalog", ""),
        ("size()", Expected::Number, "`size` takes 1 arguments, not 0", ""),
    ] {
        let problems = compile(source, expected).expect_err(source);
        let found = &problems[0];
        assert!(found.message.contains(message), "{source}: {}", found.message);
        assert!(found.help.as_deref().unwrap_or_default().contains(help), "{source}: {:?}", found.help);
        assert!(source.get(found.span.clone()).is_some(), "{source}: {:?}", found.span);
    }
}

#[test]
fn every_problem_of_an_expression_is_reported() {
    let problems = compile("evnt.a == 1 && playr.b == 2", Expected::Condition).unwrap_err();
    assert_eq!(problems.iter().map(|problem| &problem.message[..22]).collect::<Vec<_>>(), ["there is no variable `"; 2]);
}

#[test]
fn s25_hostile_expressions_are_refused() {
    for source in [
        "(".repeat(1_000),
        format!("{}1{}", "(".repeat(500), ")".repeat(500)),
        format!("{}true", "!".repeat(1_500)),
        "a?".repeat(500),
        "1+".repeat(990),
        "x".repeat(limits::EXPRESSION_BYTES + 1),
        format!("event{}", ".a".repeat(990)),
    ] {
        drop(compile(&source, Expected::Condition));
    }
    assert!(compile(&"(".repeat(1_000), Expected::Condition).unwrap_err()[0].message.contains("32 levels"));
}

#[test]
fn s9_white_space_and_parentheses_do_not_change_the_address() {
    let canonical = |source| compile(source, Expected::Condition).unwrap().canonical();
    assert_eq!(canonical("event.a==1&&event.b"), canonical(" ( event . a == 1 )  && event['b'] "));
    assert_ne!(canonical("event.a == 1"), canonical("event.a == 2"));
}

#[test]
fn the_part_that_is_false_is_named() {
    let condition = compile("event.n > 5 && event.t == 'x' && event.yes", Expected::Condition).unwrap();
    let props = props! { "n" => 7, "t" => "abc", "yes" => true };
    let env = Env { event_name: "", props: &props, player: &Ada(Value::Null) };
    assert_eq!(condition.why_false(&env).as_deref(), Some("event.t == 'x'"));
}

proptest! {
    #[test]
    fn no_text_makes_the_compiler_panic(source in ".{0,60}") {
        drop(compile(&source, Expected::Condition));
    }

    #[test]
    fn no_tokens_make_the_compiler_panic(tokens in prop::collection::vec(prop::sample::select(vec![
        "event", ".", "a", "(", ")", "[", "]", "'x'", "1", "2.5", "+", "-", "*", "/", "%", "==", "<", "&&", "||", "!",
        "?", ":", "in", "has", "size", ",", "player.points.xp", "null", "é", "\"", "{", "}",
    ]), 0..25)) {
        drop(compile(&tokens.join(" "), Expected::Key));
    }

    #[test]
    fn s11_whole_arithmetic_is_that_of_integers(a in -1000_i64..1000, b in -1000_i64..1000, c in 1_i64..100) {
        let text = evaluate(&format!("({a}) * ({b}) + ({a}) / {c} - ({b}) % {c}"));
        prop_assert_eq!(text, (a * b + a / c - b % c).to_string());
    }
}
