//! Starts and the calls around them.

use super::*;

#[tokio::test]
async fn a_repeated_key_starts_nothing() {
    let simulator = Running::start(RpaOptions::default()).await;
    let (status, first) = simulator.execute("k1", &order(HASH, "segredo")).await;
    assert_eq!(status, 202);
    assert_eq!(
        simulator.execute("k1", &order(HASH, "segredo")).await,
        (200, first.clone())
    );
    let (status, other) = simulator.execute("k2", &order(HASH, "segredo")).await;
    assert_eq!(status, 202);
    assert_ne!(other, first);
    simulator.until_over(&id_in(&first)).await;
    simulator.until_over(&id_in(&other)).await;
    let expected =
        json!({ "inicios": 3, "robos": 2, "por_chave": {"k1": 1, "k2": 1}, "por_hash": {HASH: 2}, "ativos": 0 });
    assert_eq!(simulator.get("/contagem").await.1, expected);

    assert_eq!(simulator.delete("/jobs").await, (200, json!({ "removidos": 2 })));
    let none = json!({ "inicios": 0, "robos": 0, "por_chave": {}, "por_hash": {}, "ativos": 0 });
    assert_eq!(simulator.get("/contagem").await.1, none);
    assert_eq!(simulator.get(&format!("/jobs/{}", id_in(&first))).await.0, 404);
}

#[tokio::test]
async fn an_api_that_honours_no_keys_starts_a_second_robot() {
    let simulator = Running::start(RpaOptions {
        honours_keys: false,
        duration_ms: LONG_MS,
        ..RpaOptions::default()
    })
    .await;
    let (_, first) = simulator.execute("k1", &order(HASH, "segredo")).await;
    let (status, second) = simulator.execute("k1", &order(HASH, "segredo")).await;
    assert_eq!(status, 202);
    assert_ne!(first, second);
    let count = simulator.get("/contagem").await.1;
    assert_eq!(
        (&count["por_chave"], &count["ativos"]),
        (&json!({ "k1": 2 }), &json!(2))
    );
    assert_eq!(simulator.get("/vigilia").await.1["mais_ativos"], 2);
}

#[tokio::test]
async fn a_status_may_be_unknown_or_missing() {
    let simulator = Running::start(RpaOptions::default()).await;
    let script = json!({ "http": ["unknown_status", "no_status"] });
    assert_eq!(simulator.put(&format!("/roteiros/{HASH}"), script).await, 200);
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let path = format!("/jobs/{id}");
    assert_eq!(simulator.get(&path).await.1["status"], "EM_ANALISE");
    let (_, without) = simulator.get(&path).await;
    assert_eq!((&without["status"], &without["job_id"]), (&Value::Null, &json!(id)));
    assert_eq!(simulator.until_over(&id).await["status"], "COMPLETED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_sent_at_once_by_many_starts_one_robot() {
    let simulator = Arc::new(Running::start(RpaOptions::default()).await);
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let simulator = simulator.clone();
        senders.spawn(async move { simulator.execute("k1", &order(HASH, "segredo")).await });
    }
    let answers = senders.join_all().await;
    assert_eq!(
        answers.iter().filter(|(status, _)| *status == 202).count(),
        1,
        "{answers:?}"
    );
    assert!(answers.iter().all(|(_, answer)| *answer == answers[0].1), "{answers:?}");
    let count = simulator.get("/contagem").await.1;
    assert_eq!((&count["inicios"], &count["robos"]), (&json!(12), &json!(1)));
}

