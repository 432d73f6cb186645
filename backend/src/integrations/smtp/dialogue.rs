//! What is said to the server, step by step. Only so is it known, when the connection breaks, whether the server has the
//! message.

use std::{fmt::Display, time::Duration};

use anyhow::Context as _;
use esteira_shared::reason::Reason;
use lettre::{
    address::Envelope,
    transport::smtp::{
        Error, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::timeout;

use super::MailError;
use crate::object::percent_decoded;

/// For each answer but the last.
const PATIENCE: Duration = Duration::from_secs(30);
/// For the answer to the message itself: a server looks at it before it takes it.
const LAST_PATIENCE: Duration = Duration::from_secs(60);
/// Signs of an answer that are kept.
const ANSWER: usize = 500;
/// Answers about us, not about the message: who may send, as whom, and how safely (RFC 4954, RFC 3207).
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// Where messages are handed over.
pub(super) struct Server {
    host: String,
    port: u16,
    tls: Tls,
    hello_name: ClientId,
    credentials: Option<Credentials>,
}

impl Server {
    /// # Errors
    /// What is wrong with the address; never the password in it.
    pub(super) fn read(url: &SecretString) -> anyhow::Result<Self> {
        let url = Url::parse(url.expose_secret()).map_err(|_| anyhow::anyhow!("it is not an address"))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.context("it names no host")?.to_owned();
        let tls_wish = url.query_pairs().find(|(name, _)| name == "tls");
        let parameters = || TlsParameters::new(host.clone());
        let (port, tls) = match (url.scheme(), tls_wish.as_ref().map(|(_, wish)| &**wish)) {
            ("smtp", None) => (SMTP_PORT, Tls::None),
            ("smtp", Some("required")) => (SUBMISSION_PORT, Tls::Required(parameters()?)),
            ("smtp", Some("opportunistic")) => (SUBMISSION_PORT, Tls::Opportunistic(parameters()?)),
            ("smtps", _) => (SUBMISSIONS_PORT, Tls::Wrapper(parameters()?)),
            _ => anyhow::bail!(
                "it must begin with smtp:// or smtps://, with ?tls=required or ?tls=opportunistic at most"
            ),
        };
        let name = url.path().trim_matches('/');
        let credentials = url
            .password()
            .map(|password| anyhow::Ok(Credentials::new(decoded(url.username())?, decoded(password)?)));
        Ok(Self {
            port: url.port().unwrap_or(port),
            tls,
            hello_name: match name {
                "" => ClientId::default(),
                name => ClientId::Domain(name.to_owned()),
            },
            credentials: credentials.transpose()?,
            host,
        })
    }

    /// Hands one message over, and returns what the server said to it.
    pub(super) async fn hand_over(&self, envelope: &Envelope, message: &[u8]) -> Result<String, MailError> {
        let mut connection = in_time(PATIENCE, self.connect())
            .await
            .map_err(|trouble| trouble.before_the_message(true))?;
        let answer = talk(&mut connection, envelope, message).await;
        // A farewell, which a server that is gone need not hear.
        let _ = timeout(Duration::from_secs(1), connection.abort()).await;
        answer.map(|answer| said(&answer))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let wrapper = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &self.hello_name, wrapper, None).await?;
        match &self.tls {
            Tls::Required(parameters) => connection.starttls(parameters.clone(), &self.hello_name).await?,
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                connection.starttls(parameters.clone(), &self.hello_name).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

async fn talk(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    message: &[u8],
) -> Result<Response, MailError> {
    let parameters = parameters(connection, envelope, message)?;
    step(connection, Mail::new(envelope.from().cloned(), parameters)).await?;
    for to in envelope.to() {
        step(connection, Rcpt::new(to.clone(), Vec::new())).await?;
    }
    step(connection, Data).await?;
    in_time(LAST_PATIENCE, connection.message(message))
        .await
        .map_err(Trouble::after_the_message)
}

fn decoded(text: &str) -> anyhow::Result<String> {
    String::from_utf8(percent_decoded(text.as_bytes())).map_err(|_| anyhow::anyhow!("user and password must be UTF-8"))
}

/// What the message asks of the server.
fn parameters(
    connection: &AsyncSmtpConnection,
    envelope: &Envelope,
    message: &[u8],
) -> Result<Vec<MailParameter>, MailError> {
    let server = connection.server_info();
    let mut parameters = Vec::new();
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.any(|address| !address.to_string().is_ascii()) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            return Err(MailError::Unwritable(
                "the server takes no address with such letters".to_owned(),
            ));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() {
        if !server.supports_feature(Extension::EightBitMime) {
            return Err(MailError::Unwritable(
                "the server takes no letters beside those of ASCII".to_owned(),
            ));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

async fn step<C: Display>(connection: &mut AsyncSmtpConnection, command: C) -> Result<Response, MailError> {
    in_time(PATIENCE, connection.command(command))
        .await
        .map_err(|trouble| trouble.before_the_message(false))
}

/// What went wrong with one step.
enum Trouble {
    Late,
    Error(Error),
}

async fn in_time<T>(patience: Duration, step: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
    match timeout(patience, step).await {
        Ok(done) => done.map_err(Trouble::Error),
        Err(_) => Err(Trouble::Late),
    }
}

impl Trouble {
    /// `entering`: until the server lets us send anything, every refusal is about us.
    fn before_the_message(self, entering: bool) -> MailError {
        match self.answered() {
            Ok((code, answer)) if code >= 500 && (entering || ABOUT_US.contains(&code)) => MailError::Settings(answer),
            Ok((code, answer)) if code >= 500 => MailError::Refused(answer),
            Ok((_, answer)) => MailError::Later(answer),
            Err(error) => MailError::Unreachable(error.context(Reason::MailServerSilent {})),
        }
    }

    fn after_the_message(self) -> MailError {
        match self.answered() {
            Ok((code, answer)) if code >= 500 => MailError::Refused(answer),
            Ok((_, answer)) => MailError::Later(answer),
            Err(error) => MailError::Unclear(error),
        }
    }

    /// What the server said, if it said anything.
    fn answered(self) -> Result<(u16, String), anyhow::Error> {
        match self {
            Self::Late => Err(anyhow::anyhow!("no answer in time")),
            Self::Error(error) => match error.status() {
                Some(code) => {
                    let text = std::error::Error::source(&error)
                        .map(ToString::to_string)
                        .unwrap_or_default();
                    Ok((code.into(), short(&format!("{code} {text}"))))
                }
                None => Err(error.into()),
            },
        }
    }
}

fn said(answer: &Response) -> String {
    let text: Vec<&str> = answer.message().collect();
    short(&format!("{} {}", answer.code(), text.join(" ")))
}

/// One line, and not more than helps.
fn short(answer: &str) -> String {
    super::message::one_line(answer).chars().take(ANSWER).collect()
}
