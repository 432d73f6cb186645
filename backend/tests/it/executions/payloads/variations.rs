//! Payloads as nobody documented them.

use serde_json::{Value, json};

use super::super::{connect, detail, hash, process, robots, script, start};
use crate::{on_both, support::pdf};

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
