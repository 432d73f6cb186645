//! Why a robot failed, in its own words, and whether the same may succeed by itself.
//!
//! Portals lock accounts after a few wrong passwords. So only what is surely technical is repeated; everything else is
//! for a person.

use serde_json::{Map, Value};

use super::{fields::tidy, job};
use crate::fold::{fold, words};

/// Of every text below.
const TEXT_MAX_CHARS: usize = 1_000;
const MAX_DEPTH: u8 = 4;

/// Where a code stands, beside the words or within them.
const CODES: [&str; 3] = ["codigo_erro", "error_code", "errorCode"];
/// The same where everything is about the failure.
const CODES_WITHIN: [&str; 5] = ["codigo_erro", "error_code", "errorCode", "codigo", "code"];
/// Where the words of a failure stand.
const ERRORS: [&str; 9] = [
    "mensagem_erro",
    "erro",
    "error",
    "erros",
    "errors",
    "error_message",
    "errorMessage",
    "motivo",
    "reason",
];
/// Words that may also be about something else.
const MESSAGES: [&str; 6] = ["mensagem", "message", "detalhe", "detail", "descricao", "msg"];

/// How a code begins that is about the way to the portal and back, or the robot's browser. `-`, `.`, `:` and spaces
/// count as `_`. Server errors (`HTTP-503`, `503`) are technical too.
const TECHNICAL: [&str; 20] = [
    "TIMEOUT",
    "TIME_OUT",
    "TIMED_OUT",
    "TEMPO_ESGOTADO",
    "ETIMEDOUT",
    "CONN",
    "CONEX",
    "ECONN",
    "NET",
    "DNS",
    "EAI_AGAIN",
    "SOCKET",
    "BROWSER",
    "NAVEGADOR",
    "PORTAL_TIMEOUT",
    "PORTAL_UNAVAILABLE",
    "PORTAL_INDISPONIVEL",
    "SERVICE_UNAVAILABLE",
    "BAD_GATEWAY",
    "GATEWAY_TIMEOUT",
];
/// Parts of words about passwords and accounts.
const ACCESS: [&str; 14] = [
    "senha",
    "passw",
    "credenc",
    "credential",
    "bloque",
    "blocked",
    "locked",
    "lockout",
    "unauthor",
    "forbidden",
    "denied",
    "negado",
    "captcha",
    "expirad",
];

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RpaDetails {
    pub etapa_falha: Option<String>,
    pub codigo_erro: Option<String>,
    pub mensagem_erro: Option<String>,
    pub tentativas: Option<u32>,
    pub acao_recomendada: Option<String>,
}

/// What a job that failed says of it, beside its processes: in the answer itself, or in the result. `hide` takes
/// secrets out of each text before it is cut.
#[must_use]
pub fn of_job(body: &Value, hide: &dyn Fn(String) -> String) -> Option<RpaDetails> {
    let fields = body.as_object()?;
    let mut places = vec![fields];
    places.extend(job::below(fields).filter_map(Value::as_object));
    told(&places, &CODES, hide)
}

/// What an object that is about a failure says of it.
pub(super) fn of_failure(fields: &Map<String, Value>) -> Option<RpaDetails> {
    told(&[fields], &CODES_WITHIN, &|text| text)
}

/// What a process that failed says of it, when that is not in its `detalhes`.
pub(super) fn of_process(fields: &Map<String, Value>) -> Option<RpaDetails> {
    told(&[fields], &CODES, &|text| text)
}

/// True when the same may succeed a little later without anybody: the code is on the list, and nothing that is said is
/// about a password or an account. Without a code, a message that is one word stands for it.
#[must_use]
pub fn is_technical(details: Option<&RpaDetails>) -> bool {
    let Some(RpaDetails {
        codigo_erro,
        mensagem_erro,
        ..
    }) = details
    else {
        return false;
    };
    let mut said = codigo_erro.iter().chain(mensagem_erro);
    if said.any(|text| speaks_of_access(text)) {
        return false;
    }
    let word = mensagem_erro
        .as_ref()
        .filter(|text| !text.trim().contains(char::is_whitespace));
    codigo_erro
        .as_ref()
        .or(word)
        .is_some_and(|code| is_technical_code(code))
}

