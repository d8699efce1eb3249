//! Tour of the demo: plans a stricter rule, explains an award, retracts votes, and verifies.

use std::collections::BTreeMap;
use std::fmt::Write;

use accolade::{Action, Audience, Catalog, ChangeKind, Engine, EventSelection, PlanOptions};
use accolade_core::catalog::CatalogFormat;
use serde::Serialize;

use super::players::CommunityData;
use crate::error::CommandError;
use crate::format::{count_noun, group_thousands};

/// Badge that the tour is about.
const BADGE: &str = "nice-answer";
/// Target of the badge in the catalog.
const PUBLISHED_TARGET: &str = "at_least = 10 }";
/// Target that the tour plans instead.
const STRICTER_TARGET: &str = "at_least = 15 }";
/// Number of players to name.
const MAX_NAMED_PLAYERS: usize = 5;

/// Results of the tour.
#[derive(Debug, Serialize)]
pub(crate) struct TourReport {
    stricter_plan: StricterPlan,
    earned: String,
    near_miss: Option<String>,
    retraction: RetractionDemo,
    verification: VerificationCounts,
}

/// Losses under a stricter catalog.
#[derive(Debug, Serialize)]
struct StricterPlan {
    awards: u64,
    players: u64,
    points: i64,
    /// Most affected players, with their numbers of lost awards.
    most_affected: Vec<(String, u64)>,
}

/// Effects of retracting the votes on one post.
#[derive(Debug, Serialize)]
struct RetractionDemo {
    player: String,
    post: String,
    votes: usize,
    effects: Vec<String>,
}

/// Result of the verification after the tour.
#[derive(Debug, Serialize)]
struct VerificationCounts {
    players: u64,
    events: u64,
    differences: u64,
}

impl TourReport {
    /// Runs the tour. It restores the votes that it retracts, so that the history is unchanged.
    pub(crate) fn run_all(
        engine: &Engine,
        source: &str,
        community: &CommunityData,
    ) -> Result<Self, CommandError> {
        let stricter = StricterPlan::plan_stricter(engine, source)?;
        let award = community
            .awards
            .iter()
            .find(|(_, award)| award.badge == BADGE);
        let (player, award) =
            award.ok_or_else(|| CommandError::new("no player in this history has Nice Answer"))?;
        // Nice Answer is earned once for each post.
        let post = award.key.as_deref().unwrap_or_default();
        let why = |player: &str, about: &str| -> Result<String, CommandError> {
            let why = engine.players().why(player, about).wait()?;
            Ok(why.map(|why| why.to_string()).unwrap_or_default())
        };
        let earned = why(player, &format!("{BADGE}@{post}"))?;
        let near_miss = match find_near_miss(engine, community)? {
            Some((player, key)) => Some(why(&player, &format!("{BADGE}@{key}"))?),
            None => None,
        };
        let taken_back = RetractionDemo::retract_and_restore(engine, player, post)?;
        // Verified last, so that the corrections of the retraction are checked as well.
        let report = engine.maintenance().verify(|_| {}).wait()?;
        let verified = VerificationCounts {
            players: report.players,
            events: report.events,
            differences: report.count,
        };
        Ok(Self {
            stricter_plan: stricter,
            earned,
            near_miss,
            retraction: taken_back,
            verification: verified,
        })
    }

    /// True if the verification found no differences.
    pub(crate) fn is_clean(&self) -> bool {
        self.verification.differences == 0
    }

