//! The API over HTTPS.

use std::{fmt::Write as _, io, sync::Arc, time::Duration};

use async_trait::async_trait;
use esteira_shared::reason::Reason;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{ACCEPT, HeaderValue},
};
use secrecy::ExposeSecret as _;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use super::{
    Cancelled, ExternalJobId, RpaApi, RpaConnection, RpaError, RpaJob, RpaLogs, RpaStart, StartError, answer, job,
    log_answer,
};
use crate::integrations::{
    outbound::{Outbound, OutboundError, refused_address},
    retry_after::retry_after,
};

const JOB_MAX_BYTES: usize = 8 * 1024 * 1024;
/// An answer that is longer waits for its turn; nearly none is.
const LONG_BYTES: usize = 256 * 1024;
/// No job has this id.
const CHECK_ID: &str = "esteira-teste";
/// For streams, which last as long as their robot: longer than any, and short enough for a timer.
const NO_END: Duration = Duration::from_secs(365 * 24 * 3_600);

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct RpaTimeouts {
    pub start: Duration,
    pub job: Duration,
    pub cancel: Duration,
    pub check: Duration,
    /// Until a log begins to arrive, and for the whole of one that is no stream.
    pub logs: Duration,
    /// Between two signs of life on a stream.
    pub silence: Duration,
}

impl Default for RpaTimeouts {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(30),
            job: Duration::from_secs(15),
            cancel: Duration::from_secs(15),
            check: Duration::from_secs(10),
            logs: Duration::from_secs(60),
            silence: Duration::from_secs(60),
        }
    }
}

/// Speaks the HTTPS contract.
///
/// `POST {url}/executar/{operadora}` with the header `Idempotency-Key` answers 2xx with `{"job_id": …}`;
/// `GET {url}/jobs/{job_id}` and `GET {url}/jobs/{job_id}/logs` tell how it goes, `DELETE {url}/jobs/{job_id}` ends it.
#[derive(Clone)]
pub struct HttpRpa {
    outbound: Outbound,
    timeouts: RpaTimeouts,
    /// One long log at a time, whoever reads it.
    long_lists: Arc<Semaphore>,
    /// Room for long results, in KiB: as much as the longest takes. In memory a result takes twenty times its size.
    long_results: Arc<Semaphore>,
}

impl HttpRpa {
    #[must_use]
    pub fn new(outbound: Outbound, timeouts: RpaTimeouts) -> Self {
        Self {
            outbound,
            timeouts,
            long_lists: Arc::new(Semaphore::new(1)),
            long_results: Arc::new(Semaphore::new(JOB_MAX_BYTES / 1024)),
        }
    }

    fn request(
        &self,
        method: Method,
        connection: &RpaConnection,
        path: &[&str],
        timeout: Duration,
    ) -> Result<RequestBuilder, RpaError> {
        let url = endpoint(connection, path)?;
        let request = self.outbound.request(method, &url).map_err(refused)?.timeout(timeout);
        let Some(token) = &connection.token else {
            return Ok(request);
        };
        // What no header can hold is no token of anybody.
        if HeaderValue::from_str(token.expose_secret()).is_err() {
            return Err(RpaError::Unauthorized);
        }
        Ok(request.bearer_auth(token.expose_secret()))
    }
}

#[async_trait]
impl RpaApi for HttpRpa {
    async fn start(&self, connection: &RpaConnection, start: &RpaStart) -> Result<ExternalJobId, StartError> {
        let path = ["executar", &start.operadora];
        let request = self
            .request(Method::POST, connection, &path, self.timeouts.start)
            .map_err(StartError::NotStarted)?
            .header("Idempotency-Key", &start.idempotency_key)
            .json(&start.body.wire());
        let response = request
            .send()
            .await
            .map_err(|error| not_sent(error, self.timeouts.start))?;
        let status = response.status();
        let secret = start.body.senha.as_ref();
        if !status.is_success() {
            let wait = retry_after(status, response.headers());
            let body = answer::beginning(response).await;
            return Err(answer::not_taken(status, &body, secret).after(wait));
        }
        let (body, is_all) = answer::up_to(response, Vec::new(), answer::SHORT_MAX_BYTES)
            .await
            .map_err(StartError::Unknown)?;
        answer::begun(status, &body, is_all, secret)
    }

