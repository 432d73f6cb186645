use serde_json::Map;

use super::*;
use crate::integrations::rpa::{RpaService, StartBody, StartClient};

pub(super) fn start() -> RpaStart {
    RpaStart {
        idempotency_key: "0199-key".to_owned(),
        operadora: "VIVO".to_owned(),
        body: StartBody {
            hash_execucao: "VIVO-12345678900012-DOWNLOAD-2025-10".to_owned(),
            servico: RpaService::DownloadFaturas,
            cliente: StartClient {
                razao_social: "Clínica Exemplo Ltda".to_owned(),
                cnpj: "12345678900012".to_owned(),
            },
            operadora: "VIVO".to_owned(),
            mes: 10,
            ano: 2025,
            login: None,
            senha: None,
            fatura: None,
            parametros: Map::new(),
        },
    }
}

fn meaning(result: Result<ExternalJobId, StartError>) -> String {
    match result {
        Ok(id) => format!("job {id}"),
        Err(StartError::NotStarted(error)) => format!("not started: {}", kind(&error)),
        Err(StartError::Unknown(error)) => format!("unknown: {}", kind(&error)),
        Err(StartError::NotUnderstood(reason)) => format!("not understood: {reason}"),
    }
}

/// What is said of an answer that came whole, with the words of the diagnosis and the answer.
fn not_understood(why: Reason, answer: &str) -> String {
    let answer = Box::new(match answer {
        "" => Reason::EmptyAnswer {},
        text => Reason::quoted(text),
    });
    let why = Box::new(why);
    format!("not understood: {}", Reason::StartNotUnderstood { why, answer })
}

