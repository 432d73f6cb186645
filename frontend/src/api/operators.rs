//! Operators.

use esteira_shared::{
    dto::operators::{OperatorCreate, OperatorDto, OperatorQuery, OperatorUpdate},
    ids::OperatorId,
    page::{MAX_LIMIT, Page},
};

use super::{ApiResult, client};

pub async fn list_operators(query: &OperatorQuery) -> ApiResult<Page<OperatorDto>> {
    client::get(&format!("/operators{}", client::query_string(query))).await
}

/// As many as one answer holds, for filters and choices: an organisation has a handful.
pub async fn all_operators() -> ApiResult<Vec<OperatorDto>> {
    let query = OperatorQuery {
        limit: Some(MAX_LIMIT),
        ..OperatorQuery::default()
    };
    list_operators(&query).await.map(|page| page.items)
}

pub async fn get_operator(id: OperatorId) -> ApiResult<OperatorDto> {
    client::get(&format!("/operators/{id}")).await
}

pub async fn create_operator(create: &OperatorCreate) -> ApiResult<OperatorDto> {
    client::post("/operators", create).await
}

pub async fn update_operator(id: OperatorId, update: &OperatorUpdate) -> ApiResult<OperatorDto> {
    client::put(&format!("/operators/{id}"), update).await
}

/// Refused with `in_use` while clients have accounts with it.
pub async fn delete_operator(id: OperatorId) -> ApiResult<()> {
    client::delete(&format!("/operators/{id}")).await
}