async fn refused(simulator: &Running, change: fn(&mut Value)) -> (u16, String) {
    let mut body = order(HASH, "segredo");
    change(&mut body);
    let (status, answer) = simulator.execute("k1", &body).await;
    (status, answer["erro"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_is_not_a_start_is_refused() {
    let simulator = Running::start(RpaOptions::default()).await;
    let (status, problem) = refused(&simulator, |body| body["hash_execucao"] = Value::Null).await;
    assert_eq!(status, 400);
    assert!(problem.contains("hash_execucao"), "{problem}");
    let (status, problem) = refused(&simulator, |body| body["senha"] = json!(918_273)).await;
    assert_eq!(status, 400);
    assert!(problem.contains("senha") && !problem.contains("918273"), "{problem}");
    let changes: [fn(&mut Value); 6] = [
        |body| body["hash_execucao"] = json!(""),
        |body| body["mes"] = json!(13),
        |body| body["servico"] = json!("OUTRO"),
        // An upload needs its file.
        |body| body["servico"] = json!("UPLOAD_SAT"),
        |body| body["cliente"] = json!({ "razao_social": "A" }),
        |body| *body = json!([]),
    ];
    for (change, n) in changes.into_iter().zip(0..) {
        let (status, problem) = refused(&simulator, change).await;
        assert_eq!((status, problem.is_empty()), (400, false), "change {n}");
    }
    let request = simulator.client.post(format!("{}/executar/VIVO", simulator.base));
    assert_eq!(request.body("{").send().await.unwrap().status(), 400);
    assert_eq!(simulator.get("/contagem").await.1["inicios"], 0);
}

#[tokio::test]
async fn the_password_is_never_told() {
    let simulator = Running::start(RpaOptions::default()).await;
    let id = simulator.robot(&order(HASH, "segredo-muito-raro")).await;
    simulator.until_over(&id).await;
    let (status, logs) = (format!("/jobs/{id}"), format!("/jobs/{id}/logs"));
    for path in ["/jobs", "/contagem", "/opcoes", status.as_str(), logs.as_str()] {
        let text = simulator.send(Method::GET, path, None).await.text().await.unwrap();
        assert!(text.len() > 2 && !text.contains("segredo-muito-raro"), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_start_whose_answer_is_lost_has_started() {
    for seed in 0..4 {
        let simulator = Running::start(RpaOptions {
            lost_answer_rate: 1.0,
            seed,
            ..RpaOptions::default()
        })
        .await;
        let request = simulator.client.post(format!("{}/executar/VIVO", simulator.base));
        let request = request.header("Idempotency-Key", "k1").json(&order(HASH, "segredo"));
        let heard = match request.send().await {
            Ok(response) => response.json::<Value>().await.ok(),
            Err(_) => None,
        };
        assert_eq!(heard, None);
        let (status, answer) = simulator.execute("k1", &order(HASH, "segredo")).await;
        assert_eq!(status, 200);
        assert_eq!(simulator.until_over(&id_in(&answer)).await["status"], "COMPLETED");
        let count = simulator.get("/contagem").await.1;
        assert_eq!((&count["inicios"], &count["robos"]), (&json!(2), &json!(1)));
    }
}

#[tokio::test]
async fn ids_may_be_numbers_and_logs_only_json() {
    let simulator = Running::start(RpaOptions {
        numeric_ids: true,
        sse: false,
        ..RpaOptions::default()
    })
    .await;
    let (_, first) = simulator.execute("", &order(HASH, "segredo")).await;
    let (_, second) = simulator.execute("", &order(HASH, "segredo")).await;
    assert!(first["job_id"].as_u64().unwrap() < second["job_id"].as_u64().unwrap());
    let id = id_in(&first);
    assert_eq!(simulator.until_over(&id).await["job_id"], first["job_id"]);
    let logs: Value = simulator.stream(&id, None).await.json().await.unwrap();
    assert_eq!(logs["logs"].as_array().unwrap().len(), 14);
}

#[tokio::test]
async fn the_invoice_can_be_fetched_and_is_a_pdf() {
    let simulator = Running::start(RpaOptions::default()).await;
    let place = "/s3/robos/VIVO/2025-10/44556677000188.pdf";
    let missing = simulator.send(Method::GET, place, None).await;
    assert_eq!(missing.status(), 404);
    assert!(missing.text().await.unwrap().contains("<Code>NoSuchKey</Code>"));
    let id = simulator.robot(&order(HASH, "segredo")).await;
    simulator.until_over(&id).await;

    let found = simulator.send(Method::GET, place, None).await;
    assert_eq!(found.status(), 200);
    assert_eq!(found.headers()["content-type"], "application/pdf");
    assert!(found.headers()["etag"].to_str().unwrap().starts_with('"'));
    assert!(found.headers()["last-modified"].to_str().unwrap().ends_with(" GMT"));
    let pdf = found.bytes().await.unwrap();
    assert_eq!(crate::pdf::inspect(&pdf).unwrap().pages, 1);
    let head = simulator.send(Method::HEAD, place, None).await;
    assert_eq!(
        head.headers()["content-length"].to_str().unwrap(),
        pdf.len().to_string()
    );
    let again = simulator.send(Method::GET, place, None).await.bytes().await.unwrap();
    assert_eq!(again, pdf);
    assert_eq!(simulator.get("/s3/outro/VIVO/2025-10/44556677000188.pdf").await.0, 404);
}
