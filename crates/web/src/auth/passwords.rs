//! Administrator passwords, stored as Argon2id hashes.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use axum::http::StatusCode;
use tokio::sync::Semaphore;

use crate::problem::Problem;

/// Maximum password length in bytes, which bounds the time of hashing.
const MAX_BYTES: usize = 1024;
/// Hash that matches no password, verified for unknown names to keep the response time constant.
// The parameters are those of `Argon2::default()`, so that verifying it takes as long.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a password. Rejects one that is shorter than `shortest` bytes or too long.
pub(crate) async fn hash_password(
    hashing: &Semaphore,
    password: String,
    shortest: usize,
) -> Result<String, Problem> {
    if password.len() < shortest {
        return Err(Problem::unprocessable_content(format!(
            "the password is too short; use at least {shortest} characters"
        )));
    }
    if password.len() > MAX_BYTES {
        return Err(Problem::unprocessable_content(format!(
            "the password is too long; use at most {MAX_BYTES} bytes"
        )));
    }
    let work = move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
    };
    match run_hashing(hashing, work).await? {
        Ok(hash) => Ok(hash),
        Err(error) => Err(Problem::internal_error(&error)),
    }
}

/// Returns true if a password matches a stored hash; never, if there is none.
pub(crate) async fn verify_password(
    hashing: &Semaphore,
    password: String,
    stored: Option<String>,
) -> Result<bool, Problem> {
    // No stored password is longer, so the answer is known without hashing.
    if password.len() > MAX_BYTES {
        return Ok(false);
    }
    let work = move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| DUMMY_HASH.to_owned());
        // Computed for unknown names as well, so that the response time does not reveal them.
        let right = PasswordHash::new(&stored).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        right && known
    };
    run_hashing(hashing, work).await
}

/// Runs CPU-bound work on a blocking thread, with bounded concurrency.
async fn run_hashing<T: Send + 'static>(
    hashing: &Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let closed = || {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stopping",
            "Service unavailable",
            "the service is shutting down; retry",
        )
    };
    let _place = hashing.acquire().await.map_err(|_| closed())?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::internal_error(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passwords_are_checked_against_their_hashes() {
        let hashing = Semaphore::new(1);
        let stored = hash_password(&hashing, "correct horse battery".to_owned(), 12)
            .await
            .unwrap();
        assert!(stored.starts_with("$argon2id$"));
        for (password, stored, expected) in [
            ("correct horse battery", Some(stored.clone()), true),
            ("correct horse", Some(stored.clone()), false),
            ("", Some(stored), false),
            ("", None, false),
            ("correct horse battery", Some("no hash".to_owned()), false),
        ] {
            assert_eq!(
                verify_password(&hashing, password.to_owned(), stored)
                    .await
                    .unwrap(),
                expected,
                "{password}"
            );
        }
    }

    #[tokio::test]
    async fn passwords_that_are_too_short_or_too_long_are_rejected() {
        let hashing = Semaphore::new(1);
        assert!(
            hash_password(&hashing, "short".to_owned(), 12)
                .await
                .is_err()
        );
        assert!(
            hash_password(&hashing, "x".repeat(2_000), 12)
                .await
                .is_err()
        );
        assert!(
            !verify_password(&hashing, "x".repeat(2_000), None)
                .await
                .unwrap()
        );
    }
}
