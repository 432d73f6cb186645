//! Import of clients and accounts from CSV: all of it, or nothing with every bad row named.

mod apply;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod parse;

use std::{fs::File, io::Read as _};

use esteira_shared::dto::clients::ClientImportDto;

use crate::{
    administration::organization,
    app::App,
    auth::{
        Actor,
        audit::{self, AuditAction, NOTHING, Subject},
    },
    db::Tx,
    error::{AppError, AppResult},
    operators::Operator,
};

/// A file that was read, before anything is compared with what is kept.
pub struct Import(parse::Parsed);

/// Reads a file, away from the threads that answer requests and outside any transaction.
///
/// # Errors
/// `validation` when the file as a whole cannot be read; bad rows are counted.
pub async fn read(mut file: File, operators: Vec<Operator>) -> AppResult<Import> {
    let parse = move || {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(AppError::storage_unavailable)?;
        parse::parse(&bytes, &operators)
    };
    tokio::task::spawn_blocking(parse)
        .await
        .map_err(AppError::internal)?
        .map(Import)
}

/// Compares the rows with what is kept and, when every row is good and it is no dry run, writes them into the caller's
/// transaction.
///
/// # Errors
/// `version_conflict` when somebody changes the same account at this moment.
pub async fn run(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    Import(parsed): Import,
    dry_run: bool,
) -> AppResult<ClientImportDto> {
    // Two imports of the same clients run one after the other.
    organization::take_turns(tx, actor.organization_id).await?;
    let plan = apply::plan(tx, actor.organization_id, &parsed.rows).await?;
    let report = ClientImportDto {
        rows: parsed.read,
        clients_created: count(&plan.new_clients),
        clients_updated: count(&plan.renamed),
        accounts_created: count(&plan.new_accounts),
        accounts_updated: count(&plan.changed_accounts),
        unchanged: plan.unchanged,
        errors: parsed.errors,
        error_count: parsed.error_count,
        applied: !dry_run && parsed.error_count == 0,
    };
    if report.applied {
        apply::write(app, tx, actor, plan).await?;
        let subject = Subject::new("client", None, format!("{} linhas", report.rows));
        audit::record(tx, actor, AuditAction::ClientImport, subject, NOTHING, Some(&report)).await?;
    }
    Ok(report)
}

fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
