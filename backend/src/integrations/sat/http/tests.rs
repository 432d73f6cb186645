#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{Router, http::header, response::IntoResponse as _, routing::post};
use bytes::Bytes;
use chrono::NaiveDate;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::{
    integrations::sat::SatMetadata,
    secrets::sha256_hex,
    simulators::sat::{SatOptions, SatSimulator},
};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";

async fn serve(app: Router) -> SatConnection {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    SatConnection { url, token: None }
}

async fn simulator(options: SatOptions) -> SatConnection {
    serve(SatSimulator::new(options).unwrap().router()).await
}

fn sat() -> HttpSat {
    HttpSat::new(Outbound::new(true).unwrap())
}

fn document(key: &str, chunks: Vec<io::Result<Bytes>>) -> SatUpload {
    let metadata = SatMetadata {
        operadora: "VIVO".to_owned(),
        razao_social: "Clínica Exemplo Ltda".to_owned(),
        cnpj: "12345678000195".to_owned(),
        conta: "0123-4".to_owned(),
        mes: 10,
        ano: 2025,
        valor: Some("1284.90".to_owned()),
        data_vencimento: NaiveDate::from_ymd_opt(2025, 10, 20),
        sha256: sha256_hex(PDF),
    };
    let body = stream::iter(chunks).boxed();
    let filename = "fatura \"ç\"\r\nX-Evil: 1.pdf".to_owned();
    SatUpload {
        idempotency_key: key.to_owned(),
        filename,
        metadata,
        size_bytes: PDF.len() as u64,
        body,
    }
}

fn whole(key: &str) -> SatUpload {
    let (a, b) = PDF.split_at(10);
    document(key, vec![Ok(Bytes::from_static(a)), Ok(Bytes::from_static(b))])
}

