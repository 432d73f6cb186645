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

/// Words what is kept or sent to others in the default language: whoever asked for it is not who will read it.
pub fn kept<T>(word: impl FnOnce() -> T) -> T {
    within(Language::default(), word)
}

/// Words something in a language: for what is answered after the handler has returned, which runs outside of its request.
pub fn within<T>(language: Language, word: impl FnOnce() -> T) -> T {
    LANGUAGE.sync_scope(language, word)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_worded_alike_whoever_asks() {
        let reason = Reason::Cancelled {};
        let text = || told(&reason).0;
        assert_eq!((text(), kept(text)), ("cancelado".to_owned(), "cancelado".to_owned()));
        let asked = async { (text(), kept(text), text()) };
        assert_eq!(
            LANGUAGE.scope(Language::En, asked).await,
            ("cancelled".to_owned(), "cancelado".to_owned(), "cancelled".to_owned())
        );
    }
}
