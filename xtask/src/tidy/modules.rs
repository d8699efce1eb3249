//! Module graphs of crates: files, and the paths by which they use each other.
//!
//! A path counts if it begins with `crate` or `super`. A module may use its own children, because
//! it consists of them.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{Token, TokenKind};
use super::tree::SourceTree;

/// Path of a module below the root of its crate; empty for the root itself.
type ModulePath = Vec<String>;

/// Modules of a crate that are files of their own, without those for tests.
#[derive(Debug, Default)]
pub(crate) struct ModuleGraph {
    modules: BTreeMap<ModulePath, SourceModule>,
}

/// Module that is a file of its own.
#[derive(Debug)]
struct SourceModule {
    file: String,
    /// Absolute paths that the module uses, for its own code.
    uses: BTreeSet<Vec<String>>,
    /// Names that the module exports again, with their absolute paths.
    exports: BTreeMap<String, Vec<String>>,
}

/// Path in a `use` declaration, and the name that it gets.
type ImportedPath = (Vec<String>, String);

/// Reads the module graphs of all crates, by folder.
pub(crate) fn read_graphs(tree: &SourceTree) -> BTreeMap<String, ModuleGraph> {
    let mut graphs: BTreeMap<String, ModuleGraph> = BTreeMap::new();
    for file in tree.rust_files() {
        let Some(folder) = file.crate_folder() else {
            continue;
        };
        let tokens: Vec<_> = file
            .shipped_tokens()
            .into_iter()
            .filter(|token| !token.is_comment())
            .collect();
        let module = module_path(file.path);
        if tokens.is_empty() {
            continue;
        }
        let found = read_module(file.path, &module, &tokens);
        graphs
            .entry(folder.to_owned())
            .or_default()
            .modules
            .insert(module, found);
    }
    graphs
}

impl ModuleGraph {
    /// Finds the largest set of files that all use each other, directly or not. It is empty if no
    /// two files do.
    pub(crate) fn largest_cycle(&self) -> Vec<&str> {
        let reached: BTreeMap<&ModulePath, BTreeSet<&ModulePath>> = self
            .modules
            .keys()
            .map(|start| (start, self.reach_from(start)))
            .collect();
        let cycles = self.modules.keys().map(|module| {
            let mutual = reached[module]
                .iter()
                .filter(|other| reached[*other].contains(module));
            mutual
                .map(|other| self.modules[*other].file.as_str())
                .collect::<Vec<_>>()
        });
        let cycles = cycles.filter(|files| files.len() > 1);
        // The first of the largest ones, so that the result does not change without reason.
        cycles.fold(Vec::new(), |largest, files| {
            if files.len() > largest.len() {
                files
            } else {
                largest
            }
        })
    }

    /// Finds the modules that a module uses, directly or not.
    fn reach_from<'a>(&'a self, start: &'a ModulePath) -> BTreeSet<&'a ModulePath> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![start];
        while let Some(module) = waiting.pop() {
            for path in &self.modules[module].uses {
                if let Some(target) = self.resolve_path(path, 0)
                    && target != module
                    && reached.insert(target)
                {
                    waiting.push(target);
                }
            }
        }
        reached
    }

    /// Resolves an absolute path to the module that defines the item. `depth` bounds chains of
    /// exports.
    fn resolve_path(&self, path: &[String], depth: usize) -> Option<&ModulePath> {
        let (home, module) = (0..=path.len())
            .rev()
            .find_map(|length| self.modules.get_key_value(&path[..length]))?;
        let exported = path
            .get(home.len())
            .and_then(|name| module.exports.get(name))
            .filter(|target| depth < 8 && *target != path);
        exported
            .and_then(|target| self.resolve_path(target, depth + 1))
            .or(Some(home))
    }
}

/// Returns the path of the module that a file contains.
fn module_path(file: &str) -> ModulePath {
    let inside = file.split_once("/src/").map_or(file, |(_, inside)| inside);
    let mut parts: Vec<String> = inside
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    parts.pop_if(|last| matches!(last.as_str(), "mod" | "lib" | "main"));
    parts
}

