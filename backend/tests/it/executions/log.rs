//! The log: nothing lost, nothing twice, whatever a robot writes.

use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::{detail, lines, robots, script, start};
use crate::{
    on_both,
    support::{Client, TestApp},
};

on_both!(whatever_a_robot_writes_is_kept_as_text, |test| {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let (fixture, processes) = robots(&test, "texto", 1, &["VIVO"]).await;
    let long = "x".repeat(1024 * 1024);
    let html = "<script>alert(1)</script> & \u{1b}[31mvermelho\u{1b}[0m \u{0}";
    let logs = json!([html, "um\r\ndois\ntrês", long, "ERROR: falhou", "", "🤖 ação"]);
    let broken = BASE64_STANDARD.encode(b"quebrado \xff\xfe aqui");
    script(
        &test,
        &processes[0],
        json!({ "logs": logs, "log_bytes_base64": broken }),
    )
    .await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let log = lines(&fixture, &run).await;
    assert_eq!(log[0], html);
    assert_eq!(log[1..4], ["um", "dois", "três"]);
    assert!(
        log[4].len() <= 16 * 1024 && log[4].contains("1048576 bytes"),
        "{}",
        &log[4][16_000..]
    );
    assert_eq!(log[6..8], ["", "🤖 ação"]);
    assert_eq!(log[8], "quebrado \u{fffd}\u{fffd} aqui");
    let seen = detail(&fixture, &run).await;
    assert_eq!(seen["execution"]["log_lines"], json!(log.len()));
    let page = fixture
        .viewer
        .get(&format!("/api/v1/executions/{run}/log"))
        .await
        .expect(200);
    assert_eq!((&page["first_error"], &page["ended"]), (&json!(6), &json!(true)));
    // Whoever prints the file would run what a terminal obeys.
    let path = format!("/api/v1/executions/{run}/log/download");
    let file = fixture.viewer.get(&path).await.text();
    assert!(
        file.contains("<script>alert(1)</script> & vermelho"),
        "{}",
        &file[..200]
    );
    assert!(file.chars().all(|c| !c.is_control() || c == '\n'), "nothing is obeyed");
    let whole = fixture.viewer.get(&format!("{path}?escapes=true")).await.text();
    assert!(whole.contains(html), "{}", &whole[..200]);
});

