//! Início.

use esteira_shared::dto::home::HomeDto;

use super::{ApiResult, client};

pub async fn get_home() -> ApiResult<HomeDto> {
    client::get("/home").await
}
