#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod variations;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::*;
use crate::integrations::rpa::failure::is_business;

const SUCCESS: &str = r#"{"success": true, "message": "Processo concluído com 12 faturas e 12 comprovantes enviados ao SAT.",
 "processes": [{"hash_execucao": "VIVO-12345678900012-DOWNLOAD-2025-10", "status_final": "UPLOADED_SAT",
   "cliente": "BRM Solutions", "operadora": "VIVO", "servico": "DOWNLOAD_FATURAS",
   "criado_em": "2025-10-15T13:42:51.201Z", "finalizado_em": "2025-10-15T14:24:10.558Z",
   "faturas": [{"caminho": "s3://brm-bucket/VIVO/2025-10/0001.pdf", "data_vencimento": "20-10-2025", "mes": 10, "ano": 2025}],
   "metricas": {"tempo_execucao_segundos": 187, "requisicoes_http": 36, "erros_recuperados": 0}}],
 "timestamp": "2025-10-15T14:24:10.560Z"}"#;

const FAILURE: &str = r#"{"success": false, "message": "Processo interrompido: falha crítica na etapa de autenticação.",
 "processes": [{"hash_execucao": "CLARO-44556677000188-UPLOAD-2025-10", "status_final": "FAILED",
   "cliente": "Clínica Saúde Total", "operadora": "CLARO", "servico": "UPLOAD_SAT",
   "criado_em": "2025-10-15T13:55:04.918Z", "finalizado_em": "2025-10-15T14:29:10.337Z",
   "detalhes": {"etapa_falha": "LOGIN_PORTAL", "codigo_erro": "AUTH-401",
     "mensagem_erro": "Credenciais inválidas ou sessão expirada.", "tentativas": 3,
     "acao_recomendada": "Atualizar senha no portal CLARO e reenfileirar."}}],
 "timestamp": "2025-10-15T14:29:10.338Z"}"#;

fn at(text: &str) -> Option<Instant> {
    Some(text.parse::<DateTime<Utc>>().unwrap().into())
}

#[test]
fn a_success_is_read() {
    let result = parse_result(&serde_json::from_str(SUCCESS).unwrap());
    let expected = RpaResult {
        success: Some(true),
        message: Some("Processo concluído com 12 faturas e 12 comprovantes enviados ao SAT.".to_owned()),
        processes: vec![RpaProcess {
            position: 0,
            hash_execucao: Some("VIVO-12345678900012-DOWNLOAD-2025-10".to_owned()),
            status_final: FinalStatus::UploadedSat,
            faturas: vec![RpaFatura {
                caminho: Some("s3://brm-bucket/VIVO/2025-10/0001.pdf".to_owned()),
                valor: None,
                data_vencimento: NaiveDate::from_ymd_opt(2025, 10, 20),
                mes: Some(10),
                ano: Some(2025),
            }],
            valor: None,
            protocolo: None,
            detalhes: None,
            tempo_execucao_segundos: Some(187),
            criado_em: at("2025-10-15T13:42:51.201Z"),
            finalizado_em: at("2025-10-15T14:24:10.558Z"),
            problems: Vec::new(),
        }],
    };
    assert_eq!(result, expected);
}

#[test]
fn a_failure_is_read() {
    let result = parse_result(&serde_json::from_str(FAILURE).unwrap());
    let expected = RpaResult {
        success: Some(false),
        message: Some("Processo interrompido: falha crítica na etapa de autenticação.".to_owned()),
        processes: vec![RpaProcess {
            position: 0,
            hash_execucao: Some("CLARO-44556677000188-UPLOAD-2025-10".to_owned()),
            status_final: FinalStatus::Failed,
            faturas: Vec::new(),
            valor: None,
            protocolo: None,
            detalhes: Some(RpaDetails {
                etapa_falha: Some("LOGIN_PORTAL".to_owned()),
                codigo_erro: Some("AUTH-401".to_owned()),
                mensagem_erro: Some("Credenciais inválidas ou sessão expirada.".to_owned()),
                tentativas: Some(3),
                acao_recomendada: Some("Atualizar senha no portal CLARO e reenfileirar.".to_owned()),
            }),
            tempo_execucao_segundos: None,
            criado_em: at("2025-10-15T13:55:04.918Z"),
            finalizado_em: at("2025-10-15T14:29:10.337Z"),
            problems: Vec::new(),
        }],
    };
    assert_eq!(result, expected);
    let details = result.processes.first().unwrap().detalhes.as_ref();
    assert!(is_business(details));
}

