//! Tokens of machines: JWT (RFC 7519), signed with HMAC-SHA256 and nothing else. Each has a row in the database, so
//! revoking works at once. The token holds no rights; they are in the row.

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    ids::{ApiTokenId, OrganizationId, UserId},
    instant::Instant,
    permission::{Permission, Role},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::{Auth, Principal, principal::Credential, require::unauthenticated};
use crate::{
    db::{
        RunQueryDsl,
        schema::{api_tokens, users},
        sql_types::Json,
    },
    error::{AppError, AppResult},
    with_conn,
};

const ALGORITHM: Algorithm = Algorithm::HS256;
const ISSUER: &str = "esteira";
const AUDIENCE: &str = "esteira-api";
const NOTE_EVERY: TimeDelta = TimeDelta::minutes(5);

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The row in `api_tokens`.
    sub: ApiTokenId,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

/// Signs a token for a row that was just made.
///
/// # Errors
/// Only when signing fails.
pub fn sign(auth: &Auth, id: ApiTokenId, issued_at: Instant, expires_at: Instant) -> AppResult<String> {
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: id,
        iat: issued_at.timestamp(),
        exp: expires_at.timestamp(),
    };
    let key = auth
        .0
        .keyring
        .signing_keys()
        .next()
        .ok_or_else(|| AppError::internal(anyhow::anyhow!("no signing key")))?;
    jsonwebtoken::encode(&Header::new(ALGORITHM), &claims, &EncodingKey::from_secret(key)).map_err(AppError::internal)
}

type Found = (OrganizationId, UserId, String, Role, Json, Option<Instant>, Instant);

/// Whose token it is.
pub(super) async fn principal(auth: &Auth, token: &str) -> AppResult<Principal> {
    let now = auth.0.clock.now();
    let claims = verify(auth, token, now).ok_or_else(unauthenticated)?;
    let id = claims.sub;
    let mut conn = auth.0.db.read().await?;
    let found: Option<Found> = with_conn!(&mut conn, |c| api_tokens::table
        .inner_join(users::table)
        .filter(
            api_tokens::id
                .eq(id)
                .and(api_tokens::revoked_at.is_null())
                .and(api_tokens::expires_at.gt(now))
        )
        .filter(users::active.eq(true))
        .select((
            users::organization_id,
            users::id,
            api_tokens::name,
            users::role,
            api_tokens::scopes,
            api_tokens::last_used_at,
            api_tokens::expires_at,
        ))
        .first(c)
        .await
        .optional())?;
    drop(conn);
    let (organization_id, user_id, name, role, scopes, used_at, expires_at) = found.ok_or_else(unauthenticated)?;
    if used_at.is_none_or(|at| now - at > NOTE_EVERY)
        && let Err(error) = note_use(auth, id, now).await
    {
        // Bookkeeping must not refuse a reader while the writer is busy.
        tracing::debug!(error = %error, "use was not noted");
    }
    let scopes: Vec<Permission> = serde_json::from_value(scopes.0).map_err(AppError::internal)?;
    Ok(Principal {
        organization_id,
        user_id,
        name,
        role,
        credential: Credential::Token { id, scopes, expires_at },
        proved_until: expires_at,
    })
}

/// The library refuses `none`, other algorithms, and wrong issuers and audiences; the end is judged by our own clock.
fn verify(auth: &Auth, token: &str, now: Instant) -> Option<Claims> {
    let mut validation = Validation::new(ALGORITHM);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_exp = false;
    let claims = auth.0.keyring.signing_keys().find_map(|key| {
        jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(key), &validation)
            .ok()
            .map(|data| data.claims)
    })?;
    (claims.exp > now.timestamp()).then_some(claims)
}

async fn note_use(auth: &Auth, id: ApiTokenId, now: Instant) -> AppResult<()> {
    let mut tx = auth.0.db.begin().await?;
    with_conn!(tx.conn(), |c| diesel::update(
        api_tokens::table.filter(api_tokens::id.eq(id))
    )
    .set(api_tokens::last_used_at.eq(Some(now)))
    .execute(c)
    .await)?;
    Ok(tx.commit().await?)
}
