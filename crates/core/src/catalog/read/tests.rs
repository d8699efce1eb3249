mod criterion_errors;
mod errors;
mod help;
mod hostile;
mod valid;

use super::*;

/// Formats all errors of a text as `line:column: message (help)`.
fn errors_of(source: &str, format: CatalogFormat) -> Vec<String> {
    let (_, found) = read_catalog(source, "c", format);
    let Err(errors) = found.into_result(()) else {
        return Vec::new();
    };
    let shown = |error: &Diagnostic| {
        let (line, column) = errors.line_and_column(error.span.start);
        let help = error
            .help
            .as_ref()
            .map_or(String::new(), |help| format!(" ({help})"));
        format!("{line}:{column}: {}{help}", error.message)
    };
    errors.iter().map(shown).collect()
}

/// The source of a badge with this criterion.
fn with_criterion(criterion: &str) -> String {
    format!("[[badge]]\nid = \"b\"\ncriterion = {criterion}\n")
}

fn starter() -> &'static str {
    include_str!("../../../../cli/catalogs/starter.toml")
}
