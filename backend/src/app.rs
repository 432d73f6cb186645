//! Everything that a request or a job needs. What the program can do with it stands in [`crate::applications`].

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::extract::FromRef;
use bytes::Bytes;
use esteira_shared::{ids::OrganizationId, language::Language};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{Auth, Shares},
    bus::Bus,
    clock::SharedClock,
    coalesce::Coalesced,
    config::Config,
    db::Database,
    engine::{self, Host},
    integrations::{
        outbound::Outbound,
        rpa::{HttpRpa, RpaApi, RpaTimeouts},
        sat::{HttpSat, SatApi},
        smtp::{Mailer, Smtp},
    },
    logs::{LogFeeds, LogWriter},
    pdf::Places,
    private, scheduler,
    secrets::Keyring,
    storage::{self, S3Reader, SharedStorage},
};

/// The longest that a received file waits until it is looked at.
const FILE_PATIENCE: Duration = Duration::from_secs(30);

/// The parts of a running program. Tests build the same one with other settings, never with other code.
pub struct App {
    pub config: Config,
    pub clock: SharedClock,
    pub db: Database,
    pub bus: Bus,
    pub storage: SharedStorage,
    pub keyring: Keyring,
    pub auth: Auth,
    /// What each user and organisation may have at once.
    pub shares: Shares,
    /// Answers that are the same for everybody of an organisation who reads a language, as JSON.
    pub answers: Coalesced<(&'static str, OrganizationId, Language), Bytes>,
    /// For addresses that people typed in.
    pub outbound: Outbound,
    pub sat: Box<dyn SatApi>,
    pub rpa: Box<dyn RpaApi>,
    /// Where robots leave invoices; absent when no such store is set.
    pub robot_files: Option<S3Reader>,
    pub log_writer: LogWriter,
    pub log_feeds: LogFeeds,
    /// Absent when no server for e-mail is set.
    pub mailer: Option<Box<dyn Mailer>>,
    pub tasks: Tasks,
    /// What can be scheduled.
    pub kinds: Kinds,
    /// Inspecting a hostile PDF takes a core, and up to 64 MiB beside the file itself: few at a time.
    pub inspections: Places,
    /// An import is held in memory while it is read.
    pub imports: Places,
    /// Cancelled when the program is told to stop; open streams end then.
    pub stopping: CancellationToken,
}

/// The state of the router.
pub type SharedApp = Arc<App>;

/// What a task of this program sees of its job.
pub type JobContext = engine::JobContext<App>;

/// The tasks of this program.
pub type Tasks = engine::Tasks<App>;

/// What schedules of this program start.
pub type Kinds = scheduler::Kinds<App>;

/// Fires the schedules of this program.
pub type Scheduler = scheduler::Scheduler<App>;

/// The scheduler's own task, in this program.
pub type RunSchedule = scheduler::RunSchedule<App>;

/// The engine's own task, in this program.
pub type Diagnostic = engine::diagnostic::Diagnostic<App>;

impl Host for App {
    fn db(&self) -> &Database {
        &self.db
    }

    fn tasks(&self) -> &Tasks {
        &self.tasks
    }
}

impl scheduler::Host for App {
    fn kinds(&self) -> &Kinds {
        &self.kinds
    }
}

impl FromRef<SharedApp> for Auth {
    fn from_ref(app: &SharedApp) -> Self {
        app.auth.clone()
    }
}

impl App {
    /// Migrates the database, opens what it needs, and refuses with a reason when something is missing.
    ///
    /// # Errors
    /// When the database, the store or the key cannot be used.
    pub async fn start(config: Config, clock: SharedClock, tasks: Tasks, kinds: Kinds) -> anyhow::Result<SharedApp> {
        private::folder(&config.data_dir)
            .with_context(|| format!("cannot create the folder {}", config.data_dir.display()))?;
        let keyring = Keyring::parse(&secret_key(&config)?)?;
        let bus = Bus::default();
        // Connecting first gives the reason in plain words; migrations follow.
        let db = Database::connect(
            &config.database.url,
            config.database.pool_size,
            bus.clone(),
            clock.clone(),
        )
        .await?;
        for name in crate::db::migrate(&config.database.url).await? {
            tracing::info!(migration = name, "applied");
        }
        let storage = storage::open(&config.storage).await?;
        let outbound = Outbound::new(config.outbound_allow_private)?;
        let sat = Box::new(HttpSat::new(outbound.clone()));
        let rpa = Box::new(HttpRpa::new(outbound.clone(), RpaTimeouts::default()));
        let robot_files = match &config.robots.files {
            Some(settings) => Some(S3Reader::open(settings).await),
            None => None,
        };
        let mailer = mailer(&config)?;
        let stopping = CancellationToken::new();
        Ok(Arc::new(Self {
            auth: Auth::new(db.clone(), clock.clone(), bus.clone(), keyring.clone(), &config.http),
            shares: Shares::new(config.http.streams_per_user, config.http.streams_per_organization),
            answers: Coalesced::default(),
            log_writer: LogWriter::new(db.clone()),
            log_feeds: LogFeeds::new(db.clone(), bus.clone(), stopping.clone()),
            clock,
            db,
            bus,
            storage,
            keyring,
            outbound,
            sat,
            rpa,
            robot_files,
            mailer,
            tasks,
            kinds,
            inspections: Places::new(2, FILE_PATIENCE),
            imports: Places::new(1, FILE_PATIENCE),
            stopping,
            config,
        }))
    }
}

fn mailer(config: &Config) -> anyhow::Result<Option<Box<dyn Mailer>>> {
    let Some(smtp) = &config.smtp else { return Ok(None) };
    let smtp = Smtp::new(&smtp.url, &smtp.from, smtp.reply_to.as_deref())
        .context("cannot use ESTEIRA_SMTP_URL, ESTEIRA_SMTP_FROM and ESTEIRA_SMTP_REPLY_TO")?;
    Ok(Some(Box::new(smtp)))
}

/// The configured key, or the one made at the first start and kept beside the database.
fn secret_key(config: &Config) -> anyhow::Result<SecretString> {
    use secrecy::ExposeSecret as _;
    if let Some(key) = known_secret_key(config)? {
        return Ok(key);
    }
    let path = key_file(config);
    let key = Keyring::generate()?;
    private::write(&path, key.expose_secret()).with_context(|| format!("cannot write {}", path.display()))?;
    tracing::info!(path = %path.display(), "made a secret key; keep a copy of it with your backups");
    Ok(key)
}

/// The same, but none is made when there is none.
fn known_secret_key(config: &Config) -> anyhow::Result<Option<SecretString>> {
    if let Some(key) = &config.secret_key {
        return Ok(Some(key.clone()));
    }
    let path = key_file(config);
    match std::fs::read_to_string(&path) {
        Ok(key) => Ok(Some(key.trim().to_owned().into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn key_file(config: &Config) -> PathBuf {
    config.data_dir.join("secret.key")
}

/// The keys of this installation as far as it has any yet, for commands that start nothing.
///
/// # Errors
/// When the key cannot be read.
pub fn known_keyring(config: &Config) -> anyhow::Result<Option<Keyring>> {
    let key = known_secret_key(config)?;
    Ok(key.as_ref().map(Keyring::parse).transpose()?)
}
