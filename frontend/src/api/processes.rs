//! Processes, their documents, months and bulk actions.

use esteira_shared::{
    dto::{
        bulk::{BulkAction, BulkCreate, BulkDto},
        processes::{
            DocumentUpload, MatrixQuery, MonthMatrixDto, MonthOpened, ProcessApprove, ProcessConfirm, ProcessDetailDto,
            ProcessDto, ProcessMove, ProcessQuery, ProcessReject, ProcessSend, ProcessUpdate,
        },
    },
    ids::{DocumentId, ProcessId},
    month::Month,
    page::Page,
};

use super::{ApiResult, UploadAbort, UploadProgress, client, query_string, upload};

pub async fn list_processes(query: &ProcessQuery) -> ApiResult<Page<ProcessDto>> {
    client::get(&format!("/processes{}", query_string(query))).await
}

pub async fn get_process(id: ProcessId) -> ApiResult<ProcessDetailDto> {
    client::get(&format!("/processes/{id}")).await
}

/// Sets value and due date.
pub async fn update_process(id: ProcessId, update: &ProcessUpdate) -> ApiResult<ProcessDetailDto> {
    client::put(&format!("/processes/{id}"), update).await
}

/// Approves the document whose hash is given, and no other.
pub async fn approve_process(id: ProcessId, seen: &ProcessApprove) -> ApiResult<ProcessDetailDto> {
    client::post(&format!("/processes/{id}/approve"), seen).await
}

pub async fn reject_process(id: ProcessId, seen: &ProcessReject) -> ApiResult<ProcessDetailDto> {
    client::post(&format!("/processes/{id}/reject"), seen).await
}

/// Takes an approval back.
pub async fn withdraw_process(id: ProcessId, seen: &ProcessMove) -> ApiResult<ProcessDetailDto> {
    client::post(&format!("/processes/{id}/withdraw"), seen).await
}

/// Lets it wait for its invoice again.
pub async fn reopen_process(id: ProcessId, seen: &ProcessMove) -> ApiResult<ProcessDetailDto> {
    client::post(&format!("/processes/{id}/reopen"), seen).await
}

/// Sends to SAT, or tries again.
pub async fn send_process(id: ProcessId, seen: &ProcessSend) -> ApiResult<ProcessDetailDto> {
    client::post(&format!("/processes/{id}/send"), seen).await
}

/// Says that SAT has the document of a failed sending.
pub async fn confirm_process(id: ProcessId, seen: &ProcessConfirm) -> ApiResult<ProcessDetailDto> {
    client::post(&format!("/processes/{id}/confirm"), seen).await
}

/// With `dry_run` it only counts.
pub async fn bulk(action: BulkAction, create: &BulkCreate) -> ApiResult<BulkDto> {
    client::post(&format!("/processes/bulk/{action}"), create).await
}

pub async fn upload_document(
    id: ProcessId,
    file: &web_sys::File,
    accept_duplicate: bool,
    progress: UploadProgress,
    abort: UploadAbort,
) -> ApiResult<ProcessDetailDto> {
    let query = query_string(&DocumentUpload {
        filename: file.name(),
        accept_duplicate,
    });
    let path = format!("/processes/{id}/documents{query}");
    upload::upload("POST", &path, "application/pdf", file, progress, abort).await
}

/// Months that were opened, newest first.
pub async fn list_months() -> ApiResult<Vec<Month>> {
    client::get("/months").await
}

pub async fn get_month(month: Month, query: &MatrixQuery) -> ApiResult<MonthMatrixDto> {
    client::get(&format!("/months/{month}{}", query_string(query))).await
}

/// Opens what is missing; what is there stays.
pub async fn open_month(month: Month) -> ApiResult<MonthOpened> {
    client::post(&format!("/months/{month}/open"), &()).await
}

/// Where the bytes of a document are, for a download link and the viewer.
pub fn document_address(id: DocumentId) -> String {
    client::address(&format!("/documents/{id}/content"))
}

/// Where everything that matches is, as CSV. Place and page size are left out.
pub fn export_address(query: &ProcessQuery) -> String {
    let query = ProcessQuery {
        cursor: None,
        limit: None,
        ..query.clone()
    };
    client::address(&format!("/processes/export{}", query_string(&query)))
}
