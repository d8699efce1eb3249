//! A past that was folded into a snapshot: it counts as before, and nothing in it changes any more (S22).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use accolade::memory::MemoryStore;
use accolade::{
    Act, Audience, CompactError, Engine, Error, MergeError, NewEvent, Profile, Publishing,
    Rejection, Status, Timestamp,
};

use crate::world::{catalog, instant, number};

const RULES: &str = r#"
[[currency]]
id = "xp"

[[earning]]
id = "voted"
on = "vote"
points = { xp = 5 }

[[badge]]
id = "voter"
criterion = { count = "vote" }
tiers = [{ id = "bronze", at = 2, points = { xp = 100 } }, { id = "silver", at = 4, points = { xp = 100 } }]

[[badge]]
id = "lately"
criterion = { count = "vote", within = "3d", at_least = 2 }
temporary = true

[[unlockable]]
id = "door"
when = { points = "xp", at_least = 10 }
"#;

/// An engine at noon of 2026-06-10; votes of ada's on the first days of June.
struct Life {
    engine: Engine,
    clock: Arc<AtomicI64>,
}

impl Life {
    fn new(rules: &str, days: &[&str]) -> Self {
        let clock = Arc::new(AtomicI64::new(instant("2026-06-10T12:00:00Z").as_micros()));
        let hands = Arc::clone(&clock);
        let now = move || Timestamp::from_micros(hands.load(Ordering::Relaxed)).unwrap();
        let engine = Engine::builder(MemoryStore::new())
            .catalog(catalog(rules))
            .checkpoint_every(1)
            .clock(now);
        let life = Self {
            engine: engine.open().unwrap(),
            clock,
        };
        days.iter().for_each(|day| drop(life.vote(day).unwrap()));
        life
    }

    fn vote(&self, day: &str) -> Result<accolade::Receipt, Rejection> {
        let at = Some(noon(day));
        rejected(
            self.engine
                .record(NewEvent {
                    at,
                    ..NewEvent::new("ada", "vote").id(format!("vote-{day}"))
                })
                .wait(),
        )
    }

    fn act(&self, act: Act) -> Result<accolade::Receipt, Rejection> {
        rejected(self.engine.act(act).wait())
    }

    fn compact(&self, before: &str) -> accolade::Compacted {
        self.engine
            .compact("ada", instant(before))
            .wait()
            .unwrap()
            .expect("ada is known")
    }

    fn publish(&self, rules: &str) {
        self.clock.fetch_add(60_000_000, Ordering::Relaxed);
        self.engine
            .publish(catalog(rules), Publishing::default())
            .wait()
            .unwrap();
    }

    fn ada(&self) -> Profile {
        let mut profile = self
            .engine
            .profile("ada", Audience::Everything)
            .wait()
            .unwrap()
            .unwrap();
        profile.recent.clear();
        profile
    }

    /// Balances that are not zero, each of which must be the sum of its ledger, and the ledger of any other nothing.
    fn books(&self) -> BTreeMap<String, i64> {
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        for row in self
            .engine
            .ledger("ada", None, 10_000)
            .wait()
            .unwrap()
            .items
        {
            *sums.entry(row.currency).or_default() += row.amount;
        }
        sums.retain(|_, sum| *sum != 0);
        let balances = self
            .ada()
            .balances
            .into_iter()
            .map(|balance| (balance.currency, balance.balance));
        let balances: BTreeMap<String, i64> =
            balances.filter(|(_, balance)| *balance != 0).collect();
        assert_eq!(balances, sums);
        balances
    }

    fn held(&self) -> Vec<String> {
        let rows = self.engine.awards("ada").wait().unwrap();
        rows.iter()
            .filter(|row| row.revoked_at.is_none())
            .map(|row| format!("{}:{}", row.badge, row.tier))
            .collect()
    }
}

impl Drop for Life {
    /// Whatever a test does, everything stored must be what the fold says when it ends (S6).
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let report = self.engine.verify(|_| {}).wait().unwrap();
            assert_eq!(
                report.differences,
                [],
                "what is stored is not what the fold says"
            );
        }
    }
}

fn noon(day: &str) -> Timestamp {
    instant(&format!("2026-06-{day}T12:00:00Z"))
}

fn rejected<T>(answer: Result<T, Error>) -> Result<T, Rejection> {
    answer.map_err(|error| match error {
        Error::Rejected(rejection) => rejection,
        other => panic!("{other}"),
    })
}

const DAYS: [&str; 4] = ["01", "02", "05", "08"];
const SEAL: &str = "2026-06-04T00:00:00Z";