    /// Renders the tour as text.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        let StricterPlan {
            awards,
            players,
            points,
            most_affected: most,
        } = &self.stricter_plan;
        let (lost, of) = (count_noun(*awards, "award"), count_noun(*players, "player"));
        let _ = writeln!(
            text,
            "What if Nice Answer required 15 votes instead of 10? (accolade plan)\n"
        );
        let _ = writeln!(
            text,
            "  {lost} of {of} would no longer be earned; total points would change by {}.",
            group_thousands(*points)
        );
        let most: Vec<String> = most
            .iter()
            .map(|(player, count)| format!("{player} ({count})"))
            .collect();
        let _ = writeln!(text, "  Most affected: {}.", most.join(", "));
        let _ = writeln!(
            text,
            "  Publishing keeps these awards unless you pass --revoke. Nothing was written."
        );
        let _ = writeln!(
            text,
            "\nWhy does a player have it, or not? (accolade why)\n\n{}",
            indent_first_lines(&self.earned)
        );
        if let Some(near_miss) = &self.near_miss {
            let _ = writeln!(text, "\n{}", indent_first_lines(near_miss));
        }
        let RetractionDemo {
            player,
            post,
            votes,
            effects: followed,
        } = &self.retraction;
        let votes = count_noun(*votes as u64, "vote");
        let _ = writeln!(
            text,
            "\nEffects of retracting the {votes} on answer {post} by {player} (accolade retract):\n"
        );
        for line in followed {
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(text, "\n  The votes were restored afterwards.");
        let VerificationCounts {
            players,
            events,
            differences,
        } = &self.verification;
        let (events, players) = (count_noun(*events, "event"), count_noun(*players, "player"));
        let found = match differences {
            0 => "no differences".to_owned(),
            some => count_noun(*some, "difference"),
        };
        let _ = writeln!(
            text,
            "\nVerified {events} of {players}: {found} (accolade verify)"
        );
        text
    }
}

impl StricterPlan {
    fn plan_stricter(engine: &Engine, source: &str) -> Result<Self, CommandError> {
        let place = source
            .find(&format!("id = \"{BADGE}\""))
            .unwrap_or_default();
        // The first target after the id of the badge is its own.
        let (before, rule) = source.split_at(place);
        let stricter = format!(
            "{before}{}",
            rule.replacen(PUBLISHED_TARGET, STRICTER_TARGET, 1)
        );
        let catalog = Catalog::new(
            &stricter,
            "the stricter catalog",
            CatalogFormat::Toml,
            Vec::new(),
        )
        .map_err(CommandError::Catalog)?;
        let plan = engine
            .catalog()
            // Without `revoke`, no award would be lost: all would be grandfathered (S30).
            .plan(catalog, PlanOptions::default().revoke(), |_| {})
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
        most.truncate(MAX_NAMED_PLAYERS);
        let points = i64::try_from(points).unwrap_or(i64::MAX);
        Ok(Self {
            awards: lost.values().sum(),
            players: lost.len() as u64,
            points,
            most_affected: most,
        })
    }
}

impl RetractionDemo {
    fn retract_and_restore(
        engine: &Engine,
        player: &str,
        post: &str,
    ) -> Result<Self, CommandError> {
        let votes = EventSelection::default()
            .player(player)
            .name("vote.received");
        let votes = engine
            .players()
            .find_events(votes.condition(&format!("event.post == {post}")))
            .wait()?;
        let ids: Vec<String> = votes.iter().map(|vote| vote.event.to_string()).collect();
        let sign = Action::empty().by("the demo").reason("demonstration");
        let mut followed = Vec::new();
        for receipt in engine.players().retract_selected(votes, sign).wait()? {
            let receipt = receipt.map_err(accolade::Error::from)?;
            followed.extend(summarize_outcomes(&receipt.outcomes));
        }
        // A retraction cannot be retracted; only a restoration undoes it (S13).
        // One action can restore only a limited number of events.
        for some in ids.chunks(accolade_core::limits::RETRACTED_EVENTS) {
            let act = Action::restore_all(player, some.iter().cloned())
                .by("the demo")
                .reason("end of the demonstration");
            engine.submit_action(act).wait()?;
        }
        Ok(Self {
            player: player.to_owned(),
            post: post.to_owned(),
            votes: ids.len(),
            effects: followed,
        })
    }
}

/// Summarizes outcomes in lines: points by currency, then all other outcomes.
fn summarize_outcomes(outcomes: &[accolade::Outcome]) -> Vec<String> {
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

/// Finds the answer closest to the badge without having it. Returns its author and its key.
fn find_near_miss(
    engine: &Engine,
    community: &CommunityData,
) -> Result<Option<(String, String)>, CommandError> {
    let mut best: Option<(f64, String, String)> = None;
    for player in community.player_ids() {
        let Some(profile) = engine
            .players()
            .load_profile(player, Audience::Admin)
            .wait()?
        else {
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

/// Indents the first lines of an explanation.
fn indent_first_lines(text: &str) -> String {
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
