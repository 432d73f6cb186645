//! The kind of schedule that makes backups.

use esteira_shared::{
    dto::backups::BackUpParameters,
    error::{FieldCode, FieldError},
    ids::OrganizationId,
    permission::Permission,
    reason::Reason,
    status::ScheduleKind,
};

use super::{make, retain::retain, rules::Wanted};
use crate::{
    administration::organization::Organization,
    app::{App, JobContext},
    db::Tx,
    engine::TaskResult,
    error::{AppError, AppResult},
    scheduler::{Fired, Scheduled},
};

pub struct BackUp;

impl Scheduled for BackUp {
    const KIND: ScheduleKind = ScheduleKind::BackUp;
    /// It removes older backups, too.
    const NEEDS: Option<Permission> = Some(Permission::ManageBackups);

    type App = App;
    type Parameters = BackUpParameters;

    async fn check(tx: &mut Tx, organization: OrganizationId, _: &BackUpParameters) -> AppResult<()> {
        if Organization::is_first(tx.conn(), organization).await? {
            return Ok(());
        }
        Err(AppError::validation(vec![FieldError::new(
            "target",
            FieldCode::Invalid,
            "backups hold every organisation here; only the first one may schedule them",
        )]))
    }

    async fn run(job: &JobContext, fired: &Fired, parameters: BackUpParameters) -> TaskResult {
        let wanted = Wanted {
            documents: parameters.documents,
            encrypt: parameters.encrypt,
            made_by: fired
                .requested_by
                .clone()
                .unwrap_or_else(|| fired.schedule_name.clone()),
            schedule: Some(fired.schedule),
        };
        let made = make::make(job, &wanted).await?;
        let removed = retain(job, parameters.retention(), parameters.documents).await?;
        if removed > 0 {
            job.log(Reason::BackupsRemoved { count: removed });
        }
        let mut result = make::result(&made);
        if let Some(result) = result.as_object_mut() {
            result.insert("removed".to_owned(), removed.into());
        }
        Ok(result)
    }
}
