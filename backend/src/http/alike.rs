//! Answers that are the same for everybody of an organisation who may read them.

use axum::{
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use esteira_shared::ids::OrganizationId;
use serde::Serialize;

use crate::{
    app::App,
    error::{AppError, AppResult},
    language,
};

/// Computes an answer once for all who ask for it at the same time, in the same language; see [`crate::coalesce`]. The
/// caller has checked that this one may read it, and what is computed depends on nothing else of them.
///
/// # Errors
/// When it cannot be computed.
pub async fn alike<T: Serialize>(
    app: &App,
    what: &'static str,
    organization: OrganizationId,
    compute: impl Future<Output = AppResult<T>>,
) -> AppResult<Response> {
    let written = async {
        let body = serde_json::to_vec(&compute.await?).map_err(AppError::internal)?;
        Ok::<_, AppError>(Bytes::from(body))
    };
    let key = (what, organization, language::current());
    let body = app.answers.get(key, written).await?;
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
