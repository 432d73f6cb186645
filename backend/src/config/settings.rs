//! The list of settings, and reading one of them.

use std::{fmt::Write as _, ops::RangeInclusive, str::FromStr};

use super::{ConfigProblem, Vars};

/// One setting, as `.env.example` and the operations guide show it.
pub struct Setting {
    pub name: &'static str,
    pub default: &'static str,
    pub about: &'static str,
}

const fn setting(name: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting { name, default, about }
}

pub const SETTINGS: &[Setting] = &[
    setting(
        "ESTEIRA_CONFIG",
        "",
        "TOML file with the same names in lower case without the prefix: listen = \"0.0.0.0:8080\"",
    ),
    setting("ESTEIRA_LISTEN", "127.0.0.1:8080", "Address and port to serve on"),
    setting(
        "ESTEIRA_PUBLIC_URL",
        "",
        "How browsers reach it, such as https://esteira.example.com or https://tools.example.com/esteira; https makes the cookie Secure",
    ),
    setting(
        "ESTEIRA_ALLOWED_HOSTS",
        "",
        "Other names, between commas, under which people may set up and sign in; localhost and the public address always count",
    ),
    setting(
        "ESTEIRA_SETUP_CODE",
        "",
        "What the first visit must show, at least 12 letters and digits; without it a code is printed at start",
    ),
    setting(
        "ESTEIRA_DEMO_OUTSIDE",
        "false",
        "true lets others reach a demonstration, whose passwords everybody knows",
    ),
    setting(
        "ESTEIRA_TRUST_FORWARDED_FOR",
        "false",
        "true behind a proxy that sets X-Forwarded-For itself",
    ),
    setting(
        "ESTEIRA_REQUEST_TIMEOUT_S",
        "30",
        "Longest time for a request, uploads and streams excepted (1 to 600)",
    ),
    setting(
        "ESTEIRA_HEADER_TIMEOUT_S",
        "20",
        "Time for the headers of a request, and for the next one on an open connection (1 to 600)",
    ),
    setting(
        "ESTEIRA_UPLOAD_PATIENCE_S",
        "30",
        "How long an upload or import may lag behind 4 KiB in a second before it is given up (1 to 600)",
    ),
    setting(
        "ESTEIRA_CONNECTIONS_PER_ADDRESS",
        "256",
        "Open connections of one address, those of this machine and of a trusted proxy excepted (8 to 100000)",
    ),
    setting(
        "ESTEIRA_STREAMS_PER_USER",
        "50",
        "Live streams of one user at once; a page has one for each tab (1 to 100000)",
    ),
    setting(
        "ESTEIRA_STREAMS_PER_ORGANIZATION",
        "1000",
        "Live streams of one organisation at once, in this process (1 to 100000)",
    ),
    setting(
        "ESTEIRA_SHUTDOWN_GRACE_S",
        "25",
        "Time for open requests and jobs to end after a stop signal (0 to 600)",
    ),
    setting(
        "ESTEIRA_METRICS_TOKEN",
        "",
        "Bearer token that /metrics asks for; without one only the machine itself may read it",
    ),
    setting(
        "ESTEIRA_DATA_DIR",
        "data",
        "Folder of the default database, the default store, the generated key and unfinished uploads",
    ),
    setting(
        "ESTEIRA_MIN_FREE_MIB",
        "64",
        "With less free space in the data folder /api/health answers 503; 0 for no such bound (0 to 1000000000)",
    ),
    setting(
        "ESTEIRA_DATABASE_URL",
        "sqlite://data/esteira.db",
        "sqlite://path or postgres://user:password@host/name?sslmode=verify-full",
    ),
    setting(
        "ESTEIRA_DATABASE_POOL",
        "8",
        "Connections (PostgreSQL) or readers (SQLite) of this process (1 to 200)",
    ),
    setting(
        "ESTEIRA_STORAGE_URL",
        "file://data/storage",
        "file://path or s3://bucket?endpoint=https://s3.example.com&region=us-east-1",
    ),
    setting(
        "MINIO_ENDPOINT",
        "",
        "Old name: endpoint of the S3 store, bucket beg; used when ESTEIRA_STORAGE_URL names none",
    ),
    setting(
        "MINIO_ACCESS_KEY",
        "",
        "Access key of the S3 store; without it the AWS chain of the environment is used",
    ),
    setting("MINIO_SECRET_KEY", "", "Secret key of the S3 store"),
    setting(
        "ESTEIRA_S3_PATIENCE_S",
        "30",
        "How long an S3 store may take, beside a second for each MiB of a document, before it counts as away (1 to 600)",
    ),
    setting(
        "ESTEIRA_BACKUP_DIR",
        "data/backups",
        "Folder that backups are brought to; better one on another disk",
    ),
    setting(
        "ESTEIRA_BACKUP_URL",
        "",
        "S3 store for backups instead of the folder: s3://bucket/folder?endpoint=https://s3.example.com&region=us-east-1; what it does not say is as for documents",
    ),
    setting(
        "ESTEIRA_BACKUP_S3_ACCESS_KEY",
        "",
        "Access key of the S3 store for backups",
    ),
    setting(
        "ESTEIRA_BACKUP_S3_SECRET_KEY",
        "",
        "Secret key of the S3 store for backups",
    ),
    setting(
        "ESTEIRA_BACKUP_RECIPIENT",
        "",
        "Public keys of age (age1…), between commas, of those who can open encrypted backups; age-keygen makes one",
    ),
    setting(
        "ESTEIRA_SECRET_KEY",
        "",
        "32 bytes in base64 (openssl rand -base64 32); older keys may follow after commas; required with PostgreSQL",
    ),
    setting(
        "ESTEIRA_OUTBOUND_ALLOW_PRIVATE",
        "false",
        "true lets calls to outside (SAT, robots, webhooks) go to private and loopback addresses",
    ),
    setting(
        "ESTEIRA_RPA_PATIENCE_S",
        "600",
        "Seconds that the robots' API may stay silent about a robot at work before its run ends as unknown (5 to 86400)",
    ),
    setting(
        "ESTEIRA_ROBOT_S3_ENDPOINT",
        "",
        "S3 store in which robots leave invoices (s3:// addresses of their results); without these four settings the documents' own S3 store",
    ),
    setting("ESTEIRA_ROBOT_S3_REGION", "us-east-1", "Region of the robots' S3 store"),
    setting("ESTEIRA_ROBOT_S3_ACCESS_KEY", "", "Access key of the robots' S3 store"),
    setting("ESTEIRA_ROBOT_S3_SECRET_KEY", "", "Secret key of the robots' S3 store"),
    setting(
        "ESTEIRA_ROBOT_S3_FOLDER",
        "",
        "Folder of the documents' own bucket in which robots leave invoices, such as robos; without it nothing is taken from that bucket",
    ),
    setting(
        "ESTEIRA_SMTP_URL",
        "",
        "Server that takes e-mails, such as smtp://user:password@smtp.example.com:587?tls=required or smtps://…; without it none are sent",
    ),
    setting(
        "ESTEIRA_SMTP_FROM",
        "",
        "Who e-mails are from, such as Esteira <esteira@example.com>; required with ESTEIRA_SMTP_URL",
    ),
    setting(
        "ESTEIRA_SMTP_REPLY_TO",
        "",
        "Where answers to e-mails go, such as Contas <contas@example.com>; without it to the sender",
    ),
    setting(
        "ESTEIRA_HOLIDAYS_URL",
        "",
        "Service that lists national holidays as BrasilAPI does, such as https://holidays.example.com/api/feriados/v1; the year is added. Asked when somebody wants to compare, and once in December; without it nobody is asked",
    ),
    setting(
        "ESTEIRA_WORKER_SLOTS",
        "8",
        "Jobs that one process runs at once; robots at work elsewhere take no slot (1 to 1000)",
    ),
    setting(
        "ESTEIRA_LEASE_S",
        "10",
        "Seconds after which the jobs of a silent worker run elsewhere (3 to 3600)",
    ),
    setting(
        "ESTEIRA_ENGINE_DIAGNOSTICS",
        "false",
        "true adds the task `diagnostic`, with which benchmarks and chaos runs load the queue",
    ),
    setting(
        "ESTEIRA_LOG",
        "info,tokio_cron_scheduler=warn",
        "Log filter, such as info,esteira=debug",
    ),
    setting("ESTEIRA_LOG_FORMAT", "text", "text or json"),
];

