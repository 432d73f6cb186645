//! The id of a request, wherever in the program it is being worked on.

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request this runs for; `-` outside one.
#[must_use]
pub fn current() -> String {
    try_current().unwrap_or_else(|| "-".to_owned())
}

#[must_use]
pub fn try_current() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Works for a request.
pub async fn scope<F: Future>(id: String, work: F) -> F::Output {
    REQUEST_ID.scope(id, work).await
}
