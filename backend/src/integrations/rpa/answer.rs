//! What the API's answers mean.

use esteira_shared::reason::Reason;
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use super::{Cancelled, ExternalJobId, Mask, RpaError, RpaStatus, StartError, failure::speaks_of_access, fields::tidy};
use crate::integrations::whole_answer::{json as parse, quote, says_no};

/// Answers that are a few fields; of anything longer only this much is read.
pub(super) const SHORT_MAX_BYTES: usize = 64 * 1024;
const MESSAGE_MAX_CHARS: usize = 1_000;
const NAME_MAX_CHARS: usize = 100;
/// Where the words of a refusal stand, the most telling first.
const MESSAGE_FIELDS: [&str; 6] = ["mensagem", "message", "detail", "msg", "erro", "error"];
const MESSAGE_MAX_DEPTH: u8 = 4;
/// What the id of a job is called, the surest first.
const ID_NAMES: [&[&str]; 2] = [&["job_id", "jobId"], &["id"]];
/// What an answer may wrap around it.
const ID_ENVELOPES: [&str; 2] = ["data", "job"];

/// Reads on until there is so much of the body, or all of it. Nothing that came is cut off, so the rest can be read later.
pub(super) async fn read_on(response: &mut Response, body: &mut Vec<u8>, enough: usize) -> Result<(), RpaError> {
    while body.len() < enough
        && let Some(chunk) = response.chunk().await.map_err(broken_off)?
    {
        body.extend_from_slice(&chunk);
    }
    Ok(())
}

/// The body behind what was read of it, or nothing when it is too long; an error when it breaks off.
pub(super) async fn within(response: Response, body: Vec<u8>, max_bytes: usize) -> Result<Option<Vec<u8>>, RpaError> {
    let (body, is_all) = up_to(response, body, max_bytes).await?;
    Ok(is_all.then_some(body))
}

/// At most so much of the body, and whether that is all of it; an error when it breaks off. `body` is what was read of it.
pub(super) async fn up_to(
    mut response: Response,
    mut body: Vec<u8>,
    max_bytes: usize,
) -> Result<(Vec<u8>, bool), RpaError> {
    while let Some(chunk) = response.chunk().await.map_err(broken_off)? {
        if let Some(room) = chunk.get(..max_bytes.saturating_sub(body.len()))
            && room.len() < chunk.len()
        {
            body.extend_from_slice(room);
            return Ok((body, false));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, true))
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
    parse(body).map_err(|error| RpaError::caused(unreadable(status, body), error))
}

/// Why an answer is no JSON.
fn unreadable(status: StatusCode, body: &[u8]) -> Reason {
    if is_page(body) {
        page(status)
    } else {
        Reason::RobotsAnswerUnreadable {
            status: status.as_u16(),
        }
    }
}

/// The id of the job that a 2xx tells of. Such an answer is not lost, so one without an id ends the start: the same
/// request would get the same answer, and perhaps another robot.
pub(super) fn begun(
    status: StatusCode,
    body: &[u8],
    is_all: bool,
    secret: Option<&SecretString>,
) -> Result<ExternalJobId, StartError> {
    let why = match parse(body) {
        _ if !is_all => Reason::RobotsAnswerTooLong {
            most_kib: SHORT_MAX_BYTES / 1024,
        },
        Ok(answer) if says_no(&answer) => Reason::RobotsSaidNo {
            status: status.as_u16(),
        },
        Ok(answer) => match job_id(&answer) {
            Some(id) => return Ok(id),
            None => Reason::RobotsWithoutJobId {
                status: status.as_u16(),
            },
        },
        Err(_) => unreadable(status, body),
    };
    Err(not_understood(why, body, secret))
}

/// Where the contract has it, it is the job's id or none. Elsewhere it counts when all that could be it are the same.
fn job_id(answer: &Value) -> Option<ExternalJobId> {
    if let Some(id) = answer.get("job_id") {
        return ExternalJobId::read(id);
    }
    for names in ID_NAMES {
        let mut found = Vec::new();
        for place in std::iter::once(answer).chain(ID_ENVELOPES.iter().filter_map(|name| answer.get(*name))) {
            let values = names.iter().filter_map(|name| place.get(*name));
            found.extend(values.filter(|value| !value.is_null()).map(ExternalJobId::read));
        }
        if let Some(first) = found.first() {
            return first.clone().filter(|_| found.iter().all(|other| other == first));
        }
    }
    None
}

/// An answer that was read whole and does not say whether a robot began.
fn not_understood(why: Reason, body: &[u8], secret: Option<&SecretString>) -> StartError {
    let text = Mask::new(secret).text(String::from_utf8_lossy(body).into_owned());
    StartError::NotUnderstood(Reason::StartNotUnderstood {
        why: Box::new(why),
        answer: Box::new(quote(&text)),
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
        301 | 307 | 308 | 400..=499 => StartError::NotStarted(error),
        // Other redirects may be the answer to a start that succeeded.
        300..=399 => not_understood(error.reason(), body, secret),
        // It has tried the password already, and portals lock accounts.
        _ if said(body, secret).is_some_and(|text| speaks_of_access(&text)) => {
            not_understood(error.reason(), body, secret)
        }
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
    RpaError::caused(said, error.without_url())
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
