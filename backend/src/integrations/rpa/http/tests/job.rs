use super::*;
use crate::integrations::rpa::RpaStatus;

#[tokio::test]
async fn a_job_tells_where_it_stands() {
    let api = Api::new(Answer::json(200, "{}")).await;
    let result = r#"{"processes":[],"novo":1}"#;
    let jobs = [
        (r#"{"status":"PENDING"}"#, RpaStatus::Pending, None, None),
        (
            r#"{"status":" running ","progress":45.7}"#,
            RpaStatus::Running,
            Some(45),
            None,
        ),
        (
            r#"{"status":"RUNNING","progress":"150"}"#,
            RpaStatus::Running,
            Some(100),
            None,
        ),
        (
            r#"{"status":"RUNNING","progress":-3}"#,
            RpaStatus::Running,
            Some(0),
            None,
        ),
        (
            r#"{"status":"RUNNING","progress":"80%"}"#,
            RpaStatus::Running,
            Some(80),
            None,
        ),
        (
            r#"{"status":"RUNNING","progress":1e300}"#,
            RpaStatus::Running,
            Some(100),
            None,
        ),
        (
            r#"{"status":"RUNNING","progress":"NaN"}"#,
            RpaStatus::Running,
            None,
            None,
        ),
        (r#"{"status":"RUNNING","progress":[]}"#, RpaStatus::Running, None, None),
        (r#"{"status":"CANCELED"}"#, RpaStatus::Cancelled, None, None),
        (
            r#"{"status":"SLEEPING"}"#,
            RpaStatus::Unknown("SLEEPING".to_owned()),
            None,
            None,
        ),
        (r#"{"status":7}"#, RpaStatus::Unknown("7".to_owned()), None, None),
        ("\u{feff}{}", RpaStatus::Unknown(String::new()), None, None),
        (
            r#"{"status":"COMPLETED","result":{"processes":[],"novo":1}}"#,
            RpaStatus::Completed,
            None,
            Some(result),
        ),
        (
            r#"{"status":"FAILED","result":null,"data":{"processes":[],"novo":1}}"#,
            RpaStatus::Failed,
            None,
            Some(result),
        ),
        (
            r#"{"status":"FAILED","success":true,"payload":{"processes":[],"novo":1}}"#,
            RpaStatus::Failed,
            None,
            Some(result),
        ),
        (
            r#"{"status":"FAILED","resultado":{"erro":1}}"#,
            RpaStatus::Failed,
            None,
            Some(r#"{"erro":1}"#),
        ),
        (r#"{"status":"FAILED","result":"feito"}"#, RpaStatus::Failed, None, None),
    ];
    for (body, status, progress, payload) in jobs {
        api.answers(Answer::json(200, body));
        let job = rpa().job(&api.connection, &id("7")).await.unwrap();
        assert_eq!((job.status, job.progress), (status, progress), "{body}");
        let payload = payload.map(|payload| serde_json::from_str::<Value>(payload).unwrap());
        assert_eq!(job.payload, payload, "{body}");
    }
    for whole in [
        r#"{"status":"COMPLETED","success":false,"novo":{"a":1}}"#,
        r#"{"status":"RUNNING","processes":[1],"result":{}}"#,
    ] {
        api.answers(Answer::json(200, whole));
        let job = rpa().job(&api.connection, &id("7")).await.unwrap();
        assert_eq!(job.payload, Some(serde_json::from_str(whole).unwrap()));
        assert_eq!(job.payload.as_ref(), Some(&job.body));
    }
    let asked = api.last();
    assert_eq!((asked.method, asked.path.as_str()), (Method::GET, "/v1/jobs/7"));
}

#[tokio::test]
async fn a_job_brings_its_last_lines_along() {
    let body = json!({"status": "RUNNING", "logs": ["um", {"n": 9, "msg": "dois", "nivel": "aviso"}]});
    let api = Api::new(Answer::json(200, &body.to_string())).await;
    let lines = rpa().job(&api.connection, &id("7")).await.unwrap().logs.unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.number, line.level.as_str(), line.message.as_str()))
        .collect();
    assert_eq!(lines, [(1, "info", "um"), (9, "warn", "dois")]);
    api.answers(Answer::json(200, r#"{"status":"RUNNING","logs":7}"#));
    assert_eq!(rpa().job(&api.connection, &id("7")).await.unwrap().logs, None);
}

#[tokio::test]
async fn of_an_answer_with_too_many_entries_only_the_status_is_read() {
    let entries = vec![json!({ "status_final": "FAILED" }); 140_000];
    let body = json!({ "status": "COMPLETED", "progress": 50, "result": { "processes": entries } }).to_string();
    let api = Api::new(Answer::json(200, &body)).await;
    let job = rpa().job(&api.connection, &id("7")).await.unwrap();
    assert_eq!(
        (job.status, job.payload, job.body),
        (RpaStatus::Completed, None, Value::Null)
    );
    let told = job.too_much.unwrap().to_string();
    assert_eq!(
        told,
        "O resultado tem 140000 processos, e no máximo 5000 são lidos de uma vez; nada dele foi aplicado nem guardado."
    );
}

#[tokio::test]
async fn each_answer_about_a_job_means_what_the_contract_says() {
    let api = Api::new(Answer::json(200, "{}")).await;
    let padded = format!("{{\"status\":\"RUNNING\"{}}}", " ".repeat(JOB_MAX_BYTES));
    let answers = [
        (Answer::json(401, "{}"), "unauthorized"),
        (
            Answer::html(403),
            "refused 403 A API de robôs recusou o pedido sem dizer o motivo (resposta 403).",
        ),
        (Answer::json(404, r#"{"erro":"Job não encontrado."}"#), "not found"),
        (Answer::json(410, ""), "not found"),
        // Whoever serves pages is not the API, so nobody knows yet whether the job is gone.
        (Answer::html(404), "technical"),
        (
            Answer::json(400, r#"{"detail":[{"loc":["path"],"msg":"id\ninválido"}]}"#),
            "refused 400 id inválido",
        ),
        (
            Answer::json(418, "?"),
            "refused 418 A API de robôs recusou o pedido sem dizer o motivo (resposta 418).",
        ),
        (Answer::json(307, ""), MOVED),
        (Answer::json(408, "{}"), "technical"),
        (Answer::json(429, "{}"), "technical"),
        (Answer::json(500, r#"{"status":"FAILED"}"#), "technical"),
        (Answer::html(200), "technical"),
        (Answer::json(200, r#"["FAILED"]"#), "technical"),
        (Answer::json(200, r#"{"status":"FAI"#), "technical"),
        (
            Answer::json(200, &padded),
            "too long A resposta da API de robôs é longa demais: passa de 8192 KiB.",
        ),
        (Answer::Cut(200), "technical"),
    ];
    for (answer, meaning) in answers {
        api.answers(answer);
        let error = rpa().job(&api.connection, &id("7")).await.unwrap_err();
        assert_eq!(kind(&error), meaning, "{error:?}");
    }
    api.answers(Answer::Hang(200));
    assert_eq!(
        kind(&hasty().job(&api.connection, &id("7")).await.unwrap_err()),
        "technical"
    );
    let broken = b"{\"status\":\"FAILED\",\"message\":\"a\xff\xfeb\"}".to_vec();
    api.answers(Answer::Whole(200, "application/json", broken));
    let job = rpa().job(&api.connection, &id("7")).await.unwrap();
    assert_eq!(job.body, json!({"status": "FAILED", "message": "a\u{fffd}\u{fffd}b"}));
}

#[tokio::test]
async fn long_results_are_in_memory_one_after_another() {
    let long = format!("{{\"status\":\"COMPLETED\"{}}}", " ".repeat(JOB_MAX_BYTES - 100));
    let api = Api::new(Answer::json(200, &long)).await;
    let (rpa, id) = (rpa(), id("7"));
    let first = rpa.job(&api.connection, &id).await.unwrap();
    let mut second = std::pin::pin!(rpa.job(&api.connection, &id));
    let waits = tokio::time::timeout(Duration::from_millis(500), second.as_mut()).await;
    assert!(waits.is_err(), "both are in memory at once");
    api.answers(Answer::json(200, r#"{"status":"RUNNING"}"#));
    let short = rpa.job(&api.connection, &id).await.unwrap();
    assert_eq!(short.status, RpaStatus::Running);
    drop(first);
    assert_eq!(second.await.unwrap().status, RpaStatus::Completed);
}
