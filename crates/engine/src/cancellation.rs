//! Giving up what takes long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Error;

/// A way to give up what takes long. What was written by then stays, and nothing is half done. Clones are the same one: keep one, and hand over another.
///
/// ```
/// use accolade::{Cancellation, Catalog, Engine, Error, memory::MemoryStore};
///
/// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
/// let cancellation = Cancellation::new();
/// cancellation.cancel();
/// let given_up = engine.verify_with(cancellation, |_| {}).wait();
/// assert!(matches!(given_up, Err(Error::Cancelled)));
/// # Ok::<(), accolade::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// One that nobody has asked for yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to give up. What is under way ends soon, not at once.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has asked to give up.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Ends what is under way, if somebody has asked to.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_cancelled() {
            Err(Error::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// Two are equal when they are the same one.
impl PartialEq for Cancellation {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Cancellation {}
