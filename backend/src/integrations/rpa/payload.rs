//! What a robot brought back.
//!
//! Reading never fails: what cannot be understood is named, and the payload itself is kept elsewhere.

mod values;

use chrono::NaiveDate;
use esteira_shared::{instant::Instant, money::Money, reason::Reason};
use serde_json::{Map, Value};
use values::Reader;

use super::{
    failure::{self, RpaDetails},
    fields::tidy,
};

/// Of every text below.
const TEXT_MAX_CHARS: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct RpaResult {
    pub success: Option<bool>,
    pub message: Option<String>,
    pub processes: Vec<RpaProcess>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RpaProcess {
    /// In the list, from 0.
    pub position: usize,
    /// As written; [`super::hash::ExecutionHash`] reads it.
    pub hash_execucao: Option<String>,
    pub status_final: FinalStatus,
    pub faturas: Vec<RpaFatura>,
    /// The amount that stands at the process itself; the only invoice has it too, unless it has its own.
    pub valor: Option<Money>,
    pub detalhes: Option<RpaDetails>,
    /// The number under which SAT has the document, when the robot of an upload says so.
    pub protocolo: Option<String>,
    pub tempo_execucao_segundos: Option<i64>,
    pub criado_em: Option<Instant>,
    pub finalizado_em: Option<Instant>,
    /// What could not be read.
    pub problems: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinalStatus {
    UploadedSat,
    Failed,
    Running,
    Pending,
    /// A word that is on no list.
    Unknown(String),
    Missing,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RpaFatura {
    pub caminho: Option<String>,
    pub valor: Option<Money>,
    pub data_vencimento: Option<NaiveDate>,
    /// 1 to 12.
    pub mes: Option<u32>,
    /// 2000 to 2100.
    pub ano: Option<i32>,
}

#[must_use]
pub fn parse_result(payload: &Value) -> RpaResult {
    let Value::Object(fields) = payload else {
        return RpaResult::default();
    };
    RpaResult {
        success: fields.get("success").and_then(truth),
        message: fields.get("message").and_then(text),
        processes: items(fields.get("processes"))
            .iter()
            .enumerate()
            .map(|(position, process)| read_process(position, process))
            .collect(),
    }
}

fn read_process(position: usize, process: &Value) -> RpaProcess {
    let none = Map::new();
    let mut reader = Reader::default();
    let fields = process.as_object().unwrap_or_else(|| {
        reader.problem("o processo", process, Reason::AnObject {});
        &none
    });
    let valor = reader.money(fields);
    let mut faturas: Vec<_> = items(fields.get("faturas"))
        .iter()
        .map(|fatura| read_fatura(&mut reader, fatura))
        .collect();
    if let [fatura] = faturas.as_mut_slice() {
        fatura.valor = fatura.valor.or(valor);
    }
    let seconds = "tempo_execucao_segundos";
    let measured = fields.get("metricas").and_then(Value::as_object);
    let measured = measured.filter(|metrics| metrics.contains_key(seconds));
    let status_final = final_status(fields.get("status_final"));
    let mut detalhes = read_details(&mut reader, fields.get("detalhes"));
    if status_final == FinalStatus::Failed {
        detalhes = detalhes.or_else(|| failure::of_process(fields));
    }
    RpaProcess {
        position,
        hash_execucao: fields.get("hash_execucao").and_then(text),
        status_final,
        faturas,
        valor,
        detalhes,
        protocolo: fields.get("protocolo").and_then(text),
        tempo_execucao_segundos: reader.number(
            measured.unwrap_or(fields),
            seconds,
            0..=i64::MAX,
            Reason::ANumberOfSeconds {},
        ),
        criado_em: reader.instant(fields, "criado_em"),
        finalizado_em: reader.instant(fields, "finalizado_em"),
        problems: reader.problems,
    }
}

fn read_fatura(reader: &mut Reader, fatura: &Value) -> RpaFatura {
    let fields = match fatura {
        Value::Object(fields) => fields,
        Value::String(_) => {
            return RpaFatura {
                caminho: reader.path(fatura),
                ..RpaFatura::default()
            };
        }
        other => {
            reader.problem("a fatura", other, Reason::AnObject {});
            return RpaFatura::default();
        }
    };
    let month = reader.number(fields, "mes", 1..=12, Reason::AMonth {});
    let year = reader.number(fields, "ano", 2000..=2100, Reason::AYear {});
    RpaFatura {
        caminho: fields.get("caminho").and_then(|path| reader.path(path)),
        valor: reader.money(fields),
        data_vencimento: reader.date(fields, "data_vencimento"),
        mes: month.and_then(|month| u32::try_from(month).ok()),
        ano: year.and_then(|year| i32::try_from(year).ok()),
    }
}

fn read_details(reader: &mut Reader, details: Option<&Value>) -> Option<RpaDetails> {
    match details? {
        Value::Null => None,
        Value::Object(fields) => {
            let read = |name: &str| fields.get(name).and_then(text);
            let tries = reader.number(fields, "tentativas", 0..=i64::from(u32::MAX), Reason::ANumberOfTries {});
            let other = failure::of_failure(fields).unwrap_or_default();
            Some(RpaDetails {
                etapa_falha: read("etapa_falha"),
                codigo_erro: read("codigo_erro").or(other.codigo_erro),
                mensagem_erro: read("mensagem_erro").or(other.mensagem_erro),
                tentativas: tries.and_then(|tries| u32::try_from(tries).ok()),
                acao_recomendada: read("acao_recomendada"),
            })
        }
        Value::String(message) => Some(RpaDetails {
            mensagem_erro: tidy(message, TEXT_MAX_CHARS),
            ..RpaDetails::default()
        }),
        other => {
            reader.problem("detalhes", other, Reason::AnObject {});
            None
        }
    }
}

fn final_status(value: Option<&Value>) -> FinalStatus {
    let word = match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => tidy(text, TEXT_MAX_CHARS),
        Some(other) => tidy(&other.to_string(), TEXT_MAX_CHARS),
    };
    let Some(word) = word else {
        return FinalStatus::Missing;
    };
    match word.to_uppercase().as_str() {
        "UPLOADED_SAT" => FinalStatus::UploadedSat,
        "FAILED" => FinalStatus::Failed,
        "RUNNING" => FinalStatus::Running,
        "PENDING" => FinalStatus::Pending,
        _ => FinalStatus::Unknown(word),
    }
}

/// A list; one thing in place of a list is a list of one.
fn items(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => tidy(text, TEXT_MAX_CHARS),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => text.trim().to_lowercase().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
