//! `accolade check`

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use accolade::Catalog;
use accolade_core::catalog::diagnostic::Diagnostic;
use accolade_core::testing::TestResult;
use serde_json::{Value, json};

use crate::args::GlobalArgs;
use crate::catalog;
use crate::diagnostics;
use crate::error::{CommandError, ExitStatus};
use crate::event_names::EventNameCheck;
use crate::format::count_noun;
use crate::output::{self, BAD, GOOD, Output, render_table};

/// Validates a catalog and runs its tests.
pub(crate) fn run_check(
    file: Option<&PathBuf>,
    global: &GlobalArgs,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let path = file.map_or(Path::new(catalog::DEFAULT_FILE), PathBuf::as_path);
    if file.is_none() && !path.exists() {
        return Err(CommandError::new(format!(
            "{} not found; create it with `accolade init`, or name another catalog",
            path.display()
        )));
    }
    let name = path.display().to_string();
    let catalog = match catalog::load_catalog(path) {
        // With `--json` the diagnostics are the result, so they belong on standard output.
        Err(CommandError::Catalog(found)) if output.is_json() => {
            let document = json!({
                "catalog": name, "valid": false, "error_count": found.total_count(),
                "diagnostics": diagnostics::to_json(&found),
            });
            output.print_result(&document, String::new)?;
            return Ok(ExitStatus::Error);
        }
        // Otherwise an error is written to standard error, with the source lines.
        read => read?,
    };
    let tests = catalog.run_tests();
    let warnings = catalog.list_warnings();
    let names = EventNameCheck::compare(global, &catalog);
    let mut document = check_json(&name, &catalog, &tests);
    document["warnings"] = json!(diagnostics::warnings_to_json(&catalog, &warnings));
    document["event_names"] = json!(names.as_ref().map(EventNameCheck::to_json));
    output.print_result(&document, || {
        let names = names.map(|names| format!("\n{}", names.to_text()));
        describe_check(&name, &catalog, &tests)
            + &describe_warnings(&name, &catalog, &warnings)
            + &names.unwrap_or_default()
    })?;
    Ok(ExitStatus::success_if(
        tests.iter().all(|test| test.failures.is_empty()),
    ))
}

/// Counts the rules of each kind. Returns each kind in the singular and the plural, and its count.
fn count_rules(catalog: &Catalog) -> [(&'static str, &'static str, usize); 5] {
    let rules = catalog.rules();
    [
        ("currency", "currencies", rules.currencies.len()),
        ("category", "categories", rules.categories.len()),
        ("earning", "earnings", rules.earnings.len()),
        ("badge", "badges", rules.badges.len()),
        ("unlockable", "unlockables", rules.unlockables.len()),
    ]
}

/// Describes the rules of a catalog in one line: `1 currency, 2 badges`.
pub(crate) fn describe_rule_counts(catalog: &Catalog) -> String {
    let part = |(one, many, count)| format!("{count} {}", if count == 1 { one } else { many });
    count_rules(catalog).map(part).join(", ")
}

fn check_json(name: &str, catalog: &Catalog, tests: &[TestResult]) -> Value {
    let definitions: serde_json::Map<String, Value> = count_rules(catalog)
        .iter()
        .map(|(_, kind, count)| ((*kind).to_owned(), json!(count)))
        .collect();
    let tests: Vec<Value> = tests
        .iter()
        .map(|test| {
            let failures: Vec<Value> = test
                .failures
                .iter()
                .map(|failure| {
                    let line = catalog.line_and_column(failure.span.start).0;
                    json!({ "line": line, "message": failure.message })
                })
                .collect();
            json!({ "name": test.name, "passed": test.failures.is_empty(), "failures": failures })
        })
        .collect();
    json!({ "catalog": name, "valid": true, "definitions": definitions, "tests": tests })
}

/// Describes the warnings with their source lines. They do not change the exit status.
fn describe_warnings(name: &str, catalog: &Catalog, warnings: &[Diagnostic]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let styled = output::is_colored(&io::stdout());
    let mut text = String::new();
    for warning in warnings {
        let shown = diagnostics::render_warning(catalog.source(), name, warning, styled);
        let _ = writeln!(text, "\n{shown}");
    }
    let _ = writeln!(text, "\n{}", count_noun(warnings.len() as u64, "warning"));
    text
}

fn describe_check(name: &str, catalog: &Catalog, tests: &[TestResult]) -> String {
    let mut text = format!("{name}: {}\n", describe_rule_counts(catalog));
    if tests.is_empty() {
        text.push_str("no tests; add a [[test]] to verify that the rules do what you intend\n");
        return text;
    }
    let styled = output::is_colored(&io::stdout());
    for failure in tests.iter().flat_map(|test| &test.failures) {
        let remark = Diagnostic::new(
            failure.span.clone(),
            failure.message.as_str(),
            "expected here",
        );
        let _ = writeln!(
            text,
            "\n{}",
            diagnostics::render_diagnostic(catalog.source(), name, &remark, styled)
        );
    }
    let row = |test: &TestResult| {
        let result = if test.failures.is_empty() {
            "passed"
        } else {
            "FAILED"
        };
        let line = catalog.line_and_column(test.span.start).0;
        [result.to_owned(), line.to_string(), test.name.clone()]
    };
    let _ = writeln!(
        text,
        "\n{}",
        render_table(
            ["result", "line", "test"],
            &["line"],
            tests.iter().map(row).collect()
        )
    );
    let failed = tests
        .iter()
        .filter(|test| !test.failures.is_empty())
        .count() as u64;
    let style = if failed == 0 { GOOD } else { BAD };
    let _ = writeln!(
        text,
        "\n{style}{}, {failed} failed{style:#}",
        count_noun(tests.len() as u64, "test")
    );
    text
}
