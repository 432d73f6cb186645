//! Answers to a start, and to the question where a job stands.

use esteira_shared::reason::Reason;
use reqwest::StatusCode;
use secrecy::SecretString;

use crate::integrations::rpa::{
    ExternalJobId, Mask, RpaStatus, StartError, answer,
    bounds::MOST_ENTRIES,
    failure::{RpaDetails, of_job},
    job,
    payload::{RpaResult, parse_result},
};

const SECRET: &str = "segredo77";
const STATUSES: [u16; 14] = [200, 201, 202, 204, 301, 303, 400, 401, 404, 409, 422, 429, 500, 503];
/// Of a text that a robot says.
const TEXT_MAX_CHARS: usize = 1_000;

/// A status and a body.
pub fn robot_start(data: &[u8]) {
    let [status, body @ ..] = data else { return };
    let status = STATUSES.get(usize::from(*status) % STATUSES.len());
    let Some(Ok(status)) = status.map(|status| StatusCode::from_u16(*status)) else {
        return;
    };
    let secret = SecretString::from(SECRET);
    let started = match status.is_success() {
        true => answer::begun(status, body, true, Some(&secret)),
        false => Err(answer::not_taken(status, body, Some(&secret))),
    };
    match started {
        Ok(id) => {
            assert!(status.is_success());
            assert_eq!(ExternalJobId::new(id.as_str()), Some(id), "it can be asked for");
        }
        Err(StartError::NotUnderstood(reason)) => told(&reason),
        Err(StartError::NotStarted(error) | StartError::Unknown(error)) => {
            assert!(!status.is_success(), "a whole answer is no lost one");
            told(&error.reason());
        }
    }
    told(&answer::refusal(status, body, Some(&secret)).reason());
    let _ = answer::cancelled(status, body);
    if let Ok(Some(name)) = answer::name(status, body) {
        assert!((1..=100).contains(&name.chars().count()) && !name.contains(char::is_control));
    }
}

fn told(reason: &Reason) {
    let stored = reason.stored();
    assert!(!stored.contains(SECRET), "{stored}");
    assert!(stored.len() < 16 * 1024, "{} bytes", stored.len());
}

/// Where a job stands, and its result.
pub fn robot_job(data: &[u8]) {
    let job = match job::of_too_much(data) {
        Some(job) => Some(job),
        None => answer::json(StatusCode::OK, data)
            .ok()
            .and_then(|body| job::read(body).ok()),
    };
    let Some(job) = job else { return };
    assert!(job.progress.is_none_or(|progress| progress <= 100));
    if let RpaStatus::Unknown(word) = &job.status {
        assert!(word.chars().count() <= 100, "{word}");
    }
    let mask = Mask::new(Some(&SecretString::from(SECRET)));
    if let Some(details) = of_job(&job.body, &|text| mask.text(text)) {
        says_little(&details);
    }
    if let Some(payload) = &job.payload {
        let kept = mask.kept(payload).to_string();
        assert!(!kept.contains(SECRET), "{kept}");
        let (plain, masked) = (parse_result(payload), mask.result(payload));
        assert_eq!(plain.processes.len(), masked.processes.len());
        bounded(&masked);
    }
}

fn bounded(result: &RpaResult) {
    assert!(quiet(result.message.as_ref()), "{:?}", result.message);
    assert!(result.processes.len() <= MOST_ENTRIES);
    for process in &result.processes {
        assert!(fits(process.hash_execucao.as_ref()) && fits(process.protocolo.as_ref()));
        assert!(process.tempo_execucao_segundos.is_none_or(|seconds| seconds >= 0));
        assert!(process.problems.len() <= 50);
        for problem in &process.problems {
            told(problem);
        }
        if let Some(details) = &process.detalhes {
            says_little(details);
        }
        for fatura in &process.faturas {
            assert!(fits(fatura.caminho.as_ref()));
            assert!(fatura.mes.is_none_or(|month| (1..=12).contains(&month)));
            assert!(fatura.ano.is_none_or(|year| (2000..=2100).contains(&year)));
        }
    }
}

fn says_little(details: &RpaDetails) {
    let texts = [
        &details.etapa_falha,
        &details.codigo_erro,
        &details.mensagem_erro,
        &details.acao_recomendada,
    ];
    assert!(texts.into_iter().all(|text| quiet(text.as_ref())), "{details:?}");
}

fn quiet(text: Option<&String>) -> bool {
    fits(text) && text.is_none_or(|text| !text.contains(SECRET))
}

/// One line of bounded length.
fn fits(text: Option<&String>) -> bool {
    text.is_none_or(|text| text.chars().count() <= TEXT_MAX_CHARS && !text.contains(char::is_control))
}
