//! Sessions of browsers: an opaque random cookie; the database keeps only its hash.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    error::ErrorCode,
    ids::{OrganizationId, SessionId, UserId},
    instant::Instant,
    permission::Role,
};
use uuid::Uuid;

use super::{Auth, Principal, addresses, principal::Credential, require::unauthenticated};
use crate::{
    bus::Signal,
    db::{
        RunQueryDsl, Tx,
        schema::{sessions, users},
    },
    error::{AppError, AppResult},
    secrets::{random_bytes, sha256_hex},
    with_conn,
};

/// The session's cookie where the public address is not `https`.
pub const COOKIE: &str = "esteira_session";
/// The same with `https`: browsers take this name only from us, over TLS, and not from a neighbouring name.
pub const HOST_COOKIE: &str = "__Host-esteira_session";
/// Below a path of a host. `__Host-` would bind the cookie to the whole host, and browsers would show it to everything else
/// that is served there. The name is another, because that of an installation at the root comes along with ours.
pub const PATH_COOKIE: &str = "esteira_path_session";
/// The same with `https`.
pub const SECURE_PATH_COOKIE: &str = "__Secure-esteira_path_session";

/// A session ends this long after its last use…
const IDLE: TimeDelta = TimeDelta::hours(12);
/// …and at the latest this long after signing in.
const LONGEST: TimeDelta = TimeDelta::days(7);
/// Use is written down at most this often, so that reading does not write.
const NOTE_EVERY: TimeDelta = TimeDelta::minutes(5);

#[derive(Insertable)]
#[diesel(table_name = sessions)]
#[diesel(treat_none_as_default_value = false)]
struct NewSession {
    id: SessionId,
    organization_id: OrganizationId,
    user_id: UserId,
    token_hash: String,
    created_at: Instant,
    last_seen_at: Instant,
    expires_at: Instant,
    address: String,
    user_agent: String,
}

/// Starts a session and returns the cookie's value, which is kept nowhere else.
///
/// # Errors
/// When the database refuses.
pub async fn start(
    tx: &mut Tx,
    organization_id: OrganizationId,
    user_id: UserId,
    address: String,
    user_agent: String,
) -> AppResult<String> {
    let now = tx.now();
    let token = BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<32>().map_err(AppError::internal)?);
    let row = NewSession {
        id: SessionId(Uuid::now_v7()),
        organization_id,
        user_id,
        token_hash: sha256_hex(token.as_bytes()),
        created_at: now,
        last_seen_at: now,
        expires_at: now + IDLE,
        address,
        user_agent: user_agent.chars().take(200).collect(),
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(sessions::table)
        .values(&row)
        .execute(c)
        .await)?;
    if let Ok(address) = row.address.parse() {
        addresses::remember(tx, organization_id, user_id, address).await?;
    }
    // Housekeeping where it costs least: signing in is rare.
    with_conn!(tx.conn(), |c| diesel::delete(
        sessions::table.filter(sessions::expires_at.lt(now))
    )
    .execute(c)
    .await)?;
    Ok(token)
}

/// The session's token that came with a request.
#[must_use]
pub fn token<'a>(auth: &Auth, jar: &'a CookieJar) -> Option<&'a str> {
    // Who signed in under the first name, before the address became `https` or got a path, stays signed in.
    let found = jar.get(name(auth)).or_else(|| jar.get(COOKIE))?;
    Some(found.value())
}

/// Gives the browser its session, in place of what it had.
pub fn hand_over(auth: &Auth, jar: CookieJar, token: String) -> CookieJar {
    without_old_name(auth, jar).add(cookie(auth, name(auth), token))
}

/// The same for a session that came under the old name; nothing for others.
pub fn rename(auth: &Auth, jar: CookieJar) -> CookieJar {
    if name(auth) == COOKIE || jar.get(name(auth)).is_some() {
        return jar;
    }
    match jar.get(COOKIE).map(|cookie| cookie.value().to_owned()) {
        Some(token) => hand_over(auth, jar, token),
        None => jar,
    }
}

/// Takes the session from the browser.
pub fn take_back(auth: &Auth, jar: CookieJar) -> CookieJar {
    without_old_name(auth, jar).remove(cookie(auth, name(auth), String::new()))
}

fn without_old_name(auth: &Auth, jar: CookieJar) -> CookieJar {
    // Below a path, the old name may be that of another installation, at the root of the host.
    if name(auth) != HOST_COOKIE {
        return jar;
    }
    jar.remove(cookie(auth, COOKIE, String::new()))
}

