//! Invariants of the sources that no compiler checks.
//!
//! Each is a named check of a tree of files. `tests.rs` has a bad example for every check.

mod cycles;
mod figures;
mod guarantees;
mod imports;
mod items;
mod language;
mod lexer;
mod links;
mod manifests;
mod modules;
mod openers;
mod purity;
mod rules;
mod rust;
mod text;
mod tree;
mod type_names;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use crate::results::CheckCounts;
pub(crate) use figures::print_figures;
pub(crate) use tree::SourceTree;

/// Check of one invariant.
struct SourceCheck {
    name: &'static str,
    /// Reason for the invariant, and fix for violations.
    why: &'static str,
    run: fn(&SourceTree) -> Vec<CheckFinding>,
}

/// Violation of an invariant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct CheckFinding {
    path: String,
    /// Line number, from 1; 0 stands for the whole file.
    line: usize,
    what: String,
}

const CHECKS: &[SourceCheck] = &[
    SourceCheck {
        name: "imports-one-way",
        why: "cli → engine → core, sqlite → engine, and testing only in tests; the table is in xtask/src/tidy/imports.rs",
        run: imports::check_layers,
    },
    SourceCheck {
        name: "one-home-per-library",
        why: "a library that changes often, or that not every host needs, has a single home",
        run: imports::check_homes,
    },
    SourceCheck {
        name: "core-is-pure",
        why: "equal catalogs, events and times must give equal states everywhere: pass in the rest",
        run: purity::check_core_purity,
    },
    SourceCheck {
        name: "workspace-dependencies",
        why: "versions and lints are defined in the root Cargo.toml only: write `workspace = true`",
        run: manifests::check_inheritance,
    },
    SourceCheck {
        name: "dependencies-explained",
        why: "state the purpose of a dependency in a comment on its line in the root Cargo.toml",
        run: manifests::check_explanations,
    },
    SourceCheck {
        name: "repository-address",
        why: "`repository` in the root Cargo.toml is the address of the project: write the same one",
        run: manifests::check_repository_address,
    },
    SourceCheck {
        name: "short-files",
        why: "a file has one reason to exist: split it",
        run: rust::check_file_lengths,
    },
    SourceCheck {
        name: "finished-work",
        why: "open an issue for unfinished work, and remove the mark from the source",
        run: rust::check_unfinished_marks,
    },
    SourceCheck {
        name: "no-ignored-tests",
        why: "a test that does not run proves nothing: fix it or delete it",
        run: rust::check_ignored_tests,
    },
    SourceCheck {
        name: "no-sleeping-tests",
        why: "a test that sleeps is slow or flaky: wait for the event itself",
        run: rust::check_sleeping_tests,
    },
    SourceCheck {
        name: "no-unwrap",
        why: "return an error, or state with `expect` why it cannot fail",
        run: rust::check_unwrap,
    },
    SourceCheck {
        name: "plain-text",
        why: "no tabs, no white space at line ends, a newline at the end",
        run: text::check_plain_text,
    },
    SourceCheck {
        name: "no-private-paths",
        why: "a path of one machine is invalid on another: write it relative to the root",
        run: text::check_private_paths,
    },
    SourceCheck {
        name: "links",
        why: "a relative link in Markdown must have a target in the project: fix or remove it",
        run: links::check_links,
    },
    SourceCheck {
        name: "promises-tested",
        why: "docs/guarantees.md must name tests that exist, as `path/file.rs::test_name`",
        run: guarantees::check_named_tests,
    },
    SourceCheck {
        name: "plain-language",
        why: "docs/style.md bans the word and names a standard one: rewrite the text",
        run: language::check_banned_words,
    },
    SourceCheck {
        name: "doc-openers",
        why: "documentation begins with a verb phrase or a noun phrase: rewrite the sentence",
        run: openers::check_doc_openers,
    },
    SourceCheck {
        name: "unique-type-names",
        why: "a type name has one meaning in a crate: add a suffix for the layer (docs/style.md)",
        run: type_names::check_unique_types,
    },
    SourceCheck {
        name: "rules-resolve",
        why: "cite a rule of docs/semantics.md by its number, and only to readers of the source",
        run: rules::check_rule_numbers,
    },
    SourceCheck {
        name: "module-cycles",
        why: "modules depend on each other in one direction: move what both need to a third one",
        run: cycles::check_module_cycles,
    },
];

/// Runs every check on the sources below `root`, prints the violations, and counts the checks.
pub(crate) fn run_checks(root: &Path) -> CheckCounts {
    let tree = match SourceTree::read_all(root) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("cannot read the sources: {error}");
            return CheckCounts::single(false);
        }
    };
    let mut tally = CheckCounts::default();
    for check in CHECKS {
        let findings = check.find_violations(&tree);
        tally += CheckCounts::single(findings.is_empty());
        for finding in &findings {
            println!("{finding}");
        }
        if !findings.is_empty() {
            println!("  {}: {}\n", check.name, check.why);
        }
    }
    println!(
        "invariants: {} hold, {} violated",
        tally.passed, tally.failed
    );
    tally
}

impl SourceCheck {
    /// Finds the violations of the invariant, in order of the files.
    fn find_violations(&self, tree: &SourceTree) -> Vec<CheckFinding> {
        let mut findings = (self.run)(tree);
        findings.sort();
        findings
    }
}

impl CheckFinding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for CheckFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}
