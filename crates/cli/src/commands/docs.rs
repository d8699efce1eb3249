//! `accolade docs`

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use clap::ValueEnum;
use serde_json::json;

use crate::args::{DocsArgs, DocsPage};
use crate::error::{CommandError, ExitStatus};
use crate::output::{self, Output, render_table};

/// Shows a page of the documentation, or lists all pages.
pub(crate) fn run_docs(args: &DocsArgs, output: Output) -> Result<ExitStatus, CommandError> {
    match args.page {
        Some(page) if output.is_json() => {
            output.print_result(
                &json!({ "page": page_name(page), "text": page.text() }),
                String::new,
            )?;
        }
        Some(page) if io::stdout().is_terminal() && show_in_pager(page.text()) => {}
        Some(page) => output::print_text(page.text().trim_end())?,
        None => list_pages(output)?,
    }
    Ok(ExitStatus::Success)
}

impl DocsPage {
    fn text(self) -> &'static str {
        match self {
            Self::Tutorial => include_str!("../../docs/tutorial.md"),
            Self::Concepts => include_str!("../../docs/concepts.md"),
            Self::Cookbook => include_str!("../../docs/cookbook.md"),
            Self::Troubleshooting => include_str!("../../docs/troubleshooting.md"),
            Self::Catalog => include_str!("../../docs/catalog.md"),
            Self::Cli => include_str!("../../docs/cli.md"),
            Self::Http => include_str!("../../docs/http.md"),
            Self::Pages => include_str!("../../docs/pages.md"),
            Self::Semantics => include_str!("../../docs/semantics.md"),
            Self::Glossary => include_str!("../../docs/glossary.md"),
        }
    }
}

fn page_name(page: DocsPage) -> String {
    let value = page.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

fn list_pages(output: Output) -> Result<(), CommandError> {
    let pages = DocsPage::value_variants();
    let names: Vec<String> = pages.iter().copied().map(page_name).collect();
    output.print_result(&json!({ "pages": names }), || {
        let rows = pages.iter().filter_map(|page| {
            let value = page.to_possible_value()?;
            let help = value.get_help()?.to_string();
            Some([format!("accolade docs {}", value.get_name()), help])
        });
        render_table(["command", "page"], &[], rows.collect())
    })
}

/// Shows a text in the pager that `PAGER` names, or in `less`. Returns false if it cannot be started.
fn show_in_pager(text: &str) -> bool {
    let named = env::var("PAGER")
        .ok()
        .filter(|pager| !pager.trim().is_empty());
    let pager = named.unwrap_or_else(|| "less".to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else {
        return false;
    };
    let started = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        return false;
    };
    if let Some(mut input) = child.stdin.take() {
        // The person can leave the pager before the end.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().is_ok()
}
