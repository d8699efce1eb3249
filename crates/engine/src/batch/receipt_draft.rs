//! Results of the items of a batch.

use std::fmt;
use std::sync::Arc;

use crate::catalog_cache::PublishedCatalog;
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
    pub(crate) unheard: Option<UnheardEvent>,
}

/// An event whose name no rule of the catalog listens to.
// The suggestion takes long to find, so the receipt thread does it.
#[derive(Clone)]
pub(crate) struct UnheardEvent {
    pub(super) name: String,
    pub(super) published: Arc<PublishedCatalog>,
}

impl fmt::Debug for UnheardEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnheardEvent").field(&self.name).finish()
    }
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
            unheard,
        } = self;
        Ok(Receipt {
            id: id.into(),
            status,
            outcomes: Outcome::from_rows(outcomes)?,
            skipped,
            unheard: unheard.map(|UnheardEvent { name, published }| {
                published
                    .unheard_names
                    .describe_name(published.catalog.rules(), name)
            }),
        })
    }
}
