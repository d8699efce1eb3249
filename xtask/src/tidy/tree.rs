//! Files of the project, with Rust lines divided into shipped code and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use super::lexer::{self, Token};

/// Extensions of text files. Other files are known only by their path.
const TEXT_EXTENSIONS: &[&str] = &[
    "css", "html", "js", "json", "md", "py", "rs", "service", "sh", "sql", "timer", "toml", "yaml",
    "yml",
];
/// Text files without such an extension.
const TEXT_FILES: &[&str] = &[
    ".ci/run",
    ".gitignore",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "deploy/container/Containerfile",
];
/// Crate that only tests import, so that all of its lines are lines of tests.
const TESTING_FOLDER: &str = "crates/testing/";
/// Hidden folders that belong to the project.
const PROJECT_FOLDERS: &[&str] = &[".cargo", ".ci", ".github"];

/// Files of the project. Paths are relative to the root and use `/`; only text files have a text.
#[derive(Debug, Default)]
pub(crate) struct SourceTree {
    files: BTreeMap<String, Option<String>>,
}

impl SourceTree {
    /// Reads all files below `root`, except for build output and hidden folders.
    pub(crate) fn read_all(root: &Path) -> io::Result<Self> {
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
            let kind = entry.file_type()?;
            // A link can be linked to, but its text is checked only at the path of the file itself.
            if kind.is_symlink() {
                self.files.insert(path, None);
                continue;
            }
            if kind.is_dir() {
                if name != "target"
                    && (!name.starts_with('.') || PROJECT_FOLDERS.contains(&name.as_str()))
                {
                    self.read_folder(root, &path)?;
                }
            } else {
                // The text behind a link is a file of the project itself.
                let text = if is_text(&path) && !entry.file_type()?.is_symlink() {
                    Some(read_text(&entry.path())?)
                } else {
                    None
                };
                self.files.insert(path, text);
            }
        }
        Ok(())
    }

    /// Creates a tree for tests.
    #[cfg(test)]
    pub(crate) fn from_texts(files: &[(&str, &str)]) -> Self {
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

    /// Returns the text of a text file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// True if the path is a file, or a folder with files. The root is the empty path.
    pub(crate) fn has_path(&self, path: &str) -> bool {
        if path.is_empty() {
            return true;
        }
        let folder = format!("{path}/");
        self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(p, _)| p.starts_with(&folder))
    }

    /// Iterates over all text files, in order of their paths.
    pub(crate) fn text_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Iterates over the text files whose path has this ending.
    pub(crate) fn files_ending_with(&self, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.text_files()
            .filter(move |(path, _)| path.ends_with(end))
    }

    /// Iterates over all Rust files.
    pub(crate) fn rust_files(&self) -> impl Iterator<Item = RustFile<'_>> {
        let test_modules: BTreeSet<String> = self
            .files_ending_with(".rs")
            .flat_map(|(path, text)| find_test_modules(path, text))
            .collect();
        self.files_ending_with(".rs").map(move |(path, text)| {
            let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
            let folders = path.starts_with(TESTING_FOLDER)
                || path
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
                count_shipped_lines(text)
            };
            RustFile { path, text, ships }
        })
    }
}

/// Rust file. Its first lines are shipped code, the rest are tests.
pub(crate) struct RustFile<'a> {
    /// Path relative to the root.
    pub(crate) path: &'a str,
    /// Complete text.
    pub(crate) text: &'a str,
    ships: usize,
}

impl<'a> RustFile<'a> {
    /// Iterates over the lines of shipped code without their comments, numbered from 1.
    pub(crate) fn shipped_lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        number_lines(self.text)
            .take(self.ships)
            // Cutting at `//` inside a string only hides the rest of that line.
            .map(|(number, line)| (number, line.split("//").next().unwrap_or(line)))
    }

    /// Splits the whole file into tokens.
    pub(crate) fn tokens(&self) -> Vec<Token<'a>> {
        lexer::split_tokens(self.text)
    }

    /// Splits the shipped code into tokens, without single items that are for tests only.
    pub(crate) fn shipped_tokens(&self) -> Vec<Token<'a>> {
        let mut tokens = self.tokens();
        tokens.retain(|token| token.line <= self.ships);
        lexer::drop_test_items(tokens)
    }

    /// Returns the folder of the crate below `crates/` if the file is one of its sources.
    pub(crate) fn crate_folder(&self) -> Option<&'a str> {
        let (folder, rest) = self.path.strip_prefix("crates/")?.split_once('/')?;
        rest.starts_with("src/").then_some(folder)
    }

    /// Iterates over the lines of tests, numbered from 1.
    pub(crate) fn test_lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        number_lines(self.text).skip(self.ships)
    }
}

/// Numbers the lines of a text, from 1.
pub(crate) fn number_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line))
}

/// True if the character can be part of a name in Rust.
pub(crate) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_text(path: &str) -> bool {
    TEXT_FILES.contains(&path)
        || path
            .rsplit_once('.')
            .is_some_and(|(_, ending)| TEXT_EXTENSIONS.contains(&ending))
}

fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Finds the modules that a file declares for tests only, as paths without `.rs`.
fn find_test_modules(path: &str, text: &str) -> Vec<String> {
    let own = path.trim_end_matches(".rs");
    let (folder, stem) = own.rsplit_once('/').unwrap_or(("", own));
    let home = if matches!(stem, "lib" | "main" | "mod") {
        folder
    } else {
        own
    };
    lines_after_test_marks(text)
        .filter_map(|(_, line)| line.split_once("mod ")?.1.strip_suffix(';'))
        .map(|name| format!("{home}/{name}"))
        .collect()
}

/// Counts the lines before the test module at the end of a file.
fn count_shipped_lines(text: &str) -> usize {
    let module = lines_after_test_marks(text)
        .find(|(_, line)| line.starts_with("mod ") && line.ends_with('{'));
    module.map_or_else(|| text.lines().count(), |(number, _)| number - 1)
}

/// Finds the lines that follow a `#[cfg(test)]`, numbered from 1.
fn lines_after_test_marks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    number_lines(text)
        .zip(text.lines().skip(1))
        .filter(|((_, mark), _)| mark.trim() == "#[cfg(test)]")
        .map(|((number, _), next)| (number + 1, next.trim()))
}
