//! A backup's status and contents, as one sees them.

use esteira_shared::{
    dto::backups::BackupDto,
    status::{BackupStatus, Tone},
};
use leptos::prelude::*;

use crate::{
    components::{Icon, IconName, Mark},
    i18n::{counted, tr},
    text::format,
};

pub(super) fn status(status: BackupStatus) -> &'static str {
    match status {
        BackupStatus::Making => tr!(backups.making),
        BackupStatus::Proven => tr!(backups.proven),
        BackupStatus::Failed => tr!(backups.failed),
    }
}

pub(super) fn mark(of: BackupStatus) -> AnyView {
    let tone = match of {
        BackupStatus::Making => Tone::Running,
        BackupStatus::Proven => Tone::Done,
        BackupStatus::Failed => Tone::Failed,
    };
    view! { <Mark tone word=status(of)/> }.into_any()
}

/// Whether documents are in it, how many, and whether some are not.
pub(super) fn documents(backup: &BackupDto) -> AnyView {
    if !backup.with_documents {
        return view! { <span class="faint">{tr!(backups.without_documents)}</span> }.into_any();
    }
    if backup.status == BackupStatus::Making {
        return view! { <span class="faint">{tr!(backups.with_documents)}</span> }.into_any();
    }
    let size = format::bytes(backup.documents_bytes);
    let count = counted!(backups.documents_single, backups.documents_many, backup.documents);
    let missing = (backup.documents_missing > 0).then(|| {
        let words = counted!(backups.missing_single, backups.missing_many, backup.documents_missing);
        view! { <small class="st st--need"><Icon name=IconName::Needs/>{words}</small> }
    });
    view! { <span class="backup-state"><span>{count}" · "{size}</span>{missing}</span> }.into_any()
}

/// `SQLite` or `PostgreSQL`, as they call themselves.
pub(super) fn database(kind: &str) -> &'static str {
    match kind {
        "postgres" => "PostgreSQL",
        _ => "SQLite",
    }
}
