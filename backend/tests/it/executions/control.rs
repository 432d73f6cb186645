//! Cancelling, repeating, many at once, and what waits for its turn.

use std::time::{Duration, Instant};

use esteira_shared::{ids::JobId, status::JobStatus};
use serde_json::{Value, json};

use super::{connect, detail, lines, process, robots, script, start, status, text, work};
use crate::{
    on_both,
    support::{Fixture, eventually},
};

on_both!(one_robot_at_a_time_for_a_process, |test| {
    let (fixture, processes) = robots(&test, "unico", 1, &["VIVO"]).await;
    let body = || json!({ "process_id": processes[0]["id"], "tipo": "DOWNLOAD_FATURA" });
    let both = tokio::join!(
        fixture.analyst.post("/api/v1/executions", body()),
        fixture.manager.post("/api/v1/executions", body())
    );
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", both.0.text(), both.1.text());
    let refused = fixture
        .analyst
        .post("/api/v1/executions", body())
        .await
        .refused(409, "execution_active");
    assert!(refused["details"]["execution_id"].is_string(), "{refused}");
    test.run_jobs().await;
    assert_eq!(test.rpa_counts().await["robos"], 1);
});

on_both!(what_cannot_be_started_says_why, |test| {
    let fixture = Fixture::new(&test, "semrobo").await;
    let processes = fixture.opened(&test, 1, &["TIM"], "2026-10").await;
    let body = || json!({ "process_id": processes[0]["id"], "tipo": "DOWNLOAD_FATURA" });
    fixture
        .analyst
        .post("/api/v1/executions", body())
        .await
        .refused(409, "operator_without_robot");
    let page = fixture.manager.get("/api/v1/operators").await.expect(200);
    let operator = &page["items"][0];
    let update = json!({
        "name": "TIM", "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true,
        "version": operator["version"],
    });
    fixture
        .manager
        .put(&format!("/api/v1/operators/{}", text(operator, "id")), update)
        .await
        .expect(200);
    fixture
        .analyst
        .post("/api/v1/executions", body())
        .await
        .refused(409, "rpa_not_configured");
    fixture
        .viewer
        .post("/api/v1/executions", body())
        .await
        .refused(403, "forbidden");
    let mut secret = body();
    secret["parametros"] = json!({ "senha": "x" });
    let field = fixture.analyst.post("/api/v1/executions", secret).await.refused_field();
    assert_eq!(field.0, "parametros");
});

on_both!(
    a_waiting_run_is_cancelled_at_once_and_a_running_one_by_a_deadline,
    |test| {
        let (fixture, processes) = robots(&test, "cancelar", 2, &["VIVO"]).await;
        let waiting = start(&fixture, &processes[0]).await;
        fixture
            .analyst
            .post(&format!("/api/v1/executions/{waiting}/cancel"), json!({}))
            .await
            .expect(200);
        assert_eq!(status(&fixture, &waiting).await, "CANCELADO");
        assert_eq!(
            process(&fixture, &processes[0]).await["process"]["status"],
            "AGUARDANDO_DOWNLOAD"
        );

        test.rpa(
            "opcoes",
            json!({ "duration_ms": [600_000, 600_000], "cancel_ms": [700, 700] }),
        )
        .await;
        let running = start(&fixture, &processes[1]).await;
        let working = work(&test);
        eventually("it runs", || async { status(&fixture, &running).await == "EXECUTANDO" }).await;
        assert_eq!(
            process(&fixture, &processes[1]).await["process"]["status"],
            "DOWNLOAD_EM_ANDAMENTO"
        );
        let asked = fixture
            .analyst
            .post(&format!("/api/v1/executions/{running}/cancel"), json!({}))
            .await
            .expect(200);
        assert!(asked["cancel_deadline"].is_string(), "{asked}");
        eventually("it ends", || async { status(&fixture, &running).await == "CANCELADO" }).await;
        let ended = detail(&fixture, &running).await;
        assert_eq!(ended["execution"]["mensagem_final"], "Cancelada; a API confirmou.");
        assert_eq!(
            process(&fixture, &processes[1]).await["process"]["status"],
            "AGUARDANDO_DOWNLOAD"
        );
        working.stop().await;
    }
);

