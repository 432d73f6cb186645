//! E-mail over SMTP.

use std::time::Duration;

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use secrecy::{ExposeSecret as _, SecretString};

/// A text for people.
#[derive(Debug, Clone)]
pub struct Email {
    /// The same for every try, so that a mailbox shows a message once that arrived twice.
    pub id: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server will not take it, however often it is asked: a wrong address, a wrong password.
    #[error("{0}")]
    Refused(String),
    #[error("{0:#}")]
    Technical(anyhow::Error),
}

#[async_trait]
pub trait Mailer: Send + Sync {
    /// Returns when the server has taken the message.
    async fn send(&self, email: &Email) -> Result<(), MailError>;

    /// Who it says the messages are from.
    fn from(&self) -> String;
}

/// Whether a message can be written to this address. What was saved and cannot be written to would be told of nothing.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

const TIMEOUT: Duration = Duration::from_secs(30);

pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// `url` is `smtp://user:password@host:587?tls=required`, or `smtps://…` for TLS from the start.
    ///
    /// # Errors
    /// When the address of the server or the sender's is malformed.
    pub fn new(url: &SecretString, from: &str) -> anyhow::Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())?;
        Ok(Self {
            transport: transport.timeout(Some(TIMEOUT)).build(),
            from: from.parse()?,
        })
    }

    fn message(&self, email: &Email) -> anyhow::Result<Message> {
        let id = format!("<{}@{}>", email.id, self.from.email.domain());
        let mut message = Message::builder()
            .message_id(Some(id))
            .from(self.from.clone())
            .subject(&email.subject)
            .header(ContentType::TEXT_PLAIN);
        for to in &email.to {
            message = message.to(Mailbox::new(None, to.parse()?));
        }
        Ok(message.body(email.text.clone())?)
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, email: &Email) -> Result<(), MailError> {
        let message = self
            .message(email)
            .map_err(|error| MailError::Refused(error.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused(error.to_string())),
            Err(error) => Err(MailError::Technical(error.into())),
        }
    }

    fn from(&self) -> String {
        self.from.to_string()
    }
}

#[cfg(test)]
mod tests {
    use esteira_shared::validate::Fields;

    use super::*;

    #[test]
    fn what_the_page_accepts_can_be_written_to() {
        let accepted = |text: &str| {
            let mut fields = Fields::new();
            fields.email("email", text);
            fields.is_empty()
        };
        let long = format!("{}@example.com", "a".repeat(65));
        for (text, expected) in [
            ("ana@example.com", true),
            ("ana.maria+nf-e_1@sub.example.com.br", true),
            ("o'neil&filhos@example.com", true),
            ("ana@são-josé.example", true),
            ("ana..maria@example.com", false),
            (".ana@example.com", false),
            ("ana.@example.com", false),
            ("ana maria@example.com", false),
            ("ana,maria@example.com", false),
            ("<ana@example.com>", false),
            ("Ana<ana@example.com>", false),
            ("ana@exa_mple.com", false),
            ("ana@-example.com", false),
            ("ana@example-.com", false),
            ("ana@example..com", false),
            ("ana@example", false),
            ("ana@@example.com", false),
            ("ana\u{0}@example.com", false),
            (long.as_str(), false),
        ] {
            assert_eq!(accepted(text), expected, "{text}");
            assert!(!expected || is_address(text), "{text} cannot be written to");
        }
    }
}
