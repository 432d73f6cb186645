//! The audit trail: who did what, with the state before and after. Rows are only added; both databases refuse to change
//! or delete one.

use diesel::prelude::*;
pub use esteira_shared::audit::AuditAction;
use esteira_shared::ids::{ApiTokenId, AuditEventId, OrganizationId, SubjectId, UserId};
use esteira_shared::instant::Instant;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::Actor;
use crate::{
    db::{RunQueryDsl, Tx, schema::audit_events, sql_types::Json},
    error::{AppError, AppResult},
    telemetry::request_id,
    with_conn,
};

/// What is acted on.
#[derive(Debug, Clone)]
pub struct Subject {
    /// `process`, `user`, …
    pub kind: &'static str,
    pub id: Option<SubjectId>,
    /// How people know it.
    pub name: String,
}

impl Subject {
    pub fn new(kind: &'static str, id: impl Into<Option<Uuid>>, name: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into().map(SubjectId),
            name: name.into(),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = audit_events)]
#[diesel(treat_none_as_default_value = false)]
struct NewEvent {
    id: AuditEventId,
    organization_id: OrganizationId,
    at: Instant,
    actor: String,
    actor_user_id: Option<UserId>,
    actor_token_id: Option<ApiTokenId>,
    action: String,
    subject_kind: String,
    subject_id: Option<SubjectId>,
    subject_name: String,
    before: Option<Json>,
    after: Option<Json>,
    request_id: Option<String>,
}

/// Adds a line in the transaction of the change itself. `before` and `after` are wire structs, which hold no secret.
///
/// # Errors
/// When the database refuses.
pub async fn record<B: Serialize, A: Serialize>(
    tx: &mut Tx,
    actor: &Actor,
    action: AuditAction,
    subject: Subject,
    before: Option<&B>,
    after: Option<&A>,
) -> AppResult<()> {
    let json = |value: Result<Value, serde_json::Error>| value.map_err(AppError::internal);
    let row = NewEvent {
        id: AuditEventId(Uuid::now_v7()),
        organization_id: actor.organization_id,
        at: tx.now(),
        actor: actor.name.clone(),
        actor_user_id: actor.user_id,
        actor_token_id: actor.token_id,
        action: action.to_string(),
        subject_kind: subject.kind.to_owned(),
        subject_id: subject.id,
        subject_name: subject.name,
        before: before
            .map(|value| json(serde_json::to_value(value)).map(Json))
            .transpose()?,
        after: after
            .map(|value| json(serde_json::to_value(value)).map(Json))
            .transpose()?,
        request_id: request_id::try_current(),
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(audit_events::table)
        .values(&row)
        .execute(c)
        .await)?;
    Ok(())
}

/// For actions without a state before or after.
pub const NOTHING: Option<&()> = None;