on_both!(
    a_cancel_that_the_api_refuses_ends_by_the_deadline_all_the_same,
    |test| {
        let (fixture, processes) = robots(&test, "recusa", 2, &["VIVO"]).await;
        for (process, answer) in processes.iter().zip(["refuse", "hang"]) {
            script(&test, process, json!({ "duration_ms": 600_000, "cancel": answer })).await;
        }
        let runs = [
            start(&fixture, &processes[0]).await,
            start(&fixture, &processes[1]).await,
        ];
        let working = work(&test);
        for run in &runs {
            eventually("it runs", || async { status(&fixture, run).await == "EXECUTANDO" }).await;
        }
        let asked = Instant::now();
        for run in &runs {
            fixture
                .analyst
                .post(&format!("/api/v1/executions/{run}/cancel"), json!({}))
                .await
                .expect(200);
        }
        for (run, words) in runs
            .iter()
            .zip(["não aceitou o cancelamento", "não respondeu ao pedido"])
        {
            eventually("it ends", || async { status(&fixture, run).await == "CANCELADO" }).await;
            let said = text(&detail(&fixture, run).await["execution"], "mensagem_final");
            assert!(said.contains(words), "{said}");
        }
        assert!(asked.elapsed() < Duration::from_secs(13), "{:?}", asked.elapsed());
        working.stop().await;
    }
);

on_both!(limits_hold_for_the_organisation_and_for_each_operator, |test| {
    let (fixture, _) = robots(&test, "limites", 4, &["VIVO", "CLARO"]).await;
    connect(&fixture, json!({ "max_running": 5, "max_per_operator": 3 })).await;
    test.rpa("opcoes", json!({ "duration_ms": [600_000, 600_000] })).await;
    let dry = json!({ "target": { "filter": { "month": "2026-10" } }, "dry_run": true });
    let counted = fixture
        .analyst
        .post("/api/v1/processes/bulk/download", dry)
        .await
        .expect(200);
    assert_eq!((&counted["matching"], &counted["eligible"]), (&json!(8), &json!(8)));
    let all = json!({ "target": { "filter": { "month": "2026-10" } } });
    let started = fixture
        .analyst
        .post("/api/v1/processes/bulk/download", all)
        .await
        .expect(202);
    let bulk: JobId = text(&started, "job_id").parse().unwrap();
    let working = work(&test);
    eventually("all are asked for", || async {
        fixture.job(bulk).await.status == JobStatus::Succeeded
    })
    .await;
    let running = || async {
        let page = fixture
            .viewer
            .get("/api/v1/executions?status=EXECUTANDO")
            .await
            .expect(200);
        page["items"].as_array().unwrap().clone()
    };
    eventually("five run", || async { running().await.len() == 5 }).await;
    // A robot that were let start would work for ten minutes.
    let another = tokio::time::timeout(Duration::from_secs(20), test.run_jobs());
    assert_eq!(another.await.expect("no robot may start"), 0);
    let now = running().await;
    assert_eq!(now.len(), 5, "the organisation's limit holds");
    for operator in ["VIVO", "CLARO"] {
        let of = now.iter().filter(|run| run["operator_name"] == operator).count();
        assert!(of <= 3, "{of} of {operator}");
    }
    // Those that wait say why.
    let page = fixture
        .viewer
        .get("/api/v1/executions?status=PENDENTE")
        .await
        .expect(200);
    let waiting = page["items"].as_array().unwrap();
    assert_eq!(waiting.len(), 3);
    let checks = detail(&fixture, &text(&waiting[0], "id")).await["waiting"]["checks"].clone();
    let holds: Vec<&Value> = checks
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["passed"] == false)
        .collect();
    assert!(holds.iter().any(|check| check["check"] == "running"), "{checks}");
    // Raised while they run: more start at once.
    connect(&fixture, json!({ "max_running": 8, "max_per_operator": 4 })).await;
    eventually("all run", || async { running().await.len() == 8 }).await;
    // And all of them are ended with one request.
    let cancel = json!({ "action": "cancel", "target": { "filter": {} } });
    fixture
        .analyst
        .post("/api/v1/executions/bulk", cancel)
        .await
        .expect(202);
    eventually("none runs", || async { running().await.is_empty() }).await;
    let rerun = json!({ "action": "rerun", "target": { "filter": { "status": "CANCELADO" } }, "dry_run": true });
    let counted = fixture.analyst.post("/api/v1/executions/bulk", rerun).await.expect(200);
    assert_eq!(counted["eligible"], 8);
    working.stop().await;
});

on_both!(another_run_may_have_other_parameters, |test| {
    let (fixture, processes) = robots(&test, "parametros", 1, &["VIVO"]).await;
    test.rpa("opcoes", json!({ "business_rate": 1.0 })).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let other = json!({ "parametros": { "navegador": "firefox" } });
    let again = fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/rerun"), other)
        .await
        .expect(201);
    test.run_jobs().await;
    let seen = detail(&fixture, &text(&again, "id")).await;
    assert_eq!(seen["parametros"], json!({ "navegador": "firefox" }));
    assert_eq!(seen["parametros_entrada"]["navegador"], "firefox");
    let odd = json!({ "parametros": { "hash_execucao": "x" } });
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{run}/rerun"), odd)
        .await
        .refused(422, "validation");
});