#[test]
fn s22_a_sealed_past_counts_as_before() {
    let [sealed, whole] = [Life::new(RULES, &DAYS), Life::new(RULES, &DAYS)];
    assert_eq!(sealed.compact(SEAL).removed, 2);
    assert_eq!(sealed.engine.timeline("ada").wait().unwrap().len(), 2);
    assert_eq!(sealed.ada(), whole.ada());
    // In order, late, back, and back again.
    for life in [&sealed, &whole] {
        life.vote("09").unwrap();
        life.vote("06").unwrap();
        life.act(Act::retract("ada", "vote-05")).unwrap();
        life.act(Act::retract("ada", "vote-06")).unwrap();
        life.act(Act::restore("ada", "vote-05")).unwrap();
    }
    assert_eq!((sealed.ada(), sealed.held()), (whole.ada(), whole.held()));
    assert_eq!(sealed.books(), whole.books());
}

#[test]
fn s22_what_belongs_to_a_sealed_past_is_turned_away() {
    let life = Life::new(RULES, &DAYS);
    life.compact(SEAL);
    let again = life.vote("01").unwrap();
    assert_eq!((again.status, again.outcomes.len()), (Status::Duplicate, 0));
    assert_eq!(life.vote("05").unwrap().status, Status::Duplicate);
    let late = |id: &str| Err(Rejection::TooLate { id: id.to_owned() });
    assert_eq!(life.vote("03").map(drop), late("vote-03"));
    assert_eq!(
        life.act(Act::retract("ada", "vote-01")).map(drop),
        late("vote-01")
    );
    assert_eq!(
        life.act(Act::restore("ada", "vote-02")).map(drop),
        late("vote-02")
    );
    let act = Act::points("ada", "xp", 7).id("gift").at(noon("03"));
    assert_eq!(life.act(act).map(drop), late("gift"));
    assert!(life.act(Act::points("ada", "xp", 7)).is_ok());
    assert_eq!(life.books()["xp"], 227);
}

#[test]
fn s22_what_cannot_be_sealed_is_refused() {
    let life = Life::new(RULES, &DAYS);
    let refused =
        |player: &str, before: &str| match life.engine.compact(player, instant(before)).wait() {
            Err(Error::Compact(why)) => Err(why),
            other => Ok(other.unwrap()),
        };
    assert!(matches!(
        refused("ada", "2026-06-11T00:00:00Z"),
        Err(CompactError::Future { .. })
    ));
    assert_eq!(refused("nobody", SEAL), Ok(None));
    assert_eq!(life.compact("2026-05-01T00:00:00Z").removed, 0);
    assert_eq!(life.engine.sealed("ada").wait().unwrap(), None);

    let guest = NewEvent {
        at: Some(noon("01")),
        ..NewEvent::new("guest", "vote").id("g")
    };
    life.engine.record(guest).wait().unwrap();
    life.act(Act::merge("ada", "guest")).unwrap();
    let merged = CompactError::Merged {
        guest: "guest".into(),
        player: "ada".into(),
    };
    assert_eq!(refused("ada", SEAL), Err(merged.clone()));
    assert_eq!(refused("guest", SEAL), Err(merged));
    life.act(Act::unmerge("ada", "guest")).unwrap();
    assert_eq!(life.compact(SEAL).removed, 2);
    for (guest, player) in [("guest", "ada"), ("ada", "guest")] {
        let refused = life.act(Act::merge(player, guest)).map(drop);
        assert_eq!(
            refused,
            Err(MergeError::Sealed("ada".into()).into()),
            "{guest} into {player}"
        );
    }
}

#[test]
fn s22_a_past_is_sealed_again_and_again() {
    let [sealed, whole] = [Life::new(RULES, &DAYS), Life::new(RULES, &DAYS)];
    for (before, removed, in_all) in [
        (SEAL, 2, 2),
        (SEAL, 0, 2),
        ("2026-06-02T00:00:00Z", 0, 2),
        ("2026-06-06T00:00:00Z", 1, 3),
    ] {
        let preview = sealed
            .engine
            .compactable("ada", instant(before))
            .wait()
            .unwrap()
            .unwrap();
        let done = sealed.compact(before);
        assert_eq!((done.removed, done.sealed), (removed, in_all), "{before}");
        assert_eq!(
            (preview.removed, preview.sealed),
            (removed, in_all),
            "{before}"
        );
    }
    let seal = sealed.engine.sealed("ada").wait().unwrap().unwrap();
    assert_eq!(
        (seal.before, seal.first_at, seal.sealed),
        (instant("2026-06-06T00:00:00Z"), Some(noon("01")), 3)
    );
    for life in [&sealed, &whole] {
        life.vote("07").unwrap();
    }
    assert_eq!(
        (sealed.ada(), sealed.held(), sealed.books()),
        (whole.ada(), whole.held(), whole.books())
    );
}

