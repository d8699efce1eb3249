//! Handles to results that a thread of the engine is computing.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::Error;

/// A handle to the result of an engine call.
///
/// `.await` it in async code, or call [`wait`](Self::wait) elsewhere. Dropping it neither cancels
/// the operation nor undoes it.
///
/// ```
/// use accolade::{Catalog, Engine, NewEvent};
///
/// # let store = accolade_testing::MemoryStore::new();
/// let engine = Engine::open(store, Catalog::from_toml("")?)?;
/// let ticket = engine.record(NewEvent::new("ada", "visit").id("visit-1"));
/// assert_eq!(ticket.wait()?.id, "visit-1");
/// # Ok::<(), accolade::Error>(())
/// ```
#[must_use = "the result says whether the operation succeeded"]
pub struct Ticket<T>(TicketState<T>);

enum TicketState<T> {
    Pending(oneshot::Receiver<Result<T, Error>>),
    Resolved(Option<Result<T, Error>>),
    Mapped(Box<dyn PendingResult<T> + Send + Sync>),
}

/// The result of another ticket, which is converted when it is there.
trait PendingResult<T> {
    fn wait(self: Box<Self>) -> Result<T, Error>;
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T, Error>>;
}

struct MappedTicket<S, F> {
    ticket: Ticket<S>,
    convert: Option<F>,
}

impl<S: Unpin, T, F: FnOnce(S) -> T> PendingResult<T> for MappedTicket<S, F> {
    fn wait(self: Box<Self>) -> Result<T, Error> {
        let convert = self.convert.ok_or(Error::Closed)?;
        self.ticket.wait().map(convert)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        let answer = std::task::ready!(Pin::new(&mut self.ticket).poll(context));
        let convert = self.convert.take().ok_or(Error::Closed);
        Poll::Ready(answer.and_then(|value| convert.map(|convert| convert(value))))
    }
}

/// Sender of a ticket's result.
pub(crate) type ReplySender<T> = oneshot::Sender<Result<T, Error>>;

impl<T> Ticket<T> {
    /// Creates a ticket and the sender of its result.
    pub(crate) fn new() -> (ReplySender<T>, Self) {
        let (reply, answer) = oneshot::channel();
        (reply, Self(TicketState::Pending(answer)))
    }

    /// Creates a ticket whose result is known already.
    pub(crate) fn with_result(answer: Result<T, Error>) -> Self {
        Self(TicketState::Resolved(Some(answer)))
    }

    /// Converts the result when it is there.
    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U + Send + Sync + 'static) -> Ticket<U>
    where
        T: Send + Sync + Unpin + 'static,
    {
        let convert = Some(convert);
        Ticket(TicketState::Mapped(Box::new(MappedTicket {
            ticket: self,
            convert,
        })))
    }

    /// Blocks until the result is there.
    ///
    /// # Errors
    /// Returns the error of the operation, or [`Error::Closed`] if the engine was closed before it
    /// completed.
    ///
    /// # Panics
    /// Panics on a thread of an async runtime, which must not be blocked. Use `.await` there.
    pub fn wait(self) -> Result<T, Error> {
        match self.0 {
            // The sender is dropped unsent only when its job never ran, because the engine closed.
            TicketState::Pending(answer) => answer.blocking_recv().unwrap_or(Err(Error::Closed)),
            TicketState::Resolved(answer) => answer.unwrap_or(Err(Error::Closed)),
            TicketState::Mapped(pending) => pending.wait(),
        }
    }
}

impl<T: Unpin> Future for Ticket<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            TicketState::Pending(answer) => Pin::new(answer)
                .poll(context)
                .map(|answer| answer.unwrap_or(Err(Error::Closed))),
            TicketState::Resolved(answer) => {
                Poll::Ready(answer.take().unwrap_or(Err(Error::Closed)))
            }
            TicketState::Mapped(pending) => pending.poll(context),
        }
    }
}
