//! Background job that awards a badge to several players.

use accolade::{Action, Engine, PlayerId, Receipt, ReceiptStatus, Rejection};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::jobs::{JobHandle, tasks};
use crate::problem::Problem;

/// Actions per batch. Progress and cancellation are handled between batches.
pub(super) const BATCH_SIZE: usize = 100;

/// Player to award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AwardedPlayer {
    pub(super) player: String,
    /// True if the player is created if unknown.
    pub(super) create: bool,
}

/// Parameters of all awards of a list.
pub(super) struct BulkAward {
    pub(super) badge: String,
    pub(super) badge_name: String,
    /// Tier; empty for none.
    pub(super) tier: String,
    /// Key; empty for none.
    pub(super) key: String,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) form: String,
}

/// Result of all awards of a list.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BulkAwardResult {
    pub(super) badge: String,
    pub(super) badge_name: String,
    pub(super) tier: Option<String>,
    pub(super) players: Vec<AwardResult>,
    /// Number of players that were not reached before the job was cancelled.
    pub(super) not_reached: usize,
}

/// Result for one player.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AwardResult {
    pub(super) player: String,
    /// Display name.
    pub(super) name: Option<String>,
    /// Id of the action.
    pub(super) action: String,
    /// `done`, `before` or `refused`.
    pub(super) outcome: String,
    /// Tiers that the player got; empty for a badge without tiers.
    pub(super) tiers: Vec<String>,
    /// Reason why the award was refused.
    pub(super) message: Option<String>,
}

impl BulkAward {
    fn build_action(&self, one: &AwardedPlayer) -> Action {
        let act = Action::award(&one.player, &self.badge)
            .id(self.action_id(&one.player))
            .by(&self.by)
            .reason(&self.reason);
        let act = if self.tier.is_empty() {
            act
        } else {
            act.tier(&self.tier)
        };
        let act = if self.key.is_empty() {
            act
        } else {
            act.key(&self.key)
        };
        if one.create { act.create() } else { act }
    }

    /// Derives the id of a player's award from the form id, the player and the award.
    ///
    /// It does not depend on the rest of the list, so a corrected list can be submitted again
    /// without awarding twice.
    fn action_id(&self, player: &str) -> String {
        // Player ids can be too long for an event id. 96 bits of a hash make collisions negligible.
        let parts = [player, &self.tier, &self.key, &self.reason];
        let hash = Sha256::digest(parts.join("\0").as_bytes());
        let hash: String = hash[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{}-{hash}", self.form)
    }
}

/// Awards a badge to players, in batches.
pub(super) async fn award_players(
    engine: Engine,
    award: BulkAward,
    players: Vec<AwardedPlayer>,
    handle: JobHandle,
) -> Result<serde_json::Value, Problem> {
    let total = players.len() as u64;
    let mut given = Vec::new();
    for some in players.chunks(BATCH_SIZE) {
        handle.report_progress(given.len() as u64, total);
        if handle.cancellation_token().is_cancelled() {
            // Not an error: the result lists the players that were reached.
            break;
        }
        let acts = some.iter().map(|one| award.build_action(one)).collect();
        let answers = engine.submit_actions(acts).await?;
        let ids = some
            .iter()
            .map(|one| PlayerId::from(&*one.player))
            .collect();
        let names = engine.players().display_names(ids).await?;
        for ((one, answer), name) in some.iter().zip(answers).zip(names) {
            let action = award.action_id(&one.player);
            given.push(build_award_result(&one.player, name, action, answer));
        }
    }
    handle.report_progress(given.len() as u64, total);
    tasks::serialize_result(&BulkAwardResult {
        badge: award.badge,
        badge_name: award.badge_name,
        tier: Some(award.tier).filter(|tier| !tier.is_empty()),
        not_reached: players.len() - given.len(),
        players: given,
    })
}

pub(super) fn build_award_result(
    player: &str,
    name: Option<String>,
    action: String,
    answer: Result<Receipt, Rejection>,
) -> AwardResult {
    let mut tiers = Vec::new();
    let (outcome, message) = match answer {
        Ok(receipt) => {
            let awarded = receipt.outcomes.iter().filter_map(accolade::Outcome::tier);
            tiers.extend(awarded.map(String::from));
            match receipt.status {
                ReceiptStatus::Duplicate => ("before", None),
                _ => ("done", None),
            }
        }
        // An undo that comes second finds what it wants.
        Err(Rejection::AlreadyRetracted) => ("before", None),
        Err(rejection) => ("refused", Some(rejection.to_string())),
    };
    AwardResult {
        player: player.to_owned(),
        name,
        action,
        outcome: outcome.to_owned(),
        tiers,
        message,
    }
}
