//! Catalogs submitted to the service: parsing, and running their tests.

use accolade::{Catalog, Engine};
use accolade_core::catalog::CatalogFormat;
use accolade_core::catalog::diagnostic::Diagnostics;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// The result of a catalog test.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogTestResult)]
pub(crate) struct CatalogTestResult {
    /// The name of the test.
    pub(crate) name: String,
    /// True if the test passed.
    pub(crate) passed: bool,
    /// The expectations that were not met.
    pub(crate) failures: Vec<CatalogTestFailure>,
}

/// An expectation of a catalog test that was not met.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogTestFailure)]
pub(crate) struct CatalogTestFailure {
    /// The line in the catalog, starting at 1.
    pub(crate) line: usize,
    /// The expected and the actual result.
    pub(crate) message: String,
}

/// Parses a catalog with the code badges of the published one and passes the result to `work`.
///
/// Both run on a blocking thread, because parsing expressions and running tests can take a while.
pub(crate) async fn parse_catalog<T: Send + 'static>(
    engine: &Engine,
    source: String,
    format: CatalogFormat,
    work: impl FnOnce(Result<Catalog, Diagnostics>) -> T + Send + 'static,
) -> Result<T, Problem> {
    // Badges in code come from the host's binary, not from the document, and are carried over.
    let code = engine.catalog().published().code_badges().to_vec();
    let work = move || work(Catalog::new(&source, "the catalog", format, code));
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::internal_error(&error))
}

/// Runs the tests of a catalog.
pub(crate) fn run_tests(catalog: &Catalog) -> Vec<CatalogTestResult> {
    let tested = |test: accolade_core::testing::TestResult| {
        let failures = test.failures.into_iter();
        let failures = failures.map(|it| CatalogTestFailure {
            line: catalog.line_and_column(it.span.start).0,
            message: it.message,
        });
        let failures: Vec<_> = failures.collect();
        CatalogTestResult {
            name: test.name,
            passed: failures.is_empty(),
            failures,
        }
    };
    catalog.run_tests().into_iter().map(tested).collect()
}

/// Returns the name of a format: `toml` or `json`.
pub(crate) fn format_name(format: CatalogFormat) -> &'static str {
    match format {
        CatalogFormat::Toml => "toml",
        CatalogFormat::Json => "json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_results_name_each_failure_and_its_line() {
        let catalog = "[[badge]]\nid = 'fan'\ncriterion = { count = 'visit' }\n\n\
            [[test]]\nname = 'wrong'\ngiven = []\nexpect = { ada = { badges = ['fan'] } }";
        let results = run_tests(&Catalog::from_toml(catalog).unwrap());
        assert!(!results[0].passed);
        assert_eq!(results[0].failures[0].line, 8);
    }
}
