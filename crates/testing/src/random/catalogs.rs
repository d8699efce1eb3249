//! Random catalogs. Rules refer to earlier rules only, so that shrinking leaves valid references.

use proptest::prelude::*;
use proptest::sample::select;

use super::criteria::{
    criteria, keyed, keyed_numbers, numbers, single_numbers, sources, targets, with_target,
};
use super::time::bounds;

/// The beginning of every catalog, so that there are rules to refer to.
const BASE: &str = r#"zone = "Europe/Paris"

[[limit]]
id = "shared"
times = 3
per = "week"

[[badge]]
id = "manual"

[[unlockable]]
id = "base"
criterion = { badge = "manual" }
"#;
const CURRENCIES: [&str; 2] = ["gems", "gold"];

/// A catalog with unresolved references.
#[derive(Debug)]
pub(super) struct RandomCatalog {
    /// The expiry of each currency, as a line.
    currencies: Vec<&'static str>,
    earnings: Vec<String>,
    rules: Vec<Rule>,
}

/// A rule without its id.
#[derive(Debug)]
enum Rule {
    Badge(String),
    Unlockable(String),
}

/// Generates catalogs.
pub(super) fn drafts() -> impl Strategy<Value = RandomCatalog> {
    let rules = prop_oneof![3 => badges().prop_map(Rule::Badge), 1 => unlockables().prop_map(Rule::Unlockable)];
    let currencies = prop::collection::vec(expiries(), 1..=2);
    (
        currencies,
        prop::collection::vec(earnings(), 0..=3),
        prop::collection::vec(rules, 1..=6),
    )
        .prop_map(|(currencies, earnings, rules)| RandomCatalog {
            currencies,
            earnings,
            rules,
        })
}

impl RandomCatalog {
    /// Writes the catalog as TOML and resolves its references.
    pub(super) fn to_toml(&self) -> String {
        let mut known = KnownIds {
            badges: vec!["manual".into()],
            unlockables: vec!["base".into()],
            ..KnownIds::default()
        };
        let mut toml = BASE.to_owned();
        for (id, expires) in CURRENCIES.iter().zip(&self.currencies) {
            toml += &format!("\n[[currency]]\nid = \"{id}\"\n{expires}");
            known.currencies.push((*id).to_owned());
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let (kind, body) = match rule {
                Rule::Badge(body) => ("badge", body),
                Rule::Unlockable(body) => ("unlockable", body),
            };
            let id = format!("{}{index}", &kind[..1]);
            toml += &format!("\n[[{kind}]]\nid = \"{id}\"\n{}", known.resolve(body));
            match rule {
                Rule::Badge(_) => known.badges.push(id),
                Rule::Unlockable(_) => known.unlockables.push(id),
            }
        }
        for (index, body) in self.earnings.iter().enumerate() {
            toml += &format!("\n[[earning]]\nid = \"e{index}\"\n{}", known.resolve(body));
        }
        toml
    }
}

/// The ids to which a rule can refer.
#[derive(Default)]
struct KnownIds {
    badges: Vec<String>,
    unlockables: Vec<String>,
    currencies: Vec<String>,
}

impl KnownIds {
    fn resolve(&self, body: &str) -> String {
        let mut resolved = String::with_capacity(body.len());
        for (position, part) in body.split('@').enumerate() {
            if position % 2 == 0 {
                resolved += part;
                continue;
            }
            let (kind, number) = part.split_at(1);
            let ids = match kind {
                "b" => &self.badges,
                "u" => &self.unlockables,
                _ => &self.currencies,
            };
            let number: usize = number.parse().expect("references are numbered");
            // Counted from the latest rule, so that rules build on each other.
            resolved += &ids[ids.len() - 1 - number % ids.len()];
        }
        resolved
    }
}

/// Generates the expiry of a currency as a line; usually there is none.
fn expiries() -> impl Strategy<Value = &'static str> {
    let lines = [
        "expires = \"4h\"\n",
        "expires = \"2d\"\n",
        "expires = \"day\"\n",
        "expires = \"week\"\n",
        "expires = \"month\"\n",
    ];
    prop_oneof![2 => Just(""), 1 => select(lines.to_vec())]
}

