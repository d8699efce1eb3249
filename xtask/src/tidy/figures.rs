//! Figures of the language of shipped code, for each crate and in all.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::items::{self, ItemKind, SourceItem};
use super::language;
use super::modules::{self, ModuleGraph};
use super::openers;
use super::tree::SourceTree;

/// Words that say nothing. They do not count in a name.
const FILLERS: &[&str] = &["do", "handle", "it", "data", "impl", "the", "a"];

/// Figures of one crate, or of all.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct LanguageFigures {
    functions: usize,
    short_functions: usize,
    types: usize,
    short_types: usize,
    duplicate_types: usize,
    question_lines: usize,
    banned_words: usize,
    cycle_size: usize,
    public_fields: usize,
}

/// Prints the figures of the sources below `root`. Returns false if they cannot be read.
pub(crate) fn print_figures(root: &Path) -> bool {
    match SourceTree::read_all(root) {
        Ok(tree) => {
            print!("{}", format_table(&measure_crates(&tree)));
            true
        }
        Err(error) => {
            eprintln!("cannot read the sources: {error}");
            false
        }
    }
}

/// Measures every crate below `crates/`.
fn measure_crates(tree: &SourceTree) -> BTreeMap<String, LanguageFigures> {
    let mut crates: BTreeMap<String, LanguageFigures> = BTreeMap::new();
    let mut type_counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for file in tree.rust_files() {
        let Some(folder) = file.crate_folder() else {
            continue;
        };
        let tokens = file.shipped_tokens();
        let figures = crates.entry(folder.to_owned()).or_default();
        figures.question_lines += openers::find_banned_openers(&tokens).len();
        figures.banned_words += language::count_banned_words(&tokens);
        for item in items::find_items(&tokens) {
            figures.add_item(item);
            if item.kind == ItemKind::Type {
                let key = (folder.to_owned(), item.name.to_owned());
                *type_counts.entry(key).or_default() += 1;
            }
        }
    }
    for ((folder, _), count) in type_counts {
        if let Some(figures) = crates.get_mut(&folder).filter(|_| count > 1) {
            figures.duplicate_types += 1;
        }
    }
    let cycle_size = |graph: &ModuleGraph| graph.largest_cycle().len();
    for (folder, graph) in modules::read_graphs(tree) {
        crates.entry(folder).or_default().cycle_size = cycle_size(&graph);
    }
    crates
}

impl LanguageFigures {
    fn add_item(&mut self, item: SourceItem<'_>) {
        let is_short = count_words(item.name) <= 1;
        match item.kind {
            ItemKind::Function => {
                self.functions += 1;
                self.short_functions += usize::from(is_short);
            }
            ItemKind::Type => {
                self.types += 1;
                self.short_types += usize::from(is_short);
            }
            ItemKind::PublicField => self.public_fields += 1,
        }
    }

    /// Adds the figures of another crate. The largest cycle stays the largest of one crate.
    fn add_crate(&mut self, other: &Self) {
        self.functions += other.functions;
        self.short_functions += other.short_functions;
        self.types += other.types;
        self.short_types += other.short_types;
        self.duplicate_types += other.duplicate_types;
        self.question_lines += other.question_lines;
        self.banned_words += other.banned_words;
        self.cycle_size = self.cycle_size.max(other.cycle_size);
        self.public_fields += other.public_fields;
    }
}

/// Row of a Markdown table.
impl fmt::Display for LanguageFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let functions = format_share(self.short_functions, self.functions);
        let types = format_share(self.short_types, self.types);
        write!(
            f,
            "{functions} | {types} | {} | {} | {} | {} | {} |",
            self.duplicate_types,
            self.question_lines,
            self.banned_words,
            self.cycle_size,
            self.public_fields
        )
    }
}

fn format_table(crates: &BTreeMap<String, LanguageFigures>) -> String {
    let mut table = "| crate | one-word functions | one-word types | duplicate type names | \
        question words | banned words | largest cycle | public fields |\n\
        |---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let mut total = LanguageFigures::default();
    for (folder, figures) in crates {
        total.add_crate(figures);
        table += &format!("| {folder} | {figures}\n");
    }
    table + &format!("| all | {total}\n")
}

fn format_share(part: usize, whole: usize) -> String {
    // One decimal is enough to see a change of a few names.
    let tenths = (part * 1000 + whole / 2).checked_div(whole).unwrap_or(0);
    format!("{}.{} % of {whole}", tenths / 10, tenths % 10)
}

/// Counts the words of a name in either style, without fillers.
fn count_words(name: &str) -> usize {
    let mut words: Vec<String> = Vec::new();
    let mut after_lower = false;
    for part in name.split('_').filter(|part| !part.is_empty()) {
        words.push(String::new());
        for c in part.chars() {
            if c.is_uppercase() && after_lower {
                words.push(String::new());
            }
            after_lower = !c.is_uppercase();
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        after_lower = false;
    }
    words
        .iter()
        .filter(|word| !FILLERS.contains(&word.as_str()))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_do_not_count_as_words_of_a_name() {
        let table = [
            ("load", 1),
            ("load_cells", 2),
            ("do_load_it", 1),
            ("handle_it", 0),
            ("BadgeRow", 2),
            ("BadgeData", 1),
            ("HTTPServer", 1),
            ("ApiKey2", 2),
            ("_rest", 1),
        ];
        for (name, expected) in table {
            assert_eq!(count_words(name), expected, "{name}");
        }
    }

    #[test]
    fn figures_are_counted_per_crate_and_in_all() {
        let tree = SourceTree::from_texts(&[
            (
                "crates/core/src/lib.rs",
                "/// Who is told.\npub struct Row { pub id: u8 }\nfn load() {}\nfn load_row() {}\n\
                    fn find_row() {}\n#[cfg(test)]\nmod tests {\n    fn look() {}\n}\n",
            ),
            (
                "crates/core/src/row.rs",
                "use crate::other;\npub struct Row;\n",
            ),
            ("crates/core/src/other.rs", "use crate::row;\n"),
            ("crates/engine/src/lib.rs", "struct LedgerRow(pub u8);\n"),
            ("crates/engine/tests/all.rs", "fn look() {}\n"),
        ]);
        let expected = "\
| core | 33.3 % of 3 | 100.0 % of 2 | 1 | 1 | 1 | 2 | 1 |
| engine | 0.0 % of 0 | 0.0 % of 1 | 0 | 0 | 0 | 0 | 1 |
| all | 33.3 % of 3 | 66.7 % of 3 | 1 | 1 | 1 | 2 | 2 |
";
        let table = format_table(&measure_crates(&tree));
        assert!(table.ends_with(expected), "{table}");
    }
}
