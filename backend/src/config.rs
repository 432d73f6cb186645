//! Settings, read once at start from the environment and an optional TOML file; the environment wins.
//!
//! Every mistake is listed at once. A name that starts with `ESTEIRA_` and is not on the list is a mistake too, because
//! a misspelt setting would otherwise silently do nothing. `.env.example` is this list; a test keeps it so.

mod backups;
mod public_url;
mod settings;
mod storage_url;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

pub use backups::BackupConfig;
use secrecy::SecretString;
pub use settings::{SETTINGS, Setting, env_example};
pub(crate) use storage_url::S3_PATIENCE;
pub use storage_url::{S3Settings, StorageUrl};

use crate::{db::DatabaseUrl, object::ObjectKey};

/// Everything that can be set.
#[derive(Clone)]
pub struct Config {
    pub http: HttpConfig,
    pub database: DatabaseConfig,
    pub storage: StorageUrl,
    pub backups: BackupConfig,
    pub engine: EngineConfig,
    pub log: LogConfig,
    /// Holds the default database, the default store, the generated key and unfinished uploads.
    pub data_dir: PathBuf,
    /// With less free space in `data_dir` the program calls itself unhealthy.
    pub min_free_bytes: u64,
    /// Absent: made once and kept in `data_dir`.
    pub secret_key: Option<SecretString>,
    /// Whether calls to outside may go to private and loopback addresses.
    pub outbound_allow_private: bool,
    /// Absent: no e-mails are sent.
    pub smtp: Option<SmtpConfig>,
    pub robots: RobotsConfig,
    /// What lists the holidays of a year, without a slash at the end. Absent: nobody is asked.
    pub holidays_url: Option<String>,
}

#[derive(Clone)]
pub struct RobotsConfig {
    /// How long the API may stay silent about a robot at work before the run ends as unknown.
    pub patience: Duration,
    /// Where robots leave invoices. Absent: nowhere that can be reached.
    pub files: Option<S3Settings>,
    /// The folder of the documents' own bucket that is theirs. Absent: nothing is taken from that bucket.
    pub folder: Option<ObjectKey>,
}

#[derive(Clone)]
pub struct SmtpConfig {
    /// With user and password.
    pub url: SecretString,
    pub from: String,
    /// Where answers go, when not to the sender.
    pub reply_to: Option<String>,
}

#[derive(Clone)]
pub struct HttpConfig {
    pub listen: SocketAddr,
    /// How browsers reach us, without a slash at the end; `https` makes the cookie `Secure`.
    pub public_url: Option<String>,
    /// Believe `X-Forwarded-For` of the proxy in front.
    pub trust_forwarded_for: bool,
    /// Longest time a request may take, streams and uploads excepted.
    pub request_timeout: Duration,
    /// Time for the headers of a request, from the start of the connection or the end of the request before.
    pub header_timeout: Duration,
    /// How long an upload or import may lag behind the least pace.
    pub upload_patience: Duration,
    /// Connections that one address may have open; those of the machine itself and of a trusted proxy are not counted.
    pub connections_per_address: usize,
    /// Live streams that one user may have open.
    pub streams_per_user: usize,
    /// Live streams that the users of one organisation may have open.
    pub streams_per_organization: usize,
    /// Time for open requests and jobs to end after a stop signal.
    pub shutdown_grace: Duration,
    /// Bearer token that `/metrics` asks for; without one only the machine itself may read it.
    pub metrics_token: Option<SecretString>,
    /// Names beside the public address under which people set up and sign in.
    pub allowed_hosts: Vec<String>,
    /// What the first visit must show. Absent: made from the secret key, and printed.
    pub setup_code: Option<SecretString>,
    /// Let others reach a demonstration, whose passwords everybody knows.
    pub demo_outside: bool,
}

#[derive(Clone)]
pub struct DatabaseConfig {
    pub url: DatabaseUrl,
    /// Connections (PostgreSQL) or readers (SQLite).
    pub pool_size: usize,
}

#[derive(Clone, Copy)]
pub struct EngineConfig {
    /// Jobs that one process runs at once.
    pub slots: usize,
    /// How long a claim lasts without a heartbeat.
    pub lease: Duration,
    /// Adds the task [`crate::engine::diagnostic::Diagnostic`].
    pub diagnostics: bool,
}

