//! Errors of `#[badge]`.

#[test]
fn errors_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
