//! The house's invariants: what no compiler holds, held by reading the sources.
//!
//! Each is a named check over a [`Tree`] of files; `tests.rs` shows for every one that it fails on
//! a bad example.

mod imports;
mod links;
mod manifests;
mod promises;
mod purity;
mod rust;
mod text;
mod tree;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;

use crate::tally::Tally;
use tree::Tree;

/// One invariant.
struct Check {
    name: &'static str,
    /// Why it is so, and how to mend what breaks it.
    why: &'static str,
    run: fn(&Tree) -> Vec<Finding>,
}

/// One place where an invariant is broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    /// Counted from 1; 0 means the file as a whole.
    line: usize,
    what: String,
}

const CHECKS: &[Check] = &[
    Check {
        name: "imports-one-way",
        why: "cli → engine → core and sqlite → engine; the table is in xtask/src/tidy/imports.rs",
        run: imports::one_way,
    },
    Check {
        name: "one-home-per-library",
        why: "a library that breaks often, or that not every host wants, is named in one place only",
        run: imports::one_home,
    },
    Check {
        name: "core-is-pure",
        why: "the same catalog, events and now must give the same state everywhere: pass in what you need",
        run: purity::core_is_pure,
    },
    Check {
        name: "workspace-dependencies",
        why: "versions and lints are kept once, in the root Cargo.toml: write `workspace = true`",
        run: manifests::inherited,
    },
    Check {
        name: "dependencies-explained",
        why: "whoever adds a dependency says what it is for, behind it on its line in the root Cargo.toml",
        run: manifests::explained,
    },
    Check {
        name: "short-files",
        why: "a file has one reason to exist: split it",
        run: rust::short_files,
    },
    Check {
        name: "finished-work",
        why: "what is not done yet is an issue, not a mark in the source",
        run: rust::no_marks,
    },
    Check {
        name: "no-ignored-tests",
        why: "a test that does not run proves nothing: mend it or delete it",
        run: rust::no_ignored_tests,
    },
    Check {
        name: "no-sleeping-tests",
        why: "a test that sleeps is slow on good days and fails on bad ones: wait for the thing itself",
        run: rust::no_sleeping_tests,
    },
    Check {
        name: "no-unwrap",
        why: "return an error, or say with `expect` why it cannot fail",
        run: rust::no_unwrap,
    },
    Check {
        name: "plain-text",
        why: "no tabs, no white space at line ends, a newline at the end",
        run: text::plain,
    },
    Check {
        name: "no-private-paths",
        why: "a path of one machine means nothing on another: write it relative to the root",
        run: text::no_private_paths,
    },
    Check {
        name: "links",
        why: "a relative link in Markdown leads to a file of the project",
        run: links::lead_somewhere,
    },
    Check {
        name: "promises-tested",
        why: "docs/guarantees.md promises what a test holds: name one that exists, as `file.rs::name_of_the_test`",
        run: promises::name_tests,
    },
];

/// Runs every check over the sources below `root`, prints what is broken, and counts the checks.
pub(crate) fn run(root: &Path) -> Tally {
    let tree = match Tree::read(root) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("could not read the sources: {error}");
            return Tally::one(false);
        }
    };
    let mut tally = Tally::default();
    for check in CHECKS {
        let findings = check.find(&tree);
        tally += Tally::one(findings.is_empty());
        for finding in &findings {
            println!("{finding}");
        }
        if !findings.is_empty() {
            println!("  {}: {}\n", check.name, check.why);
        }
    }
    println!(
        "{} invariants hold, {} are broken",
        tally.passed, tally.failed
    );
    tally
}

impl Check {
    /// What breaks the invariant, in the order of the files.
    fn find(&self, tree: &Tree) -> Vec<Finding> {
        let mut findings = (self.run)(tree);
        findings.sort();
        findings
    }
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}
