//! HTML that was written for mail programs, shown within one of our own pages.

use axum::{
    http::{
        HeaderName,
        header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY},
    },
    response::{IntoResponse as _, Response},
};

/// It runs nothing, loads nothing and belongs to no origin, whatever stands in it. Its links open pages of their own.
const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'";

/// For what stands by itself: a question to whoever followed a link from a message, with a button.
const QUESTION: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

pub fn framed(html: String) -> Response {
    page(POLICY, html)
}

/// A page without any program, for somebody who may not be one of our users.
pub fn question(html: String) -> Response {
    page(QUESTION, html)
}

fn page(policy: &'static str, html: String) -> Response {
    let headers: [(HeaderName, &'static str); 3] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, policy),
        // Its own address may hold a link that is somebody's alone.
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, html).into_response()
}
