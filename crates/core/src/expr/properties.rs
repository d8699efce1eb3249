//! Property tests for arbitrary expressions.

use proptest::prelude::*;

use super::tests::{catalog, on_event};
use super::*;

/// Generates sources from tokens, valid and invalid ones.
fn any_words() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "event",
        "event_name",
        "player",
        "points",
        "xp",
        "badges",
        "a",
        ".",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ",",
        ":",
        "?",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
        "==",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "in",
        "has",
        "size",
        "int",
        "string",
        "1",
        "0",
        "2.5",
        "\"t\"",
        "'é'",
        "true",
        "null",
        "if",
        "all",
        "x",
        "=",
        "&",
        "'",
        "\"",
        "\\",
        "`",
        "//",
        "\n",
        "0x",
        "1u",
        "b'a'",
        "r'",
        "'''",
        ".5",
        "1e",
        "é",
        "\u{0}",
        "#",
    ]);
    prop::collection::vec(words, 0..30).prop_map(|words| words.join(" "))
}

/// Generates integer arithmetic, with the result that 128-bit integers give.
fn any_arithmetic() -> impl Strategy<Value = (String, Option<i128>)> {
    let leaf = prop_oneof![-20..20i64, any::<i64>()]
        .prop_map(|int| (int.to_string(), Some(i128::from(int))));
    leaf.prop_recursive(5, 16, 2, |inner| {
        (
            inner.clone(),
            prop::sample::select(vec!["+", "-", "*", "/", "%"]),
            inner,
        )
            .prop_map(|(left, operator, right)| {
                let fits = |value: &i128| i64::try_from(*value).is_ok();
                let value = match (left.1, right.1) {
                    (Some(left), Some(right)) => match operator {
                        "+" => Some(left + right),
                        "-" => Some(left - right),
                        "*" => Some(left * right),
                        "/" => left.checked_div(right),
                        _ => left.checked_rem(right).filter(|_| fits(&(left / right))),
                    },
                    _ => None,
                };
                (
                    format!("({}) {operator} ({})", left.0, right.0),
                    value.filter(fits),
                )
            })
    })
}

/// Generates a valid condition, as tokens that any white space can separate.
fn any_condition() -> impl Strategy<Value = Vec<String>> {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let leaf = prop::sample::select(vec![
        words(&["event", ".", "ok"]),
        words(&["event", ".", "length", ">=", "15"]),
        words(&["has", "(", "event", ".", "absent", ")"]),
        words(&[
            "event", "[", "\"kind\"", "]", "in", "[", "'up'", ",", "'down'", "]",
        ]),
        words(&["event", ".", "absent", "==", "-", "2.5"]),
        words(&["event", ".", "kind", ".", "contains", "(", "'u p'", ")"]),
    ]);
    leaf.prop_recursive(3, 12, 2, |inner| {
        let pair = (
            inner.clone(),
            prop::sample::select(vec!["&&", "||", "=="]),
            inner.clone(),
        );
        prop_oneof![
            pair.prop_map(|(left, operator, right)| {
                let sides = ["(".to_owned()].into_iter().chain(left).chain([
                    ")".into(),
                    operator.into(),
                    "(".into(),
                ]);
                sides.chain(right).chain([")".into()]).collect()
            }),
            inner.prop_map(|inner| ["!".to_owned(), "(".into()]
                .into_iter()
                .chain(inner)
                .chain([")".into()])
                .collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_compiled_or_refused(texts in prop::collection::vec(".{0,40}", 8)) {
        let mut compiler = ExpressionCompiler::new();
        for text in texts {
            let _ = compiler.compile(&text, ExpectedResult::Condition, &catalog());
        }
    }

    #[test]
    fn any_words_are_compiled_or_refused(texts in prop::collection::vec(any_words(), 8)) {
        let mut compiler = ExpressionCompiler::new();
        for text in texts {
            for problem in compiler.compile(&text, ExpectedResult::Condition, &catalog()).err().unwrap_or_default() {
                prop_assert!(text.get(problem.span.clone()).is_some(), "{:?} {:?}", text, problem);
                prop_assert!(!problem.message.contains("parser cannot read"), "the parser panicked on {:?}", text);
            }
        }
    }

    #[test]
    fn s11_arithmetic_is_that_of_wide_integers((source, value) in any_arithmetic()) {
        match compile_expression(&source, ExpectedResult::Number, &catalog()) {
            Ok(expression) => {
                let found = on_event(|env| expression.eval_number(env)).map(|number| number.as_micros() / 1_000_000);
                prop_assert_eq!(found.ok(), value, "{}", source);
            }
            Err(problems) => prop_assert!(
                value.is_none() && problems[0].message.starts_with("this always fails"), "{}: {:?}", source, problems
            ),
        }
    }

    #[test]
    fn s9_white_space_does_not_change_the_canonical_text(
        words in any_condition(),
        space in prop::sample::select(vec!["  ", "\n", "\t", " // note\n"]),
    ) {
        let mut compiler = ExpressionCompiler::new();
        let mut compiled = |source: &str| compiler.compile(source, ExpectedResult::Condition, &catalog());
        let plain = compiled(&words.join(" ")).expect("the words make a condition");
        let spaced = compiled(&words.join(space)).expect("white space makes no difference");
        prop_assert_eq!(plain.canonical_text(), spaced.canonical_text());
        let again = compiled(&plain.canonical_text()).expect("canonical text can be compiled");
        prop_assert_eq!(again.canonical_text(), plain.canonical_text());
        prop_assert_eq!(on_event(|env| again.eval_condition(env)), on_event(|env| plain.eval_condition(env)));
    }
}
