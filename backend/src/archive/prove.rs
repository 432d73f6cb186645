//! The proof of a backup: it is restored into a scratch database of the same kind as the one that runs, and every row is
//! compared with what the archive holds. Nothing that is in use is touched.

use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use tokio::runtime::Handle;
use uuid::Uuid;

use super::{
    Scratch, empty,
    fill::fill,
    make::Work,
    manifest::{Documents, Manifest},
    postgres::{connect, names},
    quoted,
    read::Archive,
};
use crate::{
    clock::{Clock as _, SystemClock},
    db::DatabaseUrl,
};

/// Schemas of proofs are called so; an id follows.
const SCHEMA: &str = "esteira_proof_";
/// A proof that is older than this died with its program.
const DAY: u64 = 24 * 3_600;

/// What a proof found.
#[derive(Debug, Clone)]
pub struct Proof {
    pub manifest: Manifest,
    pub documents: Documents,
    pub took: Duration,
}

/// Restores an archive into a scratch database and takes that away again. `folder` is an empty one.
///
/// # Errors
/// A [`super::Refusal`] for what is wrong with the archive; anything else is trouble of this machine or database.
pub fn prove(
    archive: &Path,
    url: &DatabaseUrl,
    folder: &Path,
    here: &Handle,
    work: &Work<'_>,
) -> anyhow::Result<Proof> {
    let began = Instant::now();
    let archive = Archive::open(archive)?;
    let documents = match url {
        DatabaseUrl::Sqlite(_) => {
            let file = folder.join("proof.db");
            into(&archive, &Scratch::File(&file), here, work)?
        }
        DatabaseUrl::Postgres(url) => {
            sweep(url, here)?;
            let name = schema();
            let proven = into(&archive, &Scratch::Schema { url, name: &name }, here, work);
            // What was found matters more than whether its traces went; the next proof takes them away.
            if let Err(error) = drop_schema(url, &name, here) {
                tracing::warn!(
                    schema = name,
                    error = format!("{error:#}"),
                    "cannot remove the schema of a proof"
                );
            }
            proven?
        }
    };
    Ok(Proof {
        manifest: archive.manifest().clone(),
        documents,
        took: began.elapsed(),
    })
}

fn into(archive: &Archive, scratch: &Scratch<'_>, here: &Handle, work: &Work<'_>) -> anyhow::Result<Documents> {
    let mut tables = empty(scratch, &archive.manifest().migrations, here)?;
    fill(
        archive,
        tables.as_mut(),
        &mut |_, bytes| {
            io::copy(bytes, &mut io::sink())?;
            Ok(())
        },
        work,
    )
}

/// No other proof has it, and it says when it was made.
fn schema() -> String {
    format!("{SCHEMA}{}", Uuid::now_v7().simple())
}

/// Seconds since the epoch.
fn made_at(schema: &str) -> Option<u64> {
    let id: Uuid = schema.strip_prefix(SCHEMA)?.parse().ok()?;
    id.get_timestamp().map(|made| made.to_unix().0)
}

pub(super) fn drop_schema(url: &str, name: &str, here: &Handle) -> anyhow::Result<()> {
    let client = connect(url, here)?;
    here.block_on(client.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(name))))?;
    Ok(())
}

/// Takes away what proofs of dead programs left.
fn sweep(url: &str, here: &Handle) -> anyhow::Result<()> {
    let client = connect(url, here)?;
    let text = "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname::text, $1)";
    let now = u64::try_from(SystemClock.now().timestamp()).unwrap_or_default();
    for name in names(&client, text, SCHEMA, here)? {
        if made_at(&name).is_some_and(|made| made + DAY < now) {
            here.block_on(client.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(&name))))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    #[test]
    fn a_schema_says_when_it_was_made() {
        let now = u64::try_from(SystemClock.now().timestamp()).unwrap();
        let made = made_at(&schema()).unwrap();
        assert!(made.abs_diff(now) < 60, "{made} {now}");
        assert_eq!(made_at("esteira_proof_x"), None);
        assert_eq!(made_at("public"), None);
        assert!(schema().len() <= 63, "as long as PostgreSQL keeps names");
    }
}