#[derive(Clone)]
pub struct LogConfig {
    /// `tracing` filter, such as `info,esteira=debug`.
    pub filter: String,
    pub json: bool,
}

/// One refused setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct ConfigProblem {
    pub name: String,
    pub problem: String,
}

/// The environment, as a map.
pub type Vars = BTreeMap<String, String>;

impl Config {
    /// Reads the process's environment and the file named by `ESTEIRA_CONFIG`.
    ///
    /// # Errors
    /// Every refused setting.
    pub fn from_process() -> Result<Self, Vec<ConfigProblem>> {
        let vars: Vars = std::env::vars().collect();
        Self::load(vars)
    }

    /// # Errors
    /// Every refused setting.
    pub fn load(mut vars: Vars) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        if let Some(path) = vars.get("ESTEIRA_CONFIG").cloned() {
            for (name, value) in settings::read_file(&path).unwrap_or_else(|problem| {
                problems.push(ConfigProblem {
                    name: "ESTEIRA_CONFIG".to_owned(),
                    problem,
                });
                Vars::new()
            }) {
                vars.entry(name).or_insert(value);
            }
        }
        for name in vars
            .keys()
            .filter(|name| name.starts_with("ESTEIRA_") && !name.starts_with("ESTEIRA_TEST_"))
        {
            if !SETTINGS.iter().any(|setting| setting.name == name) {
                let near = settings::nearest(name);
                problems.push(ConfigProblem {
                    name: name.clone(),
                    problem: format!("unknown setting; did you mean {near}?"),
                });
            }
        }
        let config = Self::read(&mut settings::Reader {
            vars: &vars,
            problems: &mut problems,
        });
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    fn read(from: &mut settings::Reader<'_>) -> Self {
        let data_dir = PathBuf::from(from.text("ESTEIRA_DATA_DIR").unwrap_or_else(|| "data".to_owned()));
        let database = from.parsed("ESTEIRA_DATABASE_URL", DatabaseUrl::Sqlite(data_dir.join("esteira.db")));
        let secret_key = from.text("ESTEIRA_SECRET_KEY").map(SecretString::from);
        if let Some(Err(error)) = secret_key.as_ref().map(crate::secrets::Keyring::parse) {
            from.refuse("ESTEIRA_SECRET_KEY", error.to_string());
        }
        if secret_key.is_none() && matches!(database, DatabaseUrl::Postgres(_)) {
            // A key of its own in each replica would lock each out of what the others sealed.
            from.refuse(
                "ESTEIRA_SECRET_KEY",
                "is required with PostgreSQL; make one with: openssl rand -base64 32",
            );
        }
        let seconds = |value: u64| Duration::from_secs(value);
        let s3_patience = storage_url::patience(from);
        let storage = storage_url::read(from, &data_dir, s3_patience);
        let backups = backups::read(from, &data_dir, &storage, s3_patience);
        Self {
            http: HttpConfig {
                listen: from.parsed("ESTEIRA_LISTEN", SocketAddr::from(([127, 0, 0, 1], 8080))),
                public_url: from.public_url("ESTEIRA_PUBLIC_URL"),
                trust_forwarded_for: from.parsed("ESTEIRA_TRUST_FORWARDED_FOR", false),
                request_timeout: seconds(from.ranged("ESTEIRA_REQUEST_TIMEOUT_S", 30, 1..=600)),
                header_timeout: seconds(from.ranged("ESTEIRA_HEADER_TIMEOUT_S", 20, 1..=600)),
                upload_patience: seconds(from.ranged("ESTEIRA_UPLOAD_PATIENCE_S", 30, 1..=600)),
                connections_per_address: from.count("ESTEIRA_CONNECTIONS_PER_ADDRESS", 256, 8..=100_000),
                streams_per_user: from.count("ESTEIRA_STREAMS_PER_USER", 50, 1..=100_000),
                streams_per_organization: from.count("ESTEIRA_STREAMS_PER_ORGANIZATION", 1_000, 1..=100_000),
                shutdown_grace: seconds(from.ranged("ESTEIRA_SHUTDOWN_GRACE_S", 25, 0..=600)),
                metrics_token: from.text("ESTEIRA_METRICS_TOKEN").map(SecretString::from),
                allowed_hosts: allowed_hosts(from),
                setup_code: setup_code(from),
                demo_outside: from.parsed("ESTEIRA_DEMO_OUTSIDE", false),
            },
            database: DatabaseConfig {
                url: database,
                pool_size: from.ranged("ESTEIRA_DATABASE_POOL", 8, 1..=200).try_into().unwrap_or(8),
            },
            robots: RobotsConfig {
                patience: seconds(from.ranged("ESTEIRA_RPA_PATIENCE_S", 600, 5..=86_400)),
                files: storage_url::robot_files(from, &storage, s3_patience),
                folder: storage_url::robot_folder(from),
            },
            storage,
            backups,
            engine: EngineConfig {
                slots: from
                    .ranged("ESTEIRA_WORKER_SLOTS", 8, 1..=1_000)
                    .try_into()
                    .unwrap_or(8),
                lease: seconds(from.ranged("ESTEIRA_LEASE_S", 10, 3..=3_600)),
                diagnostics: from.parsed("ESTEIRA_ENGINE_DIAGNOSTICS", false),
            },
            log: LogConfig {
                filter: from
                    .text("ESTEIRA_LOG")
                    .unwrap_or_else(|| "info,tokio_cron_scheduler=warn".to_owned()),
                json: from.one_of("ESTEIRA_LOG_FORMAT", &["text", "json"]) == "json",
            },
            min_free_bytes: from.ranged("ESTEIRA_MIN_FREE_MIB", 64, 0..=1_000_000_000) * 1024 * 1024,
            outbound_allow_private: from.parsed("ESTEIRA_OUTBOUND_ALLOW_PRIVATE", false),
            smtp: smtp(from),
            holidays_url: from.url("ESTEIRA_HOLIDAYS_URL"),
            data_dir,
            secret_key,
        }
    }
}

