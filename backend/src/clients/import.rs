//! Import of clients and accounts from CSV: all of it, or nothing with every bad row named.

mod apply;
mod parse;

use esteira_shared::dto::clients::{ClientImportDto, IMPORT_ERRORS_SHOWN};

use crate::{
    app::App,
    auth::{
        Actor,
        audit::{self, NOTHING, Subject},
    },
    db::Tx,
    error::AppResult,
    operators::Operator,
};

/// Reads the file and, when every row is good and it is no dry run, writes it into the caller's transaction.
///
/// # Errors
/// `validation` when the file as a whole cannot be read; bad rows are in the report.
pub async fn run(app: &App, tx: &mut Tx, actor: &Actor, bytes: &[u8], dry_run: bool) -> AppResult<ClientImportDto> {
    let operators = Operator::all(tx.conn(), actor.organization_id).await?;
    let mut parsed = parse::parse(bytes, &operators)?;
    let error_count = i64::try_from(parsed.errors.len()).unwrap_or(i64::MAX);
    parsed.errors.truncate(IMPORT_ERRORS_SHOWN);
    let plan = apply::plan(tx, actor.organization_id, &parsed.rows).await?;
    let report = ClientImportDto {
        rows: parsed.read,
        clients_created: count(&plan.new_clients),
        clients_updated: count(&plan.renamed),
        accounts_created: count(&plan.new_accounts),
        accounts_updated: count(&plan.changed_accounts),
        unchanged: plan.unchanged,
        errors: parsed.errors,
        error_count,
        applied: !dry_run && error_count == 0,
    };
    if report.applied {
        apply::write(app, tx, actor, plan).await?;
        let subject = Subject::new("client", None, format!("{} linhas", report.rows));
        audit::record(tx, actor, "client.import", subject, NOTHING, Some(&report)).await?;
    }
    Ok(report)
}

fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
