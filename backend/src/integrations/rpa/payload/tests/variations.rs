use std::fmt::Debug;

use super::*;

/// What was understood, in one line.
fn told(process: &RpaProcess) -> String {
    fn push<T: Debug>(parts: &mut Vec<String>, name: &str, value: Option<T>) {
        parts.extend(value.map(|value| format!("{name} {value:?}")));
    }
    let mut parts = Vec::new();
    if process.status_final != FinalStatus::Missing {
        parts.push(format!("{:?}", process.status_final));
    }
    push(&mut parts, "hash", process.hash_execucao.as_ref());
    push(&mut parts, "valor", process.valor.map(|valor| valor.0));
    for fatura in &process.faturas {
        let mut inner = Vec::new();
        push(&mut inner, "caminho", fatura.caminho.as_ref());
        push(&mut inner, "valor", fatura.valor.map(|valor| valor.0));
        push(&mut inner, "vence", fatura.data_vencimento);
        push(&mut inner, "mes", fatura.mes);
        push(&mut inner, "ano", fatura.ano);
        parts.push(format!("[{}]", inner.join(", ")));
    }
    if let Some(details) = &process.detalhes {
        let mut inner = Vec::new();
        push(&mut inner, "etapa", details.etapa_falha.as_ref());
        push(&mut inner, "codigo", details.codigo_erro.as_ref());
        push(&mut inner, "mensagem", details.mensagem_erro.as_ref());
        push(&mut inner, "tentativas", details.tentativas);
        push(&mut inner, "acao", details.acao_recomendada.as_ref());
        parts.push(format!("({})", inner.join(", ")));
    }
    push(&mut parts, "segundos", process.tempo_execucao_segundos);
    push(&mut parts, "criado", process.criado_em.map(|at| at.to_rfc3339()));
    push(
        &mut parts,
        "finalizado",
        process.finalizado_em.map(|at| at.to_rfc3339()),
    );
    parts.extend(process.problems.iter().map(|problem| format!("! {problem}")));
    parts.join("; ")
}

