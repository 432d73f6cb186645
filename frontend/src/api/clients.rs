//! Clients, their accounts, and the import of both.

use esteira_shared::{
    dto::clients::{
        AccountCreate, AccountDto, AccountUpdate, ClientCreate, ClientDto, ClientImportDto, ClientImportQuery,
        ClientQuery, ClientUpdate,
    },
    ids::{AccountId, ClientId},
    page::Page,
};

use super::{ApiResult, UploadAbort, UploadProgress, client, upload::upload};

pub async fn list_clients(query: &ClientQuery) -> ApiResult<Page<ClientDto>> {
    client::get(&format!("/clients{}", client::query_string(query))).await
}

pub async fn get_client(id: ClientId) -> ApiResult<ClientDto> {
    client::get(&format!("/clients/{id}")).await
}

pub async fn create_client(create: &ClientCreate) -> ApiResult<ClientDto> {
    client::post("/clients", create).await
}

pub async fn update_client(id: ClientId, update: &ClientUpdate) -> ApiResult<ClientDto> {
    client::put(&format!("/clients/{id}"), update).await
}

/// Refused with `in_use` while it has accounts.
pub async fn delete_client(id: ClientId) -> ApiResult<()> {
    client::delete(&format!("/clients/{id}")).await
}

/// All accounts of a client, by operator.
pub async fn list_accounts(client: ClientId) -> ApiResult<Vec<AccountDto>> {
    client::get(&format!("/clients/{client}/accounts")).await
}

pub async fn create_account(client: ClientId, create: &AccountCreate) -> ApiResult<AccountDto> {
    client::post(&format!("/clients/{client}/accounts"), create).await
}

pub async fn update_account(id: AccountId, update: &AccountUpdate) -> ApiResult<AccountDto> {
    client::put(&format!("/accounts/{id}"), update).await
}

/// Refused with `in_use` once it had a process.
pub async fn delete_account(id: AccountId) -> ApiResult<()> {
    client::delete(&format!("/accounts/{id}")).await
}

/// Sends a CSV of clients and accounts; with `dry_run` it is only checked.
pub async fn import_clients(
    file: &web_sys::File,
    dry_run: bool,
    progress: UploadProgress,
    abort: UploadAbort,
) -> ApiResult<ClientImportDto> {
    let query = client::query_string(&ClientImportQuery { dry_run });
    upload(
        "POST",
        &format!("/clients/import{query}"),
        "text/csv",
        file,
        progress,
        abort,
    )
    .await
}
