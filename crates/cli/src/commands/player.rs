//! `accolade player`

use std::fmt::Write;

use accolade::{Audience, AwardView, BadgeView, Profile, ProgressView};

use crate::args::{Player, Viewer};
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted, table, thousands};
use crate::receipt;

/// Width of a progress bar, in characters.
const BAR: usize = 20;

/// Shows a player's profile.
pub(crate) fn run(args: &Player, database: &Database, output: Output) -> Result<Ending, Failure> {
    let audience = match args.viewer {
        Viewer::Player => Audience::Player,
        Viewer::Others => Audience::Others,
        Viewer::Admin => Audience::Admin,
    };
    let engine = database.to_read()?;
    let Some(profile) = engine.profile(&args.player, audience).wait()? else {
        return Err(Failure::new(format!(
            "player `{}` not found in {}; a player is created by their first event",
            args.player, database.url
        )));
    };
    output.show(&profile, || describe(&args.player, &profile))?;
    Ok(Ending::Fine)
}

fn describe(asked: &str, profile: &Profile) -> String {
    let mut text = match asked == profile.player {
        true => String::new(),
        false => format!("{asked} was merged into {}\n\n", profile.player),
    };
    let _ = write!(
        text,
        "{}: {}",
        profile.player,
        counted(profile.events, "event")
    );
    if let (Some(first), Some(last)) = (&profile.first_at, &profile.last_at) {
        let _ = write!(text, " from {first} to {last}");
    }
    text.push('\n');
    for (name, value) in profile.attributes.iter() {
        let value = serde_json::to_string(value).unwrap_or_default();
        let _ = writeln!(text, "  {name}: {value}");
    }
    balances(&mut text, profile);
    earned(&mut text, profile);
    on_the_way(&mut text, profile);
    unlockables(&mut text, profile);
    recent(&mut text, profile);
    text
}

fn section(text: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "\n{title}\n{}\n", body.trim_end());
    }
}

fn balances(text: &mut String, profile: &Profile) {
    let line = |one: &accolade::Balance| {
        let icon = one
            .icon
            .as_ref()
            .map_or_else(String::new, |icon| format!("{icon} "));
        format!("  {icon}{:>12} {}\n", thousands(one.balance), one.name)
    };
    section(
        text,
        "Balances",
        &profile.balances.iter().map(line).collect::<String>(),
    );
}

fn earned(text: &mut String, profile: &Profile) {
    let mut rows = Vec::new();
    for badge in &profile.badges {
        for award in &badge.earned {
            let AwardView {
                tier,
                key,
                at,
                event,
                ..
            } = award;
            rows.push([
                name(badge),
                tier.clone(),
                key.clone(),
                at.to_string(),
                event.clone(),
                note(award),
            ]);
        }
    }
    if !rows.is_empty() {
        section(
            text,
            "Badges",
            &table(
                ["badge", "tier", "key", "earned", "event", "note"],
                &[],
                rows,
            )
            .trim_fmt(),
        );
    }
}

/// Describes an award that was kept or given manually, and earlier holding intervals of a temporary
/// one.
fn note(award: &AwardView) -> String {
    let mut notes = Vec::new();
    match award.source.as_str() {
        "grandfathered" => {
            notes.push("kept; no longer earned under the published catalog".to_owned())
        }
        "manual" => notes.push("awarded manually".to_owned()),
        _ => {}
    }
    notes.extend(
        award
            .holding_intervals
            .iter()
            .map(|spell| format!("previously {} to {}", spell.from, spell.until)),
    );
    notes.join("; ")
}

fn on_the_way(text: &mut String, profile: &Profile) {
    let mut nearest: Vec<_> = profile
        .badges
        .iter()
        .filter_map(|badge| Some((badge, badge.progress.as_ref()?)))
        .collect();
    nearest.sort_by(|(_, one), (_, other)| other.ratio.total_cmp(&one.ratio));
    let row = |(badge, progress): (&BadgeView, &ProgressView)| {
        let goal = receipt::award(
            &name(badge),
            &progress.tier,
            progress.key.as_deref().unwrap_or_default(),
        );
        [
            bar(progress.ratio),
            format!("{} of {}", progress.current, progress.target),
            goal,
        ]
    };
    let rows: Vec<_> = nearest.into_iter().map(row).collect();
    if !rows.is_empty() {
        section(
            text,
            "In progress",
            &table(["", "progress", "badge"], &["progress"], rows).trim_fmt(),
        );
    }
}

fn unlockables(text: &mut String, profile: &Profile) {
    let line = |one: &accolade::UnlockableView| {
        format!(
            "  {} {}\n",
            if one.open { "open" } else { "closed" },
            one.name
        )
    };
    section(
        text,
        "Unlockables",
        &profile.unlockables.iter().map(line).collect::<String>(),
    );
}

fn recent(text: &mut String, profile: &Profile) {
    let line =
        |one: &accolade::Outcome| format!("  {}  {}\n", one.at, receipt::describe_outcome(one));
    section(
        text,
        "Recent activity",
        &profile.recent.iter().map(line).collect::<String>(),
    );
}

fn name(badge: &BadgeView) -> String {
    match &badge.id {
        Some(id) if *id != badge.name => format!("{} [{id}]", badge.name),
        _ => badge.name.clone(),
    }
}

/// Draws a progress bar: `━━━━━╌╌╌╌╌`.
fn bar(ratio: f64) -> String {
    // Rounding down, so that only a reached target fills the bar.
    let done = ((ratio.clamp(0.0, 1.0) * BAR as f64) as usize).min(BAR);
    format!("{}{}", "━".repeat(done), "╌".repeat(BAR - done))
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
                (bar(ratio).matches('━').count(), bar(ratio).chars().count()),
                (full, BAR),
                "{ratio}"
            );
        }
    }
}
