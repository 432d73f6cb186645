//! Import of clients and accounts from CSV: all of it, or nothing with every bad row named.

mod apply;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod parse;

use std::{fs::File, io::Read as _};

use esteira_shared::dto::clients::ClientImportDto;
use tokio::sync::oneshot;

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
    pdf::Place,
};

/// A file that was read, before anything is compared with what is kept.
pub struct Import {
    parsed: parse::Parsed,
    /// Given back when nothing of the file is in memory any more, also when the sender has gone.
    _place: Place,
}

/// Reads a file, away from the threads that answer requests and outside any transaction.
///
/// # Errors
/// `validation` when the file as a whole cannot be read; bad rows are counted.
pub async fn read(place: Place, mut file: File, operators: Vec<Operator>) -> AppResult<Import> {
    let (tell, read) = oneshot::channel();
    let work = move || {
        let mut bytes = Vec::new();
        let parsed = match file.read_to_end(&mut bytes) {
            Ok(_) => parse::parse(&bytes, &operators),
            Err(error) => Err(AppError::storage_unavailable(error)),
        };
        drop(bytes);
        // Nobody waits for it when the sender has gone.
        drop(tell.send(parsed.map(|parsed| Import { parsed, _place: place })));
    };
    // A thread of its own: of those that are kept for the next file, each would keep the memory of the last one.
    std::thread::Builder::new()
        .name("import".to_owned())
        .spawn(work)
        .map_err(AppError::internal)?;
    read.await.map_err(AppError::internal)?
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
    Import { _place, parsed }: Import,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::{
        io::{Seek as _, Write as _},
        time::Duration,
    };

    use esteira_shared::ids::OrganizationId;
    use uuid::Uuid;

    use super::*;
    use crate::pdf::Places;

    #[tokio::test]
    async fn the_next_file_is_read_when_nothing_of_the_last_one_is_in_memory() {
        let places = Places::new(1, Duration::ZERO);
        let free = async || places.take(OrganizationId(Uuid::nil())).await;
        let file = |text: &str| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file.rewind().unwrap();
            file
        };
        let good = file("razao_social;cnpj;operadora;conta\n");
        let import = read(free().await.unwrap(), good, Vec::new()).await.unwrap();
        assert!(free().await.is_none(), "its rows are in memory");
        drop(import);
        let refused = read(free().await.unwrap(), file("nada"), Vec::new()).await;
        assert!(refused.is_err());
        assert!(free().await.is_some());
    }
}
