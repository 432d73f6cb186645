//! What SAT's answers mean.

use anyhow::anyhow;
use esteira_shared::reason::Reason;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::{SatError, SatReceipt};
use crate::integrations::whole_answer::{json, quote, says_no};

/// Answers are a few fields; whatever is longer is not one.
const ANSWER_MAX_BYTES: usize = 64 * 1024;
const PROTOCOL_MAX_CHARS: usize = 200;
const CODE_MAX_CHARS: usize = 100;
const MESSAGE_MAX_CHARS: usize = 1_000;
/// What the protocol number is called, and what an answer may wrap around it.
const PROTOCOL_NAMES: [&str; 3] = ["protocolo", "numero_protocolo", "numeroProtocolo"];
const ENVELOPES: [&str; 4] = ["data", "dados", "result", "resultado"];

#[derive(Deserialize)]
struct Refusal {
    codigo: Option<String>,
    mensagem: Option<String>,
    acao_recomendada: Option<String>,
}

/// The body. One that is too long is cut, and ends in what no JSON ends in.
pub(super) async fn read_bounded(mut response: Response) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            tracing::warn!(status = %response.status(), "SAT's answer is longer than {ANSWER_MAX_BYTES} bytes");
            body.extend(chunk.iter().take(ANSWER_MAX_BYTES.saturating_sub(body.len())));
            body.extend_from_slice("…".as_bytes());
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A page of a proxy or a sign-in form also says 200: only a protocol proves that the document arrived.
pub(super) fn receipt(status: StatusCode, body: &[u8]) -> Result<SatReceipt, SatError> {
    let answer = json(body).unwrap_or_default();
    match protocol(&answer) {
        Some(protocol) if status.is_success() && !says_no(&answer) => Ok(SatReceipt { protocol }),
        _ if status.is_success() => Err(SatError::NotUnderstood(Reason::SatNotUnderstood {
            status: status.as_u16(),
            answer: Box::new(quote(&String::from_utf8_lossy(body))),
        })),
        Some(protocol) if status == StatusCode::CONFLICT => Err(SatError::AlreadyKept {
            protocol,
            refusal: Box::new(refusal(status, body)),
        }),
        _ => Err(refusal(status, body)),
    }
}

/// Where the contract has it, it is the protocol or none. Elsewhere it counts when all that could be it are the same.
fn protocol(answer: &Value) -> Option<String> {
    if let Some(value) = answer.get("protocolo") {
        return read_protocol(value);
    }
    let mut found = Vec::new();
    for place in std::iter::once(answer).chain(ENVELOPES.iter().filter_map(|name| answer.get(*name))) {
        let values = PROTOCOL_NAMES.iter().filter_map(|name| place.get(*name));
        found.extend(values.filter(|value| !value.is_null()).map(read_protocol));
    }
    let first = found.first()?;
    first.clone().filter(|_| found.iter().all(|other| other == first))
}

/// A longer number has lost digits on its way here.
fn read_protocol(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if !number.is_f64() => number.to_string(),
        _ => return None,
    };
    let usable = !text.is_empty() && text.chars().count() <= PROTOCOL_MAX_CHARS && !text.chars().any(char::is_control);
    usable.then_some(text)
}

/// The name that the system gives itself, when it gives one.
pub(super) fn health(status: StatusCode, body: &[u8]) -> Result<Option<String>, SatError> {
    if status != StatusCode::OK {
        return Err(refusal(status, body));
    }
    let name = serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|answer| Some(answer.get("sistema")?.as_str()?.to_owned()));
    Ok(name.and_then(|name| tidy(name, CODE_MAX_CHARS)))
}

fn refusal(status: StatusCode, body: &[u8]) -> SatError {
    match status.as_u16() {
        401 | 403 => SatError::business(Reason::SatTokenRefused {}, Reason::CheckSatToken {}),
        status @ (404 | 410) => SatError::business(Reason::SatNotThere { status }, Reason::CheckSatUrl {}),
        status @ 300..=399 => SatError::business(Reason::SatMoved { status }, Reason::SetFinalSatUrl {}),
        408 | 425 | 429 => SatError::Technical(anyhow!("the answer was {status}")),
        400..=499 => refused_document(status, body),
        _ => SatError::Technical(anyhow!("the answer was {status}")),
    }
}

fn refused_document(status: StatusCode, body: &[u8]) -> SatError {
    let refusal = serde_json::from_slice(body).unwrap_or(Refusal {
        codigo: None,
        mensagem: None,
        acao_recomendada: None,
    });
    let message = refusal.mensagem.and_then(|text| tidy(text, MESSAGE_MAX_CHARS));
    SatError::Business {
        code: refusal.codigo.and_then(|text| tidy(text, CODE_MAX_CHARS)),
        message: message.map_or_else(
            || Reason::SatRefusedSilently {
                status: status.as_u16(),
            },
            Reason::quoted,
        ),
        action: refusal
            .acao_recomendada
            .and_then(|text| tidy(text, MESSAGE_MAX_CHARS))
            .map(Reason::quoted),
    }
}

/// One line of bounded length, or nothing.
fn tidy(text: String, max_chars: usize) -> Option<String> {
    let text: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(max_chars)
        .collect();
    if text.is_empty() { None } else { Some(text) }
}
