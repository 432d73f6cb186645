//! The language of the caller: every request says which one it reads, and reasons are put into words in it.

use axum::{extract::Request, http::header::ACCEPT_LANGUAGE, middleware::Next, response::Response};
use esteira_shared::{
    language::Language,
    reason::{Reason, ReasonDto},
};

tokio::task_local! {
    static LANGUAGE: Language;
}

/// Of the request this runs for; outside one, that of jobs and e-mails.
#[must_use]
pub fn current() -> Language {
    LANGUAGE.try_with(|language| *language).unwrap_or_default()
}

/// Reads `Accept-Language`.
pub async fn layer(request: Request, next: Next) -> Response {
    let wish = request.headers().get(ACCEPT_LANGUAGE);
    let wish = wish.and_then(|value| value.to_str().ok()).unwrap_or_default();
    LANGUAGE.scope(Language::accepted(wish), next.run(request)).await
}

/// A reason as an answer tells it: in words, and beside them as code and arguments.
#[must_use]
pub fn told(reason: &Reason) -> (String, ReasonDto) {
    let told = ReasonDto::new(reason, current());
    (told.text.clone(), told)
}
