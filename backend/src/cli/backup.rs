//! `esteira backup`

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use age::{secrecy::SecretString, x25519};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use esteira_shared::ids::BackupId;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    app,
    archive::{self, Lock, Made, Opener, Order, Step, Work},
    backups::{self, Listed, Place},
    bus::Bus,
    clock::{Clock as _, SystemClock},
    config::Config,
    db::{Database, DatabaseUrl, is_up_to_date},
    private, storage,
};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Backup {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    #[command(flatten)]
    make: Make,
}

#[derive(Subcommand)]
enum BackupCommand {
    /// Check a backup: restore it into a scratch file and compare every row
    Verify(Verify),
}

#[derive(Args)]
struct Make {
    /// New file to write; without it the backup goes where the settings say, and onto the list
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The documents too, not only the database
    #[arg(long)]
    documents: bool,
    /// Encrypt for those whom ESTEIRA_BACKUP_RECIPIENT names
    #[arg(long, conflicts_with_all = ["recipient", "passphrase_file"])]
    encrypt: bool,
    /// Encrypt for the owner of a public key of age; may be given more than once
    #[arg(long, value_name = "age1…", conflicts_with = "passphrase_file")]
    recipient: Vec<String>,
    /// Encrypt with the passphrase in the first line of a file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// What opens an encrypted backup.
#[derive(Args)]
pub(super) struct Key {
    /// File with a secret key of age (AGE-SECRET-KEY-1…)
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    identity_file: Option<PathBuf>,
    /// File with the passphrase in its first line
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
struct Verify {
    file: PathBuf,
    #[command(flatten)]
    key: Key,
}

impl Backup {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        match self.command {
            None => self.make.run(config).await,
            Some(BackupCommand::Verify(verify)) => verify.run(config).await,
        }
    }
}

impl Make {
    async fn run(self, config: Config) -> anyhow::Result<()> {
        if let Some(output) = &self.output {
            anyhow::ensure!(!output.exists(), "{} is there already", output.display());
        }
        let documents = match self.documents {
            true => Some(storage::open(&config.storage).await?),
            false => None,
        };
        let order = Order {
            url: config.database.url.clone(),
            documents,
            key_id: key_id(&config)?,
            created_at: SystemClock.now(),
            lock: self.lock(&config)?,
        };
        let folder = work_folder(&config)?;
        let (encrypted, created_at, kind) = (order.lock.is_some(), order.created_at, order.database());
        let made = apart(folder.path(), move |folder, here, work| {
            archive::make(&order, folder, here, work)
        })
        .await?;
        let took = match &made.proof {
            Ok(took) => *took,
            Err(error) => anyhow::bail!("the backup was made, but its proof failed, so it was not kept: {error:#}"),
        };
        let id = BackupId(Uuid::now_v7());
        let name = backups::file_name(id, created_at, encrypted);
        let place = match &self.output {
            Some(output) => {
                keep(&made, output)?;
                output.display().to_string()
            }
            None => {
                let place = Place::open(&config.backups).await.map_err(in_english)?;
                place.keep(&name, &made.file, &made.sha256).await.map_err(in_english)?;
                let listed = Listed {
                    id,
                    name: &name,
                    created_at,
                    database_kind: kind,
                    encrypted,
                    made: &made,
                };
                list(&config, listed).await?;
                format!("{}/{name}", place.shown())
            }
        };
        let documents = match made.manifest.with_documents {
            true => format!("{} documents", made.documents.count),
            false => "without documents".to_owned(),
        };
        println!(
            "{place}\n{} bytes, {} rows of {} tables, {documents}; restored and compared in {:.1} s\nsha256 {}",
            made.size_bytes,
            made.manifest.rows(),
            made.manifest.tables.len(),
            took.as_secs_f64(),
            made.sha256
        );
        if made.documents.missing > 0 {
            eprintln!(
                "esteira: {} documents are not in it: the store does not hold them as they were received",
                made.documents.missing
            );
        }
        Ok(())
    }

