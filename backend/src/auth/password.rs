//! Passwords: argon2id with the parameters OWASP gives (19 MiB, 2 passes, 1 lane), a bounded number at a time.

mod common;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use esteira_shared::{
    error::{FieldCode, FieldError},
    validate::password::{EASILY_GUESSED, easily_guessed},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::{
    error::{AppError, AppResult},
    fold::fold,
};

/// Each hash takes 19 MiB and a core for tens of milliseconds: more at once would let strangers exhaust the machine.
static SLOTS: Semaphore = Semaphore::const_new(2);

/// Checked when there is no such account, so that the answer takes as long as for a real one.
static NOBODY: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();

fn argon2() -> AppResult<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| AppError::internal(anyhow::anyhow!("{error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Refuses a new password that others try first. `own` is name and e-mail of the person.
///
/// # Errors
/// `validation` of the field.
pub fn refuse_guessable(field: &str, password: &str, own: &[&str]) -> AppResult<()> {
    let own: Vec<String> = own.iter().map(|text| fold(text)).collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    if !easily_guessed(&fold(password), &own) && !common::contains(password) {
        return Ok(());
    }
    let error = FieldError::new(field, FieldCode::EasilyGuessed, EASILY_GUESSED);
    Err(AppError::validation(vec![error]))
}

/// Hashes a new password to the PHC text that is kept.
///
/// # Errors
/// Only when the machine fails.
pub async fn hash(password: SecretString) -> AppResult<String> {
    let work = move || -> AppResult<String> {
        let hash = argon2()?
            .hash_password(password.expose_secret().as_bytes())
            .map_err(|error| AppError::internal(anyhow::anyhow!("{error}")))?;
        Ok(hash.to_string())
    };
    in_slot(work).await?
}

/// Whether the password fits. Without a hash it works as long and answers no.
///
/// # Errors
/// Only when the machine fails or the kept text is damaged.
pub async fn verify(password: SecretString, hash: Option<String>) -> AppResult<bool> {
    let known = hash.is_some();
    let hash = match hash {
        Some(hash) => hash,
        None => NOBODY
            .get_or_try_init(|| self::hash("nobody has this password".to_owned().into()))
            .await?
            .clone(),
    };
    let work = move || -> AppResult<bool> {
        let parsed = PasswordHash::new(&hash).map_err(|error| AppError::internal(anyhow::anyhow!("{error}")))?;
        Ok(argon2()?
            .verify_password(password.expose_secret().as_bytes(), &parsed)
            .is_ok())
    };
    Ok(in_slot(work).await?? && known)
}

async fn in_slot<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
    let slot = SLOTS.acquire().await.map_err(AppError::internal)?;
    // The slot goes with the work: a caller that hangs up does not make room for another while it goes on.
    let held = move || {
        let _slot = slot;
        work()
    };
    tokio::task::spawn_blocking(held).await.map_err(AppError::internal)
}
