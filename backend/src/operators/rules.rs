//! What may be done with an operator.

use diesel::prelude::*;
use esteira_shared::{
    dto::operators::{OperatorCreate, OperatorDto, OperatorUpdate},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::{OperatorId, OrganizationId},
    permission::Permission,
};
use serde_json::json;
use uuid::Uuid;

use super::Operator;
use crate::{
    auth::{
        Actor, Principal,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{DbConn, RunQueryDsl, Tx, schema::operators},
    error::{AppError, AppResult, is_unique_violation},
    fold::fold,
    with_conn,
};

/// One operator with the number of its accounts.
///
/// # Errors
/// `not_found`.
pub async fn get(conn: &mut DbConn, organization: OrganizationId, id: OperatorId) -> AppResult<OperatorDto> {
    let operator = Operator::find(conn, organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("operator"))?;
    let counts = Operator::account_counts(conn, organization, vec![id]).await?;
    Ok(operator.into_dto(counts.iter().map(|(_, count)| count).sum()))
}

/// Adds an operator. Names are kept in capitals, as operators are written in keys and file names.
///
/// # Errors
/// `validation` when the name is taken.
pub async fn create(tx: &mut Tx, actor: &Actor, create: &OperatorCreate) -> AppResult<OperatorDto> {
    let now = tx.now();
    let row = Operator {
        id: OperatorId(Uuid::now_v7()),
        organization_id: actor.organization_id,
        name: capitals(&create.name),
        sort_name: fold(&create.name),
        possui_rpa: create.possui_rpa,
        rpa_terceirizado: create.rpa_terceirizado,
        url_endpoint_rpa: url(create.url_endpoint_rpa.as_deref()),
        active: true,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    with_conn!(tx.conn(), |c| diesel::insert_into(operators::table)
        .values(&row)
        .execute(c)
        .await)
    .map_err(taken)?;
    let dto = row.into_dto(0);
    audit::record(
        tx,
        actor,
        AuditAction::OperatorCreate,
        subject(&dto),
        NOTHING,
        Some(&dto),
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Operators, dto.id.0);
    Ok(dto)
}

/// Changes an operator.
///
/// # Errors
/// `not_found`, `version_conflict`, or `validation` when the name is taken; `forbidden` of another address for robots by who
/// may not manage the organisation.
pub async fn update(tx: &mut Tx, who: &Principal, id: OperatorId, update: OperatorUpdate) -> AppResult<OperatorDto> {
    let actor = &who.actor();
    let before = get(tx.conn(), actor.organization_id, id).await?;
    let wanted = url(update.url_endpoint_rpa.as_deref());
    if wanted.is_some() && wanted != url(before.url_endpoint_rpa.as_deref()) {
        // The organisation's token goes wherever this leads.
        who.require(Permission::ManageOrganization)?;
    }
    let now = tx.now();
    let changed = with_conn!(tx.conn(), |c| diesel::update(
        operators::table.filter(operators::id.eq(id).and(operators::version.eq(update.version)))
    )
    .set((
        operators::name.eq(capitals(&update.name)),
        operators::sort_name.eq(fold(&update.name)),
        operators::possui_rpa.eq(update.possui_rpa),
        operators::rpa_terceirizado.eq(update.rpa_terceirizado),
        operators::url_endpoint_rpa.eq(wanted),
        operators::active.eq(update.active),
        operators::updated_at.eq(now),
        operators::version.eq(operators::version + 1),
    ))
    .execute(c)
    .await)
    .map_err(taken)?;
    if changed == 0 {
        return Err(AppError::version_conflict());
    }
    let after = get(tx.conn(), actor.organization_id, id).await?;
    audit::record(
        tx,
        actor,
        AuditAction::OperatorUpdate,
        subject(&after),
        Some(&before),
        Some(&after),
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Operators, id.0);
    Ok(after)
}

/// Removes an operator that nobody uses.
///
/// # Errors
/// `not_found`; `in_use` while there are accounts: deactivate it instead.
pub async fn delete(tx: &mut Tx, actor: &Actor, id: OperatorId) -> AppResult<()> {
    let before = get(tx.conn(), actor.organization_id, id).await?;
    if before.accounts > 0 {
        return Err(AppError::new(
            ErrorCode::InUse,
            "clients have accounts with this operator; deactivate it instead",
        )
        .with_details(json!({ "accounts": before.accounts })));
    }
    with_conn!(tx.conn(), |c| diesel::delete(
        operators::table.filter(operators::id.eq(id))
    )
    .execute(c)
    .await)?;
    audit::record(
        tx,
        actor,
        AuditAction::OperatorDelete,
        subject(&before),
        Some(&before),
        NOTHING,
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Operators, id.0);
    Ok(())
}

fn capitals(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

fn url(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn taken(error: diesel::result::Error) -> AppError {
    if is_unique_violation(&error) {
        AppError::validation(vec![FieldError::new(
            "name",
            FieldCode::Taken,
            "there is an operator of this name already",
        )])
    } else {
        error.into()
    }
}

fn subject(operator: &OperatorDto) -> Subject {
    Subject::new("operator", operator.id.0, &operator.name)
}