fn allowed_hosts(from: &mut settings::Reader<'_>) -> Vec<String> {
    let text = from.text("ESTEIRA_ALLOWED_HOSTS").unwrap_or_default();
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(str::to_owned).collect();
    if names.iter().any(|name| name.contains(['/', '*', '@', ' '])) {
        from.refuse(
            "ESTEIRA_ALLOWED_HOSTS",
            "must be names between commas, such as esteira.internal, 10.0.0.5",
        );
    }
    names
}

fn setup_code(from: &mut settings::Reader<'_>) -> Option<SecretString> {
    let code = from.text("ESTEIRA_SETUP_CODE")?;
    if code.chars().filter(|c| c.is_alphanumeric()).count() < 12 {
        from.refuse("ESTEIRA_SETUP_CODE", "must have at least 12 letters and digits");
    }
    Some(code.into())
}

fn smtp(from: &mut settings::Reader<'_>) -> Option<SmtpConfig> {
    let url = from.text("ESTEIRA_SMTP_URL");
    let sender = from.text("ESTEIRA_SMTP_FROM");
    if url.is_some() && sender.is_none() {
        from.refuse("ESTEIRA_SMTP_FROM", "is required with ESTEIRA_SMTP_URL");
    }
    let reply_to = from.text("ESTEIRA_SMTP_REPLY_TO");
    let (url, from) = url.zip(sender)?;
    Some(SmtpConfig {
        url: url.into(),
        from,
        reply_to,
    })
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that meets the unexpected shall panic")]
mod tests {
    use super::*;

    fn load(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let vars = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::load(vars).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn starts_without_any_setting() {
        let config = load(&[]).expect("defaults are valid");
        assert_eq!(config.database.url.to_string(), "sqlite://data/esteira.db");
        assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    }

    #[test]
    fn every_mistake_is_listed_at_once() {
        let problems = load(&[
            ("ESTEIRA_LISTEN", "everywhere"),
            ("ESTEIRA_DATABSE_URL", "sqlite://x.db"),
            ("ESTEIRA_WORKER_SLOTS", "0"),
            ("ESTEIRA_STORAGE_URL", "ftp://x"),
            ("ESTEIRA_LOG_FORMAT", "xml"),
            ("ESTEIRA_SECRET_KEY", "short"),
            ("ESTEIRA_SETUP_CODE", "too-short"),
            ("ESTEIRA_ALLOWED_HOSTS", "esteira.internal, https://esteira.example.com"),
            ("HOME", "/nowhere"),
        ])
        .err()
        .expect("all of these are mistakes");
        assert_eq!(problems.len(), 8, "{problems:#?}");
        assert!(
            problems
                .iter()
                .any(|problem| problem.contains("did you mean ESTEIRA_DATABASE_URL?")),
            "{problems:#?}"
        );
    }

    #[test]
    fn postgres_asks_for_a_shared_key() {
        let problems = load(&[("ESTEIRA_DATABASE_URL", "postgres://db.example.com/esteira")])
            .err()
            .expect("no key");
        assert_eq!(problems.len(), 1);
        assert!(
            problems
                .iter()
                .any(|problem| problem.starts_with("ESTEIRA_SECRET_KEY: is required"))
        );
    }

    #[test]
    fn the_public_address_is_read_as_browsers_write_it() {
        let public = |text: &str| load(&[("ESTEIRA_PUBLIC_URL", text)]).map(|config| config.http);
        for (text, address, base) in [
            ("https://Esteira.Example.com:443/", "https://esteira.example.com", ""),
            (
                "https://Tools.Example.com/esteira/",
                "https://tools.example.com/esteira",
                "/esteira",
            ),
            ("http://10.0.0.5:8080/a/b", "http://10.0.0.5:8080/a/b", "/a/b"),
            ("", "", ""),
        ] {
            let http = public(text).expect("valid");
            assert_eq!(http.public_url.as_deref().unwrap_or_default(), address, "{text}");
            assert_eq!(http.base_path(), base, "{text}");
        }
        let refused = public("https://example.com/api").err().expect("the API's path");
        assert!(
            refused
                .iter()
                .all(|problem| problem.starts_with("ESTEIRA_PUBLIC_URL: "))
        );
    }

    #[test]
    fn old_names_of_the_s3_settings_are_honoured() {
        let config = load(&[
            ("MINIO_ENDPOINT", "http://s3.example.com:9000"),
            ("MINIO_ACCESS_KEY", "fake-access"),
            ("MINIO_SECRET_KEY", "fake-secret"),
        ])
        .expect("valid");
        assert_eq!(config.storage.to_string(), "s3://beg at http://s3.example.com:9000");
    }

    #[test]
    fn robots_get_a_folder_of_their_own() {
        let folder = |text: &str| load(&[("ESTEIRA_ROBOT_S3_FOLDER", text)]).map(|config| config.robots.folder);
        for (text, read) in [("robos", "robos"), (" robos/faturas/ ", "robos/faturas")] {
            assert_eq!(folder(text), Ok(crate::object::ObjectKey::parse(read)), "{text}");
        }
        for text in ["/", "/robos", "pdfs", "PDFS/OI", "robos/../pdfs", "robos//x"] {
            let problems = folder(text).expect_err(text);
            assert!(
                problems
                    .iter()
                    .all(|problem| problem.starts_with("ESTEIRA_ROBOT_S3_FOLDER: ")),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn a_file_gives_what_the_environment_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("esteira.toml");
        let text = "listen = \"0.0.0.0:9000\"\nworker_slots = 3\nminio_endpoint = \"http://s3.example.com\"\n";
        std::fs::write(&path, text).expect("writes");
        let path = path.to_str().expect("UTF-8");
        let config = load(&[("ESTEIRA_CONFIG", path), ("ESTEIRA_WORKER_SLOTS", "5")]).expect("valid");
        assert_eq!((config.http.listen.port(), config.engine.slots), (9000, 5));
        assert_eq!(config.storage.to_string(), "s3://beg at http://s3.example.com");
        std::fs::write(path, "listn = \"0.0.0.0:1\"\n").expect("writes");
        let problems = load(&[("ESTEIRA_CONFIG", path)]).err().expect("misspelt");
        assert!(
            problems
                .iter()
                .any(|problem| problem.contains("did you mean ESTEIRA_LISTEN?")),
            "{problems:?}"
        );
        let problems = load(&[("ESTEIRA_CONFIG", "none.toml")]).err().expect("no such file");
        assert!(
            problems.iter().any(|problem| problem.contains("cannot read none.toml")),
            "{problems:?}"
        );
    }

    #[test]
    fn the_example_file_is_the_list() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../.env.example");
        if std::env::var_os("ESTEIRA_TEST_UPDATE").is_some() {
            std::fs::write(path, env_example()).expect("the example can be written");
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == env_example(),
            "run this test with ESTEIRA_TEST_UPDATE=1 to write .env.example"
        );
    }
}
