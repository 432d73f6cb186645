use axum::extract::State;
use esteira_shared::dto::schedules::ScheduleKindDto;

use crate::{
    app::SharedApp,
    auth::{Require, permission::ReadSchedules},
    http::extract::Json,
    schedules::check,
};

/// What can be scheduled, with what a new schedule of each kind begins with
#[utoipa::path(
    get, path = "/schedules/kinds", tag = "schedules", responses((status = 200, body = Vec<ScheduleKindDto>)),
)]
pub async fn list_schedule_kinds(
    auth: Require<ReadSchedules>,
    State(app): State<SharedApp>,
) -> Json<Vec<ScheduleKindDto>> {
    let kinds = app.kinds.facts().into_iter().map(|fact| ScheduleKindDto {
        kind: fact.kind,
        parameters: fact.parameters,
        catch_up: fact.catch_up,
        to_people: fact.to_people,
        may_make: check::may_make(&app, &auth, fact.kind),
    });
    Json(kinds.collect())
}
