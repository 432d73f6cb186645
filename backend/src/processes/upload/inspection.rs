//! Judging a received file by its content.

use std::path::Path;

use esteira_shared::{error::ErrorCode, ids::OrganizationId};
use serde_json::json;
use tokio::sync::oneshot;

use crate::{
    app::App,
    error::{AppError, AppResult},
    pdf::{self, PdfFacts, PdfProblem},
};

/// When to send again what found no place.
const BUSY_FOR_S: u64 = 10;

/// Waits for a place, and judges the file at `path` there.
///
/// # Errors
/// `busy` when no place is free in time; what is wrong with the file.
pub(super) async fn inspect(app: &App, organization: OrganizationId, path: &Path) -> AppResult<PdfFacts> {
    let place = app.inspections.take(organization).await.ok_or_else(|| {
        let message = "too many files wait to be inspected; nothing was changed, send it again in a moment";
        AppError::busy(message, BUSY_FOR_S)
    })?;
    let path = path.to_owned();
    let (tell, judged) = oneshot::channel();
    let judge = move || {
        // Held until the work ends, also when the sender has gone.
        let _place = place;
        let facts = std::fs::read(path).map(|bytes| pdf::inspect(&bytes));
        // Nobody waits for the answer when the sender has gone.
        drop(tell.send(facts));
    };
    // A thread of its own: what the allocator keeps for a thread goes back when it ends.
    std::thread::Builder::new()
        .name("inspection".to_owned())
        .spawn(judge)
        .map_err(AppError::internal)?;
    let facts = judged.await.map_err(AppError::internal)?;
    facts.map_err(AppError::storage_unavailable)?.map_err(refused)
}

fn refused(problem: PdfProblem) -> AppError {
    match problem {
        PdfProblem::Empty => AppError::new(ErrorCode::EmptyFile, "the file has 0 bytes"),
        PdfProblem::NotPdf { looks_like } => {
            let message = looks_like.map_or("the content is not a PDF".to_owned(), |kind| {
                format!("the content is {kind}, not a PDF")
            });
            AppError::new(ErrorCode::NotPdf, message).with_details(json!({ "looks_like": looks_like }))
        }
        PdfProblem::Encrypted => AppError::new(
            ErrorCode::EncryptedPdf,
            "the PDF is protected by a password or locked; save it again without protection",
        ),
        PdfProblem::NoPages => AppError::new(ErrorCode::PdfWithoutPages, "the PDF has no page"),
        PdfProblem::Damaged(reason) => AppError::new(ErrorCode::DamagedPdf, format!("the PDF is damaged: {reason}")),
        PdfProblem::TooComplex => AppError::new(
            ErrorCode::DamagedPdf,
            "the PDF is built in a way that costs too much to read",
        ),
    }
}