/// The text of `.env.example`.
#[must_use]
pub fn env_example() -> String {
    let mut text =
        "# Every setting with its default. Copy to .env for docker compose, or set in the environment.\n".to_owned();
    for Setting { name, default, about } in SETTINGS {
        let _ = write!(text, "\n# {about}\n#{name}={default}\n");
    }
    text
}

/// The listed name that is most like a misspelt one: the longest common beginning and end.
pub(super) fn nearest(name: &str) -> &'static str {
    let likeness = |known: &str| {
        let start = known.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
        let end = known
            .chars()
            .rev()
            .zip(name.chars().rev())
            .take_while(|(a, b)| a == b)
            .count();
        start + end
    };
    SETTINGS
        .iter()
        .map(|setting| setting.name)
        .max_by_key(|known| likeness(known))
        .unwrap_or("one of .env.example")
}

/// Reads the TOML file into names of the environment.
pub(super) fn read_file(path: &str) -> Result<Vars, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let table: toml::Table = text.parse().map_err(|error| format!("{path} is not TOML: {error}"))?;
    table
        .into_iter()
        .map(|(key, value)| {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(truth) => truth.to_string(),
                _ => return Err(format!("{path}: {key} must be a text, a number or true/false")),
            };
            let name = key.to_uppercase();
            Ok((
                if name.starts_with("MINIO_") {
                    name
                } else {
                    format!("ESTEIRA_{name}")
                },
                value,
            ))
        })
        .collect()
}

