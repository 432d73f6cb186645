//! Old rows, as statements that both databases understand: ids and instants as texts.

use chrono::{TimeDelta, Utc};
use esteira_shared::instant::Instant;
use serde_json::Value;
use uuid::Uuid;

use crate::support::Fixture;

/// So many days ago, as both databases read it.
pub(super) fn days(days: i64) -> String {
    ago(TimeDelta::days(days))
}

pub(super) fn ago(length: TimeDelta) -> String {
    let at: Instant = (Utc::now() - length).into();
    let fixed = at.fixed().unwrap();
    format!("'{}'", std::str::from_utf8(&fixed).unwrap())
}

pub(super) fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// An ended run of a robot with a log of two chunks and a result.
pub(super) fn execution(fixture: &Fixture, process: &Value, ended: &str, unknown: bool) -> String {
    let (organization, id) = (fixture.organization, new_id());
    let word = |key: &str| process[key].as_str().unwrap().to_owned();
    let (status, unknown) = match unknown {
        true => ("FALHOU", "TRUE"),
        false => ("CONCLUIDO", "FALSE"),
    };
    let (process, client, operator) = (word("id"), word("client_id"), word("operator_id"));
    format!(
        "INSERT INTO executions (id, organization_id, process_id, client_id, operator_id, mes_ano, tipo, status, \
             classe_rpa_utilizada, attempt, retries, hash_execucao, parametros, resultado, outcome_unknown, progress, \
             requested_by, data_finalizacao, job_id, created_at) \
         VALUES ('{id}', '{organization}', '{process}', '{client}', '{operator}', '2025-01', 'DOWNLOAD_FATURA', '{status}', \
             'API_EXTERNA', 1, 0, 'VIVO', '{{}}', '{{\"tudo\": \"certo\"}}', {unknown}, 100, 'teste', {ended}, '{id}', {ended}); \
         INSERT INTO execution_results (organization_id, execution_id, position, hash_execucao, status_final, effect) \
         VALUES ('{organization}', '{id}', 0, 'VIVO', 'ok', 'unmatched'); \
         INSERT INTO logs (id, organization_id, lines, source_lines, ended) VALUES ('{id}', '{organization}', 2, 2, TRUE); \
         INSERT INTO log_chunks (log_id, first_seq, last_seq, worst, lines) VALUES ('{id}', 1, 1, 1, '[\"{}\"]'), ('{id}', 2, 2, 1, '[]');",
        "x".repeat(5_000)
    )
}

/// An ended job with an attempt and a line, in a complete group of its own.
pub(super) fn job(fixture: &Fixture, ended: &str) -> String {
    let (organization, id, group) = (fixture.organization, new_id(), new_id());
    format!(
        "INSERT INTO job_groups (id, organization_id, total, pending, failed, created_at, finished_at) \
         VALUES ('{group}', '{organization}', 1, 0, 0, {ended}, {old}); \
         INSERT INTO jobs (id, organization_id, queue, lane, task, payload, status, priority, run_at, rank, attempt, losses, \
             max_attempts, fence, requested_by, group_id, progress, result, created_at, finished_at) \
         VALUES ('{id}', '{organization}', 'default', '{organization}', 'probe', '{{\"key\": \"velho\"}}', 'succeeded', 5, {ended}, \
             {ended}, 1, 0, 3, 1, 'teste', '{group}', 100, '{{}}', {ended}, {ended}); \
         INSERT INTO job_attempts (job_id, fence, attempt, worker_id, started_at, finished_at, outcome) \
         VALUES ('{id}', 1, 1, '{id}', {ended}, {ended}, 'succeeded'); \
         INSERT INTO job_log_lines (job_id, seq, at, level, message) VALUES ('{id}', 1, {ended}, 'info', 'uma linha');",
        old = days(500),
    )
}

pub(super) fn slot(fixture: &Fixture, schedule: &str, at: &str, began: bool) -> String {
    let (status, cause, fired) = match began {
        true => ("'succeeded'", "NULL", at),
        false => ("'missed'", "'down'", "NULL"),
    };
    format!(
        "INSERT INTO schedule_runs (id, organization_id, schedule_id, nominal_at, due_at, origin, status, cause, moved, changes, \
             fired_at, ended_at, created_at) \
         VALUES ('{}', '{}', '{schedule}', {at}, {at}, 'schedule', {status}, {cause}, '[]', '{{}}', {fired}, {fired}, {at});",
        new_id(),
        fixture.organization
    )
}

pub(super) fn message(fixture: &Fixture, webhook: &str, at: &str, status: &str) -> String {
    format!(
        "INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event, body, status, tries, job_id, created_at) \
         VALUES ('{0}', '{1}', '{webhook}', 'job.failed', '{{\"um\": \"corpo\"}}', '{status}', 1, '{0}', {at});",
        new_id(),
        fixture.organization
    )
}

/// One text to several people.
pub(super) fn email(fixture: &Fixture, at: &str, statuses: &[&str]) -> String {
    let (organization, content) = (fixture.organization, new_id());
    let mut all = format!(
        "INSERT INTO email_contents (id, organization_id, text, html, attachment_name, attachment, created_at) \
         VALUES ('{content}', '{organization}', 'bom dia', '<p>bom dia</p>', 'mes.csv', 'a;b', {at});"
    );
    for (number, status) in statuses.iter().enumerate() {
        all += &format!(
            "INSERT INTO emails (id, organization_id, recipient, subject, content_id, status, tries, uncertain, job_id, created_at) \
             VALUES ('{0}', '{organization}', 'p{number}@example.com', 'Mês', '{content}', '{status}', 1, FALSE, '{0}', {at});",
            new_id()
        );
    }
    all
}

pub(super) fn upload(fixture: &Fixture, key: &str, at: &str) -> String {
    format!(
        "INSERT INTO storage_intents (storage_key, created_at, abandoned, organization_id) VALUES ('{key}', {at}, FALSE, '{}');",
        fixture.organization
    )
}