    async fn job(&self, connection: &RpaConnection, id: &ExternalJobId) -> Result<RpaJob, RpaError> {
        let patience = self.timeouts.job;
        let request = self.request(Method::GET, connection, &["jobs", id.as_str()], NO_END)?;
        let deadline = Instant::now() + patience;
        let silent = || Reason::RobotsSilent { after: patience.into() };
        let unfinished = || Reason::RobotsAnswerUnfinished {};
        let asking = send(request.header(ACCEPT, "application/json"), patience);
        let mut response = by(deadline, silent, asking).await?;
        let status = response.status();
        if !status.is_success() {
            let wait = retry_after(status, response.headers());
            let refusing = async { Ok(answer::beginning(response).await) };
            let body = by(deadline, unfinished, refusing).await?;
            return Err(answer::refusal(status, &body, None).after(wait));
        }
        let mut begun = Vec::new();
        by(
            deadline,
            unfinished,
            answer::read_on(&mut response, &mut begun, LONG_BYTES),
        )
        .await?;
        // The time until it is this one's turn is not the API's.
        let place = match begun.len() < LONG_BYTES {
            true => None,
            false => {
                let room = Arc::clone(&self.long_results);
                // Nobody closes it.
                room.acquire_many_owned(announced_kib(&response)).await.ok()
            }
        };
        let deadline = Instant::now() + patience;
        let body = by(deadline, unfinished, answer::within(response, begun, JOB_MAX_BYTES)).await?;
        let body = body.ok_or(RpaError::TooLong(Reason::RobotsAnswerTooLong {
            most_kib: JOB_MAX_BYTES / 1024,
        }))?;
        if let Some(job) = job::of_too_much(&body) {
            return Ok(job);
        }
        let job = job::read(answer::json(status, &body)?)
            .map_err(|error| RpaError::caused(Reason::RobotsWithoutStatus {}, error))?;
        Ok(RpaJob { place, ..job })
    }

    async fn logs(
        &self,
        connection: &RpaConnection,
        id: &ExternalJobId,
        last_event_id: Option<&str>,
    ) -> Result<RpaLogs, RpaError> {
        let deadline = Instant::now() + self.timeouts.logs;
        let path = ["jobs", id.as_str(), "logs"];
        let mut request = self
            .request(Method::GET, connection, &path, NO_END)?
            .header(ACCEPT, "text/event-stream, application/json;q=0.9");
        // As it came, also outside ASCII; what no header can hold cannot have come in an id.
        if let Some(last) = last_event_id.and_then(|last| HeaderValue::from_bytes(last.as_bytes()).ok()) {
            request = request.header("Last-Event-ID", last);
        }
        let response = timeout_at(deadline, send(request, self.timeouts.logs))
            .await
            .map_err(|_| log_answer::late(self.timeouts))??;
        let status = response.status();
        match status.as_u16() {
            404 | 405 | 406 | 501 => return Ok(RpaLogs::Unsupported),
            204 => return Ok(RpaLogs::Lines(Vec::new().into())),
            200..=299 => {}
            _ => {
                let body = timeout_at(deadline, answer::beginning(response)).await;
                return Err(answer::refusal(status, &body.unwrap_or_default(), None));
            }
        }
        log_answer::read(response, self.timeouts, deadline, &self.long_lists).await
    }

    async fn cancel(&self, connection: &RpaConnection, id: &ExternalJobId) -> Result<Cancelled, RpaError> {
        let path = ["jobs", id.as_str()];
        let patience = self.timeouts.cancel;
        let (status, body) = short(self.request(Method::DELETE, connection, &path, patience)?, patience).await?;
        answer::cancelled(status, &body)
    }

    async fn check(&self, connection: &RpaConnection) -> Result<String, RpaError> {
        let request = self.request(Method::GET, connection, &["jobs", CHECK_ID], self.timeouts.check)?;
        let (status, body) = short(request.header(ACCEPT, "application/json"), self.timeouts.check).await?;
        Ok(answer::name(status, &body)?.unwrap_or_else(|| connection.url.clone()))
    }
}

