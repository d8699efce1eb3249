//! Words for mechanics that the language does not have yet, and how to do without them.

/// Singular of each word, and a recipe that works today.
const RECIPES: [(&str, &str); 7] = [
    (
        "streak",
        "streaks are not available yet; to require seven days in a row, send the day with the \
         events and write \
         `{ distinct = \"event.day\", on = \"visit\", within = \"7d\", at_least = 7 }`",
    ),
    (
        "level",
        "levels are not available yet; a badge with tiers does the same: \
         `criterion = { points = \"xp\" }` with `tiers = [100, 500, 1000]`",
    ),
    (
        "quest",
        "quests are not available yet; a badge that requires several things does the same: \
         `criterion = { all = [{ count = \"a\" }, { count = \"b\" }] }`",
    ),
    (
        "leaderboard",
        "leaderboards are not available yet; `accolade export balances` lists the points of all \
         players",
    ),
    (
        "boost",
        "boosts are not available yet; write a second earning with `since` and `until`, which pays \
         the extra points",
    ),
    (
        "team",
        "teams are not available yet; record a team's events for a player of its own",
    ),
    (
        "reward",
        "rewards are not available yet; an unlockable opens at a balance: \
         `criterion = { points = \"coins\", at_least = 100 }`",
    ),
];

/// Returns the recipe for a word such as `streak` or `levels`.
pub(super) fn find_recipe(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let singular = word.strip_suffix('s').unwrap_or(&word);
    RECIPES
        .iter()
        .find(|(planned, _)| *planned == singular)
        .map(|(_, recipe)| *recipe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    /// Every piece of a recipe that is a criterion or a list of tiers.
    fn quoted(recipe: &str) -> Vec<&str> {
        recipe.split('`').skip(1).step_by(2).collect()
    }

    #[test]
    fn the_criteria_of_recipes_are_valid() {
        let mut checked = 0;
        for (_, recipe) in RECIPES {
            for piece in quoted(recipe)
                .into_iter()
                .filter(|piece| piece.contains('{'))
            {
                let criterion = piece.trim_start_matches("criterion = ");
                let tiers = if recipe.contains("`tiers = ") {
                    "tiers = [100, 500]"
                } else {
                    ""
                };
                let catalog = format!(
                    "[[currency]]\nid = 'xp'\n[[currency]]\nid = 'coins'\n[[badge]]\nid = 'b'\n\
                     criterion = {criterion}\n{tiers}"
                );
                assert!(Catalog::from_toml(&catalog).is_ok(), "{catalog}");
                checked += 1;
            }
        }
        assert_eq!(checked, 4);
    }

    #[test]
    fn plurals_and_capitals_are_recognized() {
        assert_eq!(find_recipe("Streaks"), find_recipe("streak"));
        assert!(find_recipe("levels").is_some() && find_recipe("count").is_none());
    }
}