#[tokio::test]
async fn the_request_is_that_of_the_contract() {
    let mut api = Api::new(Answer::json(202, r#"{"job_id":"j-1"}"#)).await;
    let body = |api: &Api| serde_json::from_slice::<Value>(&api.last().body).unwrap();
    let plain = json!({
        "hash_execucao": "VIVO-12345678900012-DOWNLOAD-2025-10", "servico": "DOWNLOAD_FATURAS", "operadora": "VIVO",
        "cliente": {"razao_social": "Clínica Exemplo Ltda", "cnpj": "12345678900012"}, "mes": 10, "ano": 2025,
    });
    rpa().start(&api.connection, &start()).await.unwrap();
    assert_eq!(api.asked.lock().unwrap().first().unwrap().header("authorization"), None);
    assert_eq!(body(&api), plain);

    api.connection.token = Some("fake-token".to_owned().into());
    let mut full = start();
    full.operadora = "Claro Móvel/RJ".to_owned();
    full.body.servico = RpaService::UploadSat;
    full.body.login = Some("ana".to_owned());
    full.body.senha = Some("fake-senha".to_owned().into());
    full.body.fatura = Some("s3://beg/a.pdf".to_owned());
    let added = json!({"tentar_de_novo": true, "senha": "x", "mes": 1, "cliente": null, "fatura": "y", "login": "z"});
    full.body.parametros = added.as_object().unwrap().clone();
    rpa().start(&api.connection, &full).await.unwrap();
    let asked = api.last();
    assert_eq!(
        (asked.method, asked.path.as_str()),
        (Method::POST, "/v1/executar/Claro%20M%C3%B3vel%2FRJ")
    );
    let headers = ["authorization", "idempotency-key", "content-type"].map(|name| asked.headers.get(name).unwrap());
    assert_eq!(headers, ["Bearer fake-token", "0199-key", "application/json"]);
    let mut expected = plain;
    let more = json!({
        "servico": "UPLOAD_SAT", "login": "ana", "senha": "fake-senha", "fatura": "s3://beg/a.pdf", "tentar_de_novo": true,
    });
    expected
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    assert_eq!(serde_json::from_slice::<Value>(&asked.body).unwrap(), expected);

    expected.as_object_mut().unwrap().remove("senha");
    assert_eq!(Value::from(full.body.without_password()), expected);
    // Somebody else's `senha` among the parameters is none that may be kept.
    full.body.senha = None;
    rpa().start(&api.connection, &full).await.unwrap();
    assert_eq!(body(&api), expected);
}

#[tokio::test]
async fn each_answer_to_a_start_means_what_the_contract_says() {
    let api = Api::new(Answer::json(200, "{}")).await;
    let longest = format!(r#"{{"job_id":"{}"}}"#, "é".repeat(200));
    let longest_id = format!("job {}", "é".repeat(200));
    let wordy = format!(r#"{{"erro":"{}"}}"#, "x".repeat(1_001));
    let tidy = format!("not started: refused 400 {}", "x".repeat(1_000));
    let moved = format!("not started: {MOVED}");
    let wrong = format!("not started: {NOT_THERE}");
    let silent = "not started: refused 422 A API de robôs recusou o pedido sem dizer o motivo (resposta 422).";
    let answers = [
        (Answer::json(200, r#"{"job_id":"j-1"}"#), "job j-1"),
        (Answer::json(201, r#"{"job_id":42,"novo":true}"#), "job 42"),
        (
            Answer::json(202, r#"{"job_id":18446744073709551615}"#),
            "job 18446744073709551615",
        ),
        (Answer::json(202, r#"{"job_id":"../x y"}"#), "job ../x y"),
        (Answer::json(202, &longest), &longest_id),
        (Answer::json(206, r#"{"job_id":"j-1"}"#), "job j-1"),
        (Answer::Cut(202), "unknown: technical"),
        (Answer::json(307, ""), &moved),
        (
            Answer::json(400, r#"{"erro":"X-1","mensagem":" Operadora\r\ninválida. "}"#),
            "not started: refused 400 Operadora  inválida.",
        ),
        (
            Answer::json(400, r#"{"error":{"message":"bad"}}"#),
            "not started: refused 400 bad",
        ),
        (Answer::json(400, &wordy), &tidy),
        (Answer::json(422, r#"{"error":true}"#), silent),
        (Answer::html(422), silent),
        (Answer::Cut(422), silent),
        (Answer::json(401, "{}"), "not started: unauthorized"),
        (
            Answer::json(403, r#"{"erro":"robô fora do plano contratado"}"#),
            "not started: refused 403 robô fora do plano contratado",
        ),
        (
            Answer::json(404, r#"{"detail":"no robot for VIVO"}"#),
            "not started: refused 404 no robot for VIVO",
        ),
        (Answer::html(404), &wrong),
        (Answer::json(429, "{}"), "not started: technical"),
        (Answer::json(408, "{}"), "unknown: technical"),
        (
            Answer::json(409, r#"{"erro":"em andamento"}"#),
            "unknown: refused 409 em andamento",
        ),
        (Answer::json(500, r#"{"job_id":"j-1"}"#), "unknown: technical"),
        (Answer::html(502), "unknown: technical"),
    ];
    for (answer, expected) in answers {
        api.answers(answer);
        assert_eq!(meaning(rpa().start(&api.connection, &start()).await), expected);
    }
    let mut nameless = start();
    for operadora in ["", ".", ".."] {
        nameless.operadora = operadora.to_owned();
        let error = rpa().start(&api.connection, &nameless).await.unwrap_err();
        assert!(
            matches!(error, StartError::NotStarted(RpaError::Address { .. })),
            "{error:?}"
        );
    }
    let mut bad_key = start();
    bad_key.idempotency_key = "a\nb".to_owned();
    assert_eq!(
        meaning(rpa().start(&api.connection, &bad_key).await),
        "not started: technical"
    );
}

#[tokio::test]
async fn an_id_is_read_where_it_is_plain_and_nowhere_else() {
    let api = Api::new(Answer::json(200, "{}")).await;
    let read = [
        (r#"{"success":true,"data":{"job_id":7}}"#, "7"),
        (r#"{"jobId":"j-1"}"#, "j-1"),
        (r#"{"id":9}"#, "9"),
        (r#"{"data":{"jobId":"j-1"}}"#, "j-1"),
        (r#"{"data":{"id":"j-1"}}"#, "j-1"),
        (r#"{"job":{"id":12,"status":"PENDING"}}"#, "12"),
        (r#"{"id":"r-1","job_id":"j-1"}"#, "j-1"),
        (r#"{"id":"r-1","data":{"job_id":"j-1"}}"#, "j-1"),
        (r#"{"jobId":"j-1","data":{"job_id":"j-1"}}"#, "j-1"),
        (r#"{"job_id":"j-1","error":null,"errors":[],"success":true}"#, "j-1"),
        ("\u{feff} {\"job_id\":\"j-1\"}", "j-1"),
    ];
    for (body, expected) in read {
        api.answers(Answer::json(201, body));
        let id = rpa().start(&api.connection, &start()).await.unwrap();
        assert_eq!(id.as_str(), expected, "{body}");
    }
    let without = |status| Reason::RobotsWithoutJobId { status };
    let no = Reason::RobotsSaidNo { status: 200 };
    let page = Reason::RobotsSentAPage { status: 200 };
    let unreadable = Reason::RobotsAnswerUnreadable { status: 200 };
    let long = format!(r#"{{"job_id":"{}"}}"#, "x".repeat(201));
    let not_read = [
        (200, r#"{"success":false,"error":"fila cheia"}"#, no.clone()),
        (200, r#"{"success":false,"job_id":7}"#, no.clone()),
        (200, r#"{"job_id":7,"erro":"robô indisponível"}"#, no),
        (200, r#"{"id":"a","data":{"id":"b"}}"#, without(200)),
        (200, r#"{"jobId":"a","data":{"job_id":"b"}}"#, without(200)),
        (200, r#"{"job_id":null,"id":"a"}"#, without(200)),
        (200, r#"{"job_id":""}"#, without(200)),
        (200, r#"{"job_id":".."}"#, without(200)),
        (200, r#"{"job_id":"a\nb"}"#, without(200)),
        (200, r#"{"job_id":123456789012345678901234}"#, without(200)),
        (200, &long, without(200)),
        (200, r#"{"task":"a"}"#, without(200)),
        (201, r#"{"jobId":{"id":"a"}}"#, without(201)),
        (202, "[]", without(202)),
        (202, "7", without(202)),
        (200, "<html>Entrar</html>", page.clone()),
        (200, "<job><id>7</id></job>", page),
        (200, "OK", unreadable.clone()),
        (200, r#"{"job_id":"#, unreadable.clone()),
        (200, "", unreadable),
    ];
    for (status, body, why) in not_read {
        api.answers(Answer::json(status, body));
        let said = meaning(rpa().start(&api.connection, &start()).await);
        assert_eq!(said, not_understood(why, body), "{body}");
    }
    let padded = format!("{{\"job_id\":\"1\"}}{}", "x".repeat(64 * 1024));
    api.answers(Answer::json(200, &padded));
    let said = meaning(rpa().start(&api.connection, &start()).await);
    let cut = format!("{}…", padded.chars().take(500).collect::<String>());
    assert_eq!(said, not_understood(Reason::RobotsAnswerTooLong { most_kib: 64 }, &cut));
    api.answers(Answer::json(303, ""));
    let said = meaning(rpa().start(&api.connection, &start()).await);
    assert_eq!(said, not_understood(Reason::RobotsMoved { status: 303 }, ""));
    // A robot that has tried the password is not asked to try it again.
    let tried = r#"{"error":"INVALID_CREDENTIALS"}"#;
    api.answers(Answer::json(500, tried));
    let said = meaning(rpa().start(&api.connection, &start()).await);
    assert_eq!(said, not_understood(Reason::RobotsInTrouble { status: 500 }, tried));
}

#[tokio::test]
async fn without_a_connection_nothing_was_started_and_with_one_nobody_knows() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connection = RpaConnection {
        url: format!("http://{}", listener.local_addr().unwrap()),
        token: None,
    };
    // The system takes the connection, and nobody ever reads from it.
    assert_eq!(
        meaning(hasty().start(&connection, &start()).await),
        "unknown: technical"
    );
    drop(listener);
    assert_eq!(
        meaning(hasty().start(&connection, &start()).await),
        "not started: technical"
    );
    let api = Api::new(Answer::Hang(202)).await;
    assert_eq!(
        meaning(hasty().start(&api.connection, &start()).await),
        "unknown: technical"
    );
    api.answers(Answer::Hang(422));
    assert!(meaning(hasty().start(&api.connection, &start()).await).starts_with("not started: refused 422"));
}

#[tokio::test]
async fn an_api_that_repeats_the_password_does_not_show_it() {
    let api = Api::new(Answer::json(422, r#"{"erro":"senha fake-senha inválida para ana"}"#)).await;
    let mut order = start();
    order.body.senha = Some("fake-senha".to_owned().into());
    let error = rpa().start(&api.connection, &order).await.unwrap_err();
    assert_eq!(error.to_string(), "senha ••• inválida para ana");
    assert!(!format!("{error:?}").contains("fake-senha"));
    api.answers(Answer::json(200, r#"{"recebido":{"senha":"fake-senha"}}"#));
    let error = rpa().start(&api.connection, &order).await.unwrap_err();
    assert!(
        error.to_string().ends_with(r#"{"recebido":{"senha":"•••"}}"#),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("fake-senha"));
}
