//! What the API reports, applied: real payloads byte for byte, and variations of them.

use diesel::prelude::*;
use esteira::{
    db::{RunQueryDsl, schema::executions},
    with_conn,
};
use serde_json::{Value, json};

use super::{connect, detail, hash, id, process, robots, script, start, text};
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

/// A payload, and what the row shall be afterwards.
struct Case {
    name: &'static str,
    /// Of the process, with `HASH` for its own.
    entry: Value,
    process: &'static str,
    execution: &'static str,
    valor: Option<&'static str>,
    vencimento: Option<&'static str>,
    effect: Option<&'static str>,
}

fn case(name: &'static str, entry: Value, process: &'static str, execution: &'static str) -> Case {
    Case {
        name,
        entry,
        process,
        execution,
        valor: None,
        vencimento: None,
        effect: Some("applied"),
    }
}

fn success(fatura: Value) -> Value {
    json!({ "hash_execucao": "HASH", "status_final": "UPLOADED_SAT", "faturas": [fatura] })
}

fn failure(detalhes: Value) -> Value {
    json!({ "hash_execucao": "HASH", "status_final": "FAILED", "detalhes": detalhes })
}

const AT: &str = "s3://robos/a.pdf";

fn cases() -> Vec<Case> {
    let well = "AGUARDANDO_APROVACAO";
    let good = |name, fatura| case(name, success(fatura), well, "CONCLUIDO");
    let bad = |name, entry| case(name, entry, "ERRO_DOWNLOAD", "FALHOU");
    // Technical: the robot tries again by itself, and the process waits for it.
    let again = |name, entry| case(name, entry, "AGUARDANDO_DOWNLOAD", "FALHOU");
    let valued = |case: Case, valor| Case {
        valor: Some(valor),
        ..case
    };
    let due = |case: Case, vencimento| Case {
        vencimento: Some(vencimento),
        ..case
    };
    let of = |case: Case, effect| Case { effect, ..case };
    vec![
        good("only the path", json!({ "caminho": AT })),
        valued(
            good("value as text", json!({ "caminho": AT, "valor_fatura": "1284.90" })),
            "1284.90",
        ),
        valued(
            good("value as number", json!({ "caminho": AT, "valor": 1284.9 })),
            "1284.90",
        ),
        valued(
            good(
                "value as Brazilians write it",
                json!({ "caminho": AT, "valor": "1.284,90" }),
            ),
            "1284.90",
        ),
        good("value that is none", json!({ "caminho": AT, "valor": "muito" })),
        good("value null", json!({ "caminho": AT, "valor": null })),
        due(
            good(
                "due date with hyphens",
                json!({ "caminho": AT, "data_vencimento": "05-11-2026" }),
            ),
            "2026-11-05",
        ),
        due(
            good(
                "due date with slashes",
                json!({ "caminho": AT, "data_vencimento": "05/11/2026" }),
            ),
            "2026-11-05",
        ),
        due(
            good(
                "due date in ISO",
                json!({ "caminho": AT, "data_vencimento": "2026-11-05" }),
            ),
            "2026-11-05",
        ),
        good(
            "a day that does not exist",
            json!({ "caminho": AT, "data_vencimento": "31-02-2026" }),
        ),
        good("month as text", json!({ "caminho": AT, "mes": "10", "ano": "2026" })),
        good("fields nobody knows", json!({ "caminho": AT, "novo": { "x": [1, 2] } })),
        case(
            "status in lower case",
            json!({ "hash_execucao": "HASH", "status_final": "uploaded_sat", "faturas": [{ "caminho": AT }] }),
            well,
            "CONCLUIDO",
        ),
        case(
            "the older form of the hash",
            json!({ "hash_execucao": "OLD", "status_final": "UPLOADED_SAT", "faturas": [{ "caminho": AT }] }),
            well,
            "CONCLUIDO",
        ),
        case(
            "without a hash, but alone",
            json!({ "status_final": "UPLOADED_SAT", "faturas": [{ "caminho": AT }] }),
            well,
            "CONCLUIDO",
        ),
        case(
            "two invoices, one of the month",
            json!({
                "hash_execucao": "HASH", "status_final": "UPLOADED_SAT",
                "faturas": [{ "caminho": "s3://robos/none.pdf", "mes": 9, "ano": 2026 }, { "caminho": AT, "mes": 10, "ano": 2026 }],
            }),
            well,
            "CONCLUIDO",
        ),
        case(
            "one invoice in place of a list",
            json!({ "hash_execucao": "HASH", "status_final": "UPLOADED_SAT", "faturas": { "caminho": AT } }),
            well,
            "CONCLUIDO",
        ),
        bad(
            "success without an invoice",
            json!({ "hash_execucao": "HASH", "status_final": "UPLOADED_SAT" }),
        ),
        bad(
            "success with an empty list",
            json!({ "hash_execucao": "HASH", "status_final": "UPLOADED_SAT", "faturas": [] }),
        ),
        bad(
            "an invoice that is not there",
            success(json!({ "caminho": "s3://robos/none.pdf" })),
        ),
        bad(
            "an invoice that is no PDF",
            success(json!({ "caminho": "s3://robos/jpeg.pdf" })),
        ),
        bad(
            "an invoice of no bytes",
            success(json!({ "caminho": "s3://robos/empty.pdf" })),
        ),
        bad(
            "an invoice elsewhere",
            success(json!({ "caminho": "https://example.com/a.pdf" })),
        ),
        bad(
            "a wrong password",
            failure(json!({ "codigo_erro": "AUTH-401", "mensagem_erro": "Senha inválida." })),
        ),
        bad(
            "only an action",
            failure(json!({ "acao_recomendada": "Ligar para a operadora." })),
        ),
        bad(
            "an invoice not yet published",
            failure(json!({ "codigo_erro": "FAT-404", "etapa_falha": "BUSCA_FATURA" })),
        ),
        again(
            "a time-out",
            failure(json!({ "codigo_erro": "TIMEOUT", "etapa_falha": "NAVEGACAO" })),
        ),
        bad(
            "a failure without details",
            json!({ "hash_execucao": "HASH", "status_final": "FAILED" }),
        ),
        bad(
            "a code that nobody here knows",
            failure(json!({ "codigo_erro": "X-1", "etapa_falha": "NAVEGACAO" })),
        ),
        bad(
            "a wrong password without a code",
            json!({ "hash_execucao": "HASH", "status_final": "FAILED", "error": "Senha expirada" }),
        ),
        again(
            "an error of the portal's server",
            failure(json!({ "codigo_erro": "HTTP-503" })),
        ),
        of(
            bad(
                "a status nobody knows",
                json!({ "hash_execucao": "HASH", "status_final": "TELEPORTED" }),
            ),
            Some("not_understood"),
        ),
        of(
            bad("no status", json!({ "hash_execucao": "HASH" })),
            Some("not_understood"),
        ),
        of(
            bad(
                "still running, says the result",
                json!({ "hash_execucao": "HASH", "status_final": "RUNNING" }),
            ),
            Some("not_understood"),
        ),
        of(
            bad(
                "somebody else's result only",
                json!({ "hash_execucao": "VIVO-99999999999999-DOWNLOAD-2026-10", "status_final": "UPLOADED_SAT" }),
            ),
            Some("unmatched"),
        ),
        of(bad("no processes at all", Value::Null), None),
    ]
}

