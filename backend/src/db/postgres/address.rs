//! A PostgreSQL address, read as libpq reads it.

use std::{str::FromStr, time::Duration};

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use super::tls::Check;
use crate::object::percent_decoded;

/// How long a connection may take, when the address does not say (`connect_timeout`).
const PATIENCE: Duration = Duration::from_secs(5);

/// A statement that runs longer than this is a fault; the server ends it. In milliseconds. What the address sets itself, in
/// `options`, stays.
const LIMITS: [(&str, u32); 2] = [
    ("statement_timeout", 30_000),
    ("idle_in_transaction_session_timeout", 60_000),
];

/// What may follow the `?` beside `sslmode` and `sslrootcert`.
const OPTIONS: [&str; 17] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// A PostgreSQL address that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::db) struct Address {
    pub(super) config: Config,
    pub(super) mode: Mode,
    pub(super) check: Check,
}

/// When TLS is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Never,
    /// When the server takes nobody without.
    Allowed,
    /// When the server can.
    Preferred,
    Always,
}

impl Address {
    /// How long a connection may take.
    pub(in crate::db) fn patience(&self) -> Duration {
        self.config.get_connect_timeout().copied().unwrap_or(PATIENCE)
    }

    /// Statements for a new connection.
    pub(super) fn limits(&self) -> String {
        let own = self.config.get_options().unwrap_or_default();
        let missing = LIMITS.iter().filter(|(name, _)| !own.contains(name));
        missing.map(|(name, ms)| format!("SET {name} = {ms};")).collect()
    }
}

impl Mode {
    /// What libpq tries, one after the other.
    pub(super) fn ways(self) -> &'static [SslMode] {
        match self {
            Self::Never => &[SslMode::Disable],
            Self::Allowed => &[SslMode::Disable, SslMode::Require],
            Self::Preferred => &[SslMode::Prefer, SslMode::Disable],
            Self::Always => &[SslMode::Require],
        }
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A question mark before the @ belongs to the password.
        let credentials = text.find('@').unwrap_or_default();
        let (place, query) = match text.get(credentials..).and_then(|rest| rest.find('?')) {
            Some(at) => text.split_at(credentials + at),
            None => (text, ""),
        };
        let (mut sslmode, mut sslrootcert) = (None, None);
        let (mut rest, mut unknown) = (Vec::new(), Vec::new());
        for pair in query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
            let Some((name, value)) = pair.split_once('=') else {
                return Err("not a PostgreSQL address: an option has no value".to_owned());
            };
            let name = decoded(name)?;
            match name.as_str() {
                "sslmode" => sslmode = Some(decoded(value)?).filter(|value| !value.is_empty()),
                "sslrootcert" => sslrootcert = Some(decoded(value)?).filter(|value| !value.is_empty()),
                // The driver has another name for it than libpq.
                "keepalives_count" => rest.push(format!("keepalives_retries={value}")),
                known if OPTIONS.contains(&known) => rest.push(pair.to_owned()),
                _ => unknown.push(name),
            }
        }
        if !unknown.is_empty() {
            return Err(format!(
                "not a PostgreSQL address: unknown option {}; known are sslmode, sslrootcert, {}",
                unknown.join(", "),
                OPTIONS.join(", ")
            ));
        }
        let (mut mode, check) = tls(sslmode.as_deref(), sslrootcert.as_deref())?;
        let mut config = format!("{place}?{}", rest.join("&"))
            .parse::<Config>()
            .map_err(|error| format!("not a PostgreSQL address: {:#}", anyhow::Error::new(error)))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("esteira");
        }
        // PostgreSQL speaks no TLS over sockets of the machine.
        let sockets = |host: &Host| matches!(host, Host::Unix(_));
        if !config.get_hosts().is_empty() && config.get_hosts().iter().all(sockets) {
            mode = Mode::Never;
        }
        // The driver begins no TLS without a name.
        if config.get_hosts().is_empty() {
            for address in config.get_hostaddrs().to_vec() {
                config.host(address.to_string());
            }
        }
        Ok(Self { config, mode, check })
    }
}

fn decoded(text: &str) -> Result<String, String> {
    String::from_utf8(percent_decoded(text.as_bytes()))
        .map_err(|_| "not a PostgreSQL address: an option is not valid UTF-8".to_owned())
}