/// A process, and what is understood of it; amounts in cents.
const VARIATIONS: &[(&str, &str)] = &[
    ("{}", ""),
    (
        r#"{"hash_execucao":null,"status_final":null,"faturas":null,"detalhes":null,"metricas":null}"#,
        "",
    ),
    (
        r#"{"hash_execucao":" X-1 ","status_final":" uploaded_sat ","novo":{"a":[]}}"#,
        r#"UploadedSat; hash "X-1""#,
    ),
    (r#"{"hash_execucao":7,"status_final":"Failed"}"#, r#"Failed; hash "7""#),
    (r#"{"status_final":"running"}"#, "Running"),
    (r#"{"status_final":"PENDING"}"#, "Pending"),
    (r#"{"status_final":"Meio feito"}"#, r#"Unknown("Meio feito")"#),
    (r#"{"status_final":"UPLOADED"}"#, r#"Unknown("UPLOADED")"#),
    (r#"{"status_final":" "}"#, ""),
    (r#"{"status_final":3}"#, r#"Unknown("3")"#),
    // Amounts.
    (r#"{"valor_fatura":1284.90}"#, "valor 128490"),
    (r#"{"valor_fatura":1284}"#, "valor 128400"),
    (r#"{"valor":0.1}"#, "valor 10"),
    (r#"{"valor":0}"#, "valor 0"),
    (r#"{"valor":9999999999999.99}"#, "valor 999999999999999"),
    (r#"{"valor":-12.5}"#, "valor -1250"),
    (r#"{"valor":"1284.90"}"#, "valor 128490"),
    (r#"{"valor":"1.284,90"}"#, "valor 128490"),
    (r#"{"valor":" R$ 1.284,9 "}"#, "valor 128490"),
    (r#"{"valor_fatura":null,"valor":"2"}"#, "valor 200"),
    (r#"{"valor_fatura":" ","valor":"2"}"#, "valor 200"),
    (r#"{"valor_fatura":"1","valor":"2"}"#, "valor 100"),
    (
        r#"{"valor_fatura":"x","valor":"2"}"#,
        r#"! valor_fatura "x" não é um valor em reais"#,
    ),
    (r#"{"valor":1284.905}"#, r#"! valor "1284.905" não é um valor em reais"#),
    (r#"{"valor":1e300}"#, r#"! valor "1e+300" não é um valor em reais"#),
    (r#"{"valor":"1.284"}"#, r#"! valor "1.284" não é um valor em reais"#),
    (
        r#"{"valor":"1,284.90"}"#,
        r#"! valor "1,284.90" não é um valor em reais"#,
    ),
    (r#"{"valor":true}"#, r#"! valor "true" não é um valor em reais"#),
    (r#"{"valor":[1]}"#, r#"! valor "[…]" não é um valor em reais"#),
    (r#"{"valor":5,"faturas":[{}]}"#, "valor 500; [valor 500]"),
    (r#"{"valor":5,"faturas":[{"valor":"6"}]}"#, "valor 500; [valor 600]"),
    (
        r#"{"valor":5,"faturas":[{"valor":6},{}]}"#,
        "valor 500; [valor 600]; []",
    ),
    (
        r#"{"faturas":[{"valor_fatura":"1.284,90","valor":1}]}"#,
        "[valor 128490]",
    ),
    // Due dates.
    (
        r#"{"faturas":[{"data_vencimento":"20-10-2025"}]}"#,
        "[vence 2025-10-20]",
    ),
    (
        r#"{"faturas":[{"data_vencimento":" 5/1/2026 "}]}"#,
        "[vence 2026-01-05]",
    ),
    (
        r#"{"faturas":[{"data_vencimento":"2025-10-20"}]}"#,
        "[vence 2025-10-20]",
    ),
    (
        r#"{"faturas":[{"data_vencimento":"2025-10-20T23:59:59-03:00"}]}"#,
        "[vence 2025-10-20]",
    ),
    (
        r#"{"faturas":[{"data_vencimento":"29-02-2028"}]}"#,
        "[vence 2028-02-29]",
    ),
    (r#"{"faturas":[{"data_vencimento":""}]}"#, "[]"),
    (
        r#"{"faturas":[{"data_vencimento":"31-02-2025"}]}"#,
        r#"[]; ! data_vencimento "31-02-2025" não é uma data dd-mm-aaaa"#,
    ),
    (
        r#"{"faturas":[{"data_vencimento":"10-20-2025"}]}"#,
        r#"[]; ! data_vencimento "10-20-2025" não é uma data dd-mm-aaaa"#,
    ),
    (
        r#"{"faturas":[{"data_vencimento":"20-10-25"}]}"#,
        r#"[]; ! data_vencimento "20-10-25" não é uma data dd-mm-aaaa"#,
    ),
    (
        r#"{"faturas":[{"data_vencimento":"20-10-2025-1"}]}"#,
        r#"[]; ! data_vencimento "20-10-2025-1" não é uma data dd-mm-aaaa"#,
    ),
    (
        r#"{"faturas":[{"data_vencimento":20102025}]}"#,
        r#"[]; ! data_vencimento "20102025" não é uma data dd-mm-aaaa"#,
    ),
    // Invoices.
    (
        r#"{"faturas":{"caminho":"s3://a/b.pdf","mes":"10","ano":"2025"}}"#,
        r#"[caminho "s3://a/b.pdf", mes 10, ano 2025]"#,
    ),
    (
        r#"{"faturas":["s3://a/b.pdf",{"caminho":" s3://c "}]}"#,
        r#"[caminho "s3://a/b.pdf"]; [caminho "s3://c"]"#,
    ),
    (r#"{"faturas":[{"caminho":null},{"caminho":""}]}"#, "[]; []"),
    (
        r#"{"faturas":[{"caminho":7}]}"#,
        r#"[]; ! caminho "7" não é um caminho de até 1.000 caracteres"#,
    ),
    (
        r#"{"faturas":[{"mes":13,"ano":25}]}"#,
        r#"[]; ! mes "13" não é um mês de 1 a 12; ! ano "25" não é um ano de 2000 a 2100"#,
    ),
    (
        r#"{"faturas":[{"mes":"outubro"}]}"#,
        r#"[]; ! mes "outubro" não é um mês de 1 a 12"#,
    ),
    (r#"{"faturas":[7]}"#, r#"[]; ! a fatura "7" não é um objeto"#),
    // Details.
    (r#"{"detalhes":{}}"#, "()"),
    (
        r#"{"detalhes":{"codigo_erro":500,"tentativas":"3"}}"#,
        r#"(codigo "500", tentativas 3)"#,
    ),
    (
        r#"{"detalhes":{"mensagem_erro":"a\nb","acao_recomendada":""}}"#,
        r#"(mensagem "a b")"#,
    ),
    (r#"{"detalhes":"Caiu."}"#, r#"(mensagem "Caiu.")"#),
    (r#"{"detalhes":[]}"#, r#"! detalhes "[…]" não é um objeto"#),
    (
        r#"{"detalhes":{"tentativas":-1}}"#,
        r#"(); ! tentativas "-1" não é um número de tentativas"#,
    ),
    // Times.
    (r#"{"metricas":{"tempo_execucao_segundos":"187"}}"#, "segundos 187"),
    (r#"{"metricas":{"tempo_execucao_segundos":187.9}}"#, "segundos 187"),
    (r#"{"metricas":{"outra":1},"tempo_execucao_segundos":5}"#, "segundos 5"),
    (r#"{"metricas":7}"#, ""),
    (
        r#"{"metricas":{"tempo_execucao_segundos":-1}}"#,
        r#"! tempo_execucao_segundos "-1" não é um número de segundos"#,
    ),
    (
        r#"{"criado_em":"2025-10-15T10:42:51-03:00"}"#,
        r#"criado "2025-10-15T13:42:51+00:00""#,
    ),
    (
        r#"{"criado_em":"2025-10-15T10:42:51","finalizado_em":"ontem"}"#,
        r#"! criado_em "2025-10-15T10:42:51" não é uma data e hora com fuso; ! finalizado_em "ontem" não é uma data e hora com fuso"#,
    ),
    ("[1]", r#"! o processo "[…]" não é um objeto"#),
    ("\"X\"", r#"! o processo "X" não é um objeto"#),
];

#[test]
fn every_variation_is_understood_or_named() {
    for (process, expected) in VARIATIONS {
        let text = format!(r#"{{"processes":[{process}]}}"#);
        let result = parse_result(&serde_json::from_str(&text).unwrap());
        let [process] = result.processes.as_slice() else {
            panic!("{text}: {result:?}")
        };
        assert_eq!(told(process), *expected, "{text}");
    }
}

#[test]
fn texts_are_bounded_and_a_path_is_never_cut() {
    let long = "ç".repeat(1_001);
    let process = json!({
        "hash_execucao": long, "status_final": long, "valor": long, "detalhes": {"mensagem_erro": long},
        "faturas": [{"caminho": long}, {"caminho": "ç".repeat(1_000)}],
    });
    let result = parse_result(&json!({"processes": [process]}));
    let process = result.processes.first().unwrap();
    let cut = "ç".repeat(1_000);
    assert_eq!(process.hash_execucao.as_ref(), Some(&cut));
    assert_eq!(process.status_final, FinalStatus::Unknown(cut.clone()));
    assert_eq!(process.detalhes.as_ref().unwrap().mensagem_erro.as_ref(), Some(&cut));
    let paths: Vec<_> = process.faturas.iter().map(|fatura| fatura.caminho.as_ref()).collect();
    assert_eq!(paths, [None, Some(&cut)]);
    let quote = "ç".repeat(100);
    let problem = |name: &str, expected| Reason::ValueNotUnderstood {
        name: name.to_owned(),
        value: quote.clone(),
        expected: Box::new(expected),
    };
    let problems = [
        problem("valor", Reason::AnAmount {}),
        problem("caminho", Reason::APath {}),
    ];
    assert_eq!(process.problems, problems);
}
