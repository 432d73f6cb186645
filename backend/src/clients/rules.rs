//! What may be done with a client.

use diesel::prelude::*;
use esteira_shared::{
    dto::clients::{ClientCreate, ClientDto, ClientUpdate},
    error::{ErrorCode, FieldCode, FieldError},
    event::Topic,
    ids::{ClientId, OrganizationId},
    validate::Cnpj,
};
use serde_json::json;
use uuid::Uuid;

use super::{Client, words};
use crate::{
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::{DbConn, RunQueryDsl, Tx, schema::clients},
    error::{AppError, AppResult, is_unique_violation},
    fold::fold,
    with_conn,
};

/// One client with the number of its accounts.
///
/// # Errors
/// `not_found`.
pub async fn get(conn: &mut DbConn, organization: OrganizationId, id: ClientId) -> AppResult<ClientDto> {
    let client = Client::find(conn, organization, id)
        .await?
        .ok_or_else(|| AppError::not_found("client"))?;
    let counts = Client::account_counts(conn, vec![id]).await?;
    client.into_dto(counts.iter().map(|(_, count)| count).sum())
}

/// Adds a client.
///
/// # Errors
/// `validation` when the CNPJ is invalid or taken.
pub async fn create(tx: &mut Tx, actor: &Actor, create: &ClientCreate) -> AppResult<ClientDto> {
    let row = new_row(
        tx,
        actor.organization_id,
        &create.razao_social,
        &parse_cnpj(&create.cnpj)?,
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(clients::table)
        .values(&row)
        .execute(c)
        .await)
    .map_err(taken)?;
    words::index(tx, actor.organization_id, row.id, &row.razao_social).await?;
    let dto = row.into_dto(0)?;
    audit::record(tx, actor, AuditAction::ClientCreate, subject(&dto), NOTHING, Some(&dto)).await?;
    tx.changed(actor.organization_id, Topic::Clients, dto.id.0);
    Ok(dto)
}

/// A client row of this moment, not yet written.
pub(in crate::clients) fn new_row(tx: &Tx, organization_id: OrganizationId, name: &str, cnpj: &Cnpj) -> Client {
    let now = tx.now();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    Client {
        id: ClientId(Uuid::now_v7()),
        organization_id,
        sort_name: fold(&name),
        razao_social: name,
        cnpj: cnpj.to_string(),
        active: true,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Changes a client.
///
/// # Errors
/// `not_found`, `version_conflict`, or `validation` when the CNPJ is taken.
pub async fn update(tx: &mut Tx, actor: &Actor, id: ClientId, update: ClientUpdate) -> AppResult<ClientDto> {
    let before = get(tx.conn(), actor.organization_id, id).await?;
    let cnpj = parse_cnpj(&update.cnpj)?;
    let name = update.razao_social.split_whitespace().collect::<Vec<_>>().join(" ");
    let now = tx.now();
    let changed = with_conn!(tx.conn(), |c| diesel::update(
        clients::table.filter(clients::id.eq(id).and(clients::version.eq(update.version)))
    )
    .set((
        clients::razao_social.eq(&name),
        clients::sort_name.eq(fold(&name)),
        clients::cnpj.eq(cnpj.as_str()),
        clients::active.eq(update.active),
        clients::updated_at.eq(now),
        clients::version.eq(clients::version + 1),
    ))
    .execute(c)
    .await)
    .map_err(taken)?;
    if changed == 0 {
        return Err(AppError::version_conflict());
    }
    words::index(tx, actor.organization_id, id, &name).await?;
    let after = get(tx.conn(), actor.organization_id, id).await?;
    audit::record(
        tx,
        actor,
        AuditAction::ClientUpdate,
        subject(&after),
        Some(&before),
        Some(&after),
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Clients, id.0);
    Ok(after)
}

/// Removes a client without accounts.
///
/// # Errors
/// `not_found`; `in_use` while there are accounts: deactivate it instead.
pub async fn delete(tx: &mut Tx, actor: &Actor, id: ClientId) -> AppResult<()> {
    let before = get(tx.conn(), actor.organization_id, id).await?;
    if before.accounts > 0 {
        return Err(
            AppError::new(ErrorCode::InUse, "this client has accounts; deactivate it instead")
                .with_details(json!({ "accounts": before.accounts })),
        );
    }
    with_conn!(tx.conn(), |c| diesel::delete(clients::table.filter(clients::id.eq(id)))
        .execute(c)
        .await)?;
    audit::record(
        tx,
        actor,
        AuditAction::ClientDelete,
        subject(&before),
        Some(&before),
        NOTHING,
    )
    .await?;
    tx.changed(actor.organization_id, Topic::Clients, id.0);
    Ok(())
}

fn parse_cnpj(text: &str) -> AppResult<Cnpj> {
    let mut fields = esteira_shared::validate::Fields::new();
    let cnpj = fields.cnpj("cnpj", text);
    fields.finish()?;
    cnpj.ok_or_else(|| AppError::not_found("CNPJ"))
}

fn taken(error: diesel::result::Error) -> AppError {
    if is_unique_violation(&error) {
        AppError::validation(vec![FieldError::new(
            "cnpj",
            FieldCode::Taken,
            "there is a client with this CNPJ already",
        )])
    } else {
        error.into()
    }
}

pub(super) fn subject(client: &ClientDto) -> Subject {
    Subject::new("client", client.id.0, &client.razao_social)
}