/// Reads settings and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) vars: &'a Vars,
    pub(super) problems: &'a mut Vec<ConfigProblem>,
}

impl Reader<'_> {
    pub(super) fn refuse(&mut self, name: &str, problem: impl Into<String>) {
        self.problems.push(ConfigProblem {
            name: name.to_owned(),
            problem: problem.into(),
        });
    }

    /// An empty value counts as absent, as compose files write it.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.vars
            .get(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, default: T) -> T
    where
        T::Err: std::fmt::Display,
    {
        match self.text(name).map(|text| text.parse()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(error)) => {
                self.refuse(name, error.to_string());
                default
            }
        }
    }

    pub(super) fn ranged(&mut self, name: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let value = self.parsed(name, default);
        if range.contains(&value) {
            return value;
        }
        self.refuse(name, format!("must be between {} and {}", range.start(), range.end()));
        default
    }

    /// The same for what is counted.
    pub(super) fn count(&mut self, name: &str, default: u32, range: RangeInclusive<u64>) -> usize {
        let value = self.ranged(name, default.into(), range);
        usize::try_from(value).unwrap_or(usize::MAX)
    }

    pub(super) fn one_of(&mut self, name: &str, words: &[&'static str]) -> &'static str {
        let default = words.first().copied().unwrap_or_default();
        let Some(text) = self.text(name) else { return default };
        words.iter().copied().find(|word| *word == text).unwrap_or_else(|| {
            self.refuse(name, format!("must be one of {}", words.join(", ")));
            default
        })
    }

    /// The address of the program itself, as browsers write it.
    pub(super) fn public_url(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let address = super::public_url::read(&text);
        address.map_err(|problem| self.refuse(name, problem)).ok()
    }

    pub(super) fn url(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        let mut fields = esteira_shared::validate::Fields::new();
        fields.url(name, &text);
        if !fields.is_empty() {
            self.refuse(name, "must be an address such as https://esteira.example.com");
        }
        Some(text.trim_end_matches('/').to_owned())
    }
}
