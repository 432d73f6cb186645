//! E-mails that were written, and reports of a month.

use esteira_shared::{
    dto::{
        emails::{SentEmailDetailDto, SentEmailDto, SentEmailQuery},
        reports::{ReportQuery, ReportSend, ReportSent},
    },
    ids::EmailId,
    page::Page,
};

use super::{ApiResult, client, query_string};

/// Newest first.
pub async fn list_emails(query: &SentEmailQuery) -> ApiResult<Page<SentEmailDto>> {
    client::get(&format!("/emails{}", query_string(query))).await
}

/// With what was written and answered.
pub async fn get_email(id: EmailId) -> ApiResult<SentEmailDetailDto> {
    client::get(&format!("/emails/{id}")).await
}

/// Under the same `Message-ID`; refused with `delivery_pending` while it is under way.
pub async fn resend_email(id: EmailId) -> ApiResult<SentEmailDetailDto> {
    client::post(&format!("/emails/{id}/resend"), &()).await
}

/// Where its HTML form is, for a frame.
pub fn html_address(id: EmailId) -> String {
    client::address(&format!("/emails/{id}/html"))
}

/// Where the table is that went along.
pub fn attachment_address(id: EmailId) -> String {
    client::address(&format!("/emails/{id}/attachment"))
}

/// Where a month's report is, for a frame.
pub fn report_address(query: &ReportQuery) -> String {
    client::address(&format!("/reports/month{}", query_string(query)))
}

/// To the signed-in person's own address.
pub async fn send_report(send: &ReportSend) -> ApiResult<ReportSent> {
    client::post("/reports/month/send", send).await
}
