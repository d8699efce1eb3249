//! Tests of values and properties.

use proptest::prelude::*;

use super::*;

fn nested(depth: usize) -> String {
    format!("{}{}", "{\"a\":".repeat(depth - 1) + "{", "}".repeat(depth))
}

#[test]
fn json_becomes_sorted_props_and_canonical_json() {
    for (json, canonical) in [
        ("{}", "{}"),
        (r#" { "b" : 1 , "a" : null } "#, r#"{"a":null,"b":1}"#),
        (
            r#"{"x":{"z":[1,2.5,"t"],"y":true}}"#,
            r#"{"x":{"y":true,"z":[1,2.5,"t"]}}"#,
        ),
        (r#"{"é\u0041":"\n\"\u00e9"}"#, r#"{"éA":"\n\"é"}"#),
        (
            r#"{"n":[-9223372036854775808,9223372036854775807,1.0,1e2]}"#,
            r#"{"n":[-9223372036854775808,9223372036854775807,1.0,100.0]}"#,
        ),
    ] {
        let props =
            Props::from_json(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(props.to_json(), canonical);
    }
}

#[test]
fn s25_bad_props_are_refused_with_the_reason() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(limits::PROPS_BYTES));
    let deep_list = format!("{{\"a\":{}", "[".repeat(10_000));
    let unicode = b"{\"a\":\"\xff\"}".as_slice();
    for (json, reason) in [
        (b"".as_slice(), "EOF"),
        (b"[]", "expected an object of properties"),
        (b"null", "expected an object of properties"),
        (b"{\"a\":1} x", "trailing characters"),
        (b"{\"a\":NaN}", "expected value"),
        (b"{\"a\":-Infinity}", "invalid number"),
        (b"{\"a\":1e999}", "number out of range"),
        (b"{\"a\":1,\"a\":1}", "`a` is given twice"),
        (b"{\"a\":[{\"b\":1,\"c\":2,\"b\":3}]}", "`b` is given twice"),
        (b"{\"a\":\"\\ud800\"}", "hex escape"),
        (unicode, "invalid UTF-8 after byte 6"),
        (
            nested(limits::PROPS_DEPTH + 1).as_bytes(),
            "deeper than 16 levels",
        ),
        (nested(10_000).as_bytes(), "deeper than 16 levels"),
        (deep_list.as_bytes(), "deeper than 16 levels"),
        (long.as_bytes(), "the limit is 65536"),
    ] {
        let error = Props::from_json(json)
            .expect_err(&String::from_utf8_lossy(json))
            .to_string();
        assert!(error.contains(reason), "{error:?} lacks {reason:?}");
    }
    assert!(Props::from_json(nested(limits::PROPS_DEPTH).as_bytes()).is_ok());
}

#[test]
fn s25_props_built_in_code_are_checked() {
    let deep = (0..limits::PROPS_DEPTH).fold(Value::Null, |inner, _| Value::List(vec![inner]));
    for (props, error) in [
        (props! { "a" => f64::NAN }, Some(PropsError::NotFinite)),
        (
            props! { "a" => vec![f64::INFINITY] },
            Some(PropsError::NotFinite),
        ),
        (props! { "a" => deep }, Some(PropsError::TooDeep)),
        (props! { "a" => "x".repeat(limits::PROPS_BYTES - 8) }, None),
        (
            props! { "a" => "x".repeat(limits::PROPS_BYTES - 7) },
            Some(PropsError::TooLarge(limits::PROPS_BYTES + 1)),
        ),
    ] {
        assert_eq!(props.check_limits().err(), error);
    }
}

#[test]
fn props_keep_names_sorted_and_single() {
    let mut props = props! { "b" => 1, "a" => 2, "c" => 3 };
    assert_eq!(props.insert("b", "new"), Some(Value::Int(1)));
    assert_eq!(props.remove("c"), Some(Value::Int(3)));
    assert_eq!(props.get("c"), None);
    assert_eq!(props.to_json(), r#"{"a":2,"b":"new"}"#);
    let collected: Props = [
        ("b".into(), 1.into()),
        ("a".into(), 2.into()),
        ("b".into(), 3.into()),
    ]
    .into_iter()
    .collect();
    assert_eq!(collected, props! { "a" => 2, "b" => 3 });
}

#[test]
fn names_are_found_among_few_and_among_many() {
    for count in [0, 1, LINEAR_SEARCH_LIMIT, LINEAR_SEARCH_LIMIT + 1, 100] {
        let props: Props = (0..count)
            .map(|n| (format!("n{n}").into(), Value::Int(n as i64)))
            .collect();
        for n in 0..count {
            assert_eq!(
                props.get(&format!("n{n}")),
                Some(&Value::Int(n as i64)),
                "{n} of {count}"
            );
        }
        assert_eq!(props.get("n"), None, "of {count}");
    }
}

#[test]
fn numbers_are_read_as_integers_or_decimals() {
    for (value, int, decimal) in [
        (Value::Int(7), Some(7), Some("7")),
        (Value::Float(7.0), Some(7), Some("7")),
        (Value::Float(7.5), None, Some("7.5")),
        (Value::Float(1e300), None, None),
        (Value::from("7"), None, None),
    ] {
        assert_eq!(value.as_int(), int, "{value:?}");
        assert_eq!(
            value
                .as_decimal()
                .map(|decimal| decimal.to_string())
                .as_deref(),
            decimal,
            "{value:?}"
        );
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has finite numbers only", |float| float.is_finite())
            .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map(".{0,3}", inner, 0..4).prop_map(|map| Value::Map(
                map.into_iter()
                    .map(|(name, value)| (name.into(), value))
                    .collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn s12_json_and_back_is_the_same(value in any_value()) {
        let props = props! { "value" => value };
        prop_assert_eq!(Props::from_json(props.to_json().as_bytes()), Ok(props));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Props::from_json(&bytes);
    }
}
