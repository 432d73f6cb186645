//! Ctrl+K: any process, client, operator or job from a few letters.

mod find;

use axum::extract::State;
use esteira_shared::{
    dto::search::{SearchHitDto, SearchQuery},
    error::{FieldCode, FieldError},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::{AppError, AppResult},
    http::extract::{Json, Query},
    routes,
};

pub fn routes() -> OpenApiRouter<SharedApp> {
    OpenApiRouter::new().routes(routes!(search_everything))
}

/// Processes, clients, operators and jobs that fit some letters
///
/// At most a handful of each kind, best first: words of a client's name, the start of a CNPJ, an operator's name, or an id.
#[utoipa::path(
    get, path = "/search", tag = "search", params(SearchQuery), responses((status = 200, body = Vec<SearchHitDto>)),
)]
pub async fn search_everything(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Query(query): Query<SearchQuery>,
) -> AppResult<Json<Vec<SearchHitDto>>> {
    let text = query.q.trim();
    if !(2..=100).contains(&text.chars().count()) {
        let error = FieldError::new("q", FieldCode::OutOfRange, "between 2 and 100 characters");
        return Err(AppError::validation(vec![error]));
    }
    let _place = app.shares.heavy_read(&auth).await?;
    find::find(&mut app.db.read_long().await?, &auth, text).await.map(Json)
}
