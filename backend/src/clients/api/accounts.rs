//! Accounts of a client.

use axum::{extract::State, http::StatusCode};
use esteira_shared::{
    dto::clients::{AccountCreate, AccountDto, AccountUpdate},
    ids::{AccountId, ClientId},
};

use crate::{
    app::SharedApp,
    auth::{
        Require,
        permission::{ReadRegistry, WriteRegistry},
    },
    clients::{account, account::Account, rules},
    error::AppResult,
    http::extract::{Json, Path, Valid},
};

/// A client's accounts, by operator
#[utoipa::path(
    get, path = "/clients/{id}/accounts", tag = "clients", params(("id" = ClientId, Path)),
    responses((status = 200, body = Vec<AccountDto>)),
)]
pub async fn list_accounts(
    auth: Require<ReadRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<ClientId>,
) -> AppResult<Json<Vec<AccountDto>>> {
    let mut conn = app.db.read().await?;
    rules::get(&mut conn, auth.organization_id, id).await?;
    Ok(Json(Account::of_client(&mut conn, auth.organization_id, id).await?))
}

/// Add an account of a client with an operator
#[utoipa::path(
    post, path = "/clients/{id}/accounts", tag = "clients", params(("id" = ClientId, Path)),
    request_body = AccountCreate, responses((status = 201, body = AccountDto)),
)]
pub async fn create_account(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<ClientId>,
    Valid(create): Valid<AccountCreate>,
) -> AppResult<(StatusCode, Json<AccountDto>)> {
    let mut tx = app.db.begin().await?;
    let account = account::create(&app, &mut tx, &auth.actor(), id, create).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(account)))
}

/// Change an account
#[utoipa::path(
    put, path = "/accounts/{id}", tag = "clients", params(("id" = AccountId, Path)), request_body = AccountUpdate,
    responses((status = 200, body = AccountDto)),
)]
pub async fn update_account(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<AccountId>,
    Valid(update): Valid<AccountUpdate>,
) -> AppResult<Json<AccountDto>> {
    let mut tx = app.db.begin().await?;
    let account = account::update(&app, &mut tx, &auth.actor(), id, update).await?;
    tx.commit().await?;
    Ok(Json(account))
}

/// Remove an account without processes
#[utoipa::path(
    delete, path = "/accounts/{id}", tag = "clients", params(("id" = AccountId, Path)),
    responses((status = 204), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn delete_account(
    auth: Require<WriteRegistry>,
    State(app): State<SharedApp>,
    Path(id): Path<AccountId>,
) -> AppResult<StatusCode> {
    let mut tx = app.db.begin().await?;
    account::delete(&mut tx, &auth.actor(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