async fn kept(connection: &SatConnection) -> Vec<Value> {
    let request = sat().outbound.get(&endpoint(connection, "documentos")).unwrap();
    authorized(request, connection)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

fn is_technical<T>(result: &Result<T, SatError>) -> bool {
    matches!(result, Err(SatError::Technical(_)))
}

#[tokio::test]
async fn a_document_arrives_with_its_metadata_and_again_with_the_same_protocol() {
    let connection = simulator(SatOptions::default()).await;
    let first = sat().upload(&connection, whole("k1")).await.unwrap();
    let again = sat().upload(&connection, whole("k1")).await.unwrap();
    assert_eq!(first, again);
    let kept = kept(&connection).await;
    let [document] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    assert_eq!(document["protocolo"], first.protocol);
    assert_eq!(document["filename"], "fatura _ç___X-Evil: 1.pdf");
    let sent = json!({"operadora": "VIVO", "razao_social": "Clínica Exemplo Ltda", "cnpj": "12345678000195",
        "conta": "0123-4", "mes": 10, "ano": 2025, "valor": "1284.90", "data_vencimento": "2025-10-20", "sha256": sha256_hex(PDF)});
    assert_eq!(document["metadados"], sent);
}

#[tokio::test]
async fn lost_answers_are_technical_and_the_next_try_finds_the_one_document() {
    let connection = simulator(SatOptions {
        lost_answer_rate: 1.0,
        ..SatOptions::default()
    })
    .await;
    let mut causes = Vec::new();
    for number in 0..8 {
        let key = format!("k{number}");
        match sat().upload(&connection, whole(&key)).await {
            Err(SatError::Technical(cause)) => causes.push(format!("{cause:#}")),
            other => panic!("{other:?}"),
        }
        let receipt = sat().upload(&connection, whole(&key)).await.unwrap();
        let kept = kept(&connection).await;
        assert_eq!(
            kept.iter()
                .filter(|document| document["idempotency_key"] == key.as_str())
                .count(),
            1
        );
        assert!(kept.iter().any(|document| document["protocolo"] == receipt.protocol));
    }
    let proxies = causes.iter().filter(|cause| cause.contains("502")).count();
    assert!(
        proxies > 0 && proxies < causes.len(),
        "both kinds of loss were met: {causes:#?}"
    );
}

#[tokio::test]
async fn failures_are_technical_and_refusals_are_business() {
    let connection = simulator(SatOptions {
        failure_rate: 1.0,
        ..SatOptions::default()
    })
    .await;
    assert!(is_technical(&sat().upload(&connection, whole("k1")).await));
    let connection = simulator(SatOptions {
        business_rate: 1.0,
        ..SatOptions::default()
    })
    .await;
    let Err(SatError::Business {
        code: Some(code),
        message,
        action: Some(action),
    }) = sat().upload(&connection, whole("k1")).await
    else {
        panic!("a refusal was expected")
    };
    let (message, action) = (message.to_string(), action.to_string());
    assert!(
        !code.is_empty() && message.ends_with('.') && !action.is_empty(),
        "{code} {message} {action}"
    );
    assert!(kept(&connection).await.is_empty());
}

#[tokio::test]
async fn a_check_names_the_system_and_proves_the_token() {
    let mut connection = simulator(SatOptions {
        token: Some("fake-token".to_owned()),
        ..SatOptions::default()
    })
    .await;
    for token in [None, Some("wrong")] {
        connection.token = token.map(|token| token.to_owned().into());
        for result in [
            sat().check(&connection).await.err(),
            sat().upload(&connection, whole("k1")).await.err(),
        ] {
            let Some(SatError::Business {
                action: Some(action), ..
            }) = result
            else {
                panic!("{result:?}")
            };
            assert_eq!(action, Reason::CheckSatToken {});
        }
    }
    connection.token = Some("fake-token".to_owned().into());
    assert_eq!(sat().check(&connection).await.unwrap(), "Simulador do SAT");
    assert!(sat().upload(&connection, whole("k1")).await.is_ok());
    assert!(!format!("{connection:?}").contains("fake-token"));
}

#[tokio::test]
async fn a_document_that_breaks_off_is_technical_and_nothing_is_kept() {
    let connection = simulator(SatOptions::default()).await;
    let (a, _) = PDF.split_at(10);
    let broken = document(
        "k1",
        vec![Ok(Bytes::from_static(a)), Err(io::Error::other("storage went away"))],
    );
    assert!(is_technical(&sat().upload(&connection, broken).await));
    let short = document("k1", vec![Ok(Bytes::from_static(a))]);
    assert!(is_technical(&sat().upload(&connection, short).await));
    assert!(kept(&connection).await.is_empty());
}

#[tokio::test]
async fn each_answer_means_what_the_contract_says() {
    let answer = Arc::new(Mutex::new((200_u16, String::new())));
    let shown = answer.clone();
    let app = Router::new().route(
        "/documentos",
        post(async move |body: Bytes| {
            assert!(!body.is_empty());
            let (status, text) = shown.lock().unwrap().clone();
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            (status, [(header::LOCATION, "/elsewhere")], text).into_response()
        }),
    );
    let connection = serve(app).await;
    let refusal = r#"{"codigo":"X-1","mensagem":"Não serve.","acao_recomendada":"Corrigir"}"#;
    let padded = format!("{{\"protocolo\":\"1\"}}{}", " ".repeat(64 * 1024));
    let unclear = |status: u16, answer: &str| {
        let answer = Box::new(match answer {
            "" => Reason::EmptyAnswer {},
            text => Reason::quoted(text),
        });
        format!("unclear {}", Reason::SatNotUnderstood { status, answer })
    };
    let cut = format!("{}…", padded.chars().take(500).collect::<String>());
    let kept = r#"{"codigo":"X-1","mensagem":"Já existe.","protocolo":"P-1"}"#;
    let read = [
        (200, r#"{"protocolo":"P-1"}"#, "receipt P-1"),
        (201, r#"{"protocolo":42,"novo":true}"#, "receipt 42"),
        (202, r#"{"protocolo":"P-1"}"#, "receipt P-1"),
        (200, r#"{"data":{"protocolo":"P-1"}}"#, "receipt P-1"),
        (200, r#"{"success":true,"dados":{"protocolo":7}}"#, "receipt 7"),
        (
            200,
            r#"{"numero_protocolo":"P-1","resultado":{"protocolo":"P-1"}}"#,
            "receipt P-1",
        ),
        (200, r#"{"protocolo":"P-1","data":{"protocolo":"P-2"}}"#, "receipt P-1"),
        (200, "\u{feff}{\"protocolo\":\"P-1\"}", "receipt P-1"),
        (409, kept, "kept P-1 Já existe."),
    ];
    let not_read = [
        (200, r#"{"protocolo":""}"#),
        (200, r#"{"protocolo":null}"#),
        (200, r#"{"protocolo":null,"data":{"protocolo":"P-1"}}"#),
        (200, r#"{"protocolo":123456789012345678901234}"#),
        (200, r#"{"data":{"protocolo":"P-1"},"result":{"protocolo":"P-2"}}"#),
        (200, r#"{"success":false,"protocolo":"P-1"}"#),
        (200, r#"{"erro":"documento rejeitado","protocolo":"P-1"}"#),
        (200, r#"{"success":true}"#),
        (200, "<html>Entrar</html>"),
        (200, "<protocolo>P-1</protocolo>"),
        (200, "P-1"),
        (200, ""),
        (202, ""),
        (202, r#"{"status":"accepted"}"#),
        (204, ""),
    ];
    let not_read: Vec<_> = not_read
        .iter()
        .map(|(status, text)| (*status, *text, unclear(*status, text)))
        .chain([(200, padded.as_str(), unclear(200, &cut))])
        .collect();
    let meanings = [
        (
            307,
            "",
            "business None O endereço do SAT leva a outro endereço (resposta 307).",
        ),
        (400, refusal, "business Some(\"X-1\") Não serve."),
        (409, refusal, "business Some(\"X-1\") Não serve."),
        (422, refusal, "business Some(\"X-1\") Não serve."),
        (
            422,
            "<html>",
            "business None O SAT recusou o documento sem dizer o motivo (resposta 422).",
        ),
        (
            422,
            &padded,
            "business None O SAT recusou o documento sem dizer o motivo (resposta 422).",
        ),
        (
            413,
            "",
            "business None O SAT recusou o documento sem dizer o motivo (resposta 413).",
        ),
        (401, refusal, "business None O SAT recusou o token."),
        (403, "", "business None O SAT recusou o token."),
        (404, "", "business None Não há SAT nesse endereço (resposta 404)."),
        (408, refusal, "technical"),
        (425, refusal, "technical"),
        (429, refusal, "technical"),
        (500, refusal, "technical"),
        (503, "", "technical"),
    ];
    let not_read = not_read
        .iter()
        .map(|(status, text, meaning)| (*status, *text, meaning.as_str()));
    for (status, text, meaning) in read.into_iter().chain(not_read).chain(meanings) {
        *answer.lock().unwrap() = (status, text.to_owned());
        let seen = match sat().upload(&connection, whole("k1")).await {
            Ok(receipt) => format!("receipt {}", receipt.protocol),
            Err(SatError::Technical(_) | SatError::Later { .. }) => "technical".to_owned(),
            Err(SatError::Business { code, message, .. }) => format!("business {code:?} {message}"),
            Err(SatError::NotUnderstood(reason)) => format!("unclear {reason}"),
            Err(SatError::AlreadyKept { protocol, refusal }) => format!("kept {protocol} {refusal}"),
        };
        assert_eq!(seen, meaning, "{status} {}", text.get(..40).unwrap_or(text));
    }
}

#[tokio::test]
async fn private_and_malformed_addresses_are_for_a_person_and_silent_ones_are_not() {
    let connection = simulator(SatOptions::default()).await;
    let closed = HttpSat::new(Outbound::new(false).unwrap());
    let local = SatConnection {
        url: connection.url.replace("127.0.0.1", "localhost"),
        token: None,
    };
    for connection in [
        &connection,
        &local,
        &SatConnection {
            url: "sat.example.com".to_owned(),
            token: None,
        },
    ] {
        let result = closed.upload(connection, whole("k1")).await;
        assert!(matches!(result, Err(SatError::Business { .. })), "{result:?}");
        assert!(matches!(closed.check(connection).await, Err(SatError::Business { .. })));
    }
    assert!(kept(&connection).await.is_empty());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = SatConnection {
        url: format!("http://{}", listener.local_addr().unwrap()),
        token: None,
    };
    drop(listener);
    assert!(is_technical(&sat().upload(&silent, whole("k1")).await));
    assert!(is_technical(&sat().check(&silent).await));
}
