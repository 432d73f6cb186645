//! The document that a robot brings to SAT. The robot reads it from the store itself. So it is compared with what was
//! approved before the robot starts, and once more when the robot has ended.

use esteira_shared::reason::Reason;

use super::Robot;
use crate::{
    engine::Failure,
    processes::{document::Document, outgoing},
};

impl Robot<'_> {
    /// Does nothing for a download.
    ///
    /// # Errors
    /// `Business` when the store does not hold what was approved.
    pub(super) async fn check_document(&self) -> Result<(), Failure> {
        let Some(sha256) = &self.execution.document_sha256 else {
            return Ok(());
        };
        let app = &self.job.app;
        let mut conn = app.db.read().await?;
        let found = Document::with_bytes(&mut conn, self.execution.process_id, sha256).await?;
        drop(conn);
        let Some(document) = found else {
            return Err(Failure::Business {
                cause: Reason::DocumentNotKept {},
                step: Some("LEITURA".to_owned()),
                action: Some(Reason::UploadAgain {}),
            });
        };
        tokio::select! {
            opened = outgoing::open(app, &document) => opened.map(drop).map_err(Failure::from),
            () = self.job.cancelled() => Err(Failure::Cancelled),
        }
    }

    /// As [`Robot::check_document`], for a robot that may have brought other bytes to SAT by now.
    pub(super) async fn check_document_again(&self) -> Result<(), Failure> {
        self.check_document().await.map_err(|failure| match failure {
            Failure::Business { cause, step, .. } => Failure::Business {
                cause,
                step,
                action: Some(Reason::CheckSatFirst {}),
            },
            other => other,
        })
    }
}
