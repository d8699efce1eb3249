//! Problems that compiling a condition finds.

use super::*;

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