/// The base address with these segments; whatever they hold, they stay one segment each.
fn endpoint(connection: &RpaConnection, path: &[&str]) -> Result<String, RpaError> {
    let mut url = connection.url.trim_end_matches('/').to_owned();
    // The path would become part of these.
    if url.contains(['?', '#']) {
        return Err(bad_url());
    }
    for segment in path {
        if matches!(*segment, "" | "." | "..") {
            return Err(RpaError::address(Reason::NotAPartOfAnAddress {
                segment: (*segment).to_owned(),
            }));
        }
        url.push('/');
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                // Writing to a text does not fail.
                _ = write!(url, "%{byte:02X}");
            }
        }
    }
    Ok(url)
}

async fn send(request: RequestBuilder, patience: Duration) -> Result<Response, RpaError> {
    request.send().await.map_err(|error| failed(error, patience))
}

/// How long the answer says that it is; the most when it does not.
fn announced_kib(response: &Response) -> u32 {
    let most = u32::try_from(JOB_MAX_BYTES / 1024).unwrap_or(u32::MAX);
    let announced = response
        .content_length()
        .and_then(|bytes| u32::try_from(bytes.div_ceil(1024)).ok());
    announced.unwrap_or(most).min(most)
}

/// The work, or why it did not end in time.
async fn by<T>(
    deadline: Instant,
    why_not: impl FnOnce() -> Reason,
    work: impl Future<Output = Result<T, RpaError>>,
) -> Result<T, RpaError> {
    match timeout_at(deadline, work).await {
        Ok(done) => done,
        Err(_) => Err(RpaError::technical(why_not())),
    }
}

async fn short(request: RequestBuilder, patience: Duration) -> Result<(StatusCode, Vec<u8>), RpaError> {
    let response = send(request, patience).await?;
    Ok((response.status(), answer::beginning(response).await))
}

/// Without a connection nothing was sent; with one, anything may have been.
fn not_sent(error: reqwest::Error, patience: Duration) -> StartError {
    let certain = error.is_connect() || error.is_builder();
    match failed(error, patience) {
        error @ RpaError::Address { .. } => StartError::NotStarted(error),
        error if certain => StartError::NotStarted(error),
        error => StartError::Unknown(error),
    }
}

fn failed(error: reqwest::Error, patience: Duration) -> RpaError {
    if let Some(OutboundError::PrivateAddress(host)) = refused_address(&error) {
        return private(host);
    }
    let said = if error.is_builder() {
        Reason::RobotsRequestUnmade {}
    } else if error.is_connect() {
        Reason::RobotsUnreachable {
            why: Box::new(no_connection(&error)),
        }
    } else if error.is_timeout() {
        Reason::RobotsSilent { after: patience.into() }
    } else {
        Reason::RobotsBrokeOff {}
    };
    RpaError::caused(said, error.without_url())
}

fn no_connection(error: &reqwest::Error) -> Reason {
    if error.is_timeout() {
        return Reason::AddressSilent {};
    }
    if error.is_dns() {
        return Reason::HostUnknown {};
    }
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let found = cause.downcast_ref::<io::Error>();
        if found.is_some_and(|found| found.kind() == io::ErrorKind::ConnectionRefused) {
            return Reason::NobodyListens {};
        }
        source = cause.source();
    }
    Reason::NetworkOrCertificate {}
}

fn refused(error: OutboundError) -> RpaError {
    match error {
        OutboundError::BadUrl => bad_url(),
        OutboundError::PrivateAddress(host) => private(&host),
    }
}

fn bad_url() -> RpaError {
    RpaError::address(Reason::RobotUrlInvalid {})
}

fn private(host: &str) -> RpaError {
    RpaError::Address {
        message: Reason::RobotUrlPrivate { host: host.to_owned() },
        action: Reason::CheckRobotUrlOrAllowPrivate {},
    }
}

#[cfg(test)]
mod tests;
