//! `esteira restore`

use std::{path::PathBuf, sync::Arc};

use clap::Args;

use super::backup::{Key, apart, opened, work_folder};
use crate::{
    app,
    archive::{self, Archive, Manifest, Restored, Target},
    backups,
    bus::Bus,
    clock::SystemClock,
    config::{Config, StorageUrl},
    db::{Database, DatabaseUrl},
    storage,
};

#[derive(Args)]
pub(super) struct Restore {
    /// The backup, of SQLite or of PostgreSQL
    file: PathBuf,
    #[command(flatten)]
    key: Key,
    /// Database to restore into; without it the one of the settings
    #[arg(long, value_name = "URL")]
    database: Option<DatabaseUrl>,
    /// Where its documents go; without it the store of the settings
    #[arg(long, value_name = "URL")]
    storage: Option<String>,
    /// Also into a database with organisations in it, which is put aside
    #[arg(long)]
    force: bool,
    /// Pause every queue, for a copy beside the original: nothing is started or sent until somebody lets it
    #[arg(long)]
    paused: bool,
}

impl Restore {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let folder = work_folder(&config)?;
        let url = self.database.clone().unwrap_or_else(|| config.database.url.clone());
        let to = match &self.storage {
            Some(text) => {
                StorageUrl::read(text, &config.storage).map_err(|problem| anyhow::anyhow!("--storage: {problem}"))?
            }
            None => config.storage.clone(),
        };
        let (file, opener, force, into) = (self.file.clone(), self.key.opener()?, self.force, url.clone());
        let (manifest, restored) = apart(folder.path(), move |folder, here, work| {
            let archive = Archive::open(&opened(&file, folder, opener.as_ref())?)?;
            let storage = match archive.manifest().with_documents {
                true => Some(here.block_on(storage::open(&to))?),
                false => None,
            };
            let target = Target {
                url: &into,
                storage,
                force,
            };
            let restored = archive::restore(&archive, &target, folder, here, work)?;
            anyhow::Ok((archive.manifest().clone(), restored))
        })
        .await?;
        let db = Database::connect(&url, 1, Bus::default(), Arc::new(SystemClock)).await?;
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned());
        backups::restored(&db, &name.unwrap_or_default(), self.paused).await?;
        tell(&url, &manifest, &restored);
        if self.paused {
            println!("every queue is paused; the page Monitor lets them go on");
        }
        warn_of_key(&config, &manifest)
    }
}

fn tell(url: &DatabaseUrl, manifest: &Manifest, restored: &Restored) {
    println!(
        "restored into {url}: {} rows of {} tables, as of {}",
        restored.rows,
        restored.tables,
        manifest.created_at.format("%Y-%m-%d %H:%M:%S UTC")
    );
    if manifest.with_documents {
        println!("{} documents are in the store", restored.documents.count);
    } else {
        println!("the backup has no documents: bring them back by other means");
    }
    if restored.documents.missing > 0 {
        println!(
            "{} documents were missing already when it was made",
            restored.documents.missing
        );
    }
    if let Some(aside) = &restored.aside {
        println!("what was there before is now {aside}");
    }
    println!("everybody signs in again");
}

/// Sealed values open only with the key that sealed them.
fn warn_of_key(config: &Config, manifest: &Manifest) -> anyhow::Result<()> {
    let Some(needed) = &manifest.key_id else { return Ok(()) };
    let keyring = app::known_keyring(config)?;
    if keyring.is_none_or(|keyring| !keyring.knows(needed)) {
        eprintln!(
            "esteira: passwords and tokens in it were sealed with the secret key {needed}, which is not set here; put it into \
             ESTEIRA_SECRET_KEY or {} before the first start, or they must be entered again",
            config.data_dir.join("secret.key").display()
        );
    }
    Ok(())
}
