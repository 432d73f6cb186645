//! Where the database is.

use std::path::PathBuf;

use super::postgres::Address;

/// A database address that was understood.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://path/to/file.db`
    Sqlite(PathBuf),
    /// `postgres://user:password@host/name`; held whole, because it may hold a password.
    Postgres(String),
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            if path.is_empty() {
                return Err("sqlite:// needs a path, such as sqlite://data/esteira.db".to_owned());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return text.parse::<Address>().map(|_| Self::Postgres(text.to_owned()));
        }
        let scheme = text.split_once("://").map_or("none", |(scheme, _)| scheme);
        Err(format!("the scheme must be sqlite or postgres, not {scheme}"))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Without user name and password, fit for logs.
impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(f, "postgres://{}", place.split('?').next().unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_password() {
        let url: Result<DatabaseUrl, _> = "postgres://ana:s3cret@db.example.com/esteira?sslmode=require".parse();
        assert_eq!(
            url.map(|url| format!("{url} {url:?}")),
            Ok("postgres://db.example.com/esteira postgres://db.example.com/esteira".to_owned())
        );
    }

    #[test]
    fn an_unknown_scheme_is_an_error() {
        assert_eq!(
            "mysql://x".parse::<DatabaseUrl>(),
            Err("the scheme must be sqlite or postgres, not mysql".to_owned())
        );
        assert!("esteira.db".parse::<DatabaseUrl>().is_err());
        assert!("postgres://:::/".parse::<DatabaseUrl>().is_err());
    }
}