/// True when the failure is surely for a person: said of a robot that was stopped, it is told all the same.
#[must_use]
pub fn is_business(details: Option<&RpaDetails>) -> bool {
    let Some(details) = details else {
        return false;
    };
    if is_technical(Some(details)) {
        return false;
    }
    let upper = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_uppercase();
    let code = upper(&details.codigo_erro);
    let begins = |families: &[&str]| families.iter().any(|family| code.starts_with(*family));
    let mut said = details.codigo_erro.iter().chain(&details.mensagem_erro);
    (begins(&["AUTH", "FAT", "LOGIN", "CRED"]) && !code.starts_with("FATAL"))
        || said.any(|text| speaks_of_access(text))
        || details.acao_recomendada.is_some()
        || upper(&details.etapa_falha).starts_with("LOGIN_")
}

/// True when a text is about a password or an account.
pub(super) fn speaks_of_access(text: &str) -> bool {
    let about =
        |word: &String| matches!(word.as_str(), "401" | "403") || ACCESS.iter().any(|part| word.contains(*part));
    words(text).iter().any(about)
}

fn is_technical_code(code: &str) -> bool {
    let code: String = fold(code)
        .chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    let code = code.trim_matches('_');
    // Technical as it may be, the portal has seen the password then.
    if code.contains("LOGIN") || code.contains("AUTH") {
        return false;
    }
    let server_error = match code.strip_prefix("HTTP") {
        Some(rest) => rest.trim_start_matches('_').starts_with('5'),
        None => code.len() == 3 && code.starts_with('5') && code.bytes().all(|byte| byte.is_ascii_digit()),
    };
    server_error || TECHNICAL.iter().any(|family| code.starts_with(*family))
}

fn told(places: &[&Map<String, Value>], codes: &[&str], hide: &dyn Fn(String) -> String) -> Option<RpaDetails> {
    let text = |names: &[&str]| {
        let mut values = names
            .iter()
            .flat_map(|name| places.iter().filter_map(move |place| place.get(*name)));
        values.find_map(|value| said(value, MAX_DEPTH, hide))
    };
    let code = text(codes).or_else(|| {
        let within = ["erro", "error"]
            .into_iter()
            .flat_map(|name| places.iter().filter_map(move |place| place.get(name)));
        within.filter_map(Value::as_object).find_map(|fields| {
            CODES_WITHIN
                .iter()
                .find_map(|name| said(fields.get(*name)?, MAX_DEPTH, hide))
        })
    });
    let details = RpaDetails {
        etapa_falha: text(&["etapa_falha"]),
        codigo_erro: code,
        mensagem_erro: text(&ERRORS).or_else(|| text(&MESSAGES)),
        tentativas: None,
        acao_recomendada: text(&["acao_recomendada"]),
    };
    (details != RpaDetails::default()).then_some(details)
}

/// The words of a value, however they are wrapped.
fn said(value: &Value, depth: u8, hide: &dyn Fn(String) -> String) -> Option<String> {
    let below = depth.checked_sub(1)?;
    match value {
        Value::String(text) => tidy(&hide(text.clone()), TEXT_MAX_CHARS),
        Value::Number(number) => tidy(&hide(number.to_string()), TEXT_MAX_CHARS),
        Value::Array(items) => items.iter().find_map(|item| said(item, below, hide)),
        Value::Object(fields) => [&ERRORS[..], &MESSAGES[..], &CODES_WITHIN[..]]
            .concat()
            .iter()
            .find_map(|name| said(fields.get(*name)?, below, hide)),
        Value::Null | Value::Bool(_) => None,
    }
}

#[cfg(test)]
mod tests;