fn earnings() -> impl Strategy<Value = String> {
    let amount = prop_oneof![
        select(&[1, 5, -2][..]).prop_map(|amount: i64| amount.to_string()),
        numbers().prop_map(|number| format!("'{number}'")),
    ];
    let limit = prop_oneof![
        4 => Just(""),
        1 => Just("limit = \"shared\"\n"),
        2 => select(&[
            "limit = { points = 6, per = \"day\" }\n",
            "limit = { points = 8, per = \"week\", zone = \"player\" }\n",
            "limit = { points = 9, per = \"ever\" }\n",
            "limit = { times = 2, per = \"day\" }\n",
            "limit = { times = 4, per = \"ever\" }\n",
        ][..]),
    ];
    let cooldown = prop_oneof![4 => Just(""), 1 => Just("cooldown = \"1h\"\n"), 1 => Just("cooldown = \"5h\"\n")];
    (sources(), 0..2_u8, amount, limit, cooldown, bounds()).prop_map(
        |((on, condition), currency, amount, limit, cooldown, bounds)| {
            let condition = condition.map_or_else(String::new, |text| format!("where = '{text}'\n"));
            format!("on = {on}\n{condition}points = {{ @c{currency}@ = {amount} }}\n{limit}{cooldown}{bounds}")
        },
    )
}

fn badges() -> impl Strategy<Value = String> {
    let criterion = prop_oneof![
        3 => criteria().prop_map(|criterion| format!("criterion = {criterion}\n")),
        2 => (prop_oneof![2 => single_numbers(), 1 => keyed_numbers()], tiers())
            .prop_map(|(keys, tiers)| format!("criterion = {{ {keys} }}\n{tiers}")),
        1 => (keyed_numbers(), tiers())
            .prop_map(|(keys, tiers)| format!("criterion = {{ {keys} }}\n{tiers}repeat = \"per-key\"\n")),
        2 => keyed().prop_map(|criterion| format!("criterion = {criterion}\nrepeat = \"per-key\"\n")),
        2 => (single_numbers(), targets()).prop_map(with_target)
            .prop_map(|criterion| format!("criterion = {criterion}\nrepeat = \"again\"\n")),
        1 => criteria().prop_map(|criterion| format!("criterion = {{ any = [{criterion}] }}\nrepeat = \"again\"\n")),
    ];
    let points = prop_oneof![
        2 => Just(String::new()),
        1 => (0..2_u8, select(&[2, 7, -1][..])).prop_map(|(n, amount)| format!("points = {{ @c{n}@ = {amount} }}\n")),
    ];
    let requires = prop_oneof![5 => Just(String::new()), 1 => (0..4_u8).prop_map(|n| format!("requires = \"@b{n}@\"\n"))];
    let temporary = prop_oneof![2 => Just(false), 1 => Just(true)];
    (criterion, points, requires, bounds(), temporary).prop_map(
        |(criterion, points, requires, bounds, temporary)| {
            let badge = criterion + &points + &requires + &bounds;
            // A temporary badge can neither pay points nor be repeatable.
            let may = !badge.contains("points = {") && !badge.contains("repeat = \"again\"");
            if temporary && may {
                badge + "temporary = true\n"
            } else {
                badge
            }
        },
    )
}

fn tiers() -> impl Strategy<Value = &'static str> {
    select(
        &[
            "tiers = [1, 3]\n",
            "tiers = [2]\n",
            "tiers = [{ id = \"low\", at = 1, points = { @c0@ = 3 } }, 2, 4]\n",
        ][..],
    )
}

fn unlockables() -> impl Strategy<Value = String> {
    (criteria(), any::<bool>(), bounds()).prop_map(|(when, relock, bounds)| {
        let relock = if relock { "relock = true\n" } else { "" };
        format!("criterion = {when}\n{relock}{bounds}")
    })
}
