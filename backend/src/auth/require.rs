//! The extractors that let a request in.

use std::marker::PhantomData;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Method, header::AUTHORIZATION, request::Parts},
};
use axum_extra::extract::CookieJar;
use esteira_shared::{error::ErrorCode, ids::SessionId, permission::Needs};

use super::{Access, Admits, Auth, Principal, api_token, csrf, known::Proof, session};
use crate::{
    db::once,
    error::{AppError, AppResult},
};

/// A handler with this argument runs only for those who have the permission `P`. It is checked before the body is read.
pub struct Require<P: Needs> {
    pub principal: Principal,
    permission: PhantomData<P>,
}

/// A handler with this argument runs for everybody who is signed in, person or machine.
pub struct SignedIn(pub Principal);

/// A handler with this argument runs for a person in a browser, not for tokens: one's own session and password.
pub struct InSession {
    pub principal: Principal,
    pub session_id: SessionId,
}

/// A handler with this argument runs for everybody, strangers too, who names this installation as it is known: here is
/// where rights begin, and a page elsewhere must not begin any. The arguments after it find it among the request's
/// extensions.
#[derive(Debug, Clone, Copy)]
pub struct Anyone;

impl<P: Needs> Admits for Require<P> {
    const ACCESS: Access = Access::Needs(P::PERMISSION);
}

impl Admits for SignedIn {
    const ACCESS: Access = Access::SignedIn;
}

impl Admits for InSession {
    const ACCESS: Access = Access::Session;
}

impl Admits for Anyone {
    const ACCESS: Access = Access::Anyone;
}

impl<P: Needs> std::ops::Deref for Require<P> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl<S, P> FromRequestParts<S> for Require<P>
where
    S: Send + Sync,
    Auth: FromRef<S>,
    P: Needs,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> AppResult<Self> {
        let auth = Auth::from_ref(state);
        let principal = authenticate(&auth, &parts.method, &parts.headers).await?;
        principal.require(P::PERMISSION)?;
        once::sent_by(&auth.0.db, principal.caller()).await?;
        Ok(Self {
            principal,
            permission: PhantomData,
        })
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Auth: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> AppResult<Self> {
        let auth = Auth::from_ref(state);
        let principal = authenticate(&auth, &parts.method, &parts.headers).await?;
        once::sent_by(&auth.0.db, principal.caller()).await?;
        Ok(Self(principal))
    }
}

impl<S> FromRequestParts<S> for InSession
where
    S: Send + Sync,
    Auth: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> AppResult<Self> {
        let SignedIn(principal) = SignedIn::from_request_parts(parts, state).await?;
        let session_id = principal
            .session_id()
            .ok_or_else(|| AppError::new(ErrorCode::Forbidden, "only a signed-in person may do this"))?;
        Ok(Self { principal, session_id })
    }
}

impl<S> FromRequestParts<S> for Anyone
where
    S: Send + Sync,
    Auth: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> AppResult<Self> {
        Auth::from_ref(state).check_host(&parts.uri, &parts.headers)?;
        parts.extensions.insert(Self);
        Ok(Self)
    }
}

/// The bearer token of a request. Names of schemes have no case (RFC 9110, section 11.1). Other schemes are not for us:
/// a proxy may ask for a password of its own.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get_all(AUTHORIZATION).iter().find_map(|value| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    })
}

/// Finds out who asks: a bearer token when there is one, the session cookie otherwise.
///
/// # Errors
/// `unauthenticated`; `cross_site_request` for an unsafe request that only carries a cookie.
pub async fn authenticate(auth: &Auth, method: &Method, headers: &HeaderMap) -> AppResult<Principal> {
    if let Some(token) = bearer(headers) {
        return identify(auth, Proof::Token(token)).await;
    }
    let jar = CookieJar::from_headers(headers);
    let token = session::token(auth, &jar).ok_or_else(unauthenticated)?;
    let principal = identify(auth, Proof::Session(token)).await?;
    csrf::check(auth, method, headers)?;
    Ok(principal)
}

async fn identify(auth: &Auth, proof: Proof<'_>) -> AppResult<Principal> {
    let (now, epoch) = (auth.0.clock.now(), auth.0.bus.access_epoch());
    if let Some(principal) = auth.0.known.find(proof, now, epoch) {
        return Ok(principal);
    }
    let principal = match proof {
        Proof::Session(token) => session::principal(auth, token).await?,
        Proof::Token(token) => api_token::principal(auth, token).await?,
    };
    auth.0.known.keep(proof, principal.clone(), now, epoch);
    Ok(principal)
}

pub(super) fn unauthenticated() -> AppError {
    AppError::new(ErrorCode::Unauthenticated, "sign in, or send a valid bearer token")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn with(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn a_bearer_is_known_in_any_case_and_beside_other_schemes() {
        for value in ["Bearer t", "bearer t", "BEARER  t"] {
            assert_eq!(with(&[value]).as_deref(), Some("t"), "{value}");
        }
        assert_eq!(with(&["Basic cHJveHk6eA==", "bearer t"]).as_deref(), Some("t"));
        for value in ["Basic cHJveHk6eA==", "Bearer", "Bearert", "t"] {
            assert_eq!(with(&[value]), None, "{value}");
        }
    }
}
