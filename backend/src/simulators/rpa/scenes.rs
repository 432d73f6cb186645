//! The lines that tell what a robot does: two a step.

use esteira_shared::money::Money;

use super::{
    invoice::Invoice,
    job::Job,
    line::Level,
    order::Service,
    outcome::{Failure, Outcome, STEPS},
    payload::place,
};
use crate::secrets::sha256_hex;

const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const RED: &str = "\x1b[31m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[0m";

/// Up to the step where the robot ends; a failure is the last line.
pub(super) fn of(job: &Job) -> Vec<(Level, String)> {
    let all = match job.order.service {
        Service::DownloadFaturas => download(job),
        Service::UploadSat => upload(job),
    };
    let info = |line: String| (Level::Info, line);
    let outcome = job.plan.outcome;
    // Of a step that is not finished only the first line is true.
    let finished = usize::from(outcome.last_step()) * 2;
    let shown = match outcome {
        Outcome::Success => finished,
        Outcome::Failed(_) | Outcome::Cancelled => finished - 1,
    };
    let mut lines: Vec<_> = all.into_iter().take(shown).map(info).collect();
    match outcome {
        Outcome::Success => {}
        Outcome::Failed(failure) => lines.extend(failed(failure)),
        Outcome::Cancelled => lines.push((Level::Warn, format!("{YELLOW}Execução interrompida{PLAIN}"))),
    }
    lines
}

/// A name that is nobody's.
pub(super) fn portal(operator: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = operator.to_lowercase().chars().map(safe).collect();
    format!("portal.{name}.example")
}

fn failed(failure: Failure) -> [(Level, String); 2] {
    let (step, code, message) = (failure.step(), failure.code(), failure.message());
    let again = "aguardando 2 s antes de tentar de novo (tentativa 2 de 3)";
    [
        (Level::Warn, format!("{YELLOW}{step}: {again}{PLAIN}")),
        (Level::Error, format!("{RED}Falha em {step}: {message} ({code}){PLAIN}")),
    ]
}

fn download(job: &Job) -> Vec<String> {
    let (operator, login, month) = (&job.order.operator, &job.order.login, month(job));
    let invoice = Invoice::of(&job.order);
    let (facts, pdf) = (invoice.facts(), invoice.pdf());
    let due = facts.due_date.format("%d/%m/%Y");
    let value = Money(facts.total_cents()).to_brazilian();
    let digest = sha256_hex(&pdf);
    vec![
        format!("Abrindo o portal {operator}"),
        format!("Portal {operator} aberto: https://{}", portal(operator)),
        format!("Entrando como {login}"),
        format!("{GREEN}Login aceito para {login}{PLAIN}"),
        format!("[passo 3/{STEPS}] abrindo Minha conta › Faturas"),
        format!("Conta {} selecionada", invoice.account()),
        format!("Buscando faturas de {month}"),
        format!("{CYAN}1 fatura encontrada{PLAIN}, vencimento {due}"),
        format!("[passo 5/{STEPS}] baixando PDF ({})", size(pdf.len())),
        format!("PDF baixado, SHA-256 {}…", digest.get(..12).unwrap_or_default()),
        format!("[passo 6/{STEPS}] lendo valor e vencimento"),
        format!("Valor R$ {value} confere com o portal"),
        format!("[passo 7/{STEPS}] guardando em {}", place(job)),
        format!("{GREEN}Concluído: 1 fatura de {month}{PLAIN}"),
    ]
}

fn upload(job: &Job) -> Vec<String> {
    let (login, client, month) = (&job.order.login, &job.order.client, month(job));
    vec![
        format!("Lendo a fatura {}", place(job)),
        "Fatura lida e conferida".to_owned(),
        format!("Abrindo o SAT e entrando como {login}"),
        format!("{GREEN}Login aceito para {login}{PLAIN}"),
        format!("[passo 3/{STEPS}] abrindo Lançamentos › Faturas"),
        format!("Cliente {client} selecionado"),
        format!("Procurando lançamentos de {month}"),
        "Nenhum lançamento anterior".to_owned(),
        format!("[passo 5/{STEPS}] enviando o PDF"),
        format!("{CYAN}PDF recebido pelo SAT{PLAIN}"),
        format!("[passo 6/{STEPS}] preenchendo valor e vencimento"),
        "Campos conferidos".to_owned(),
        format!("[passo 7/{STEPS}] gravando o lançamento"),
        format!("{GREEN}Concluído: 1 comprovante de {month}{PLAIN}"),
    ]
}

fn month(job: &Job) -> String {
    format!("{:02}/{}", job.order.month.month(), job.order.month.year())
}

fn size(bytes: usize) -> String {
    format!("{},{} kB", bytes / 1_000, bytes % 1_000 / 100)
}
