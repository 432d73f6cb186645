//! What the API reports, applied: real payloads byte for byte, and variations of them.

mod variations;

use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::executions},
    with_conn,
};
use serde_json::{Value, json};

use super::{detail, hash, id, process, robots, script, start, text};
use crate::{
    on_both,
    support::{Fixture, TestApp, pdf},
};

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

/// Gives a run the hash that a payload names; its robot is scripted under it.
async fn named(test: &TestApp, run: &str, hash: &str) {
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(executions::table.find(id(run)))
        .set(executions::hash_execucao.eq(hash))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
}

on_both!(the_real_payloads_are_applied_as_they_come, |test| {
    let (fixture, processes) = robots(&test, "reais", 2, &["VIVO"]).await;
    test.rpa_file("brm-bucket/VIVO/2025-10/0001.pdf", pdf(7)).await;
    let good = start(&fixture, &processes[0]).await;
    named(&test, &good, "VIVO-12345678900012-DOWNLOAD-2025-10").await;
    test.rpa(
        "roteiros/VIVO-12345678900012-DOWNLOAD-2025-10",
        json!({ "payload": SUCCESS }),
    )
    .await;
    let bad = start(&fixture, &processes[1]).await;
    named(&test, &bad, "CLARO-44556677000188-UPLOAD-2025-10").await;
    test.rpa(
        "roteiros/CLARO-44556677000188-UPLOAD-2025-10",
        json!({ "payload": FAILURE }),
    )
    .await;
    test.run_jobs().await;

    let done = detail(&fixture, &good).await;
    assert_eq!(done["execution"]["status"], "CONCLUIDO", "{done}");
    assert_eq!(done["execution"]["tempo_execucao_segundos"], 187);
    assert_eq!(
        done["execution"]["mensagem_final"],
        "Processo concluído com 12 faturas e 12 comprovantes enviados ao SAT."
    );
    assert_eq!(
        done["resultado"]["processes"][0]["metricas"]["requisicoes_http"], 36,
        "unknown fields are kept"
    );
    let row = process(&fixture, &processes[0]).await["process"].clone();
    assert_eq!(row["status"], "AGUARDANDO_APROVACAO");
    assert_eq!(row["url_fatura"], "s3://brm-bucket/VIVO/2025-10/0001.pdf");
    assert_eq!(row["data_vencimento"], "2025-10-20");
    assert_eq!(row["valor_fatura"], Value::Null, "the payload has none");

    let failed = detail(&fixture, &bad).await;
    assert_eq!(failed["execution"]["status"], "FALHOU");
    assert_eq!(
        failed["execution"]["mensagem_final"],
        "Processo interrompido: falha crítica na etapa de autenticação."
    );
    let row = process(&fixture, &processes[1]).await["process"].clone();
    assert_eq!(row["status"], "ERRO_DOWNLOAD");
    assert_eq!(
        row["error"],
        json!({
            "cause": "Credenciais inválidas ou sessão expirada. (AUTH-401)", "step": "LOGIN_PORTAL",
            "recommended_action": "Atualizar senha no portal CLARO e reenfileirar.",
            "cause_coded": {
                "code": "with_code",
                "args": {
                    "message": { "code": "quoted", "args": { "text": "Credenciais inválidas ou sessão expirada." } },
                    "code": "AUTH-401",
                },
                "text": "Credenciais inválidas ou sessão expirada. (AUTH-401)",
            },
            "recommended_action_coded": {
                "code": "quoted",
                "args": { "text": "Atualizar senha no portal CLARO e reenfileirar." },
                "text": "Atualizar senha no portal CLARO e reenfileirar.",
            },
        })
    );
});

on_both!(a_result_for_several_processes_reaches_each, |test| {
    let (fixture, processes) = robots(&test, "varios", 4, &["VIVO"]).await;
    test.rpa_file("robos/a.pdf", pdf(1)).await;
    test.rpa_file("robos/b.pdf", pdf(2)).await;
    let entry = |process: &Value, path: &str| json!({ "hash_execucao": hash(process), "status_final": "UPLOADED_SAT", "faturas": [{ "caminho": path }] });
    let failed = json!({
        "hash_execucao": hash(&processes[2]), "status_final": "FAILED",
        "detalhes": { "codigo_erro": "AUTH-401", "mensagem_erro": "Senha inválida.", "acao_recomendada": "Trocar a senha." },
    });
    let payload = json!({
        "success": true,
        "processes": [
            entry(&processes[1], "s3://robos/b.pdf"), entry(&processes[0], "s3://robos/a.pdf"), failed,
            { "hash_execucao": "VIVO-99999999999999-DOWNLOAD-2026-10", "status_final": "UPLOADED_SAT" },
            { "hash_execucao": "???", "status_final": "UPLOADED_SAT" },
        ],
    });
    script(&test, &processes[0], json!({ "payload": payload.to_string() })).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
    let effects: Vec<&str> = seen["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["effect"].as_str().unwrap())
        .collect();
    assert_eq!(effects, ["applied", "applied", "applied", "unmatched", "unmatched"]);
    let statuses = statuses(&fixture, &processes).await;
    assert_eq!(
        statuses,
        [
            "AGUARDANDO_APROVACAO",
            "AGUARDANDO_APROVACAO",
            "ERRO_DOWNLOAD",
            "AGUARDANDO_DOWNLOAD"
        ]
    );
});

async fn statuses(fixture: &Fixture, processes: &[Value]) -> Vec<String> {
    let mut all = Vec::new();
    for one in processes {
        all.push(text(&process(fixture, one).await["process"], "status"));
    }
    all
}

on_both!(a_person_who_was_faster_keeps_her_invoice, |test| {
    let (fixture, processes) = robots(&test, "rapida", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "duration_ms": 1_500 })).await;
    let run = start(&fixture, &processes[0]).await;
    let worker = test.worker();
    let running = tokio::spawn(async move { worker.run_until_idle().await.unwrap() });
    crate::support::eventually("the robot is at work", || async {
        process(&fixture, &processes[0]).await["process"]["status"] == "DOWNLOAD_EM_ANDAMENTO"
    })
    .await;
    let uploaded = fixture
        .analyst
        .upload(&text(&processes[0], "id"), "minha.pdf", pdf(9))
        .await
        .expect(201);
    running.await.unwrap();
    let seen = process(&fixture, &processes[0]).await;
    assert_eq!(seen["process"]["fatura_sha256"], uploaded["process"]["fatura_sha256"]);
    assert_eq!(seen["documents"].as_array().unwrap().len(), 1);
    let run = detail(&fixture, &run).await;
    assert_eq!(run["execution"]["status"], "CONCLUIDO");
    assert_eq!(run["results"][0]["effect"], "unchanged");
});
