//! `accolade player`

use std::collections::BTreeMap;
use std::fmt::Write;

use accolade::{
    Audience, AwardSource, AwardView, BadgeView, Profile, ProgressView, Timestamp, Trigger,
};

use accolade_web::models::PlayerModel;

use crate::args::{AudienceArg, PlayerArgs};
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::{count_noun, format_time, group_thousands};
use crate::output::{Output, render_table};
use crate::receipt;

/// Width of a progress bar, in characters.
const BAR_WIDTH: usize = 20;

/// Shows a player's profile.
pub(crate) fn run_player(
    args: &PlayerArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let audience = match args.audience {
        AudienceArg::Player => Audience::Player,
        AudienceArg::Others => Audience::Others,
        AudienceArg::Admin => Audience::Admin,
    };
    let engine = database.open_read_only()?;
    let Some(profile) = engine
        .players()
        .load_profile(&args.player, audience)
        .wait()?
    else {
        return Err(CommandError::unknown_player(
            &engine,
            &args.player,
            &database.url,
        ));
    };
    output.print_result(&PlayerModel::from(profile.clone()), || {
        describe_profile(&args.player, &profile)
    })?;
    Ok(ExitStatus::Success)
}

fn describe_profile(asked: &str, profile: &Profile) -> String {
    let mut text = match asked == profile.player {
        true => String::new(),
        false => format!("{asked} was merged into {}\n\n", profile.player),
    };
    let _ = write!(
        text,
        "{}: {}",
        profile.player,
        count_noun(profile.events, "event")
    );
    if let Some(seen) = &profile.last_seen_at {
        let _ = write!(text, ", last seen {} UTC", format_time(*seen));
    }
    text.push('\n');
    for (name, value) in profile.attributes.iter() {
        let value = serde_json::to_string(value).unwrap_or_default();
        let _ = writeln!(text, "  {name}: {value}");
    }
    add_balances(&mut text, profile);
    add_earned_badges(&mut text, profile);
    add_progress(&mut text, profile);
    add_unlockables(&mut text, profile);
    add_recent_activity(&mut text, profile);
    text
}

fn add_section(text: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "\n{title}\n{}\n", body.trim_end());
    }
}

fn add_balances(text: &mut String, profile: &Profile) {
    let line = |one: &accolade::CurrencyBalance| {
        let icon = one
            .icon
            .as_ref()
            .map_or_else(String::new, |icon| format!("{icon} "));
        format!(
            "  {icon}{:>12} {}\n",
            group_thousands(one.balance),
            one.name
        )
    };
    add_section(
        text,
        "Balances",
        &profile.balances.iter().map(line).collect::<String>(),
    );
}

fn add_earned_badges(text: &mut String, profile: &Profile) {
    let mut rows = Vec::new();
    for badge in &profile.badges {
        for award in &badge.earned {
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            rows.push([
                badge_name(badge),
                text(award.tier.as_deref()),
                text(award.key.as_deref()),
                format_time(award.at),
                award_note(award),
            ]);
        }
    }
    if !rows.is_empty() {
        add_section(
            text,
            "Badges",
            &render_table(["badge", "tier", "key", "earned (UTC)", "note"], &[], rows),
        );
    }
}

/// Describes an award that was kept or given manually, and earlier holding intervals of a temporary
/// one.
fn award_note(award: &AwardView) -> String {
    let mut notes = Vec::new();
    match award.source {
        AwardSource::Grandfathered => {
            notes.push("kept; no longer earned under the published catalog".to_owned())
        }
        AwardSource::Manual => {
            let by = award.by.as_deref().map(|by| format!(" by {by}"));
            let reason = award.reason.as_deref().map(|reason| format!(": {reason}"));
            notes.push(format!(
                "awarded manually{}{}",
                by.unwrap_or_default(),
                reason.unwrap_or_default()
            ));
        }
        _ => {}
    }
    notes.extend(award.holding_intervals.iter().map(|spell| {
        format!(
            "previously {} to {}",
            format_time(spell.from),
            format_time(spell.until)
        )
    }));
    notes.join("; ")
}

