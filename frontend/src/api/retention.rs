//! What a clean-up would remove.

use esteira_shared::dto::retention::{CleanUpParameters, RetentionPreviewDto};

use super::{ApiResult, client};

/// Nothing is removed.
pub async fn preview_retention(parameters: &CleanUpParameters) -> ApiResult<RetentionPreviewDto> {
    client::post("/retention/preview", parameters).await
}
