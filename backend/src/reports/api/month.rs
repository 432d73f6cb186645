use axum::{extract::State, http::StatusCode, response::Response};
use diesel::prelude::*;
use esteira_shared::{
    dto::reports::{ReportQuery, ReportSend, ReportSent},
    permission::Permission,
};

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    db::{RunQueryDsl, schema::users},
    error::{AppError, AppResult},
    http::{
        extract::{Json, Query},
        framed::framed,
    },
    language,
    mail::{self, Recipient},
    reports::{
        compose::{self, Foot, Table},
        gather::{Wanted, gather},
        link::Links,
    },
    with_conn,
};

/// The report of a month, as a page for a frame
///
/// As a schedule of reports would send it. Schedules that did not run are in it for whoever may read schedules.
#[utoipa::path(
    get, path = "/reports/month", tag = "reports", params(ReportQuery),
    responses((status = 200, content_type = "text/html", body = String)),
)]
pub async fn get_month_report(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Query(query): Query<ReportQuery>,
) -> AppResult<Response> {
    let _place = app.shares.heavy_read(&auth).await?;
    let wanted = Wanted {
        organization: auth.organization_id,
        month: query.month,
        language: query.language.unwrap_or_else(language::current),
        zone: None,
        with_schedules: auth.may(Permission::ReadSchedules),
    };
    let report = gather(&app, wanted).await?;
    let written = compose::write(&report, wanted.language, Links::of(&app), &Foot::Nobody, &Table::None);
    Ok(framed(written.html))
}

/// Send the report of a month to oneself
#[utoipa::path(
    post, path = "/reports/month/send", tag = "reports", request_body = ReportSend,
    responses((status = 202, body = ReportSent), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn send_month_report(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Json(send): Json<ReportSend>,
) -> AppResult<(StatusCode, Json<ReportSent>)> {
    mail::expect_configured(&app)?;
    let _place = app.shares.heavy_read(&auth).await?;
    let wanted = Wanted {
        organization: auth.organization_id,
        month: send.month,
        language: send.language.unwrap_or_else(language::current),
        zone: None,
        with_schedules: auth.may(Permission::ReadSchedules),
    };
    let report = gather(&app, wanted).await?;
    let foot = Foot::Person(auth.name.clone());
    let draft = compose::draft(&app, wanted, &report, &foot, true).await?;
    let mut tx = app.db.begin().await?;
    let to: String = with_conn!(tx.conn(), |c| users::table
        .filter(users::organization_id.eq(auth.organization_id))
        .filter(users::id.eq(auth.user_id))
        .select(users::email)
        .first(c)
        .await)?;
    let queued = mail::queue(
        &mut tx,
        auth.organization_id,
        &auth.name,
        draft,
        vec![Recipient::plain(to)],
    )
    .await?;
    tx.commit().await?;
    let queued = queued
        .into_iter()
        .next()
        .ok_or_else(|| AppError::internal(anyhow::anyhow!("no message was queued")))?;
    let answer = ReportSent {
        job_id: queued.job_id,
        email_id: queued.email_id,
        to: queued.to,
    };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}
