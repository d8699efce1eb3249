//! What else can be asked of a history once it is there: a stricter rule tried out, an award explained, votes taken back.

use std::collections::BTreeMap;
use std::fmt::Write;

use accolade::core::catalog::Format;
use accolade::{Act, Audience, Catalog, ChangeKind, Engine, Planning, Selection};
use serde::Serialize;

use super::players::Everybody;
use crate::failure::Failure;
use crate::output::{counted, thousands};

/// The badge that the tour is about, and the number that is tried instead of its own.
const BADGE: &str = "nice-answer";
const TARGET: &str = "at_least = 10 }";
const STRICTER: &str = "at_least = 15 }";
/// Players that are named.
const NAMED: usize = 5;

/// The tour.
#[derive(Debug, Serialize)]
pub(crate) struct Tour {
    stricter: Stricter,
    earned: String,
    near_miss: Option<String>,
    taken_back: TakenBack,
    verified: Verified,
}

/// What a stricter catalog would take away.
#[derive(Debug, Serialize)]
struct Stricter {
    awards: u64,
    players: u64,
    points: i64,
    /// Those who would lose most, and how many.
    most: Vec<(String, u64)>,
}

/// What followed from taking the votes on one post back.
#[derive(Debug, Serialize)]
struct TakenBack {
    player: String,
    post: String,
    votes: usize,
    followed: Vec<String>,
}

/// What verifying found afterwards.
#[derive(Debug, Serialize)]
struct Verified {
    players: u64,
    events: u64,
    differences: u64,
}

impl Tour {
    /// Takes the tour. What it takes back it gives back, so that the history is as it was.
    pub(crate) fn take(
        engine: &Engine,
        source: &str,
        everybody: &Everybody,
    ) -> Result<Self, Failure> {
        let stricter = Stricter::plan(engine, source)?;
        let award = everybody.awards.iter().find(|award| award.badge == BADGE);
        let award =
            award.ok_or_else(|| Failure::new("nobody in this history has a Nice Answer"))?;
        let why = |player: &str, about: &str| -> Result<String, Failure> {
            let why = engine.why(player, about).wait()?;
            Ok(why.map(|why| why.to_string()).unwrap_or_default())
        };
        let earned = why(&award.player, &format!("{BADGE}@{}", award.key))?;
        let near_miss = match nearest(engine, everybody)? {
            Some((player, key)) => Some(why(&player, &format!("{BADGE}@{key}"))?),
            None => None,
        };
        let taken_back = TakenBack::try_out(engine, &award.player, &award.key)?;
        let report = engine.verify(|_| {}).wait()?;
        let verified = Verified {
            players: report.players,
            events: report.events,
            differences: report.count,
        };
        Ok(Self {
            stricter,
            earned,
            near_miss,
            taken_back,
            verified,
        })
    }

    /// Whether the database is right.
    pub(crate) fn is_clean(&self) -> bool {
        self.verified.differences == 0
    }

    /// The tour for people.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        let Stricter {
            awards,
            players,
            points,
            most,
        } = &self.stricter;
        let (lost, of) = (counted(*awards, "award"), counted(*players, "player"));
        let _ = writeln!(
            text,
            "What if Nice Answer took 15 votes instead of 10? (accolade plan)\n"
        );
        let _ = writeln!(
            text,
            "  {lost} of {of} would no longer be earned; {} points would move.",
            thousands(*points)
        );
        let most: Vec<String> = most
            .iter()
            .map(|(player, count)| format!("{player} ({count})"))
            .collect();
        let _ = writeln!(text, "  Most of all: {}.", most.join(", "));
        let _ = writeln!(
            text,
            "  Publishing keeps them, unless told to take them back. Nothing was written."
        );
        let _ = writeln!(
            text,
            "\nWhy does somebody have it, and why not? (accolade why)\n\n{}",
            shown(&self.earned)
        );
        if let Some(near_miss) = &self.near_miss {
            let _ = writeln!(text, "\n{}", shown(near_miss));
        }
        let TakenBack {
            player,
            post,
            votes,
            followed,
        } = &self.taken_back;
        let votes = counted(*votes as u64, "vote");
        let _ = writeln!(
            text,
            "\nThe {votes} on {player}'s answer {post} taken back (accolade retract):\n"
        );
        for line in followed {
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(
            text,
            "\n  … and given back, so that the history is as it was."
        );
        let Verified {
            players,
            events,
            differences,
        } = &self.verified;
        let (events, players) = (counted(*events, "event"), counted(*players, "player"));
        let found = match differences {
            0 => "nothing differs".to_owned(),
            some => counted(*some, "difference"),
        };
        let _ = writeln!(
            text,
            "\nVerified: {events} of {players} folded again, and {found}. (accolade verify)"
        );
        text
    }
}

