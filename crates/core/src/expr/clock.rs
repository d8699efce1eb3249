//! Names that ask for the current time, which an expression cannot read.

use std::ops::Range;

use super::problem::ExpressionProblem;

/// True if a name asks for the current time, as in CEL or other languages.
pub(super) fn is_clock_name(name: &str) -> bool {
    let names = [
        "at",
        "now",
        "today",
        "timestamp",
        "duration",
        "date",
        "time",
    ];
    names.contains(&name)
        // Functions of CEL that read parts of a time, such as `getFullYear` and `getDayOfWeek`.
        || name.starts_with("getFull")
        || name.starts_with("getHours")
        || name.starts_with("getDay")
}

/// Creates the problem of an expression that asks for the current time.
pub(super) fn clock_problem(span: &Range<usize>) -> ExpressionProblem {
    ExpressionProblem::new(span.clone(), "a condition cannot read the clock")
        .with_help("use `within`, `since` or `until` of the rule, or let the application send the age as a property")
}
