//! Answers that are on their way.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::Error;

/// An answer that one of the engine's threads is working on: `.await` it in asynchronous code, or `.wait()` for it
/// elsewhere. Dropping it does not undo what was asked for.
#[must_use = "the answer says whether it worked"]
pub struct Ticket<T>(Inner<T>);

enum Inner<T> {
    Waiting(oneshot::Receiver<Result<T, Error>>),
    Ready(Option<Result<T, Error>>),
}

/// Where the answer is put.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Error>>;

impl<T> Ticket<T> {
    /// A ticket, and where its answer is put.
    pub(crate) fn new() -> (Reply<T>, Self) {
        let (reply, answer) = oneshot::channel();
        (reply, Self(Inner::Waiting(answer)))
    }

    /// A ticket whose answer is there already.
    pub(crate) fn ready(answer: Result<T, Error>) -> Self {
        Self(Inner::Ready(Some(answer)))
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// When it could not be done.
    ///
    /// # Panics
    /// On a thread of an asynchronous runtime, which must not be blocked: `.await` there.
    pub fn wait(self) -> Result<T, Error> {
        match self.0 {
            Inner::Waiting(answer) => answer.blocking_recv().unwrap_or(Err(Error::Closed)),
            Inner::Ready(answer) => answer.unwrap_or(Err(Error::Closed)),
        }
    }
}

impl<T: Unpin> Future for Ticket<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Inner::Waiting(answer) => Pin::new(answer)
                .poll(context)
                .map(|answer| answer.unwrap_or(Err(Error::Closed))),
            Inner::Ready(answer) => Poll::Ready(answer.take().unwrap_or(Err(Error::Closed))),
        }
    }
}
