//! The columns of the list of backups.

use esteira_shared::{dto::backups::BackupDto, status::BackupStatus};
use leptos::prelude::*;

use super::{dialogs::BackupDialogs, making::Making, words};
use crate::{
    api,
    components::{Column, IconName, Menu, MenuDownload, MenuItem, RelativeTime},
    i18n::tr,
    text::{
        format,
        reasons::{plain, quotes, told},
    },
};

pub(super) fn columns(dialogs: BackupDialogs) -> Vec<Column<BackupDto>> {
    vec![
        Column::new("name", tr!(backups.name), move |backup: &BackupDto| {
            let (row, name) = (StoredValue::new(backup.clone()), backup.name.clone());
            let open = move |_| dialogs.on(row.get_value(), dialogs.contents);
            view! { <button type="button" class="backup-name truncate" on:click=open>{name}</button> }
        })
        .main(),
        Column::new("created", tr!(backups.created), |backup: &BackupDto| {
            view! { <span class="muted"><RelativeTime at=backup.created_at/></span> }
        }),
        Column::new("status", tr!(backups.status), state),
        Column::new("size", tr!(backups.size), |backup: &BackupDto| {
            backup.size_bytes.map_or_else(|| "—".to_owned(), format::bytes)
        })
        .numeric(),
        Column::new("rows", tr!(backups.rows), |backup: &BackupDto| match backup.status {
            BackupStatus::Making => "—".to_owned(),
            BackupStatus::Proven | BackupStatus::Failed => format::count(backup.rows),
        })
        .numeric(),
        Column::new("documents", tr!(backups.documents), words::documents),
        Column::new("encrypted", tr!(backups.encryption), |backup: &BackupDto| {
            if backup.encrypted {
                tr!(backups.encrypted)
            } else {
                tr!(backups.not_encrypted)
            }
        }),
        Column::new("made_by", tr!(backups.made_by), |backup: &BackupDto| {
            let (name, whole) = (backup.made_by.clone(), backup.made_by.clone());
            view! { <span class="muted backup-by truncate" title=whole>{name}</span> }
        }),
        Column::actions(move |backup: &BackupDto| actions(backup, dialogs)),
    ]
}

/// Where it stands: how far it is, how it was proven, or why it failed.
fn state(backup: &BackupDto) -> AnyView {
    if backup.status == BackupStatus::Making
        && let Some(job) = backup.job_id
    {
        return view! { <Making job/> }.into_any();
    }
    let mark = words::mark(backup.status);
    let more = match (&backup.failure_coded, backup.proof_ms) {
        (Some(failure), _) => {
            let failure = told(failure);
            let whole = plain(&failure);
            view! { <small class="faint backup-why" title=whole>{quotes(&failure)}</small> }.into_any()
        }
        (None, Some(ms)) => {
            view! { <small class="faint">{tr!(backups.proof, time = format::duration(ms))}</small> }.into_any()
        }
        (None, None) => ().into_any(),
    };
    view! { <span class="backup-state">{mark}{more}</span> }.into_any()
}

fn actions(backup: &BackupDto, dialogs: BackupDialogs) -> AnyView {
    let row = StoredValue::new(backup.clone());
    let on = move |dialog| dialogs.on(row.get_value(), dialog);
    let over = backup.status != BackupStatus::Making;
    let file = backup
        .sha256
        .is_some()
        .then(|| api::backups::download_address(backup.id));
    let file = StoredValue::new(file);
    view! {
        <Menu label=tr!(forms.actions_of, name = backup.name.clone())>
            <MenuItem icon=IconName::Show on_click=move |()| on(dialogs.contents)>{tr!(backups.see_contents)}</MenuItem>
            {file.get_value().map(|href| view! { <MenuDownload href>{tr!(backups.download)}</MenuDownload> })}
            {over.then(|| view! {
                <div class="menu__sep" role="separator"></div>
                <MenuItem icon=IconName::Trash danger=true on_click=move |()| on(dialogs.removal)>{tr!(forms.delete)}</MenuItem>
            })}
        </Menu>
    }
    .into_any()
}
