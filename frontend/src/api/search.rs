//! Ctrl+K.

use esteira_shared::dto::search::{SearchHitDto, SearchQuery};

use super::{ApiResult, client};

/// At least two characters.
pub async fn search(words: &str) -> ApiResult<Vec<SearchHitDto>> {
    let query = client::query_string(&SearchQuery { q: words.to_owned() });
    client::get(&format!("/search{query}")).await
}