fn name(auth: &Auth) -> &'static str {
    match (auth.0.cookie_path.as_str(), auth.0.hosts.https()) {
        ("/", false) => COOKIE,
        ("/", true) => HOST_COOKIE,
        (_, false) => PATH_COOKIE,
        (_, true) => SECURE_PATH_COOKIE,
    }
}

/// Where cookies are for, when everything is below this path.
pub(super) fn path(base: &str) -> String {
    if base.is_empty() { "/" } else { base }.to_owned()
}

fn cookie(auth: &Auth, name: &'static str, token: String) -> Cookie<'static> {
    Cookie::build((name, token))
        .path(auth.0.cookie_path.clone())
        .http_only(true)
        .secure(name.starts_with("__"))
        .same_site(SameSite::Lax)
        .build()
}

/// Whose session it is; nobody's when it is over.
///
/// # Errors
/// When the database refuses.
pub async fn owner(auth: &Auth, token: &str) -> AppResult<Option<UserId>> {
    match principal(auth, token).await {
        Ok(principal) => Ok(Some(principal.user_id)),
        Err(error) if error.code() == ErrorCode::Unauthenticated => Ok(None),
        Err(error) => Err(error),
    }
}

type Found = (
    SessionId,
    OrganizationId,
    UserId,
    String,
    Role,
    Instant,
    Instant,
    Instant,
);

/// Whose session it is.
pub(super) async fn principal(auth: &Auth, token: &str) -> AppResult<Principal> {
    let now = auth.0.clock.now();
    let hash = sha256_hex(token.as_bytes());
    let mut conn = auth.0.db.read().await?;
    let found: Option<Found> = with_conn!(&mut conn, |c| sessions::table
        .inner_join(users::table)
        .filter(
            sessions::token_hash
                .eq(&hash)
                .and(sessions::expires_at.gt(now))
                .and(users::active.eq(true))
        )
        .select((
            sessions::id,
            users::organization_id,
            users::id,
            users::name,
            users::role,
            sessions::created_at,
            sessions::last_seen_at,
            sessions::expires_at,
        ))
        .first(c)
        .await
        .optional())?;
    drop(conn);
    let (id, organization_id, user_id, name, role, created_at, seen_at, expires_at) =
        found.ok_or_else(unauthenticated)?;
    if now > created_at + LONGEST {
        return Err(unauthenticated());
    }
    if now - seen_at > NOTE_EVERY
        && let Err(error) = note_use(auth, id, now, created_at).await
    {
        // Bookkeeping must not refuse a reader while the writer is busy.
        tracing::debug!(error = %error, "use was not noted");
    }
    Ok(Principal {
        organization_id,
        user_id,
        name,
        role,
        credential: Credential::Session(id),
        proved_until: expires_at,
    })
}

/// Ends one session.
///
/// # Errors
/// When the database refuses.
pub async fn end(tx: &mut Tx, id: SessionId, user: UserId) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::delete(
        sessions::table.filter(sessions::id.eq(id))
    )
    .execute(c)
    .await)?;
    tx.signal(Signal::AccessChanged { user });
    Ok(())
}

/// Ends the session of a cookie, if there is one.
///
/// # Errors
/// When the database refuses.
pub async fn end_by_token(tx: &mut Tx, token: &str) -> QueryResult<()> {
    let hash = sha256_hex(token.as_bytes());
    let user: Option<UserId> = with_conn!(tx.conn(), |c| diesel::delete(
        sessions::table.filter(sessions::token_hash.eq(hash))
    )
    .returning(sessions::user_id)
    .get_result(c)
    .await
    .optional())?;
    if let Some(user) = user {
        tx.signal(Signal::AccessChanged { user });
    }
    Ok(())
}

/// Ends a person's sessions on all machines, open streams included; `except` may keep the one in use.
///
/// # Errors
/// When the database refuses.
pub async fn end_all(tx: &mut Tx, user: UserId, except: Option<SessionId>) -> QueryResult<()> {
    let keep = except.unwrap_or(SessionId(Uuid::nil()));
    with_conn!(tx.conn(), |c| diesel::delete(
        sessions::table.filter(sessions::user_id.eq(user).and(sessions::id.ne(keep)))
    )
    .execute(c)
    .await)?;
    tx.signal(Signal::AccessChanged { user });
    Ok(())
}

async fn note_use(auth: &Auth, id: SessionId, now: Instant, created_at: Instant) -> AppResult<()> {
    let mut tx = auth.0.db.begin().await?;
    with_conn!(tx.conn(), |c| diesel::update(
        sessions::table.filter(sessions::id.eq(id))
    )
    .set((
        sessions::last_seen_at.eq(now),
        sessions::expires_at.eq((now + IDLE).min(created_at + LONGEST))
    ))
    .execute(c)
    .await)?;
    Ok(tx.commit().await?)
}
