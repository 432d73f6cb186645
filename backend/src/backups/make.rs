//! Making a backup in a job: the row, the archive with its proof, the target, and the row again.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use anyhow::Context as _;
use esteira_shared::{event::Topic, reason::Reason, status::BackupStatus};
use serde_json::{Value, json};
use tokio::{runtime::Handle, sync::mpsc};
use tokio_util::sync::CancellationToken;

use super::{
    file,
    model::Backup,
    rules::{self, Wanted},
    sweep,
    target::{Place, is_full},
};
use crate::{
    administration::organization::Organization,
    app::JobContext,
    archive::{self, Lock, Made, Order, Refusal, Step, Work},
    auth::Actor,
    engine::Failure,
    private,
};

/// Of one try.
pub(super) const TIMEOUT: Duration = Duration::from_hours(12);
/// How often progress is written at most.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// What a program that died left unfinished is taken away after this long.
const LEFT: Duration = Duration::from_hours(24);

/// Makes the backup of this job, once, whatever happens to the program in between: what is proven already is not made
/// again, what is not is begun anew.
pub(super) async fn make(job: &JobContext, wanted: &Wanted) -> Result<Backup, Failure> {
    let row = match begin(job, wanted).await? {
        done if done.status == BackupStatus::Proven => return Ok(done),
        row => row,
    };
    match run(job, &row, wanted).await {
        Ok(()) => {
            let mut conn = job.app.db.read().await?;
            Ok(Backup::find(&mut conn, row.organization_id, row.id).await?)
        }
        Err(failure) => {
            note(job, &row, &failure).await;
            Err(failure)
        }
    }
}

/// What pages show of the job.
pub(super) fn result(made: &Backup) -> Value {
    json!({
        "backup_id": made.id, "name": made.name, "rows": made.row_count, "size_bytes": made.size_bytes,
        "documents": made.documents, "documents_missing": made.documents_missing, "proof_ms": made.proof_ms,
    })
}

/// The row of this job, new or that of an earlier try.
async fn begin(job: &JobContext, wanted: &Wanted) -> Result<Backup, Failure> {
    let organization = job.organization_id();
    let mut tx = job.begin().await?;
    if !Organization::is_first(tx.conn(), organization).await? {
        return Err(business(Reason::BackupNotTheirs {}, None));
    }
    if wanted.encrypt && job.app.config.backups.recipients.is_empty() {
        return Err(business(
            Reason::BackupNoRecipient {},
            Some(Reason::SetBackupRecipient {}),
        ));
    }
    sweep::settle(&mut tx, Some(job.row().id)).await?;
    let row = match Backup::of_job(tx.conn(), organization, job.row().id).await? {
        Some(row) if row.status == BackupStatus::Proven => return Ok(row),
        Some(row) => {
            row.begin_again(&mut tx).await?;
            tx.changed(organization, Topic::Backups, row.id.0);
            row
        }
        None => {
            let actor = Actor::system(organization);
            let row = rules::new_row(&job.app.config, &actor, wanted, job.row().id, tx.now());
            rules::begin(&mut tx, &actor, &row).await?;
            row
        }
    };
    tx.commit().await?;
    Ok(row)
}

