//! Results of the items of a batch.

use crate::store::{OutcomeRow, StoreError};
use crate::{Outcome, Receipt, ReceiptStatus, Rejection, SkippedRule};

/// The result of one item.
pub(crate) type ItemResult = Result<ReceiptDraft, Rejection>;

/// A receipt whose outcomes are still rows of the feed.
#[derive(Debug, Clone)]
pub(crate) struct ReceiptDraft {
    pub(crate) id: String,
    pub(crate) status: ReceiptStatus,
    pub(crate) outcomes: Vec<(i64, OutcomeRow)>,
    pub(crate) skipped: Vec<SkippedRule>,
}

impl ReceiptDraft {
    /// Completes the receipt.
    ///
    /// # Errors
    /// Returns [`StoreError::Damaged`] if a stored outcome of a duplicate cannot be read.
    pub(crate) fn into_receipt(self) -> Result<Receipt, StoreError> {
        let Self {
            id,
            status,
            outcomes,
            skipped,
        } = self;
        Ok(Receipt {
            id: id.into(),
            status,
            outcomes: Outcome::from_rows(outcomes)?,
            skipped,
        })
    }
}
