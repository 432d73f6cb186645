//! Logs as different vendors hand them out: each line is kept once, and what is missing or unreadable says so.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{connect, lines, robots, start, status, text, work};
use crate::{
    on_both,
    support::{eventually, serve},
};

/// Lines that a robot prints between two questions, and in all.
const EACH: usize = 4;
const ALL: usize = 12;
const EVENTS: &str = "text/event-stream";
const TEXT: &str = "text/plain; charset=utf-8";

fn line(number: usize) -> String {
    format!("linha {number}")
}

fn numbers(from: usize, to: usize) -> Vec<String> {
    (from..=to).map(line).collect()
}

fn own(text: &str) -> String {
    format!("[esteira] {text}")
}

/// A question about a log.
struct Asked {
    /// The first is 1.
    time: usize,
    last_event_id: Option<String>,
}

impl Asked {
    /// Lines printed by now.
    fn printed(&self) -> usize {
        (EACH * self.time).min(ALL)
    }

    /// Lines printed when it was asked the time before.
    fn before(&self) -> usize {
        (EACH * (self.time - 1)).min(ALL)
    }

    /// The first of the newest lines.
    fn window(&self, lines: usize) -> usize {
        self.printed().saturating_sub(lines) + 1
    }

    /// Where an API goes on that knows its own word for a line. Any other word is a mistake, which is told in the log.
    fn goes_on(&self, word: impl Fn(usize) -> String) -> Result<usize, String> {
        let expected = (self.time > 1).then(|| word(self.before()));
        match self.last_event_id == expected {
            true => Ok(self.before() + 1),
            false => Err(format!("{:?} em vez de {expected:?}", self.last_event_id)),
        }
    }
}

fn events(from: usize, to: usize, event: impl Fn(usize) -> String) -> String {
    (from..=to).map(event).collect()
}

fn event(id: impl std::fmt::Display, number: usize) -> String {
    format!("id: {id}\ndata: {}\n\n", line(number))
}

fn answer(kind: &'static str, body: impl Into<String>) -> Response {
    ([(CONTENT_TYPE, kind)], body.into()).into_response()
}

fn resumed(asked: &Asked, word: impl Fn(usize) -> String) -> Response {
    let body = match asked.goes_on(&word) {
        Ok(from) => events(from, asked.printed(), |number| event(word(number), number)),
        Err(wrong) => format!("data: {wrong}\n\n"),
    };
    answer(EVENTS, body)
}

fn json_lines(to: usize) -> String {
    let one = |number| json!({ "n": number, "mensagem": line(number) }).to_string() + "\n";
    (1..=to).map(one).collect()
}

fn listed(from: usize, to: usize, n: impl Fn(usize) -> usize) -> Response {
    let one = |number| json!({ "n": n(number), "message": line(number) });
    Json(json!({ "logs": (from..=to).map(one).collect::<Vec<_>>() })).into_response()
}

