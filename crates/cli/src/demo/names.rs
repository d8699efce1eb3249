//! Made-up names of players. The history identifies them by numbers only.

use std::collections::BTreeMap;

/// Given names, in the order in which they are assigned.
const GIVEN_NAMES: [&str; 32] = [
    "Amélie",
    "Baptiste",
    "Camille",
    "Denis",
    "Élodie",
    "Fabien",
    "Geneviève",
    "Hugo",
    "Inès",
    "Jules",
    "Katia",
    "Léo",
    "Manon",
    "Noémie",
    "Olivier",
    "Pauline",
    "Quentin",
    "Romane",
    "Sylvain",
    "Théa",
    "Ulysse",
    "Valérie",
    "William",
    "Xavier",
    "Yasmine",
    "Zoé",
    "Agnès",
    "Bastien",
    "Chloé",
    "Damien",
    "Estelle",
    "Florian",
];
/// Distance in the alphabet between the initials of two players in a row. It shares no factor with
/// 26, so all letters are used.
const INITIAL_STEP: usize = 7;

/// Assigns a name to each player, in order of their numbers.
pub(crate) fn assign_names<'p>(
    players: impl IntoIterator<Item = &'p str>,
) -> BTreeMap<String, String> {
    let mut players: Vec<&str> = players.into_iter().collect();
    players.sort_by_key(|player| (player.parse::<u64>().unwrap_or(u64::MAX), *player));
    players.dedup();
    let name = |(place, player): (usize, &str)| {
        let given = GIVEN_NAMES[place % GIVEN_NAMES.len()];
        let initial = char::from(b'A' + (place * INITIAL_STEP % 26) as u8);
        (player.to_owned(), format!("{given} {initial}."))
    };
    players.into_iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::history;

    #[test]
    fn every_player_of_the_history_has_a_name_of_their_own() {
        let events: Vec<_> = history::read_events().collect();
        let names = assign_names(events.iter().map(|event| event.player.as_str()));
        let different: BTreeSet<&String> = names.values().collect();
        assert_eq!((names.len(), different.len()), (199, 199));
        assert_eq!(names["5"], "Denis V.");
    }
}
