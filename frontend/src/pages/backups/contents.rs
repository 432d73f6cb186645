//! What is in a backup.

use esteira_shared::{
    dto::backups::{BackupDetailDto, BackupDto},
    event::Topic,
    ids::BackupId,
    status::{BackupStatus, Tone},
};
use leptos::prelude::*;

use super::{dialogs::BackupDialogs, words};
use crate::{
    api,
    components::{AsyncView, CopyText, Dialog, Notice, RelativeTime},
    hooks::use_query,
    i18n::tr,
    text::{format, reasons::told},
};

#[component]
pub(super) fn Contents(dialogs: BackupDialogs) -> impl IntoView {
    let body = move || {
        let id = dialogs
            .chosen
            .with_untracked(|chosen| chosen.as_ref().map(|backup| backup.id));
        id.map(|id| view! { <One id/> })
    };
    view! {
        <Dialog open=dialogs.contents title=Signal::derive(move || dialogs.name()) wide=true>{body()}</Dialog>
    }
}

#[component]
fn One(id: BackupId) -> impl IntoView {
    let query = use_query(&[Topic::Backups], move || api::backups::get_backup(id));
    view! {
        <AsyncView query let:detail>{move || detail.with(shown)}</AsyncView>
    }
}

fn shown(detail: &BackupDetailDto) -> impl IntoView + use<> {
    let backup = &detail.backup;
    let failed = backup.failure_coded.as_ref().map(|failure| {
        let text = told(failure);
        view! { <Notice tone=Tone::Failed title=words::status(BackupStatus::Failed) text/> }
    });
    let rows = detail.tables.iter().map(|table| {
        let (name, rows) = (table.name.clone(), format::count(table.rows));
        view! { <tr><td><code translate="no">{name}</code></td><td class="num">{rows}</td></tr> }
    });
    let rows = rows.collect_view();
    let tables = (!detail.tables.is_empty()).then(|| {
        view! {
            <div class="backup-tables" tabindex="0" role="region" aria-label=tr!(backups.tables)>
                <table class="table">
                    <thead><tr><th scope="col">{tr!(backups.table)}</th><th scope="col" class="num">{tr!(backups.rows)}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <div class="stack">
            {failed}
            {facts(backup, detail.migration.as_deref())}
            {tables}
        </div>
    }
}

fn facts(backup: &BackupDto, migration: Option<&str>) -> impl IntoView + use<> {
    let at = backup.created_at;
    let schema = migration.map(|migration| {
        let migration = migration.to_owned();
        view! { <dt>{tr!(backups.schema)}</dt><dd><code>{migration}</code></dd> }
    });
    let proof = backup.proof_ms.map(|ms| {
        view! { <dt>{tr!(backups.status)}</dt><dd>{tr!(backups.proof, time = format::duration(ms))}</dd> }
    });
    let sum = backup.sha256.clone().map(|sum| {
        view! { <dt>"SHA-256"</dt><dd><CopyText text=sum mono=true/></dd> }
    });
    let size = backup
        .size_bytes
        .map(|size| view! { <dt>{tr!(backups.size)}</dt><dd>{format::bytes(size)}</dd> });
    view! {
        <dl class="facts">
            <dt>{tr!(backups.created)}</dt>
            <dd>{format::date_time_seconds(*at)}" · "<small class="faint"><RelativeTime at/></small></dd>
            {proof}
            {size}
            <dt>{tr!(backups.documents)}</dt><dd>{words::documents(backup)}</dd>
            <dt>{tr!(backups.database)}</dt>
            <dd>{words::database(&backup.database)}" · Esteira "{backup.version.clone()}</dd>
            {schema}
            {sum}
        </dl>
    }
}