on_both!(lines_are_found_by_words_and_by_level, |test| {
    let (fixture, processes) = robots(&test, "busca", 1, &["VIVO"]).await;
    let logs: Vec<String> = (1..=3_000)
        .map(|number| match number {
            700 => "WARN atenção".to_owned(),
            2_100 => "ERROR a FATURA não veio".to_owned(),
            _ if number % 1_000 == 0 => format!("fatura {number}"),
            _ => format!("linha {number}"),
        })
        .collect();
    script(&test, &processes[0], json!({ "logs": logs })).await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    let find = async |query: &str| {
        let path = format!("/api/v1/executions/{run}/log/matches?{query}");
        fixture.viewer.get(&path).await.expect(200)
    };
    assert_eq!(find("q=fatura").await["seqs"], json!([1_000, 2_000, 2_100, 3_000]));
    assert_eq!(find("q=fatura&after=2000").await["seqs"], json!([2_100, 3_000]));
    assert_eq!(find("level=warn").await["seqs"], json!([700, 2_100]));
    assert_eq!(find("level=error").await["seqs"], json!([2_100]));
    assert_eq!(
        find("level=error&q=nada").await,
        json!({ "seqs": [], "searched_to": 3_000, "complete": true })
    );
    let path = format!("/api/v1/executions/{run}/log");
    fixture
        .viewer
        .get(&format!("{path}/matches"))
        .await
        .refused(422, "validation");
    fixture
        .viewer
        .get(&format!("{path}?limit=0"))
        .await
        .refused(422, "validation");
    let middle = fixture
        .viewer
        .get(&format!("{path}?from=1499&limit=3"))
        .await
        .expect(200);
    let seqs: Vec<i64> = middle["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(seqs, [1_499, 1_500, 1_501]);
    let beyond = fixture.viewer.get(&format!("{path}?from=9999")).await.expect(200);
    assert_eq!(beyond["lines"], json!([]));
    let whole = fixture.viewer.get(&format!("{path}/download")).await;
    assert_eq!(whole.text().lines().count(), 3_000);
    assert!(
        whole.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert!(
        whole
            .text()
            .lines()
            .nth(2_099)
            .unwrap()
            .ends_with("ERROR ERROR a FATURA não veio")
    );
});

/// What came on the live stream: numbers of lines, and the words of events.
#[derive(Default)]
struct Heard {
    seqs: Vec<i64>,
    events: Vec<String>,
    last_id: Option<String>,
}

/// Listens until the predicate is content.
async fn listen(client: &Client, path: &str, last_id: Option<&str>, done: impl Fn(&Heard) -> bool) -> Heard {
    let mut request = client.request(Method::GET, path);
    if let Some(id) = last_id {
        request = request.header("last-event-id", id);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut bytes = answer.bytes_stream();
    let mut received: Vec<u8> = Vec::new();
    let mut heard = Heard::default();
    while !done(&heard) {
        let chunk = bytes.next().await.expect("the stream goes on").unwrap();
        received.extend_from_slice(&chunk);
        while let Some(end) = received.windows(2).position(|pair| pair == b"\n\n") {
            let event = String::from_utf8(received.drain(..end + 2).collect()).unwrap();
            let field = |name: &str| {
                event
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(str::to_owned)
            };
            let Some(word) = field("event: ") else { continue };
            if word == "log" {
                let data: Value = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                let lines = data["lines"].as_array().unwrap();
                heard
                    .seqs
                    .extend(lines.iter().map(|line| line["seq"].as_i64().unwrap()));
                heard.last_id = field("id: ");
            }
            heard.events.push(word);
        }
    }
    heard
}

on_both!(a_watcher_gets_every_line_once_also_after_reconnecting, |test| {
    let (fixture, processes) = robots(&test, "aovivo", 1, &["VIVO"]).await;
    test.rpa(
        "opcoes",
        json!({ "duration_ms": [4_000, 4_000], "log_lines": [600, 600] }),
    )
    .await;
    let run = start(&fixture, &processes[0]).await;
    let path = format!("/api/v1/events?log={run}&after=0");
    let worker = test.worker();
    let running = tokio::spawn(async move { worker.run_until_idle().await.unwrap() });
    let first = listen(&fixture.viewer, &path, None, |heard| heard.seqs.len() >= 150).await;
    // Cut off, and back: the browser says what it had last.
    let rest = listen(&fixture.viewer, &path, first.last_id.as_deref(), |heard| {
        heard.events.iter().any(|word| word == "log_end")
    })
    .await;
    running.await.unwrap();
    let all: Vec<i64> = first.seqs.iter().chain(&rest.seqs).copied().collect();
    let kept = i64::try_from(lines(&fixture, &run).await.len()).unwrap();
    assert!(kept >= 600);
    assert_eq!(all, (1..=kept).collect::<Vec<_>>(), "no gap, no repeat");
    // From the middle of a log that is over.
    let late = listen(
        &fixture.viewer,
        &format!("/api/v1/events?log={run}&after=333"),
        None,
        |heard| heard.events.iter().any(|word| word == "log_end"),
    )
    .await;
    assert_eq!(late.seqs, (334..=kept).collect::<Vec<_>>());
    let stranger = crate::support::Fixture::new(&test, "outra").await;
    stranger.admin.get(&path).await.refused(404, "not_found");
});

/// On SQLite there is one process only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_written_by_one_replica_is_watched_on_another() {
    let test = TestApp::postgres().await;
    let (fixture, processes) = robots(&test, "replica", 1, &["VIVO"]).await;
    test.rpa(
        "opcoes",
        json!({ "duration_ms": [1_500, 1_500], "log_lines": [100, 100] }),
    )
    .await;
    let run = start(&fixture, &processes[0]).await;
    // The test's own server runs no jobs; another process does.
    let other = test.replica().await;
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(crate::support::worker(&other).run(stop.clone()));
    let path = format!("/api/v1/events?log={run}&after=0");
    let heard = listen(&fixture.viewer, &path, None, |heard| {
        heard.events.iter().any(|word| word == "log_end")
    })
    .await;
    assert_eq!(
        heard.seqs,
        (1..=i64::try_from(heard.seqs.len()).unwrap()).collect::<Vec<_>>()
    );
    assert!(heard.seqs.len() >= 100);
    stop.cancel();
    running.await.unwrap();
}

on_both!(a_stream_of_another_log_form_is_read_as_well, |test| {
    let (fixture, processes) = robots(&test, "json", 1, &["VIVO"]).await;
    test.rpa(
        "opcoes",
        json!({ "sse": false, "duration_ms": [1_200, 1_200], "log_lines": [50, 50] }),
    )
    .await;
    let run = start(&fixture, &processes[0]).await;
    test.run_jobs().await;
    assert_eq!(lines(&fixture, &run).await.len(), 50, "each once");
});
