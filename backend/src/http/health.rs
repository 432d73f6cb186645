//! `GET /api/health`.

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use diesel::prelude::*;
use esteira_shared::dto::health::HealthDto;
use std::time::Duration;

use super::extract::Json;
use crate::{
    app::SharedApp,
    db::RunQueryDsl,
    db::schema::{jobs, organizations},
    error::AppResult,
    with_conn,
};

/// A service that takes longer is down as far as a probe is concerned.
const PATIENCE: Duration = Duration::from_secs(4);

/// Whether the program and what it depends on work
///
/// Checks the database, the document store and the job queue; 503 when one of them does not answer within 4 s.
#[utoipa::path(
    get, path = "/api/health", tag = "health",
    responses((status = 200, body = HealthDto), (status = 503, body = HealthDto)),
)]
pub async fn get_health(State(app): State<SharedApp>) -> impl IntoResponse {
    let (database, queue, storage) = tokio::join!(
        up(check_database(&app)),
        up(check_queue(&app)),
        up(async {
            app.storage
                .check()
                .await
                .map_err(crate::error::AppError::storage_unavailable)
        }),
    );
    let word = |ok: bool, good: &str| if ok { good.to_owned() } else { "unavailable".to_owned() };
    let healthy = database && queue && storage;
    let body = HealthDto {
        status: if healthy { "healthy" } else { "unhealthy" }.to_owned(),
        timestamp: app.clock.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        services: [
            ("database".to_owned(), word(database, "connected")),
            ("storage".to_owned(), word(storage, "connected")),
            ("queue".to_owned(), word(queue, "available")),
        ]
        .into(),
    };
    (
        if healthy {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        },
        Json(body),
    )
}

async fn up(check: impl Future<Output = AppResult<()>>) -> bool {
    match tokio::time::timeout(PATIENCE, check).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "health check failed");
            false
        }
        Err(_) => {
            tracing::warn!("health check timed out");
            false
        }
    }
}

async fn check_database(app: &SharedApp) -> AppResult<()> {
    let mut conn = app.db.read().await?;
    let _: Option<String> = with_conn!(&mut conn, |c| organizations::table
        .select(organizations::name)
        .first(c)
        .await
        .optional())?;
    Ok(())
}

async fn check_queue(app: &SharedApp) -> AppResult<()> {
    let mut conn = app.db.read().await?;
    let _: Option<String> = with_conn!(&mut conn, |c| jobs::table.select(jobs::task).first(c).await.optional())?;
    Ok(())
}
