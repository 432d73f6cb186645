//! E-mail over SMTP.

mod dialogue;
mod message;

use async_trait::async_trait;
use esteira_shared::{ids::EmailId, instant::Instant};
use lettre::{Address, message::Mailbox};
use secrecy::SecretString;

use self::dialogue::Server;
pub(crate) use self::message::one_line;

/// A message to one person.
#[derive(Debug, Clone)]
pub struct Letter {
    /// In the `Message-ID`: the same for every try, so that a mailbox shows a message once that arrived twice.
    pub id: EmailId,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// The same for those who read HTML.
    pub html: Option<String>,
    pub attachment: Option<Attachment>,
    /// Takes the reader off the list, by a `POST` without any page in between (RFC 8058).
    pub unsubscribe_url: Option<String>,
    pub written_at: Instant,
}

/// A table that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub filename: String,
    /// UTF-8, as it is to arrive: with its byte order mark and its line ends.
    pub csv: String,
}

/// Why a message was not taken. What the server said is kept as it came, its code in front.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The message cannot be written, to this address or at all.
    #[error("{0}")]
    Unwritable(String),
    /// The server does not take it, however often it is asked.
    #[error("{0}")]
    Refused(String),
    /// The server does not let us in: user, password or encryption. Another message would fare no better.
    #[error("{0}")]
    Settings(String),
    /// Not now.
    #[error("{0}")]
    Later(String),
    /// No server was reached, or it left before it got anything.
    #[error("{0:#}")]
    Unreachable(anyhow::Error),
    /// It was given the message and said nothing: the message may arrive.
    #[error("{0:#}")]
    Unclear(anyhow::Error),
}

#[async_trait]
pub trait Mailer: Send + Sync {
    /// Returns what the server said when it took the message.
    async fn send(&self, letter: &Letter) -> Result<String, MailError>;

    /// Who it says the messages are from.
    fn from(&self) -> String;

    /// Where answers go, when not to the sender.
    fn reply_to(&self) -> Option<String>;

    /// The `Message-ID` of a message.
    fn message_id(&self, id: EmailId) -> String;
}

/// Whether a message can be written to this address. What was saved and cannot be written to would be told of nothing.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

pub struct Smtp {
    server: Server,
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Smtp {
    /// `url` is `smtp://user:password@host:587?tls=required`, or `smtps://…` for TLS from the start.
    ///
    /// # Errors
    /// When the address of the server or one of the others is malformed.
    pub fn new(url: &SecretString, from: &str, reply_to: Option<&str>) -> anyhow::Result<Self> {
        Ok(Self {
            server: Server::read(url)?,
            from: from.parse()?,
            reply_to: reply_to.map(str::parse).transpose()?,
        })
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, letter: &Letter) -> Result<String, MailError> {
        let id = self.message_id(letter.id);
        let message = message::write(letter, &id, &self.from, self.reply_to.as_ref())
            .map_err(|error| MailError::Unwritable(format!("{error:#}")))?;
        self.server.hand_over(message.envelope(), &message.formatted()).await
    }

    fn from(&self) -> String {
        self.from.to_string()
    }

    fn reply_to(&self) -> Option<String> {
        self.reply_to.as_ref().map(ToString::to_string)
    }

    fn message_id(&self, id: EmailId) -> String {
        format!("<{id}@{}>", self.from.email.domain())
    }
}

#[cfg(test)]
mod tests;
