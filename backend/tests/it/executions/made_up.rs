//! `esteira simulate execution`: results that no robot brought.

use std::process::{Command, Output};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{detail, hash, process, robots, script, start, text};
use crate::{
    on_both,
    support::{Fixture, TestApp, eventually, pdf},
};

async fn status(fixture: &Fixture, one: &Value) -> String {
    text(&process(fixture, one).await["process"], "status")
}

/// `esteira simulate execution …` beside the server.
fn simulate(test: &TestApp, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_esteira"));
    command
        .args(["simulate", "execution"])
        .args(arguments)
        .envs(test.vars());
    tokio::task::block_in_place(|| command.output()).unwrap()
}

fn simulated(test: &TestApp, arguments: &[&str]) -> String {
    let output = simulate(test, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

on_both!(listed_are_processes_that_a_made_up_result_can_reach, |test| {
    let (fixture, processes) = robots(&test, "listados", 3, &["VIVO", "TIM"]).await;
    let page = fixture.manager.get("/api/v1/operators").await.expect(200);
    let all = page["items"].as_array().unwrap();
    let tim = all.iter().find(|operator| operator["name"] == "TIM").unwrap();
    let update = json!({
        "name": "TIM", "possui_rpa": false, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true,
        "version": tim["version"],
    });
    let path = format!("/api/v1/operators/{}", text(tim, "id"));
    fixture.manager.put(&path, update).await.expect(200);
    let (with, without): (Vec<&Value>, Vec<&Value>) = processes.iter().partition(|one| one["operator_name"] == "VIVO");
    assert_eq!((with.len(), without.len()), (3, 3));
    start(&fixture, with[0]).await;

    let listed = simulated(&test, &["list"]);
    let is_listed = |one: &Value| listed.contains(&text(one, "id"));
    assert!(!is_listed(with[0]), "a run waits for it: {listed}");
    assert!(is_listed(with[1]) && is_listed(with[2]), "{listed}");
    assert!(!without.iter().any(|one| is_listed(one)), "no robot: {listed}");
});

on_both!(a_made_up_result_ends_well_or_badly, |test| {
    let (fixture, processes) = robots(&test, "feitos", 2, &["VIVO"]).await;
    let well = simulated(&test, &["success", &text(&processes[0], "id")]);
    assert!(well.contains("CONCLUIDO"), "{well}");
    assert!(
        well.contains(&hash(&processes[0])) && well.contains("applied"),
        "{well}"
    );
    assert_eq!(status(&fixture, &processes[0]).await, "AGUARDANDO_APROVACAO");

    let badly = simulated(&test, &["error", &text(&processes[1], "id")]);
    assert!(badly.contains("FALHOU") && badly.contains("applied"), "{badly}");
    let row = process(&fixture, &processes[1]).await["process"].clone();
    assert_eq!(row["status"], "ERRO_DOWNLOAD");
    assert!(
        text(&row["error"], "recommended_action").contains("Atualizar senha"),
        "{row}"
    );
    test.run_jobs().await;
    assert_eq!(test.rpa_counts().await["robos"], 0);
});

on_both!(a_made_up_result_for_several_chooses_those_that_it_reaches, |test| {
    let (fixture, processes) = robots(&test, "escolhidos", 5, &["VIVO"]).await;
    // As they were opened, which is how they would be chosen without looking.
    let mut opened: Vec<&Value> = processes.iter().collect();
    opened.sort_by_key(|one| text(one, "id"));
    start(&fixture, opened[0]).await;
    let rejected = text(opened[1], "id");
    let uploaded = fixture.analyst.upload(&rejected, "a.pdf", pdf(1)).await.expect(201)["process"].clone();
    let reason = json!({ "version": uploaded["version"], "reason": "Outra conta." });
    let path = format!("/api/v1/processes/{rejected}/reject");
    fixture.analyst.post(&path, reason).await.expect(200);
    simulated(&test, &["error", &text(opened[2], "id")]);

    let several = simulated(&test, &["multiple"]);
    assert_eq!(several.matches(" applied ").count(), 3, "{several}");
    let mut statuses = Vec::new();
    for one in &opened {
        statuses.push(status(&fixture, one).await);
    }
    assert_eq!(
        statuses,
        [
            "AGUARDANDO_DOWNLOAD",
            "REJEITADO",
            // Chosen last, after those that never failed.
            "ERRO_DOWNLOAD",
            "AGUARDANDO_APROVACAO",
            "AGUARDANDO_APROVACAO",
        ]
    );
    let again = simulate(&test, &["multiple"]);
    assert!(!again.status.success());
    let error = String::from_utf8_lossy(&again.stderr);
    assert!(error.contains("it takes 3 processes"), "{error}");
});

on_both!(a_made_up_result_ends_the_run_under_way_and_its_robot, |test| {
    let (fixture, processes) = robots(&test, "tomados", 1, &["VIVO"]).await;
    script(&test, &processes[0], json!({ "duration_ms": 600_000 })).await;
    let run = start(&fixture, &processes[0]).await;
    let stop = CancellationToken::new();
    let working = tokio::spawn(test.worker().run(stop.clone()));
    eventually("it runs", || async {
        status(&fixture, &processes[0]).await == "DOWNLOAD_EM_ANDAMENTO"
    })
    .await;
    assert_eq!(test.rpa_counts().await["ativos"], 1);

    let said = simulated(&test, &["success", &text(&processes[0], "id")]);
    assert!(said.contains("CONCLUIDO") && said.contains("applied"), "{said}");
    eventually("its robot is cancelled", || async {
        test.rpa_counts().await["ativos"] == 0
    })
    .await;
    stop.cancel();
    working.await.unwrap();
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["status"], "CONCLUIDO", "{seen}");
    assert_eq!(
        seen["execution"]["mensagem_final"],
        "Processo concluído (resultado simulado)."
    );
    assert_eq!(seen["chain"].as_array().unwrap().len(), 1);
    assert_eq!(status(&fixture, &processes[0]).await, "AGUARDANDO_APROVACAO");
});