on_both!(variations_of_the_payload_end_as_they_should, |test| {
    let cases = cases();
    let (fixture, processes) = robots(&test, "variacoes", cases.len(), &["VIVO"]).await;
    connect(&fixture, json!({ "max_running": 50, "max_per_operator": 50 })).await;
    test.rpa_file("robos/a.pdf", pdf(1)).await;
    test.rpa_file("robos/jpeg.pdf", vec![0xff, 0xd8, 0xff, 0xe0, 0, 0x10])
        .await;
    test.rpa_file("robos/empty.pdf", Vec::new()).await;
    let mut runs = Vec::new();
    for (case, process) in cases.iter().zip(&processes) {
        let own = hash(process);
        let old = own.replace("2026-10", "10-2026");
        let entry = case.entry.to_string().replace("HASH", &own).replace("OLD", &old);
        let list = if case.entry.is_null() {
            "[]".to_owned()
        } else {
            format!("[{entry}]")
        };
        let payload = format!("{{\"success\": true, \"message\": \"ok\", \"processes\": {list}}}");
        let over = json!({ "payload": payload, "final_status": "COMPLETED" });
        script(&test, process, over).await;
        runs.push(start(&fixture, process).await);
    }
    test.run_jobs().await;
    println!(
        "{:<36} {:<22} {:<10} {:<14} {:<10} {:<10}",
        "payload", "process", "execution", "effect", "valor", "vencimento"
    );
    let mut wrong = Vec::new();
    for ((case, seen), run) in cases.iter().zip(&processes).zip(&runs) {
        let row = process(&fixture, seen).await["process"].clone();
        let run = detail(&fixture, run).await;
        let effect = run["results"][0]["effect"].as_str();
        let (valor, due) = (row["valor_fatura"].as_str(), row["data_vencimento"].as_str());
        let (status, execution) = (
            row["status"].as_str().unwrap(),
            run["execution"]["status"].as_str().unwrap(),
        );
        println!(
            "{:<36} {status:<22} {execution:<10} {:<14} {:<10} {:<10}",
            case.name,
            effect.unwrap_or("-"),
            valor.unwrap_or("-"),
            due.unwrap_or("-")
        );
        let is = (status, execution, effect, valor, due);
        let shall = (case.process, case.execution, case.effect, case.valor, case.vencimento);
        if is != shall {
            wrong.push(format!("{}: {is:?} instead of {shall:?}: {run}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