fn read_module(file: &str, module: &ModulePath, tokens: &[Token<'_>]) -> SourceModule {
    let mut found = SourceModule {
        file: file.to_owned(),
        uses: BTreeSet::new(),
        exports: BTreeMap::new(),
    };
    // The path of an export may begin with a child module, which needs no `self`.
    let children: BTreeSet<&str> = tokens
        .windows(3)
        .filter(|window| window[0].is("mod") && window[2].is(";"))
        .map(|window| window[1].text)
        .collect();
    let mut index = 0;
    while index < tokens.len() {
        if tokens[index].is("use") {
            let is_export = index > 0 && (tokens[index - 1].is("pub") || tokens[index - 1].is(")"));
            let (paths, length) = read_use(&tokens[index + 1..]);
            for (path, name) in paths {
                let goes_up = leads_up(&path);
                let Some(path) = absolute_path(module, &children, &path) else {
                    continue;
                };
                if is_export && name != "*" {
                    found.exports.insert(name, path);
                } else if goes_up {
                    found.uses.insert(path);
                }
            }
            index += length + 1;
            continue;
        }
        let path = read_path(&tokens[index..]);
        let begins = index == 0 || !tokens[index - 1].is(":");
        // A visibility, `pub(super)` or `pub(in crate::admin)`, names a module without using it.
        let is_visibility = path.len() == 1
            || (index > 1 && tokens[index - 1].is("in") && tokens[index - 2].is("("));
        if leads_up(&path) && begins && !is_visibility {
            found.uses.extend(absolute_path(module, &children, &path));
        }
        // Every name of a path is followed by two colons.
        index += (3 * path.len()).saturating_sub(2).max(1);
    }
    found
}

/// True if a path leads out of its module.
fn leads_up(path: &[String]) -> bool {
    path.first()
        .is_some_and(|first| matches!(first.as_str(), "crate" | "super"))
}

/// Makes a path absolute; `None` if it leads to another crate.
fn absolute_path(
    module: &ModulePath,
    children: &BTreeSet<&str>,
    path: &[String],
) -> Option<Vec<String>> {
    let mut base = module.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while let Some(("super", after)) = rest.split_first().map(|(p, r)| (p.as_str(), r)) {
                base.pop()?;
                rest = after;
            }
        }
        first if children.contains(first) => {}
        _ => return None,
    }
    base.extend(rest.iter().filter(|name| *name != "*").cloned());
    Some(base)
}

/// Reads a path such as `crate::a::b` at the start of the tokens.
fn read_path(tokens: &[Token<'_>]) -> Vec<String> {
    let mut path = Vec::new();
    let mut rest = tokens;
    while let Some(name) = rest.first().filter(|token| token.kind == TokenKind::Name) {
        path.push(name.text.to_owned());
        let continues = rest.len() > 3 && rest[1].is(":") && rest[2].is(":");
        if !continues {
            break;
        }
        rest = &rest[3..];
    }
    path
}

/// Reads the paths of a `use` declaration. Returns them with the number of tokens.
fn read_use(tokens: &[Token<'_>]) -> (Vec<ImportedPath>, usize) {
    let mut paths = Vec::new();
    // Prefixes of the open braces, and the path being read.
    let mut prefixes: Vec<Vec<String>> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut alias: Option<String> = None;
    let mut length = 0;
    while let Some(token) = tokens.get(length) {
        length += 1;
        match token.text {
            "{" => prefixes.push(path.clone()),
            "," | "}" | ";" => {
                let prefix = prefixes.last().map_or(0, Vec::len);
                // `use a::{self}` imports `a`.
                if path.len() > prefix {
                    path.pop_if(|last| last == "self");
                    let name = alias.take().or_else(|| path.last().cloned());
                    paths.extend(name.map(|name| (path.clone(), name)));
                }
                if token.text == ";" {
                    break;
                }
                if token.text == "}" {
                    prefixes.pop();
                    // The group itself is complete.
                    path.clear();
                }
                path = prefixes.last().cloned().unwrap_or_default();
            }
            "as" => alias = tokens.get(length).map(|token| token.text.to_owned()),
            ":" => {}
            _ if alias.is_none() => path.push(token.text.to_owned()),
            _ => {}
        }
    }
    (paths, length)
}