async fn run(job: &JobContext, row: &Backup, wanted: &Wanted) -> Result<(), Failure> {
    let app = &job.app;
    let parent = rules::work_folder(&app.config);
    private::new_folder(&parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
    tidy(&parent);
    let folder = tempfile::Builder::new()
        .prefix("backup-")
        .tempdir_in(&parent)
        .context("cannot make a folder to work in")?;
    let order = Order {
        url: app.config.database.url.clone(),
        documents: wanted.documents.then(|| app.storage.clone()),
        key_id: app.keyring.id().map(str::to_owned),
        created_at: row.created_at,
        lock: wanted
            .encrypt
            .then(|| Lock::Recipients(app.config.backups.recipients.clone())),
    };
    let made = apart(job, order, folder.path()).await?;
    if made.documents.missing > 0 {
        job.warn(Reason::BackupDocumentsMissing {
            count: made.documents.missing,
        });
    }
    keep(job, row, &made).await
}

/// Brings what was made to the target, and writes down how it went.
async fn keep(job: &JobContext, row: &Backup, made: &Made) -> Result<(), Failure> {
    let refused = made.proof.as_ref().err().map(|error| Reason::BackupUnproven {
        why: Box::new(why(error)),
    });
    let name = match refused {
        None => row.name.clone(),
        Some(_) => file::aside(&row.name),
    };
    let place = Place::open(&job.app.config.backups).await.map_err(of_target)?;
    let target = place.shown().to_owned();
    job.progress(90, &Reason::BackupStoring { target }).await?;
    place.keep(&name, &made.file, &made.sha256).await.map_err(of_target)?;
    let mut tx = job.begin().await?;
    row.describe(&mut tx, made, &name).await?;
    row.end(&mut tx, refused.as_ref()).await?;
    tx.changed(row.organization_id, Topic::Backups, row.id.0);
    tx.commit().await?;
    match refused {
        None => Ok(()),
        Some(cause) => Err(business(cause, Some(Reason::LookAtUnprovenBackup { name }))),
    }
}

/// Makes the archive on a thread that may wait, and tells how far it is.
async fn apart(job: &JobContext, order: Order, folder: &Path) -> Result<Made, Failure> {
    let (send, mut steps) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    // Whatever ends this try ends that thread's work too.
    let _stopped_with_us = stop.clone().drop_guard();
    let (here, folder, stopping) = (Handle::current(), folder.to_owned(), stop.clone());
    let mut work = tokio::task::spawn_blocking(move || {
        let told = |step: Step| drop(send.send(step));
        let work = Work {
            told: &told,
            stop: &stopping,
        };
        archive::make(&order, &folder, &here, &work)
    });
    let mut last: Option<Instant> = None;
    loop {
        tokio::select! {
            made = &mut work => return made.context("making the archive broke off")?.map_err(of_archive),
            Some(step) = steps.recv() => {
                let urgent = matches!(step, Step::Proving | Step::Encrypting);
                if urgent || last.is_none_or(|last| last.elapsed() >= TELL_EVERY) {
                    let (percent, message) = words(step);
                    job.progress(percent, &message).await?;
                    last = Some(Instant::now());
                }
            }
            () = job.cancelled(), if !stop.is_cancelled() => stop.cancel(),
        }
    }
}

fn words(step: Step) -> (i32, Reason) {
    match step {
        Step::Reading(table) => (10, Reason::BackupReading { table }),
        Step::Documents { done, total } => {
            let percent = 20 + 30 * done / total.max(1);
            let message = Reason::BackupDocuments { done, total };
            (i32::try_from(percent).unwrap_or(50), message)
        }
        Step::Proving => (55, Reason::BackupProving {}),
        Step::Encrypting => (85, Reason::BackupEncrypting {}),
    }
}

/// Notes a failure in the row, unless another worker has the job now.
async fn note(job: &JobContext, row: &Backup, failure: &Failure) {
    if matches!(failure, Failure::LeaseLost) {
        return;
    }
    let noted = async {
        let mut tx = job.begin().await?;
        row.end(&mut tx, Some(&failure.reason())).await?;
        tx.changed(row.organization_id, Topic::Backups, row.id.0);
        Ok::<_, Failure>(tx.commit().await?)
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, backup = row.name, "cannot note that the backup failed");
    }
}

fn of_archive(error: anyhow::Error) -> Failure {
    match Refusal::of(&error) {
        Some(Refusal::Stopped) => Failure::Cancelled,
        Some(refusal) => {
            let reason = refusal.reason();
            Failure::Technical(error.context(reason))
        }
        None if is_full(&error) => business(Reason::BackupNoRoom {}, Some(Reason::MakeRoomForBackup {})),
        None => Failure::Technical(error),
    }
}

/// A target that is full needs a person; one that is away may come back.
fn of_target(error: anyhow::Error) -> Failure {
    match error.downcast_ref::<Reason>() {
        Some(cause @ Reason::BackupTargetFull { .. }) => business(cause.clone(), Some(Reason::MakeRoomForBackup {})),
        _ => Failure::Technical(error),
    }
}

fn why(error: &anyhow::Error) -> Reason {
    Refusal::of(error).map_or_else(|| Reason::quoted(format!("{error:#}")), Refusal::reason)
}

fn business(cause: Reason, action: Option<Reason>) -> Failure {
    Failure::Business {
        cause,
        step: None,
        action,
    }
}

/// Takes away what programs left that died while they made one.
fn tidy(parent: &Path) {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries {
        let age = entry
            .metadata()
            .and_then(|facts| facts.modified())
            .ok()
            .and_then(|modified| SystemTime::now().duration_since(modified).ok());
        if age.is_some_and(|age| age > LEFT)
            && let Err(error) = std::fs::remove_dir_all(entry.path())
        {
            tracing::warn!(path = %entry.path().display(), %error, "cannot remove an unfinished backup");
        }
    }
}
