//! What the API's answers mean.

use esteira_shared::reason::Reason;
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use super::{Cancelled, ExternalJobId, Mask, RpaError, RpaStatus, StartError, fields::tidy};

/// Answers that are a few fields; of anything longer only this much is read.
pub(super) const SHORT_MAX_BYTES: usize = 64 * 1024;
const MESSAGE_MAX_CHARS: usize = 1_000;
const NAME_MAX_CHARS: usize = 100;
/// Where the words of a refusal stand, the most telling first.
const MESSAGE_FIELDS: [&str; 6] = ["mensagem", "message", "detail", "msg", "erro", "error"];
const MESSAGE_MAX_DEPTH: u8 = 4;

/// The body, or an error when it breaks off or is too long.
pub(super) async fn whole(response: Response, max_bytes: usize) -> Result<Vec<u8>, RpaError> {
    let body = within(response, Vec::new(), max_bytes).await?;
    body.ok_or_else(|| {
        RpaError::technical(Reason::RobotsAnswerTooLong {
            most_kib: max_bytes / 1024,
        })
    })
}

/// The body behind what was read of it, or nothing when it is too long; an error when it breaks off.
pub(super) async fn within(
    mut response: Response,
    mut body: Vec<u8>,
    max_bytes: usize,
) -> Result<Option<Vec<u8>>, RpaError> {
    while let Some(chunk) = response.chunk().await.map_err(broken_off)? {
        if body.len() + chunk.len() > max_bytes {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// As much of the body as there is, within bounds: its status alone says enough.
pub(super) async fn beginning(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = SHORT_MAX_BYTES.saturating_sub(body.len());
        body.extend(chunk.into_iter().take(room));
        if body.len() >= SHORT_MAX_BYTES {
            break;
        }
    }
    body
}

pub(super) fn json(status: StatusCode, body: &[u8]) -> Result<Value, RpaError> {
    parse(body).map_err(|error| {
        let said = if is_page(body) {
            page(status)
        } else {
            Reason::RobotsAnswerUnreadable {
                status: status.as_u16(),
            }
        };
        RpaError::caused(said, error)
    })
}

/// JSON, bytes that are no text replaced.
fn parse(body: &[u8]) -> serde_json::Result<Value> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
}

pub(super) fn job_id(status: StatusCode, body: &[u8]) -> Result<ExternalJobId, RpaError> {
    json(status, body)?
        .get("job_id")
        .and_then(ExternalJobId::read)
        .ok_or_else(|| {
            RpaError::technical(Reason::RobotsWithoutJobId {
                status: status.as_u16(),
            })
        })
}

/// Why a start was not taken. `secret` never becomes part of a message.
pub(super) fn not_taken(status: StatusCode, body: &[u8], secret: Option<&SecretString>) -> StartError {
    let error = match status.as_u16() {
        // There is no job yet that could be unknown: either the operator is, or the address is wrong.
        404 | 410 => said(body, secret).map_or_else(
            || not_there(status),
            |message| RpaError::Refused {
                status: status.as_u16(),
                message: Reason::quoted(message),
            },
        ),
        _ => refusal(status, body, secret),
    };
    match status.as_u16() {
        // 408 comes from proxies too, when it is the API that is slow; 409 may mean that an earlier try is being served.
        408 | 409 => StartError::Unknown(error),
        // Other redirects may be the answer to a start that succeeded.
        301 | 307 | 308 | 400..=499 => StartError::NotStarted(error),
        _ => StartError::Unknown(error),
    }
}

/// Any status that is not the wanted one.
pub(super) fn refusal(status: StatusCode, body: &[u8], secret: Option<&SecretString>) -> RpaError {
    match status.as_u16() {
        401 => RpaError::Unauthorized,
        404 | 410 if body.trim_ascii().is_empty() || parse(body).is_ok() => RpaError::NotFound,
        // A proxy's page: the API may be back in a moment.
        404 | 410 => RpaError::technical(page(status)),
        status @ 300..=399 => RpaError::address(Reason::RobotsMoved { status }),
        status @ (408 | 425 | 429) => RpaError::technical(Reason::RobotsAskForPatience { status }),
        status @ 400..=499 => RpaError::Refused {
            status,
            message: said(body, secret).map_or(Reason::RobotsRefusedSilently { status }, Reason::quoted),
        },
        status @ 500..=599 => RpaError::technical(Reason::RobotsInTrouble { status }),
        status => RpaError::technical(Reason::RobotsNotUnderstood { status }),
    }
}

pub(super) fn cancelled(status: StatusCode, body: &[u8]) -> Result<Cancelled, RpaError> {
    if status == StatusCode::CONFLICT {
        return Ok(Cancelled::AlreadyOver);
    }
    if !status.is_success() {
        return Err(refusal(status, body, None));
    }
    match parse(body).as_ref().map(RpaStatus::read) {
        Ok(RpaStatus::Completed | RpaStatus::Failed) => Ok(Cancelled::AlreadyOver),
        Err(_) if is_page(body) => Err(RpaError::technical(page(status))),
        _ => Ok(Cancelled::Accepted),
    }
}

/// What was asked for is a job that does not exist: an API that knows the token says so in JSON. Gives the name that it
/// gives itself, when it does.
pub(super) fn name(status: StatusCode, body: &[u8]) -> Result<Option<String>, RpaError> {
    let answer = parse(body).ok().filter(Value::is_object);
    match (status.as_u16(), answer) {
        // An API whose ids are numbers or UUIDs refuses the form of this one.
        (200..=299 | 400 | 404 | 410 | 422, Some(answer)) => Ok(answer
            .get("sistema")
            .and_then(Value::as_str)
            .and_then(|name| tidy(name, NAME_MAX_CHARS))),
        (200..=299 | 404 | 410, None) => Err(not_there(status)),
        _ => Err(refusal(status, body, None)),
    }
}

pub(super) fn is_page(body: &[u8]) -> bool {
    body.trim_ascii().starts_with(b"<")
}

pub(super) fn page(status: StatusCode) -> Reason {
    Reason::RobotsSentAPage {
        status: status.as_u16(),
    }
}

fn broken_off(error: reqwest::Error) -> RpaError {
    let said = if error.is_timeout() {
        Reason::RobotsAnswerUnfinished {}
    } else {
        Reason::RobotsAnswerBrokenOff {}
    };
    RpaError::caused(said, error)
}

fn not_there(status: StatusCode) -> RpaError {
    RpaError::address(Reason::RobotsNotThere {
        status: status.as_u16(),
    })
}

/// What a refusal says, in the words of the API.
fn said(body: &[u8], secret: Option<&SecretString>) -> Option<String> {
    let text = words(&parse(body).ok()?, MESSAGE_MAX_DEPTH)?;
    tidy(&Mask::new(secret).text(text), MESSAGE_MAX_CHARS)
}

fn words(value: &Value, depth: u8) -> Option<String> {
    let below = depth.checked_sub(1)?;
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(list) => list.iter().find_map(|value| words(value, below)),
        Value::Object(fields) => MESSAGE_FIELDS.iter().find_map(|name| words(fields.get(*name)?, below)),
        _ => None,
    }
}
