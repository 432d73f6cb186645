use axum::extract::State;
use esteira_shared::{
    dto::processes::{ProcessDto, ProcessQuery},
    page::Page,
};

use crate::{
    administration::organization::Organization,
    app::SharedApp,
    auth::{Require, permission::ReadProcesses},
    error::AppResult,
    http::extract::{Json, Query},
    processes::{
        list::{self, Selection},
        model::NamedProcess,
    },
};

/// Processes, newest first
///
/// Filters combine. `late` reads by the time in the status whatever the order asked for.
#[utoipa::path(
    get, path = "/processes", tag = "processes", params(ProcessQuery), responses((status = 200, body = Page<ProcessDto>)),
)]
pub async fn list_processes(
    auth: Require<ReadProcesses>,
    State(app): State<SharedApp>,
    Query(query): Query<ProcessQuery>,
) -> AppResult<Json<Page<ProcessDto>>> {
    let mut conn = app.db.read().await?;
    let late_before = match query.late {
        true => {
            let organization = Organization::find(&mut conn, auth.organization_id).await?;
            organization.late_before(app.clock.now())
        }
        // Nobody asks.
        false => app.clock.now(),
    };
    let selection = Selection::new(&mut conn, auth.organization_id, query.filter(), late_before).await?;
    let page = list::page(&mut conn, &selection, query.sort, query.cursor.as_deref(), query.limit).await?;
    let items: AppResult<Vec<ProcessDto>> = page.items.into_iter().map(NamedProcess::dto).collect();
    Ok(Json(Page {
        items: items?,
        next_cursor: page.next_cursor,
        total: page.total,
    }))
}
