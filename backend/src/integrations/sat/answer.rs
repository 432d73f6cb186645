//! What SAT's answers mean.

use anyhow::anyhow;
use esteira_shared::reason::Reason;
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::{SatError, SatReceipt};

/// Answers are a few fields; whatever is longer is not one.
const ANSWER_MAX_BYTES: usize = 64 * 1024;
const PROTOCOL_MAX_CHARS: usize = 200;
const CODE_MAX_CHARS: usize = 100;
const MESSAGE_MAX_CHARS: usize = 1_000;

#[derive(Deserialize)]
struct Refusal {
    codigo: Option<String>,
    mensagem: Option<String>,
    acao_recomendada: Option<String>,
}

/// The body; nothing of one that is too long, which then says as little as an empty one.
pub(super) async fn read_bounded(mut response: Response) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + chunk.len() > ANSWER_MAX_BYTES {
            tracing::warn!(status = %response.status(), "SAT's answer is longer than {ANSWER_MAX_BYTES} bytes");
            return Ok(Vec::new());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(super) fn receipt(status: StatusCode, body: &[u8]) -> Result<SatReceipt, SatError> {
    if !matches!(status.as_u16(), 200 | 201) {
        return Err(refusal(status, body));
    }
    // A page of a proxy or a sign-in form also says 200: only a protocol proves that the document arrived.
    let protocol = match serde_json::from_slice::<Value>(body)
        .ok()
        .as_mut()
        .and_then(|answer| answer.get_mut("protocolo"))
    {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    if protocol.is_empty() || protocol.chars().count() > PROTOCOL_MAX_CHARS || protocol.chars().any(char::is_control) {
        return Err(SatError::Technical(anyhow!(
            "the answer {status} holds no protocol number"
        )));
    }
    Ok(SatReceipt { protocol })
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