on_both!(lists_filter_and_page, |test| {
    let (fixture, processes) = robots(&test, "lista", 6, &["VIVO", "OI"]).await;
    let mut runs = Vec::new();
    for process in &processes {
        runs.push(start(&fixture, process).await);
    }
    // One in the middle is in another status, so that both are read in turns.
    fixture
        .analyst
        .post(&format!("/api/v1/executions/{}/cancel", runs[6]), json!({}))
        .await
        .expect(200);
    let count = async |query: &str| {
        let page = fixture
            .viewer
            .get(&format!("/api/v1/executions?{query}"))
            .await
            .expect(200);
        page["total"]["count"].as_i64().unwrap()
    };
    assert_eq!(count("").await, 12);
    let operator = text(&processes[0], "operator_id");
    assert_eq!(count(&format!("operator_id={operator}")).await, 6);
    assert_eq!(count("month=2026-10&tipo=DOWNLOAD_FATURA&status=PENDENTE").await, 11);
    assert_eq!(count("status=CANCELADO").await, 1);
    assert_eq!(count("status=CANCELADO,PENDENTE,CANCELADO").await, 12);
    assert_eq!(count("status=EXECUTANDO,FALHOU").await, 0);
    assert_eq!(count("status=PENDENTE,EXECUTANDO,CONCLUIDO,FALHOU,CANCELADO").await, 12);
    assert_eq!(count("month=2026-09").await, 0);
    assert_eq!(count("q=cliente 003").await, 2);
    assert_eq!(count("unknown=true").await, 0);
    for filter in ["", "&status=PENDENTE,CANCELADO"] {
        let (mut seen, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let page = fixture
                .viewer
                .get(&format!("/api/v1/executions?limit=5&sort=created{filter}{after}"))
                .await
                .expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|one| text(one, "id")));
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!((seen.len(), &sorted), (12, &seen), "{filter}");
    }
    let several = json!({ "status": "PENDENTE,CANCELADO" });
    let cancel = json!({ "action": "cancel", "target": { "filter": several }, "dry_run": true });
    let counted = fixture
        .analyst
        .post("/api/v1/executions/bulk", cancel)
        .await
        .expect(200);
    assert_eq!((&counted["matching"], &counted["eligible"]), (&json!(12), &json!(11)));
    let refused = fixture
        .viewer
        .get("/api/v1/executions?status=PENDENTE,PRONTO")
        .await
        .refused_field();
    assert_eq!(refused, ("status".to_owned(), "invalid".to_owned()));
    fixture
        .viewer
        .get("/api/v1/executions?nothing=1")
        .await
        .refused(422, "validation");
});

on_both!(older_tools_start_watch_and_cancel, |test| {
    let (fixture, processes) = robots(&test, "antigas", 2, &["VIVO"]).await;
    let path = format!("/api/v2/externos/executar/{}", text(&processes[0], "id"));
    let working = work(&test);
    let started = fixture
        .analyst
        .post(&path, json!({ "tipo": "rpa", "sincrono": true }))
        .await
        .expect(200);
    assert_eq!(started["success"], true);
    let run = text(&started, "job_id");
    let answer = fixture
        .viewer
        .get(&format!("/api/v2/externos/status/{run}"))
        .await
        .expect(200);
    assert_eq!(answer["success"], true);
    assert_eq!(
        (&answer["status"]["status"], &answer["status"]["progress"]),
        (&json!("COMPLETED"), &json!(100))
    );
    assert_eq!(
        answer["status"]["logs"].as_array().unwrap().len(),
        lines(&fixture, &run).await.len()
    );
    test.rpa("opcoes", json!({ "duration_ms": [600_000, 600_000] })).await;
    let path = format!("/api/v2/externos/executar/{}", text(&processes[1], "id"));
    let started = fixture
        .analyst
        .post(&path, json!({ "tipo": "rpa", "sincrono": false }))
        .await
        .expect(200);
    let run = text(&started, "job_id");
    let word = || async {
        let answer = fixture
            .viewer
            .get(&format!("/api/v2/externos/status/{run}"))
            .await
            .expect(200);
        text(&answer["status"], "status")
    };
    eventually("it runs", || async { word().await == "RUNNING" }).await;
    let cancelled = fixture
        .analyst
        .delete(&format!("/api/v2/externos/cancelar/{run}"))
        .await
        .expect(200);
    assert_eq!(cancelled, json!({ "success": true }));
    eventually("it is cancelled", || async { word().await == "CANCELLED" }).await;
    working.stop().await;
});