impl Stricter {
    fn plan(engine: &Engine, source: &str) -> Result<Self, Failure> {
        let place = source
            .find(&format!("id = \"{BADGE}\""))
            .unwrap_or_default();
        let (before, rule) = source.split_at(place);
        let stricter = format!("{before}{}", rule.replacen(TARGET, STRICTER, 1));
        let catalog = Catalog::new(&stricter, "the stricter catalog", Format::Toml, Vec::new())
            .map_err(Failure::Catalog)?;
        let plan = engine
            .plan(catalog, Planning::default().take_back(), |_| {})
            .wait()?;
        let mut lost: BTreeMap<&str, u64> = BTreeMap::new();
        for change in plan
            .changes
            .iter()
            .filter(|change| change.kind == ChangeKind::AwardLost)
        {
            *lost.entry(&change.player).or_default() += 1;
        }
        let points = plan
            .currencies
            .iter()
            .map(|currency| currency.after.saturating_sub(currency.before))
            .sum::<i128>();
        let mut most: Vec<(String, u64)> = lost
            .iter()
            .map(|(player, count)| ((*player).to_owned(), *count))
            .collect();
        most.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        most.truncate(NAMED);
        let points = i64::try_from(points).unwrap_or(i64::MAX);
        Ok(Self {
            awards: lost.values().sum(),
            players: lost.len() as u64,
            points,
            most,
        })
    }
}

impl TakenBack {
    fn try_out(engine: &Engine, player: &str, post: &str) -> Result<Self, Failure> {
        let votes = Selection::default().player(player).name("vote.received");
        let votes = engine
            .select(votes.condition(&format!("event.post == {post}")))
            .wait()?;
        let ids: Vec<String> = votes.iter().map(|vote| vote.event.clone()).collect();
        let sign = Act::plain().by("the demo").reason("to show what follows");
        let mut followed = Vec::new();
        for receipt in engine.retract_selected(votes, sign).wait()? {
            let receipt = receipt.map_err(accolade::Error::from)?;
            followed.extend(net(&receipt.outcomes));
        }
        for some in ids.chunks(accolade::core::limits::RETRACTED_EVENTS) {
            let act = Act::restore_all(player, some.iter().cloned())
                .by("the demo")
                .reason("it was only shown");
            engine.act(act).wait()?;
        }
        Ok(Self {
            player: player.to_owned(),
            post: post.to_owned(),
            votes: ids.len(),
            followed,
        })
    }
}

/// What outcomes come to, a line each: points by currency, and everything else.
fn net(outcomes: &[accolade::Outcome]) -> Vec<String> {
    let mut points: BTreeMap<&str, i64> = BTreeMap::new();
    let mut lines = Vec::new();
    for outcome in outcomes {
        match outcome.kind.as_str() {
            "points" => {
                *points.entry(&outcome.subject).or_default() +=
                    outcome.detail["amount"].as_i64().unwrap_or(0)
            }
            kind => {
                let key = outcome.detail["key"].as_str().filter(|key| !key.is_empty());
                let key = key.map(|key| format!("@{key}")).unwrap_or_default();
                lines.push(format!("{kind} {}{key}", outcome.subject));
            }
        }
    }
    let points = points
        .into_iter()
        .map(|(currency, amount)| format!("{amount:+} {currency}"));
    points.chain(lines).collect()
}

/// The answer that is nearest to the badge without having it, and its author.
fn nearest(engine: &Engine, everybody: &Everybody) -> Result<Option<(String, String)>, Failure> {
    let mut best: Option<(f64, String, String)> = None;
    for player in everybody.ids() {
        let Some(profile) = engine.profile(player, Audience::Everything).wait()? else {
            continue;
        };
        let badge = profile
            .badges
            .into_iter()
            .find(|badge| badge.id.as_deref() == Some(BADGE));
        let Some(progress) = badge.and_then(|badge| badge.progress) else {
            continue;
        };
        let Some(key) = progress.key else { continue };
        if best
            .as_ref()
            .is_none_or(|(ratio, _, _)| progress.ratio > *ratio)
        {
            best = Some((progress.ratio, player.clone(), key));
        }
    }
    Ok(best.map(|(_, player, key)| (player, key)))
}

/// The first lines of an explanation, indented.
fn shown(text: &str) -> String {
    const LINES: usize = 12;
    let mut lines: Vec<String> = text
        .lines()
        .take(LINES)
        .map(|line| format!("  {line}").trim_end().to_owned())
        .collect();
    if text.lines().count() > LINES {
        lines.push("  …".to_owned());
    }
    lines.join("\n")
}