fn add_progress(text: &mut String, profile: &Profile) {
    let mut nearest: Vec<_> = profile
        .badges
        .iter()
        .filter_map(|badge| Some((badge, badge.progress.as_ref()?)))
        .collect();
    nearest.sort_by(|(_, one), (_, other)| other.ratio.total_cmp(&one.ratio));
    let row = |(badge, progress): (&BadgeView, &ProgressView)| {
        let goal = receipt::describe_award(
            &badge_name(badge),
            progress.tier.as_deref(),
            progress.key.as_deref(),
        );
        [
            draw_bar(progress.ratio),
            format!(
                "{} of {}",
                progress.current.to_grouped(),
                progress.target.to_grouped()
            ),
            goal,
        ]
    };
    let rows: Vec<_> = nearest.into_iter().map(row).collect();
    if !rows.is_empty() {
        add_section(
            text,
            "In progress",
            &render_table(["", "progress", "badge"], &["progress"], rows),
        );
    }
}

fn add_unlockables(text: &mut String, profile: &Profile) {
    let line = |one: &accolade::UnlockableView| {
        let progress = one.progress.as_ref();
        let remaining = progress.map(|progress| format!(": {}", progress.remaining));
        format!(
            "  {} {}{}\n",
            if one.open { "open" } else { "closed" },
            one.name,
            remaining.unwrap_or_default()
        )
    };
    add_section(
        text,
        "Unlockables",
        &profile.unlockables.iter().map(line).collect::<String>(),
    );
}

fn add_recent_activity(text: &mut String, profile: &Profile) {
    let line = |one: &accolade::Outcome| {
        format!(
            "  {}  {}\n",
            format_time(one.recorded_at),
            receipt::describe_outcome(one)
        )
    };
    // One line stands for all effects of a publication.
    let (published, others): (Vec<_>, Vec<_>) = profile
        .recent
        .iter()
        .partition(|outcome| outcome.trigger == Trigger::Publish);
    let mut lines: Vec<(Timestamp, String)> = others
        .into_iter()
        .map(|outcome| (outcome.recorded_at, line(outcome)))
        .collect();
    let mut publications: BTreeMap<&str, Vec<&accolade::Outcome>> = BTreeMap::new();
    for outcome in published {
        let cause = outcome.caused_by.as_deref().unwrap_or_default();
        publications.entry(cause).or_default().push(outcome);
    }
    for (cause, outcomes) in publications {
        let version = cause.strip_prefix("catalog:").unwrap_or(cause);
        let Some(at) = outcomes.iter().map(|outcome| outcome.recorded_at).max() else {
            continue;
        };
        let changes: Vec<String> = outcomes
            .iter()
            .map(|outcome| receipt::describe_outcome(outcome))
            .collect();
        let changes = changes.join("; ");
        lines.push((
            at,
            format!(
                "  {}  catalog version {version}: {changes}\n",
                format_time(at)
            ),
        ));
    }
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let body: String = lines.into_iter().map(|(_, line)| line).collect();
    add_section(text, "Recent activity (UTC)", &body);
}

fn badge_name(badge: &BadgeView) -> String {
    match &badge.id {
        Some(id) if *id != badge.name => format!("{} [{id}]", badge.name),
        _ => badge.name.clone(),
    }
}

/// Draws a progress bar: `━━━━━╌╌╌╌╌`.
fn draw_bar(ratio: f64) -> String {
    // Rounding down, so that only a reached target fills the bar.
    let done = ((ratio.clamp(0.0, 1.0) * BAR_WIDTH as f64) as usize).min(BAR_WIDTH);
    format!("{}{}", "━".repeat(done), "╌".repeat(BAR_WIDTH - done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_full_only_at_the_target() {
        for (ratio, full) in [
            (0.0, 0),
            (0.5, 10),
            (0.99, 19),
            (1.0, 20),
            (7.0, 20),
            (-1.0, 0),
            (f64::NAN, 0),
        ] {
            assert_eq!(
                (
                    draw_bar(ratio).matches('━').count(),
                    draw_bar(ratio).chars().count()
                ),
                (full, BAR_WIDTH),
                "{ratio}"
            );
        }
    }
}
