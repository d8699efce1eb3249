//! Recipes of the cookbook: each catalog is checked with its tests, and the commands below it run
//! with it.

use std::ffi::OsStr;
use std::fs;

use super::Workspace;
use crate::markdown::{self, MarkdownPart};
use crate::results::CheckCounts;
use crate::tutorial::{self, TutorialPlace, TutorialText};

const COOKBOOK_PATH: &str = "docs/cookbook.md";
/// Last output of a catalog whose tests all pass. One without tests does not print it.
const PASSED: &str = "…\n… tests, 0 failed\n";
const ONE_PASSED: &str = "…\n1 test, 0 failed\n";

/// Catalog of the cookbook, with the commands below it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Recipe {
    line: usize,
    tests: usize,
    /// Catalog, its check and the commands, in the form of a tutorial.
    text: String,
}

/// Checks every recipe in an empty folder. `accolade` is built already.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_check(house))
}

fn try_check(house: &Workspace) -> Result<CheckCounts, String> {
    let text = fs::read_to_string(house.root.join(COOKBOOK_PATH))
        .map_err(|error| format!("cannot read {COOKBOOK_PATH}: {error}"))?;
    let path = tutorial::extend_path(&house.build_folder)?;
    let mut total = CheckCounts::default();
    for recipe in read_recipes(&text)? {
        total += run_recipe(&recipe, &path)?;
    }
    Ok(total)
}

fn run_recipe(recipe: &Recipe, path: &OsStr) -> Result<CheckCounts, String> {
    let name = format!("recipe at {COOKBOOK_PATH}:{}", recipe.line);
    if recipe.tests == 0 {
        eprintln!("{name}: the catalog has no test");
        return Ok(CheckCounts::single(false));
    }
    let folder = tempfile::tempdir()
        .map_err(|error| format!("cannot create a temporary folder: {error}"))?;
    let place = TutorialPlace::in_folder(folder.path()).set_variable("PATH", path);
    let followed = TutorialText {
        name: &name,
        text: &recipe.text,
        route: None,
    };
    tutorial::run_tutorial(followed, &place, None)
}

/// Reads the recipes: every catalog, with the commands and outputs that follow it.
fn read_recipes(text: &str) -> Result<Vec<Recipe>, String> {
    let mut recipes: Vec<Recipe> = Vec::new();
    for part in markdown::find_parts(text) {
        let MarkdownPart::Code { line, info, text } = part else {
            continue;
        };
        if info == "toml" {
            let tests = text.lines().filter(|line| *line == "[[test]]").count();
            let passed = if tests == 1 { ONE_PASSED } else { PASSED };
            recipes.push(Recipe {
                line,
                tests,
                text: format!(
                    "```toml file=accolade.toml\n{text}```\n\n```sh\naccolade check\n```\n\n\
                     ```text\n{passed}```\n\n"
                ),
            });
        } else {
            let recipe = recipes
                .last_mut()
                .ok_or_else(|| format!("{COOKBOOK_PATH}:{line}: commands before any catalog"))?;
            recipe.text += &format!("```{info}\n{text}```\n\n");
        }
    }
    Ok(recipes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_a_catalog_and_the_commands_below_it() {
        let text = "```toml\n[[test]]\n```\n\n```sh\na\n```\n\n```toml\n[[badge]]\n```\n";
        let recipes = read_recipes(text).unwrap();
        let found: Vec<(usize, usize)> = recipes
            .iter()
            .map(|recipe| (recipe.line, recipe.tests))
            .collect();
        assert_eq!(found, [(1, 1), (9, 0)]);
        assert!(recipes[0].text.ends_with("```sh\na\n```\n\n"));
        assert!(!recipes[1].text.contains("```sh\na\n"));
    }

    #[test]
    fn a_catalog_without_a_test_fails() {
        let recipe = Recipe {
            line: 3,
            ..Recipe::default()
        };
        assert_eq!(
            run_recipe(&recipe, OsStr::new("")),
            Ok(CheckCounts::single(false))
        );
    }
}
