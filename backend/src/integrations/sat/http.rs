//! SAT over HTTPS: one multipart request per document.

use std::time::Duration;

use async_trait::async_trait;
use esteira_shared::reason::Reason;
use reqwest::{
    Body, RequestBuilder, StatusCode,
    multipart::{Form, Part},
};
use secrecy::ExposeSecret as _;

use super::{SatApi, SatConnection, SatError, SatReceipt, SatUpload, answer};
use crate::integrations::{
    outbound::{self, Outbound, OutboundError, refused_address},
    retry_after::retry_after,
};

/// The slowest line to SAT that a large document is still given time for.
const SLOWEST_BYTES_PER_S: u64 = 512 * 1024;
const CHECK: Duration = Duration::from_secs(10);

/// Speaks the HTTPS contract.
///
/// `POST {url}/documentos` with the parts `metadados` (JSON) and `arquivo` (PDF) and the header `Idempotency-Key` answers
/// 2xx with `{"protocolo": …}`; a refusal answers 400, 409 or 422 with `{"codigo", "mensagem",
/// "acao_recomendada"}`. `GET {url}/saude` answers 200.
#[derive(Clone)]
pub struct HttpSat {
    outbound: Outbound,
}

impl HttpSat {
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound }
    }
}

#[async_trait]
impl SatApi for HttpSat {
    async fn upload(&self, connection: &SatConnection, upload: SatUpload) -> Result<SatReceipt, SatError> {
        let url = endpoint(connection, "documentos");
        let extra = Duration::from_secs(upload.size_bytes / SLOWEST_BYTES_PER_S);
        let request = authorized(self.outbound.post(&url).map_err(refused)?, connection)
            .header("Idempotency-Key", &upload.idempotency_key)
            .timeout(outbound::TOTAL + extra)
            .multipart(form(upload)?);
        let (status, wait, body) = send(request).await?;
        answer::receipt(status, &body).map_err(|error| error.after(wait))
    }

    async fn check(&self, connection: &SatConnection) -> Result<String, SatError> {
        let url = endpoint(connection, "saude");
        let request = authorized(self.outbound.get(&url).map_err(refused)?, connection).timeout(CHECK);
        let (status, _, body) = send(request).await?;
        Ok(answer::health(status, &body)?.unwrap_or_else(|| connection.url.clone()))
    }
}

fn endpoint(connection: &SatConnection, path: &str) -> String {
    format!("{}/{path}", connection.url.trim_end_matches('/'))
}

fn authorized(request: RequestBuilder, connection: &SatConnection) -> RequestBuilder {
    match &connection.token {
        Some(token) => request.bearer_auth(token.expose_secret()),
        None => request,
    }
}

fn form(upload: SatUpload) -> Result<Form, SatError> {
    let metadata = serde_json::to_vec(&upload.metadata).map_err(technical)?;
    let metadata = Part::bytes(metadata).mime_str("application/json").map_err(technical)?;
    let file = Part::stream_with_length(Body::wrap_stream(upload.body), upload.size_bytes)
        .file_name(plain_name(&upload.filename))
        .mime_str("application/pdf")
        .map_err(technical)?;
    Ok(Form::new().part("metadados", metadata).part("arquivo", file))
}

/// A line break in a file name would become a header of the part.
fn plain_name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '"' | '\\' | '/') {
                '_'
            } else {
                c
            }
        })
        .collect()
}

/// The answer, with the wait that it asks for.
async fn send(request: RequestBuilder) -> Result<(StatusCode, Option<Duration>, Vec<u8>), SatError> {
    let response = request.send().await.map_err(|error| match refused_address(&error) {
        Some(OutboundError::PrivateAddress(host)) => private(host),
        _ => technical(error.without_url()),
    })?;
    let status = response.status();
    let wait = retry_after(status, response.headers());
    let body = answer::read_bounded(response).await.map_err(SatError::Technical)?;
    Ok((status, wait, body))
}

fn refused(error: OutboundError) -> SatError {
    match error {
        OutboundError::BadUrl => SatError::business(Reason::SatUrlInvalid {}, Reason::CheckSatUrl {}),
        OutboundError::PrivateAddress(host) => private(&host),
    }
}

fn private(host: &str) -> SatError {
    SatError::business(
        Reason::SatUrlPrivate { host: host.to_owned() },
        Reason::CheckSatUrlOrAllowPrivate {},
    )
}

fn technical(error: impl Into<anyhow::Error>) -> SatError {
    SatError::Technical(error.into())
}

#[cfg(test)]
mod tests;
