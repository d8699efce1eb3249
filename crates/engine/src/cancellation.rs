//! Cancellation of long operations.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Error;

/// A token that cancels a long operation.
///
/// A cancelled operation fails with [`Error::Cancelled`]. Steps that it has committed stay. Clones
/// share their state: keep one and pass another to the operation.
///
/// ```
/// use accolade::{CancellationToken, Catalog, Engine, Error};
///
/// # let store = accolade_testing::MemoryStore::new();
/// let engine = Engine::open(store, Catalog::from_toml("")?)?;
/// let cancellation = CancellationToken::new();
/// cancellation.cancel();
/// let result = engine.maintenance().verify_with(cancellation, |_| {}).wait();
/// assert!(matches!(result, Err(Error::Cancelled)));
/// # Ok::<(), accolade::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CancellationToken(Arc<AtomicBool>);

impl CancellationToken {
    /// Creates a token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Requests cancellation. The operation ends at its next step, not at once.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True if cancellation was requested.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails if cancellation was requested.
    pub(crate) fn check_cancelled(&self) -> Result<(), Error> {
        if self.is_cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// Tokens are equal if they share their state.
impl PartialEq for CancellationToken {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for CancellationToken {}
