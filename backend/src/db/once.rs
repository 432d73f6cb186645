//! `Idempotency-Key`: a request that is sent twice is carried out once (draft-ietf-httpapi-idempotency-key-header).
//!
//! The first transaction that the request commits writes the key. So a crash at any point leaves both the change and
//! the key, or neither. The layer in [`crate::http::middleware::idempotency`] reads the key, the extractors of
//! [`crate::auth`] say whose it is, and [`super::Tx::commit`] writes it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{error::ErrorCode, ids::OrganizationId, instant::Instant};

use super::{Database, DbConn, RunQueryDsl, schema::idempotency_keys};
use crate::{
    error::{AppError, AppResult, is_unique_violation},
    with_conn,
};

/// Repeating is safe for this long.
const KEEP: TimeDelta = TimeDelta::hours(24);

tokio::task_local! {
    static REQUEST: Arc<Request>;
}

/// A request with a key.
pub struct Request {
    key: String,
    /// Of method, address and body.
    fingerprint: String,
    state: Mutex<State>,
}

#[derive(Clone, Default)]
pub(crate) enum State {
    /// Nobody knows whose it is yet.
    #[default]
    Unknown,
    /// Nothing is committed yet.
    Pending(Caller),
    /// Its change is true; its answer is not kept yet.
    Done(Caller),
    /// It was carried out before, and this was answered.
    Repeated(Caller, Answer),
    /// The same request was faster.
    Overtaken,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) organization: OrganizationId,
    /// A person or a token.
    pub(crate) name: String,
}

/// What was answered; the text is sealed.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: i32,
    pub(crate) sealed: String,
}

impl Request {
    pub(crate) fn new(key: String, fingerprint: String) -> Arc<Self> {
        let state = Mutex::default();
        Arc::new(Self {
            key,
            fingerprint,
            state,
        })
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(crate) async fn scope<F: Future>(self: &Arc<Self>, work: F) -> F::Output {
        REQUEST.scope(Arc::clone(self), work).await
    }

    /// Keeps the answer for those who repeat the request.
    pub(crate) async fn answered(&self, db: &Database, caller: &Caller, answer: Answer) -> AppResult<()> {
        let mut tx = db.begin().await?;
        let row = idempotency_keys::table.find((caller.organization, &caller.name, &self.key));
        with_conn!(tx.conn(), |c| diesel::update(row)
            .set((
                idempotency_keys::status.eq(Some(answer.status)),
                idempotency_keys::answer_sealed.eq(Some(answer.sealed)),
            ))
            .execute(c)
            .await)?;
        Ok(tx.commit().await?)
    }
}

/// Notes who sends this request, if it has a key.
///
/// # Errors
/// As [`look`].
pub(crate) async fn sent_by(db: &Database, caller: Caller) -> AppResult<()> {
    let Ok(request) = REQUEST.try_with(Arc::clone) else {
        return Ok(());
    };
    look(db, &request, caller).await
}

/// Sees whether this request was carried out before, or by one that overlaps it.
///
/// # Errors
/// `idempotency_key_reused` when the key was used for another request. `idempotency_pending` when the request was
/// carried out and its answer is not known. Also when the answer is known: the layer replaces that error by the answer.
pub(crate) async fn look(db: &Database, request: &Request, caller: Caller) -> AppResult<()> {
    let row = idempotency_keys::table
        .find((caller.organization, &caller.name, &request.key))
        .select((
            idempotency_keys::fingerprint,
            idempotency_keys::status,
            idempotency_keys::answer_sealed,
        ));
    let found: Option<(String, Option<i32>, Option<String>)> =
        with_conn!(&mut db.read().await?, |c| row.first(c).await.optional())?;
    let Some((fingerprint, status, sealed)) = found else {
        request.set(State::Pending(caller));
        return Ok(());
    };
    if fingerprint != request.fingerprint {
        let message = "this Idempotency-Key was used for another request; make a new one for each";
        return Err(AppError::new(ErrorCode::IdempotencyKeyReused, message));
    }
    if let Some((status, sealed)) = status.zip(sealed) {
        request.set(State::Repeated(caller, Answer { status, sealed }));
    }
    Err(pending())
}

/// The change was made, but what was answered is not known (yet).
pub(crate) fn pending() -> AppError {
    AppError::new(
        ErrorCode::IdempotencyPending,
        "a request with this Idempotency-Key is being carried out, or was and its answer is lost; read what it changed",
    )
}

/// Called before a commit: writes the key of this request, if it has one.
pub(super) async fn record(conn: &mut DbConn, now: Instant) -> QueryResult<()> {
    let Ok(request) = REQUEST.try_with(Arc::clone) else {
        return Ok(());
    };
    let State::Pending(caller) = request.state() else {
        return Ok(());
    };
    let row = (
        idempotency_keys::organization_id.eq(caller.organization),
        idempotency_keys::caller.eq(&caller.name),
        idempotency_keys::request_key.eq(&request.key),
        idempotency_keys::fingerprint.eq(&request.fingerprint),
        idempotency_keys::created_at.eq(now),
    );
    let written = with_conn!(conn, |c| diesel::insert_into(idempotency_keys::table)
        .values(row)
        .execute(c)
        .await);
    match written {
        Ok(_) => request.set(State::Done(caller)),
        Err(error) => {
            if is_unique_violation(&error) {
                request.set(State::Overtaken);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Removes keys that were kept long enough.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(db: &Database) -> AppResult<usize> {
    let mut tx = db.begin_long().await?;
    let old = idempotency_keys::created_at.lt(tx.now() - KEEP);
    let removed = with_conn!(tx.conn(), |c| diesel::delete(idempotency_keys::table.filter(old))
        .execute(c)
        .await)?;
    tx.commit().await?;
    Ok(removed)
}