/// A vendor: its name, how it answers, and what is kept in the end.
type Style = (&'static str, fn(&Asked) -> Response, Vec<String>);

fn style(name: &'static str, answer: fn(&Asked) -> Response, kept: Vec<String>) -> Style {
    (name, answer, kept)
}

fn styles() -> Vec<Style> {
    let all = || numbers(1, ALL);
    let missing = |from: usize, to: usize| own(&format!("a API de robôs não entregou as linhas {from} a {to} do log"));
    let torn = own("o que a API de robôs entregou agora não continua o que já está no log: podem faltar linhas aqui");
    let strange = own("o log do robô não pode ser lido: na resposta (application/xml) não se reconhecem linhas");
    vec![
        style(
            "DOCUMENTADA",
            |asked| resumed(asked, |number| number.to_string()),
            all(),
        ),
        style(
            "INTEIRA",
            |asked| answer(EVENTS, events(1, asked.printed(), |number| event(number, number))),
            all(),
        ),
        style("ZERO", |asked| resumed(asked, |number| (number - 1).to_string()), all()),
        style(
            "ZEROINTEIRA",
            |asked| answer(EVENTS, events(1, asked.printed(), |number| event(number - 1, number))),
            all(),
        ),
        style(
            "PALAVRAS",
            |asked| resumed(asked, |number| format!("1700-{number}ç")),
            all(),
        ),
        style(
            "PALAVRASINTEIRA",
            |asked| {
                answer(
                    EVENTS,
                    events(1, asked.printed(), |number| event(format!("a{number}"), number)),
                )
            },
            all(),
        ),
        style(
            "REPETIDO",
            |asked| answer(EVENTS, events(1, asked.printed(), |number| event(7, number))),
            all(),
        ),
        style(
            "EVENTOS",
            |asked| {
                let body = events(1, asked.printed(), |number| {
                    let name = if number % 2 == 0 { "stdout" } else { "error" };
                    format!(
                        "event: {name}\ndata: {}\n\nevent: ping\ndata: {number}\n\n",
                        line(number)
                    )
                });
                answer(EVENTS, body)
            },
            all(),
        ),
        style(
            "VARIAS",
            |asked| {
                let one = |number| json!({ "n": number, "message": line(number) });
                let list: Vec<_> = (1..=asked.printed()).map(one).collect();
                answer(EVENTS, format!("data: {}\n\n", json!(list)))
            },
            all(),
        ),
        style(
            "JANELA",
            |asked| {
                let shown = numbers(asked.window(5), asked.printed());
                Json(json!({ "linhas": shown })).into_response()
            },
            all(),
        ),
        style(
            "JANELANUMERADA",
            |asked| {
                let first = asked.window(6);
                listed(first, asked.printed(), |number| number - first + 1)
            },
            all(),
        ),
        style(
            "JANELAEVENTOS",
            |asked| {
                let first = asked.window(6);
                let body = events(first, asked.printed(), |number| event(number - first, number));
                answer(EVENTS, body)
            },
            all(),
        ),
        style(
            "LACUNA",
            |asked| listed(asked.window(3), asked.printed(), |number| number),
            [
                vec![line(2), missing(1, 1)],
                numbers(3, 4),
                vec![missing(5, 5)],
                numbers(6, 8),
                vec![missing(9, 9)],
                numbers(10, 12),
            ]
            .concat(),
        ),
        style(
            "RASGADA",
            |asked| Json(json!(numbers(asked.window(3), asked.printed()))).into_response(),
            [
                numbers(2, 4),
                vec![torn.clone()],
                numbers(6, 8),
                vec![torn],
                numbers(10, 12),
            ]
            .concat(),
        ),
        style(
            "TEXTO",
            |asked| {
                // What is being written ends in the middle of a line, and without a line break even at the end.
                let mut body = numbers(1, asked.printed()).join("\n");
                if asked.printed() < ALL {
                    body.truncate(body.len() - 2);
                }
                answer(TEXT, body)
            },
            all(),
        ),
        style(
            "TEXTOJSON",
            |asked| Json(json!({ "logs": numbers(1, asked.printed()).join("\r\n") })).into_response(),
            all(),
        ),
        style(
            "NDJSON",
            |asked| answer("application/x-ndjson", json_lines(asked.printed())),
            all(),
        ),
        style(
            "NDJSONJSON",
            |asked| answer("application/json", json_lines(asked.printed())),
            all(),
        ),
        style(
            "JSONTEXTO",
            |asked| {
                let list = serde_json::to_string_pretty(&numbers(1, asked.printed())).unwrap();
                answer(TEXT, list)
            },
            all(),
        ),
        style(
            "SEMTIPO",
            |asked| {
                let mut response = answer(TEXT, numbers(1, asked.printed()).join("\n") + "\n");
                response.headers_mut().remove(CONTENT_TYPE);
                response
            },
            all(),
        ),
        style(
            "IGUAIS",
            |asked| {
                answer(
                    EVENTS,
                    events(1, asked.printed(), |number| format!("id: {number}\ndata: .\n\n")),
                )
            },
            vec![".".to_owned(); ALL],
        ),
        style(
            "XML",
            |asked| match asked.time {
                1 | 2 => answer("application/xml", "?"),
                _ => Json(json!(numbers(1, asked.printed()))).into_response(),
            },
            [vec![strange], all()].concat(),
        ),
    ]
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
