//! Unsafe requests with a cookie must come from our own page. They need a header that other sites cannot add without
//! permission and, where the browser names it, our own origin.

use axum::http::{HeaderMap, Method, header};
use esteira_shared::error::ErrorCode;

use super::Auth;
use crate::error::{AppError, AppResult};

/// Sent by the page with every unsafe request.
pub const HEADER: &str = "x-esteira-csrf";

/// # Errors
/// `cross_site_request`.
pub fn check(auth: &Auth, method: &Method, headers: &HeaderMap) -> AppResult<()> {
    if method.is_safe() {
        return Ok(());
    }
    if !headers.contains_key(HEADER) {
        return refuse("the header x-esteira-csrf is missing");
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::ORIGIN) {
        Some(origin) if !auth.0.hosts.is_own(origin, text(header::HOST)) => {
            refuse("the request comes from another origin")
        }
        _ => Ok(()),
    }
}

fn refuse(why: &'static str) -> AppResult<()> {
    Err(AppError::new(ErrorCode::CrossSiteRequest, why))
}
