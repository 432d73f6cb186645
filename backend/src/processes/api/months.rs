//! Months.

use axum::extract::State;
use esteira_shared::{
    dto::processes::{MatrixQuery, MonthMatrixDto, MonthOpened},
    month::Month,
};

use crate::{
    administration::organization::Organization,
    app::SharedApp,
    auth::{
        Require,
        permission::{OpenMonth, ReadProcesses},
    },
    error::AppResult,
    http::extract::{Json, Path, Query},
    processes::{matrix, month},
};

/// Months that were opened, newest first
#[utoipa::path(
    get, path = "/months", tag = "months", responses((status = 200, body = Vec<Month>)),
)]
pub async fn list_months(auth: Require<ReadProcesses>, State(app): State<SharedApp>) -> AppResult<Json<Vec<Month>>> {
    Ok(Json(
        month::list(&mut app.db.read().await?, auth.organization_id).await?,
    ))
}

/// The month as a matrix of clients and operators
#[utoipa::path(
    get, path = "/months/{month}", tag = "months", params(("month" = Month, Path), MatrixQuery),
    responses((status = 200, body = MonthMatrixDto)),
)]
pub async fn get_month(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Path(month): Path<Month>,
    Query(query): Query<MatrixQuery>,
) -> AppResult<Json<MonthMatrixDto>> {
    let _place = app.shares.heavy_read(&auth).await?;
    let mut conn = app.db.read_long().await?;
    let late_before = Organization::find(&mut conn, auth.organization_id)
        .await?
        .late_before(app.clock.now());
    matrix::month(&mut conn, auth.organization_id, month, query, late_before)
        .await
        .map(Json)
}

/// Open a month: a process for every active account
///
/// Running it again opens only what is missing.
#[utoipa::path(
    post, path = "/months/{month}/open", tag = "months", params(("month" = Month, Path)),
    responses((status = 200, body = MonthOpened)),
)]
pub async fn open_month(
    auth: Require<OpenMonth>,
    State(app): State<SharedApp>,
    Path(month): Path<Month>,
) -> AppResult<Json<MonthOpened>> {
    let mut tx = app.db.begin_long().await?;
    let opened = month::open(&mut tx, &auth.actor(), month).await?;
    tx.commit().await?;
    Ok(Json(opened))
}