#[test]
fn s14_a_sealed_past_passes_through_publications() {
    let with = |rules: &str| format!("{RULES}\n{rules}");
    let fewer = RULES.replace("at = 4", "at = 3");
    for (what, rules, held) in [
        (
            "another badge on the same counter",
            with("[[badge]]\nid = \"a\"\ncriterion = { count = \"vote\", at_least = 4 }"),
            vec!["a:", "voter:bronze", "voter:silver"],
        ),
        (
            "a badge on a new counter",
            with("[[badge]]\nid = \"a\"\ncriterion = { distinct = \"event.k\", of = \"vote\" }"),
            vec!["voter:bronze", "voter:silver"],
        ),
        (
            "a lower target",
            fewer,
            vec!["voter:bronze", "voter:silver"],
        ),
        (
            "other names",
            RULES.replace("id = \"lately\"", "id = \"lately\"\nname = \"Lately\""),
            vec!["voter:bronze", "voter:silver"],
        ),
        (
            "another currency",
            RULES.replace("xp", "gems"),
            vec!["voter:bronze", "voter:silver"],
        ),
    ] {
        let life = Life::new(RULES, &DAYS);
        life.compact(SEAL);
        life.publish(&rules);
        let seen = life.ada();
        life.engine.sweep(|_| {}).wait().unwrap();
        assert_eq!(
            life.ada(),
            seen,
            "{what}: what is seen before the passage is what it comes to"
        );
        assert_eq!(life.held(), held, "{what}");
        life.books();
        life.vote("07").unwrap();
        life.books();
    }
}

#[test]
fn s22_what_a_publication_kept_because_of_a_sealed_event_stays_gone_with_it() {
    let life = Life::new(RULES, &["01", "02"]);
    life.publish(&RULES.replace("at = 2", "at = 3"));
    life.engine.sweep(|_| {}).wait().unwrap();
    assert_eq!(life.held(), ["voter:bronze"]);
    life.act(Act::retract("ada", "vote-02")).unwrap();
    assert_eq!(life.held(), Vec::<String>::new());
    life.compact(SEAL);
    life.vote("05").unwrap();
    life.vote("04").unwrap();
    assert_eq!(life.held(), ["voter:bronze"], "three votes count");
    life.act(Act::retract("ada", "vote-05")).unwrap();
    assert_eq!(
        life.held(),
        Vec::<String>::new(),
        "what was kept of the retracted vote does not come back"
    );
}

#[test]
fn s22_erasing_takes_the_snapshot_too() {
    let life = Life::new(RULES, &DAYS);
    life.compact(SEAL);
    assert_eq!(
        life.engine.erase("ada").wait().unwrap().unwrap().players[0].events,
        4
    );
    assert_eq!(life.engine.sealed("ada").wait().unwrap(), None);
}

#[test]
fn s22_progress_by_hand_is_part_of_the_snapshot() {
    let [sealed, whole] = [Life::new(RULES, &[]), Life::new(RULES, &[])];
    for life in [&sealed, &whole] {
        life.act(Act::add_progress("ada", "voter", number("1")).at(noon("01")))
            .unwrap();
        life.vote("02").unwrap();
    }
    sealed.compact(SEAL);
    for life in [&sealed, &whole] {
        life.vote("05").unwrap();
        life.vote("04").unwrap();
    }
    assert_eq!((sealed.ada(), sealed.held()), (whole.ada(), whole.held()));
}

#[test]
fn s22_an_award_that_moved_out_of_the_sealed_past_is_paid_once() {
    let life = Life::new(RULES, &DAYS);
    let later = RULES.replace(
        "criterion = { count = \"vote\" }",
        "criterion = { count = \"vote\" }\nsince = 2026-06-05T00:00:00Z",
    );
    life.publish(&later);
    life.engine.sweep(|_| {}).wait().unwrap();
    let awards = life.engine.awards("ada").wait().unwrap();
    let bronze = awards.iter().find(|row| row.tier == "bronze").unwrap();
    assert_eq!(bronze.at, noon("08"));
    let books = life.books();
    life.compact(SEAL);
    assert_eq!(life.books(), books);
    life.vote("09").unwrap();
    life.engine.repair(|_| {}).wait().unwrap();
    assert_eq!(
        life.books(),
        BTreeMap::from([("xp".to_owned(), books["xp"] + 5)])
    );
}