/// What libpq does, but for two things: `verify-full` needs no file, because the machine's own certificates do, and a file
/// that nobody would look at is refused.
fn tls(sslmode: Option<&str>, sslrootcert: Option<&str>) -> Result<(Mode, Check), String> {
    let of_machine = sslrootcert == Some("system");
    let sslmode = sslmode.unwrap_or(if of_machine { "verify-full" } else { "prefer" });
    Ok(match (sslmode, sslrootcert) {
        ("disable", None) => (Mode::Never, Check::Nothing),
        ("allow", None) => (Mode::Allowed, Check::Nothing),
        ("prefer", None) => (Mode::Preferred, Check::Nothing),
        ("require", None) => (Mode::Always, Check::Nothing),
        ("require" | "verify-ca", Some(file)) if !of_machine => (Mode::Always, Check::Issuer(file.into())),
        ("verify-full", Some(file)) if !of_machine => (Mode::Always, Check::Name(Some(file.into()))),
        ("verify-full", _) => (Mode::Always, Check::Name(None)),
        ("verify-ca", None) => {
            return Err("sslmode=verify-ca needs sslrootcert, a file with the certificate to trust".to_owned());
        }
        ("disable" | "allow" | "prefer" | "require" | "verify-ca", Some(file)) => {
            return Err(format!(
                "sslrootcert={file} does not go with sslmode={sslmode}; set sslmode=verify-full"
            ));
        }
        _ => {
            return Err(format!(
                "sslmode must be disable, allow, prefer, require, verify-ca or verify-full, not {sslmode}"
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use std::path::PathBuf;

    use super::*;

    fn parsed(query: &str) -> Result<Address, String> {
        format!("postgres://ana:s3cret@db.example.com:5433/esteira{query}").parse()
    }

    #[test]
    fn sslmode_is_what_it_is_for_libpq() {
        let file = || PathBuf::from("/etc/ssl/own ca.crt");
        for (query, expected) in [
            ("", (Mode::Preferred, Check::Nothing)),
            ("?", (Mode::Preferred, Check::Nothing)),
            ("?sslmode=", (Mode::Preferred, Check::Nothing)),
            ("?sslmode=disable", (Mode::Never, Check::Nothing)),
            ("?sslmode=allow", (Mode::Allowed, Check::Nothing)),
            ("?sslmode=prefer", (Mode::Preferred, Check::Nothing)),
            ("?sslmode=require", (Mode::Always, Check::Nothing)),
            ("?sslmode=verify-full", (Mode::Always, Check::Name(None))),
            ("?sslrootcert=system", (Mode::Always, Check::Name(None))),
            (
                "?sslmode=require&sslrootcert=/etc/ssl/own%20ca.crt",
                (Mode::Always, Check::Issuer(file())),
            ),
            (
                "?sslrootcert=/etc/ssl/own%20ca.crt&sslmode=verify-ca",
                (Mode::Always, Check::Issuer(file())),
            ),
            (
                "?application_name=x&sslmode=verify-full&sslrootcert=/etc/ssl/own%20ca.crt",
                (Mode::Always, Check::Name(Some(file()))),
            ),
        ] {
            let address = parsed(query).unwrap();
            assert_eq!((address.mode, address.check), expected, "{query}");
            assert_eq!(address.config.get_ports(), [5433], "{query}");
        }
    }

    #[test]
    fn what_is_not_known_or_does_nothing_is_refused_by_name() {
        for (query, named) in [
            ("?sslmode=required", "not required"),
            ("?sslmode=verify-ca", "needs sslrootcert"),
            (
                "?sslrootcert=/x.crt",
                "sslrootcert=/x.crt does not go with sslmode=prefer",
            ),
            (
                "?sslmode=require&sslrootcert=system",
                "sslrootcert=system does not go with sslmode=require",
            ),
            ("?sslcert=/x.crt&gssencmode=disable", "sslcert, gssencmode"),
            ("?connect_timeout=soon", "connect_timeout"),
            ("?sslmode", "has no value"),
        ] {
            let refused = parsed(query).unwrap_err();
            assert!(refused.contains(named), "{query}: {refused}");
            assert!(!refused.contains("s3cret"), "{refused}");
        }
    }

    #[test]
    fn what_the_driver_lacks_is_added() {
        let address = parsed("?keepalives_count=3&connect_timeout=9&password=a%26b").unwrap();
        assert_eq!(address.config.get_keepalives_retries(), Some(3));
        assert_eq!(address.patience(), Duration::from_secs(9));
        assert_eq!(address.config.get_password(), Some(&b"a&b"[..]));
        assert_eq!(parsed("").unwrap().patience(), PATIENCE);

        let address: Address = "postgres://ana:a?b@db.example.com/esteira?sslmode=disable"
            .parse()
            .unwrap();
        assert_eq!(address.config.get_password(), Some(&b"a?b"[..]));
        assert_eq!(address.mode, Mode::Never);

        let address: Address = "postgres:///esteira?hostaddr=192.0.2.7".parse().unwrap();
        assert_eq!(address.config.get_hosts(), [Host::Tcp("192.0.2.7".to_owned())]);
        let address: Address = "postgres://%2Frun%2Fpostgresql/esteira?sslmode=require"
            .parse()
            .unwrap();
        assert_eq!(address.mode, Mode::Never);
    }

    #[test]
    fn limits_of_the_address_itself_stay() {
        let both = "SET statement_timeout = 30000;SET idle_in_transaction_session_timeout = 60000;";
        assert_eq!(parsed("").unwrap().limits(), both);
        let own = parsed("?options=-c%20statement_timeout%3D5000").unwrap();
        assert_eq!(own.limits(), "SET idle_in_transaction_session_timeout = 60000;");
    }
}
