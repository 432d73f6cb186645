//! What a robot shows while it lives.

use super::*;

#[tokio::test]
async fn a_download_comes_to_a_result_in_the_shape_of_the_contract() {
    let simulator = Running::start(RpaOptions::default()).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let over = simulator.until_over(&id).await;
    assert_eq!(over["job_id"], id.as_str());
    assert_eq!((&over["status"], &over["progress"]), (&json!("COMPLETED"), &json!(100)));
    assert_eq!(over["success"], true);
    assert!(over["timestamp"].as_str().unwrap().ends_with('Z') && over["message"].is_string());
    let process = &over["processes"][0];
    assert_eq!(process["hash_execucao"], HASH);
    assert_eq!(process["status_final"], "UPLOADED_SAT");
    assert_eq!(process["cliente"], "Clínica Saúde Total");
    assert_eq!(
        (&process["operadora"], &process["servico"]),
        (&json!("VIVO"), &json!("DOWNLOAD_FATURAS"))
    );
    assert!(process["criado_em"].is_string() && process["finalizado_em"].is_string());
    assert!(process["metricas"]["tempo_execucao_segundos"].is_u64() && process.get("detalhes").is_none());
    let invoice = &process["faturas"][0];
    assert_eq!(invoice["caminho"], "s3://robos/VIVO/2025-10/44556677000188.pdf");
    assert_eq!((&invoice["mes"], &invoice["ano"]), (&json!(10), &json!(2025)));
    assert!(
        invoice["data_vencimento"].as_str().unwrap().ends_with("-10-2025"),
        "{invoice}"
    );
    let value: esteira_shared::money::Money = invoice["valor_fatura"].as_str().unwrap().parse().unwrap();
    assert!(value.0 > 0);
    let last = over["logs"].as_array().unwrap().last().unwrap().as_str().unwrap();
    assert!(last.contains("\x1b[32mConcluído: 1 fatura de 10/2025"), "{last}");
}

#[tokio::test]
async fn an_upload_names_the_file_that_it_was_given() {
    let simulator = Running::start(RpaOptions::default()).await;
    let id = simulator
        .robot(&upload_order("VIVO-44556677000188-UPLOAD-2025-10"))
        .await;
    let over = simulator.until_over(&id).await;
    let process = &over["processes"][0];
    assert_eq!(process["servico"], "UPLOAD_SAT");
    assert_eq!(process["faturas"][0]["caminho"], "s3://beg/pdfs/VIVO/fatura.pdf");
}

#[tokio::test]
async fn logs_are_told_whole_as_json_and_from_any_line_on_as_a_stream() {
    let options = RpaOptions {
        log_lines: (60, 60),
        ..RpaOptions::default()
    };
    let simulator = Running::start(options).await;
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let over = simulator.until_over(&id).await;
    assert_eq!(over["logs"].as_array().unwrap().len(), 20);
    let (_, whole) = simulator.get(&format!("/jobs/{id}/logs")).await;
    let lines = whole["logs"].as_array().unwrap();
    assert_eq!(lines.len(), 60);
    assert!(lines.iter().zip(1..).all(|(line, n)| line["n"] == n), "{whole}");
    assert_eq!(lines[0]["message"], "Abrindo o portal VIVO");
    assert!(lines.iter().any(|line| line["level"] == "DEBUG") && lines.iter().any(|line| line["level"] == "INFO"));
    assert!(
        lines
            .iter()
            .any(|line| line["message"].as_str().unwrap().contains("***1234"))
    );

    let stream = simulator.stream(&id, None).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let text = stream.text().await.unwrap();
    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!(events.len(), 61, "{text}");
    let first = events[0].strip_prefix("id: 1\ndata: ").unwrap();
    assert_eq!(serde_json::from_str::<Value>(first).unwrap(), lines[0]);
    assert_eq!(events[60], "event: end\ndata: {\"status\":\"COMPLETED\"}");

    let rest = simulator.stream(&id, Some("58")).await.text().await.unwrap();
    assert!(rest.starts_with("id: 59\n"), "{rest}");
    assert_eq!(rest.matches("id: ").count(), 2, "{rest}");
    let nothing = simulator.stream(&id, Some("60")).await.text().await.unwrap();
    assert!(nothing.starts_with("event: end\n"), "{nothing}");
}

#[tokio::test]
async fn a_stream_follows_a_robot_at_work() {
    let simulator = Running::start(RpaOptions::default()).await;
    let script = json!({ "duration_ms": LONG_MS.0, "logs": ["primeira", "segunda"] });
    assert_eq!(simulator.put(&format!("/roteiros/{HASH}"), script).await, 200);
    let id = simulator.robot(&order(HASH, "segredo")).await;
    let mut stream = simulator.stream(&id, None).await;
    let mut read = String::new();
    while !read.contains("primeira") {
        read.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert_eq!(simulator.get(&format!("/jobs/{id}")).await.1["status"], "RUNNING");
    assert_eq!(
        simulator.delete(&format!("/jobs/{id}")).await,
        (202, json!({ "success": true }))
    );
    while let Some(chunk) = stream.chunk().await.unwrap() {
        read.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(
        read.contains("id: 2\n") && read.contains("\"level\":\"WARN\""),
        "{read}"
    );
    assert!(
        read.ends_with("event: end\ndata: {\"status\":\"CANCELLED\"}\n\n"),
        "{read}"
    );
    assert!(!read.contains("segunda"), "{read}");
}

#[tokio::test]
async fn a_robot_waits_for_its_turn_and_reports_its_steps() {
    let waiting = Running::start(RpaOptions {
        pending_ms: LONG_MS,
        ..RpaOptions::default()
    })
    .await;
    let id = waiting.robot(&order(HASH, "segredo")).await;
    let seen = waiting.get(&format!("/jobs/{id}")).await.1;
    assert_eq!(
        seen,
        json!({ "job_id": id, "status": "PENDING", "progress": 0, "logs": [] })
    );

    let working = Running::start(RpaOptions {
        duration_ms: (700, 700),
        ..RpaOptions::default()
    })
    .await;
    let id = working.robot(&order(HASH, "segredo")).await;
    let mut steps = Vec::new();
    loop {
        let seen = working.get(&format!("/jobs/{id}")).await.1;
        steps.push(seen["progress"].as_u64().unwrap());
        if seen["status"] == "COMPLETED" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(steps.is_sorted(), "{steps:?}");
    assert!(steps.iter().any(|step| (1..100).contains(step)), "{steps:?}");
    assert!(
        steps.iter().all(|step| [0, 14, 28, 42, 57, 71, 85, 100].contains(step)),
        "{steps:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_robots_live_at_once() {
    let simulator = Running::start(RpaOptions {
        duration_ms: (50, 400),
        ..RpaOptions::default()
    })
    .await;
    for n in 0..300 {
        simulator.robot(&order(&format!("VIVO-{n}"), "segredo")).await;
    }
    simulator.until_counted("ativos", 0).await;
    let (_, jobs) = simulator.get("/jobs").await;
    let jobs = jobs.as_array().unwrap();
    assert_eq!(jobs.len(), 300);
    assert!(
        jobs.iter()
            .all(|job| job["status"] == "COMPLETED" && job["linhas"] == 14),
        "{jobs:?}"
    );
}
