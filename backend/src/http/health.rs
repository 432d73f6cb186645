//! `GET /api/health`.

mod disk;

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use diesel::prelude::*;
use esteira_shared::dto::health::{HealthDto, HealthReason};
use std::time::Duration;

use super::extract::Json;
use crate::{
    app::SharedApp,
    db::RunQueryDsl,
    db::schema::{jobs, organizations},
    error::AppResult,
    with_conn,
};

/// A service that takes longer is down as far as a probe is concerned. The answer itself shall come within a second, also
/// on a machine that has much to do: the rest of the second is for that.
const PATIENCE: Duration = Duration::from_millis(700);

/// Whether the program and what it depends on work
///
/// Checks the database, the document store, the job queue and the data folder; 503 when one of them does not answer within
/// 0.7 s, or when the disk is full or has less room than `ESTEIRA_MIN_FREE_MIB`. `reason` says why.
#[utoipa::path(
    get, path = "/api/health", tag = "health",
    responses((status = 200, body = HealthDto), (status = 503, body = HealthDto)),
)]
pub async fn get_health(State(app): State<SharedApp>) -> impl IntoResponse {
    let (database, queue, storage, disk) = tokio::join!(
        up(check_database(&app)),
        up(check_queue(&app)),
        up(async {
            app.storage
                .check()
                .await
                .map_err(crate::error::AppError::storage_unavailable)
        }),
        check_disk(&app),
    );
    let word = |ok: bool, good: &str| if ok { good.to_owned() } else { "unavailable".to_owned() };
    // A full disk is often why another fails; little room alone is the least of them.
    let reason = disk
        .filter(|disk| *disk == HealthReason::DiskFull)
        .or((!database).then_some(HealthReason::DatabaseUnavailable))
        .or((!storage).then_some(HealthReason::StorageUnavailable))
        .or((!queue).then_some(HealthReason::QueueUnavailable))
        .or(disk);
    let body = HealthDto {
        status: if reason.is_none() { "healthy" } else { "unhealthy" }.to_owned(),
        timestamp: app.clock.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        reason,
        services: [
            ("database".to_owned(), word(database, "connected")),
            ("storage".to_owned(), word(storage, "connected")),
            ("queue".to_owned(), word(queue, "available")),
            ("disk".to_owned(), word(disk.is_none(), "available")),
        ]
        .into(),
    };
    (
        if reason.is_none() {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        },
        Json(body),
    )
}

/// A disk that does not answer in time takes nothing either.
async fn check_disk(app: &SharedApp) -> Option<HealthReason> {
    let (folder, min_free_bytes) = (app.config.data_dir.clone(), app.config.min_free_bytes);
    let checking = tokio::task::spawn_blocking(move || disk::check(&folder, min_free_bytes));
    match tokio::time::timeout(PATIENCE, checking).await {
        Ok(Ok(found)) => found,
        Ok(Err(_)) | Err(_) => {
            tracing::warn!("the check of the data folder did not end");
            Some(HealthReason::DiskFull)
        }
    }
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
    let mut conn = app.db.probe().await?;
    let _: Option<String> = with_conn!(&mut conn, |c| organizations::table
        .select(organizations::name)
        .first(c)
        .await
        .optional())?;
    Ok(())
}

async fn check_queue(app: &SharedApp) -> AppResult<()> {
    let mut conn = app.db.probe().await?;
    let _: Option<String> = with_conn!(&mut conn, |c| jobs::table.select(jobs::task).first(c).await.optional())?;
    Ok(())
}
