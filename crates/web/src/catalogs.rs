//! Catalogs as they are sent to the service: reading them, and running their own tests.

use accolade::Catalog;
use accolade_core::catalog::Format;
use accolade_core::catalog::diagnostic::Diagnostics;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::site::App;

/// One of a catalog's own tests.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Tested {
    /// Its name.
    pub(crate) name: String,
    /// Whether it passed.
    pub(crate) passed: bool,
    /// What did not come out as expected.
    pub(crate) failures: Vec<TestFailure>,
}

/// What did not come out as a test expected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TestFailure {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What was expected, and what came out.
    pub(crate) message: String,
}

/// Reads a catalog as the engine would take it, with the badges in code that the one in force has, and does something
/// with it. Conditions are parsed on a stack of their own size and tests are run, which takes a while, and so it is done
/// where waiting harms nobody.
pub(crate) async fn read<T: Send + 'static>(
    app: &App,
    source: String,
    format: Format,
    work: impl FnOnce(Result<Catalog, Diagnostics>) -> T + Send + 'static,
) -> Result<T, Problem> {
    let code = app.engine.catalog().code_badges().to_vec();
    let work = move || work(Catalog::new(&source, "the catalog", format, code));
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::internal(&error))
}

/// Runs a catalog's own tests.
pub(crate) fn test(catalog: &Catalog) -> Vec<Tested> {
    let source = catalog.source();
    let line = |offset: usize| {
        1 + source
            .bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count()
    };
    let tested = |test: accolade_core::testing::TestResult| {
        let failures = test.failures.into_iter();
        let failures = failures.map(|it| TestFailure {
            line: line(it.span.start),
            message: it.message,
        });
        let failures: Vec<_> = failures.collect();
        Tested {
            name: test.name,
            passed: failures.is_empty(),
            failures,
        }
    };
    catalog.run_tests().into_iter().map(tested).collect()
}

/// What a format is called: `toml` or `json`.
pub(crate) fn word(format: Format) -> &'static str {
    match format {
        Format::Toml => "toml",
        Format::Json => "json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_tell_what_did_not_hold_and_where() {
        let catalog = "[[badge]]\nid = 'fan'\ncriterion = { count = 'visit' }\n\n[[test]]\nname = 'wrong'\n\
            given = []\nexpect = { ada = { badges = ['fan'] } }";
        let results = test(&Catalog::from_toml(catalog).unwrap());
        assert!(!results[0].passed);
        assert_eq!(results[0].failures[0].line, 8);
    }
}
