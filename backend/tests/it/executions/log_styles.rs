//! Logs as different vendors hand them out: each line is kept once, and what is missing or unreadable says so.

mod styles;

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use self::styles::{Asked, styles};
use super::{connect, lines, robots, start, status, text, work};
use crate::{
    on_both,
    support::{eventually, serve},
};

/// Lines that a robot prints between two questions, and in all.
const EACH: usize = 4;

const ALL: usize = 12;

fn line(number: usize) -> String {
    format!("linha {number}")
}

fn numbers(from: usize, to: usize) -> Vec<String> {
    (from..=to).map(line).collect()
}

/// How often each log was asked for.
type Times = Arc<Mutex<HashMap<String, usize>>>;

async fn get_log(State(times): State<Times>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let time = {
        let mut times = times.lock().unwrap();
        let time = times.entry(id.clone()).or_default();
        *time += 1;
        *time
    };
    let words = |value: &HeaderValue| String::from_utf8(value.as_bytes().to_vec()).unwrap();
    let asked = Asked {
        time,
        last_event_id: headers.get("last-event-id").map(words),
    };
    match styles().into_iter().find(|(name, ..)| *name == id) {
        Some((_, answer, _)) => answer(&asked),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Over when everything was printed and somebody may have seen it.
async fn get_job(State(times): State<Times>, Path(id): Path<String>) -> Json<Value> {
    let over = times.lock().unwrap().get(&id).copied().unwrap_or_default() >= ALL / EACH;
    Json(json!({ "status": if over { "COMPLETED" } else { "RUNNING" } }))
}

/// One API for all vendors; a job has the name of its operator.
async fn api() -> String {
    let router =
        Router::new()
            .route(
                "/executar/{operadora}",
                post(|Path(operadora): Path<String>, Json(_): Json<Value>| async move {
                    Json(json!({ "job_id": operadora }))
                }),
            )
            .route("/jobs/{id}", get(get_job))
            .route("/jobs/{id}/logs", get(get_log))
            .with_state(Times::default());
    serve(router).await
}

on_both!(a_log_is_kept_line_by_line_however_a_vendor_hands_it_out, |test| {
    let styles = styles();
    let names: Vec<&str> = styles.iter().map(|(name, ..)| *name).collect();
    let (fixture, processes) = robots(&test, "estilos", 1, &names).await;
    assert_eq!(processes.len(), styles.len());
    let url = api().await;
    connect(
        &fixture,
        json!({ "url": url, "max_running": 50, "max_per_operator": 50 }),
    )
    .await;
    let mut runs = Vec::new();
    for process in &processes {
        runs.push((text(process, "operator_name"), start(&fixture, process).await));
    }
    test.run_jobs().await;
    let mut wrong = String::new();
    for (name, run) in runs {
        let (_, _, expected) = styles.iter().find(|(style, ..)| *style == name).unwrap();
        let kept = lines(&fixture, &run).await;
        if kept != *expected {
            let _ = writeln!(wrong, "{name}: {kept:#?}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
});

/// The newest lines only, three more each time, with or without numbers that begin anew.
async fn windows(number_anew: bool) -> (String, Arc<Mutex<usize>>) {
    const WINDOW: usize = 10;
    let printed = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&printed);
    let log = move || {
        let to: usize = {
            let mut counted = counted.lock().unwrap();
            *counted += 3;
            *counted
        };
        let first = to.saturating_sub(WINDOW) + 1;
        let one = move |number| match number_anew {
            true => json!({ "n": number - first + 1, "message": line(number) }),
            false => json!(line(number)),
        };
        async move { Json(json!((first..=to).map(one).collect::<Vec<_>>())) }
    };
    let seen = Arc::clone(&printed);
    let job = move || {
        let over = *seen.lock().unwrap() >= 18;
        async move { Json(json!({ "status": if over { "COMPLETED" } else { "RUNNING" } })) }
    };
    let router = Router::new()
        .route(
            "/executar/{operadora}",
            post(|Json(_): Json<Value>| async { Json(json!({ "job_id": 1 })) }),
        )
        .route("/jobs/{id}", get(job))
        .route("/jobs/{id}/logs", get(log));
    (serve(router).await, printed)
}

on_both!(another_worker_finds_the_place_by_what_is_kept, |test| {
    for (name, number_anew) in [("sem-numeros", false), ("numeros-de-novo", true)] {
        let (fixture, processes) = robots(&test, name, 1, &["VIVO"]).await;
        let (url, printed) = windows(number_anew).await;
        connect(&fixture, json!({ "url": url })).await;
        let run = start(&fixture, &processes[0]).await;
        let first = work(&test);
        eventually("some lines are kept", || async {
            lines(&fixture, &run).await.len() >= 9
        })
        .await;
        first.stop().await;
        eventually("another worker ends it", || async {
            test.run_jobs().await;
            status(&fixture, &run).await == "FALHOU"
        })
        .await;
        let told = *printed.lock().unwrap();
        let kept = lines(&fixture, &run).await;
        assert!(kept.len() + 3 > told && kept.len() <= told, "{told}: {kept:?}");
        assert_eq!(kept, numbers(1, kept.len()), "{name}");
    }
});

on_both!(lines_that_come_with_the_status_are_joined_too, |test| {
    let printed = Arc::new(Mutex::new(0));
    // The log is refused three times before its lines are looked for in the status, of which each has the last four.
    let job = move || {
        let to = {
            let mut printed = printed.lock().unwrap();
            *printed += 1;
            *printed
        };
        let over = to >= 20;
        let shown = numbers(usize::saturating_sub(to, 4) + 1, to);
        async move { Json(json!({ "status": if over { "COMPLETED" } else { "RUNNING" }, "progress": to, "logs": shown })) }
    };
    let router = Router::new()
        .route(
            "/executar/{operadora}",
            post(|Json(_): Json<Value>| async { Json(json!({ "job_id": 1 })) }),
        )
        .route("/jobs/{id}", get(job))
        .route("/jobs/{id}/logs", get(|| async { StatusCode::NOT_FOUND }));
    let url = serve(router).await;
    let (fixture, processes) = robots(&test, "no-status", 1, &["VIVO"]).await;
    connect(&fixture, json!({ "url": url })).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let kept = lines(&fixture, &run).await;
    let first = 20 - kept.len() + 1;
    assert!(kept.len() >= 4, "{kept:?}");
    assert_eq!(kept, numbers(first, 20), "one after another, each once");
});
