//! The files of the project, and which of their lines are code that ships.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// Kinds of files that people write; others are known by their path alone.
const TEXT: &[&str] = &[
    "css", "html", "js", "json", "md", "py", "rs", "sh", "sql", "toml", "yaml", "yml",
];
/// Text files without such an ending.
const NAMED: &[&str] = &[".ci/run", ".gitignore", "LICENSE-APACHE", "LICENSE-MIT"];
/// Hidden folders that belong to the project; others do not.
const HIDDEN: &[&str] = &[".cargo", ".ci", ".github"];

/// Paths relative to the root with `/` between folders, and the text of those that are text.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Everything below `root` but what cargo built and hidden folders.
    pub(crate) fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    fn read_folder(&mut self, root: &Path, folder: &str) -> io::Result<()> {
        for entry in fs::read_dir(root.join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            if entry.file_type()?.is_dir() {
                if name != "target" && (!name.starts_with('.') || HIDDEN.contains(&name.as_str())) {
                    self.read_folder(root, &path)?;
                }
            } else {
                let text = if is_text(&path) {
                    Some(read_text(&entry.path())?)
                } else {
                    None
                };
                self.files.insert(path, text);
            }
        }
        Ok(())
    }

    /// A made-up tree.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| {
            (
                (*path).to_owned(),
                is_text(path).then(|| (*text).to_owned()),
            )
        });
        Self {
            files: files.collect(),
        }
    }

    /// Whether there is such a file, or a folder with files in it.
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(p, _)| p.starts_with(&folder))
    }

    /// All text files, by path.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// All text files whose path ends so.
    pub(crate) fn ending(&self, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(move |(path, _)| path.ends_with(end))
    }

    /// All files of Rust, with their lines divided into code that ships and code that only tests.
    pub(crate) fn rust(&self) -> impl Iterator<Item = Rust<'_>> {
        let test_modules: BTreeSet<String> = self
            .ending(".rs")
            .flat_map(|(path, text)| test_modules(path, text))
            .collect();
        self.ending(".rs").map(move |(path, text)| {
            let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
            let folders = path
                .split('/')
                .any(|part| matches!(part, "tests" | "benches" | "examples"));
            let inside = test_modules.iter().any(|test| {
                module
                    .strip_prefix(test.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            let ships = if folders || inside {
                0
            } else {
                lines_that_ship(text)
            };
            Rust { path, text, ships }
        })
    }
}

/// A file of Rust. Its first lines ship, the rest are tests.
pub(crate) struct Rust<'a> {
    /// Relative to the root.
    pub(crate) path: &'a str,
    /// The whole text.
    pub(crate) text: &'a str,
    ships: usize,
}

impl<'a> Rust<'a> {
    /// Lines that ship, without their comments, numbered from 1.
    pub(crate) fn shipped(&self) -> impl Iterator<Item = (usize, &'a str)> {
        numbered(self.text)
            .take(self.ships)
            .map(|(number, line)| (number, line.split("//").next().unwrap_or(line)))
    }

    /// Lines that only test, numbered from 1.
    pub(crate) fn tests(&self) -> impl Iterator<Item = (usize, &'a str)> {
        numbered(self.text).skip(self.ships)
    }
}

/// Lines of a text, numbered from 1.
pub(crate) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line))
}

/// Whether the character can stand inside of a name in Rust.
pub(crate) fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_text(path: &str) -> bool {
    NAMED.contains(&path)
        || path
            .rsplit_once('.')
            .is_some_and(|(_, ending)| TEXT.contains(&ending))
}

fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// The modules, as paths without `.rs`, that a file declares for tests only.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let own = path.trim_end_matches(".rs");
    let (folder, stem) = own.rsplit_once('/').unwrap_or(("", own));
    let home = if matches!(stem, "lib" | "main" | "mod") {
        folder
    } else {
        own
    };
    after_test_marks(text)
        .filter_map(|(_, line)| line.split_once("mod ")?.1.strip_suffix(';'))
        .map(|name| format!("{home}/{name}"))
        .collect()
}

/// How many lines come before the module of tests at the end of a file.
fn lines_that_ship(text: &str) -> usize {
    let module =
        after_test_marks(text).find(|(_, line)| line.starts_with("mod ") && line.ends_with('{'));
    module.map_or_else(|| text.lines().count(), |(number, _)| number - 1)
}

/// The lines right after each `#[cfg(test)]`, numbered from 1.
fn after_test_marks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    numbered(text)
        .zip(text.lines().skip(1))
        .filter(|((_, mark), _)| mark.trim() == "#[cfg(test)]")
        .map(|((number, _), next)| (number + 1, next.trim()))
}
