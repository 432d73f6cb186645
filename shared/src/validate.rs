//! Checks that run in the browser while a person types, and again on the server. Each answers with a [`FieldError`].

mod cnpj;
pub mod password;

pub use cnpj::{Cnpj, CnpjProblem};

use crate::error::{FieldCode, FieldError};

/// Collects the refused fields of one request.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

/// Length of a new password, in characters (NIST SP 800-63B asks for at least 8; 15 without a second factor is
/// its advice, 10 with rate limiting is our middle).
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 10..=200;

impl Fields {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn push(&mut self, field: &str, code: FieldCode, message: impl Into<String>) {
        self.0.push(FieldError::new(field, code, message));
    }

    /// A text that must be there and stay within `max` characters, spaces at the ends not counted.
    pub fn text(&mut self, field: &str, value: &str, max: usize) {
        if value.trim().is_empty() {
            self.push(field, FieldCode::Required, "must not be empty");
        } else {
            self.optional_text(field, Some(value), max);
        }
    }

    /// A text that may be absent, but not longer than `max` characters nor holding control characters.
    pub fn optional_text(&mut self, field: &str, value: Option<&str>, max: usize) {
        let Some(value) = value else { return };
        if value.trim().chars().count() > max {
            self.push(field, FieldCode::TooLong, format!("at most {max} characters"));
        } else if value.chars().any(char::is_control) {
            self.push(field, FieldCode::Invalid, "must not hold control characters");
        }
    }

    /// An address that mail servers take: quoted names and numbers of hosts are none.
    pub fn email(&mut self, field: &str, value: &str) {
        let value = value.trim();
        let plausible = value
            .rsplit_once('@')
            .is_some_and(|(name, domain)| is_mailbox_name(name) && is_mail_domain(domain));
        if value.is_empty() {
            self.push(field, FieldCode::Required, "must not be empty");
        } else if !plausible || value.len() > 254 {
            self.push(
                field,
                FieldCode::Invalid,
                "must be an e-mail address such as ana@example.com",
            );
        }
    }

    /// A new password. `own` is what everybody knows of the person: name and e-mail, as far as they are at hand.
    pub fn password(&mut self, field: &str, value: &str, own: &[&str]) {
        let length = value.chars().count();
        if length < *PASSWORD_CHARS.start() {
            self.push(
                field,
                FieldCode::TooShort,
                format!("at least {} characters", PASSWORD_CHARS.start()),
            );
        } else if length > *PASSWORD_CHARS.end() {
            self.push(
                field,
                FieldCode::TooLong,
                format!("at most {} characters", PASSWORD_CHARS.end()),
            );
        } else if password::easily_guessed(value, own) {
            self.push(field, FieldCode::EasilyGuessed, password::EASILY_GUESSED);
        }
    }

    /// Reads a CNPJ, or notes what is wrong with it.
    pub fn cnpj(&mut self, field: &str, value: &str) -> Option<Cnpj> {
        match value.parse() {
            Ok(cnpj) => Some(cnpj),
            Err(problem) => {
                let code = match problem {
                    CnpjProblem::Missing => FieldCode::Required,
                    CnpjProblem::Form => FieldCode::Invalid,
                    CnpjProblem::CheckDigits => FieldCode::CheckDigits,
                };
                self.push(field, code, problem.to_string());
                None
            }
        }
    }

    /// An absolute `http` or `https` address without a user name in it.
    pub fn url(&mut self, field: &str, value: &str) {
        let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        if value.len() > 2_000 {
            self.push(field, FieldCode::TooLong, "at most 2000 characters");
        } else if host.is_none_or(|host| host.is_empty() || host.contains('@'))
            || value.chars().any(|c| c.is_whitespace() || c.is_control())
        {
            self.push(
                field,
                FieldCode::Invalid,
                "must be an address such as https://sat.example.com/api",
            );
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// # Errors
    /// The refused fields, when there are any.
    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// What may stand before the `@`, without quotes.
fn is_mailbox_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    name.len() <= 64 && name.split('.').all(|part| !part.is_empty() && part.chars().all(fits))
}

/// A name of a host with a dot. Letters of any language count; they are written in ASCII on their way.
fn is_mail_domain(domain: &str) -> bool {
    domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// A wire struct that can judge itself.
pub trait Validate {
    /// # Errors
    /// Every refused field, not only the first.
    fn validate(&self) -> Result<(), Vec<FieldError>>;
}
