//! Checks of responses, and updates of the model by them.

use std::collections::BTreeMap;

use accolade::{Error, NewEvent, Receipt, ReceiptStatus, Rejection, Value};
use accolade_core::names::acts;

use super::model::ExpectedRetraction;
use super::world::{StepFailure, World, must};

impl World<'_> {
    /// Checks the response to an event or manual action.
    pub(crate) fn check_response(
        &mut self,
        sent: NewEvent,
        answer: Result<Receipt, Error>,
    ) -> Result<(), StepFailure> {
        let name = (
            String::from(&*sent.player),
            sent.id
                .as_ref()
                .expect("everything is sent with an id")
                .to_string(),
        );
        let before = self.model.known.get(&name).cloned();
        let erased = self.model.erased.contains(sent.player.as_str());
        match (item_response(answer)?, before) {
            (Err(Rejection::PlayerErased), _) => {
                must!(
                    erased,
                    "{name:?} was rejected, but the player was not erased"
                )
            }
            (answer, _) if erased => must!(false, "the player was erased, but {answer:?}"),
            (Err(Rejection::Conflict { .. }), Some(before)) => {
                must!(
                    !same(&before.sent, &sent),
                    "{name:?} is the same as before: {before:?}"
                );
            }
            (Ok(receipt), Some(before)) => {
                must!(
                    same(&before.sent, &sent),
                    "{name:?} is another than before: {before:?}"
                );
                must!(
                    receipt.status == ReceiptStatus::Duplicate,
                    "{name:?} was there before: {receipt:?}"
                );
            }
            (Ok(receipt), None) => {
                must!(
                    self.again || receipt.status == ReceiptStatus::Accepted,
                    "{name:?} is new: {receipt:?}"
                );
                self.model.record_accepted(sent);
            }
            (Err(Rejection::Refused(_)), None) if sent.is_reserved() => {}
            (Err(rejection), before) => must!(false, "{name:?} ({before:?}): {rejection}"),
        }
        Ok(())
    }

    pub(crate) fn check_retraction(
        &mut self,
        player: &str,
        id: String,
        ids: &[String],
        restore: bool,
        answer: Result<Receipt, Error>,
    ) -> Result<(), StepFailure> {
        let name = if restore {
            acts::RESTORE
        } else {
            acts::RETRACT
        };
        let list = Value::List(ids.iter().map(|id| Value::from(id.as_str())).collect());
        let sent = NewEvent::new(player, name).id(id).prop("events", list);
        let expected = self.model.expected(player, ids, restore);
        match (item_response(answer)?, expected) {
            (Err(Rejection::NotRetractable { .. }), ExpectedRetraction::NotRetractable)
            | (
                Err(Rejection::AlreadyRetracted | Rejection::NotRetracted),
                ExpectedRetraction::Nothing,
            ) => Ok(()),
            (Ok(receipt), ExpectedRetraction::Taken) => {
                self.check_response(sent, Ok(receipt))?;
                self.model.retract(player, ids, restore);
                Ok(())
            }
            (Err(Rejection::PlayerErased), _) => {
                self.check_response(sent, Err(Rejection::PlayerErased.into()))
            }
            (answer, expected) => Err(StepFailure::Mismatch(format!(
                "{sent:?} is {expected:?}, but {answer:?}"
            ))),
        }
    }

    pub(crate) fn check_merge(
        &mut self,
        player: &str,
        guest: &str,
        id: String,
        name: &str,
        answer: Result<Receipt, Error>,
    ) -> Result<(), StepFailure> {
        let player = self.model.owner_of(player);
        let merges = name == acts::MERGE;
        match item_response(answer)? {
            Ok(_) => {
                let unmerges = self.model.aliases.get(guest) == Some(&player);
                let may = if merges {
                    player != guest && !self.model.aliases.contains_key(guest)
                } else {
                    unmerges
                };
                must!(may, "{name} {id} of {guest} and {player} was taken");
                self.model
                    .record_accepted(NewEvent::new(&player, name).id(id).prop("guest", guest));
                match merges {
                    true => drop(self.model.aliases.insert(guest.to_owned(), player)),
                    false => drop(self.model.aliases.remove(guest)),
                }
            }
            Err(Rejection::Merge(_) | Rejection::PlayerErased) => {}
            Err(rejection) => must!(false, "{name} {id}: {rejection}"),
        }
        Ok(())
    }
}

/// Returns the response about one item, or the failure of the store.
pub(crate) fn item_response(
    answer: Result<Receipt, Error>,
) -> Result<Result<Receipt, Rejection>, StepFailure> {
    match answer {
        Ok(receipt) => Ok(Ok(receipt)),
        Err(Error::Rejected(rejection)) => Ok(Err(rejection)),
        Err(error) => Err(error.into()),
    }
}

/// True if two events have the same content (S12).
fn same(one: &NewEvent, other: &NewEvent) -> bool {
    let content = |event: &NewEvent| {
        let props: BTreeMap<String, Value> = event
            .props
            .iter()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        (event.name.clone(), event.at, event.order, props)
    };
    content(one) == content(other)
}