    fn lock(&self, config: &Config) -> anyhow::Result<Option<Lock>> {
        if let Some(file) = &self.passphrase_file {
            return Ok(Some(Lock::Passphrase(passphrase(file)?)));
        }
        if self.encrypt {
            let recipients = config.backups.recipients.clone();
            anyhow::ensure!(!recipients.is_empty(), "ESTEIRA_BACKUP_RECIPIENT names nobody");
            return Ok(Some(Lock::Recipients(recipients)));
        }
        if self.recipient.is_empty() {
            return Ok(None);
        }
        let mut recipients: Vec<x25519::Recipient> = Vec::new();
        for text in &self.recipient {
            let recipient = text.parse();
            recipients.push(recipient.map_err(|_| anyhow::anyhow!("{text:?} is no public key of age (age1…)"))?);
        }
        Ok(Some(Lock::Recipients(recipients)))
    }
}

impl Verify {
    async fn run(self, config: Config) -> anyhow::Result<()> {
        let folder = work_folder(&config)?;
        let opener = self.key.opener()?;
        let file = self.file.clone();
        let proof = apart(folder.path(), move |folder, here, work| {
            let file = opened(&file, folder, opener.as_ref())?;
            // In a scratch file, whichever database it is of: nothing else is needed to check it.
            archive::prove(&file, &DatabaseUrl::Sqlite(PathBuf::new()), folder, here, work)
        })
        .await?;
        let manifest = proof.manifest;
        println!(
            "{} is sound: {} rows of {} tables, made {} by Esteira {} from {}",
            self.file.display(),
            manifest.rows(),
            manifest.tables.len(),
            manifest.created_at.format("%Y-%m-%d %H:%M:%S UTC"),
            manifest.version,
            manifest.database
        );
        match (manifest.with_documents, proof.documents.missing) {
            (false, _) => println!("without documents: they must be kept by other means"),
            (true, 0) => println!("{} documents", proof.documents.count),
            (true, missing) => println!("{} documents; {missing} are missing", proof.documents.count),
        }
        println!("restored and compared in {:.1} s", proof.took.as_secs_f64());
        Ok(())
    }
}

impl Key {
    pub(super) fn opener(&self) -> anyhow::Result<Option<Opener>> {
        if let Some(file) = &self.identity_file {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            let opener = Opener::identities(&text).with_context(|| format!("cannot use {}", file.display()))?;
            return Ok(Some(opener));
        }
        let passphrase = self.passphrase_file.as_deref().map(passphrase).transpose()?;
        Ok(passphrase.map(Opener::Passphrase))
    }
}

/// The archive itself: the file as it is, or what a key finds in it.
pub(super) fn opened(file: &Path, folder: &Path, opener: Option<&Opener>) -> anyhow::Result<PathBuf> {
    let Some(opener) = opener else {
        return Ok(file.to_owned());
    };
    let plain = folder.join("opened.tar.zst");
    archive::open(file, &plain, opener)?;
    Ok(plain)
}

/// A folder that goes when the command ends.
pub(super) fn work_folder(config: &Config) -> anyhow::Result<tempfile::TempDir> {
    let parent = backups::work_folder(config);
    private::folder(&config.data_dir)
        .and_then(|()| private::new_folder(&parent))
        .with_context(|| format!("cannot make the folder {}", parent.display()))?;
    Ok(tempfile::Builder::new().prefix("shell-").tempdir_in(parent)?)
}

/// Runs what waits on a thread that may, until it is done or somebody stops it.
pub(super) async fn apart<T: Send + 'static>(
    folder: &Path,
    work: impl FnOnce(&Path, &Handle, &Work<'_>) -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let stop: CancellationToken = super::stop_signal()?;
    let (folder, here) = (folder.to_owned(), Handle::current());
    let done = tokio::task::spawn_blocking(move || {
        let told = |step: Step| tracing::debug!(?step, "backup");
        work(
            &folder,
            &here,
            &Work {
                told: &told,
                stop: &stop,
            },
        )
    });
    done.await?
}

fn passphrase(file: &Path) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let line = text.lines().next().unwrap_or_default();
    anyhow::ensure!(!line.is_empty(), "the first line of {} is empty", file.display());
    Ok(SecretString::from(line.to_owned()))
}

/// What opens the sealed values of this installation; none in one that has sealed nothing yet.
fn key_id(config: &Config) -> anyhow::Result<Option<String>> {
    let keyring = app::known_keyring(config)?;
    Ok(keyring.and_then(|keyring| keyring.id().map(str::to_owned)))
}

/// Under its name only when it is whole and on the disk.
fn keep(made: &Made, output: &Path) -> anyhow::Result<()> {
    let folder = output
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", output.display());
    let mut copy = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    io::copy(&mut File::open(&made.file)?, copy.as_file_mut()).with_context(failed)?;
    copy.as_file().sync_all().with_context(failed)?;
    copy.persist_noclobber(output).with_context(failed)?;
    File::open(folder)?.sync_all().with_context(failed)
}

/// A backup is made before an upgrade too, and then the list may not be there yet.
async fn list(config: &Config, listed: Listed<'_>) -> anyhow::Result<()> {
    let url = &config.database.url;
    let db = Database::connect(url, 1, Bus::default(), Arc::new(SystemClock)).await?;
    if !is_up_to_date(url).await? {
        eprintln!("esteira: the backup is not on the list, because the database is not at this version yet");
        return Ok(());
    }
    Ok(backups::list_from_shell(&db, listed).await?)
}

/// Reasons are for pages; the shell speaks English.
fn in_english(error: anyhow::Error) -> anyhow::Error {
    use esteira_shared::{language::Language, reason::Reason};
    match error.downcast_ref::<Reason>() {
        Some(reason) => anyhow::anyhow!("{}", reason.text(Language::En)),
        None => error,
    }
}
