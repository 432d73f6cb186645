//! The log of an execution.

use esteira_shared::{
    dto::logs::{LogDownloadQuery, LogMatchQuery, LogMatchesDto, LogPageDto, LogQuery},
    ids::ExecutionId,
};

use super::{ApiResult, client, query_string};

/// A stretch of it; without `from`, its end.
pub async fn get_log(id: ExecutionId, query: &LogQuery) -> ApiResult<LogPageDto> {
    client::get(&format!("/executions/{id}/log{}", query_string(query))).await
}

/// Numbers of the lines that match. Goes on after `searched_to` until `complete`.
pub async fn list_log_matches(id: ExecutionId, query: &LogMatchQuery) -> ApiResult<LogMatchesDto> {
    client::get(&format!("/executions/{id}/log/matches{}", query_string(query))).await
}

/// Where the whole log is, as a text file; with `escapes`, with the codes that terminals obey.
pub fn log_address(id: ExecutionId, escapes: bool) -> String {
    let query = LogDownloadQuery {
        escapes: escapes.then_some(true),
    };
    client::address(&format!("/executions/{id}/log/download{}", query_string(&query)))
}