#[test]
fn what_surrounds_the_processes_may_be_missing_or_odd() {
    let read = |text: &str| {
        let result = parse_result(&serde_json::from_str(text).unwrap());
        (result.success, result.message, result.processes.len())
    };
    assert_eq!(read("null"), (None, None, 0));
    assert_eq!(read("[]"), (None, None, 0));
    assert_eq!(read("\"x\""), (None, None, 0));
    assert_eq!(read("{}"), (None, None, 0));
    assert_eq!(
        read(r#"{"success":null,"message":null,"processes":null}"#),
        (None, None, 0)
    );
    assert_eq!(
        read(r#"{"success":" True ","message":7,"processes":{}}"#),
        (Some(true), Some("7".to_owned()), 1)
    );
    assert_eq!(
        read(r#"{"success":"sim","message":[],"processes":[{},{},3]}"#),
        (None, None, 3)
    );
    let long = json!({"message": "a\n".repeat(1_000), "processes": [{}, {}]});
    let result = parse_result(&long);
    assert_eq!(result.message.unwrap(), "a ".repeat(500));
    let positions: Vec<_> = result.processes.iter().map(|process| process.position).collect();
    assert_eq!(positions, [0, 1]);
}

#[test]
fn who_must_act_is_told_by_code_step_and_recommended_action() {
    let judged = [
        (json!({}), false),
        (json!({"codigo_erro": "AUTH-401"}), true),
        (json!({"codigo_erro": " auth_invalid "}), true),
        (json!({"codigo_erro": "FAT-404"}), true),
        (json!({"codigo_erro": "FATURA_NAO_PUBLICADA"}), true),
        (json!({"codigo_erro": "FATAL-1"}), false),
        (json!({"codigo_erro": "LOGIN-1"}), true),
        (json!({"codigo_erro": "CREDENCIAL_EXPIRADA"}), true),
        (json!({"codigo_erro": "X-1"}), false),
        (json!({"codigo_erro": "X-1", "acao_recomendada": "Corrigir"}), true),
        (json!({"codigo_erro": "X-1", "acao_recomendada": " "}), false),
        (json!({"acao_recomendada": "Corrigir"}), true),
        (json!({"etapa_falha": "login_portal"}), true),
        (json!({"etapa_falha": "LOGIN"}), false),
        (json!({"etapa_falha": "DOWNLOAD_PDF"}), false),
        (json!({"codigo_erro": "TIMEOUT"}), false),
        (
            json!({"codigo_erro": "TIMEOUT-30", "etapa_falha": "LOGIN_PORTAL"}),
            false,
        ),
        (
            json!({"codigo_erro": "HTTP-503", "acao_recomendada": "Tentar mais tarde"}),
            false,
        ),
        (json!({"codigo_erro": "http_500"}), false),
        (json!({"codigo_erro": "HTTP502", "etapa_falha": "LOGIN_PORTAL"}), false),
        (json!({"codigo_erro": "HTTP-404", "acao_recomendada": "Corrigir"}), true),
        (json!({"codigo_erro": "CONN-RESET", "acao_recomendada": "x"}), false),
        (json!({"codigo_erro": "NETWORK", "acao_recomendada": "x"}), false),
        (json!({"codigo_erro": 401}), true),
        (json!("Senha errada"), true),
        (json!(null), false),
        (json!([]), false),
    ];
    for (details, business) in judged {
        let result = parse_result(&json!({"processes": [{"detalhes": details}]}));
        let details = result.processes.first().unwrap().detalhes.as_ref();
        assert_eq!(is_business(details), business, "{details:?}");
    }
}
