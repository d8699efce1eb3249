//! Credentials of live streams: a stream ends with the credential that opened it.

use std::sync::Arc;
use std::time::Duration;

use accolade::{Error, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::auth::key_cache::ActiveKey;
use crate::auth::sessions::{self, AdministratorSession};
use crate::auth::tokens::PlayerToken;
use crate::auth::{Administrator, Caller};
use crate::state::AppState;

/// Interval at which a stream checks its credential, for changes by other processes.
const CHECK_INTERVAL: Duration = Duration::from_secs(15);

/// Credential that a live stream depends on.
#[derive(Debug, Clone)]
pub(crate) enum StreamCredential {
    /// None: visitors may see the stream, or the host identified the player of the request.
    None,
    /// API key.
    Key(Arc<ActiveKey>),
    /// Token of the player.
    Token(PlayerToken),
    /// Session of an administrator.
    Session(AdministratorSession),
}

impl From<Caller> for StreamCredential {
    fn from(caller: Caller) -> Self {
        match caller {
            Caller::Key(key) => Self::Key(key),
            Caller::Player(token) => Self::Token(token),
        }
    }
}

impl From<Administrator> for StreamCredential {
    fn from(administrator: Administrator) -> Self {
        Self::Session(administrator.session)
    }
}

impl StreamCredential {
    /// Returns the time from which it is invalid, if it has one.
    fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Self::None | Self::Key(_) => None,
            Self::Token(token) => Some(token.expires_at),
            Self::Session(session) => Some(session.expires_at),
        }
    }

    /// Returns true if it has not been revoked.
    async fn is_active(&self, app: &AppState) -> Result<bool, Error> {
        match self {
            Self::None => Ok(true),
            Self::Key(key) => app.auth.keys.is_active(&app.engine, &key.id).await,
            Self::Token(token) => Ok(app.auth.tokens.is_current(token)),
            Self::Session(session) => Ok(sessions::load_administrator(app, &session.hash)
                .await?
                .is_some()),
        }
    }
}

/// Checks of the credential of an open stream.
pub(super) struct CredentialCheck {
    credential: StreamCredential,
    /// Signal that some credential has ended.
    revocations: watch::Receiver<()>,
    /// Time of the next check for a revocation.
    due_at: Instant,
}

impl CredentialCheck {
    /// Creates the checks. Call it before anything is read with the credential.
    pub(super) fn new(app: &AppState, credential: StreamCredential) -> Self {
        Self {
            credential,
            revocations: app.auth.subscribe_to_revocations(),
            due_at: Instant::now() + CHECK_INTERVAL,
        }
    }

    /// Returns true if the credential is valid. Checks for a revocation only when that is due.
    pub(super) async fn is_valid(&mut self, app: &AppState) -> bool {
        if matches!(self.credential, StreamCredential::None) {
            return true;
        }
        if let Some(expires_at) = self.credential.expires_at()
            && expires_at <= app.engine.now()
        {
            return false;
        }
        let is_signaled = self.revocations.has_changed().unwrap_or(true);
        if !is_signaled && Instant::now() < self.due_at {
            return true;
        }
        self.revocations.mark_unchanged();
        self.due_at = Instant::now() + CHECK_INTERVAL;
        let (app, credential) = (app.clone(), self.credential.clone());
        // In a task, because a stream stops in the middle of this if its client does not read, and
        // the check may hold a lock that requests wait for.
        let check = tokio::spawn(async move { credential.is_active(&app).await });
        match check.await {
            Ok(Ok(is_active)) => is_active,
            Ok(Err(error)) => {
                tracing::warn!(%error, "live stream closed: credential check failed");
                false
            }
            // The task panicked, or the runtime is shutting down.
            Err(_) => false,
        }
    }

    /// Waits until the next check is due.
    pub(super) async fn wait_until_due(&mut self, app: &AppState) {
        if matches!(self.credential, StreamCredential::None) {
            return std::future::pending().await;
        }
        let mut due_at = self.due_at;
        if let Some(expires_at) = self.credential.expires_at() {
            let micros = expires_at.as_micros() - app.engine.now().as_micros();
            // A millisecond late, so that the credential has expired by then.
            let left = Duration::from_micros(u64::try_from(micros).unwrap_or_default())
                + Duration::from_millis(1);
            due_at = due_at.min(Instant::now() + left);
        }
        tokio::select! {
            _ = self.revocations.changed() => self.due_at = Instant::now(),
            () = tokio::time::sleep_until(due_at) => {}
        }
    }
}
