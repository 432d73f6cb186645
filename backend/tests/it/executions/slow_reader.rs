//! Whoever reads a live log more slowly than it grows is told so, and misses no line.

use std::{net::SocketAddr, sync::Arc};

use esteira_shared::permission::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use super::{lines, robots, script, start};
use crate::{
    on_both,
    support::{Client, TestApp},
};

/// Together far more than a stream and its connection hold, and kept in more rows than a watcher may lag behind.
const LINES: i64 = 4_000;
const LINE_BYTES: usize = 4 * 1024;

/// The test's server once more, behind connections that hold little of what is sent.
async fn serve_narrow(test: &TestApp) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    // Connections inherit it. Otherwise the system may keep megabytes for a reader who takes none.
    socket.set_send_buffer_size(64 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(16).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = esteira::applications::service(Arc::clone(&test.app));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    url
}

/// A live stream, read only as far as somebody asks.
struct Reader {
    response: Response,
    received: Vec<u8>,
    /// No event ends before this.
    looked_at: usize,
    seqs: Vec<i64>,
    events: Vec<String>,
    /// The last line before it was told for the first time that it is behind.
    behind_after: Option<i64>,
}

impl Reader {
    async fn open(client: &Client, path: &str, last_id: Option<i64>) -> Self {
        let mut request = client.request(Method::GET, path);
        if let Some(id) = last_id {
            request = request.header("last-event-id", id.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self {
            response,
            received: Vec::new(),
            looked_at: 0,
            seqs: Vec::new(),
            events: Vec::new(),
            behind_after: None,
        }
    }

    /// Reads until such an event came.
    async fn until(&mut self, word: &str) {
        while !self.events.iter().any(|event| event == word) {
            let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
            self.received.extend_from_slice(&chunk);
            while let Some(end) = self.received[self.looked_at..]
                .windows(2)
                .position(|pair| pair == b"\n\n")
            {
                let event = self.received.drain(..self.looked_at + end + 2).collect();
                self.looked_at = 0;
                self.hear(&String::from_utf8(event).unwrap());
            }
            self.looked_at = self.received.len().saturating_sub(1);
        }
    }

    fn hear(&mut self, event: &str) {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
        let Some(word) = field("event: ") else { return };
        if word == "log" {
            let data: Value = serde_json::from_str(field("data: ").unwrap()).unwrap();
            let lines = data["lines"].as_array().unwrap();
            self.seqs.extend(lines.iter().map(|line| line["seq"].as_i64().unwrap()));
            let last = self.seqs.last().unwrap().to_string();
            assert_eq!(
                field("id: "),
                Some(last.as_str()),
                "its id is the number of its last line"
            );
        }
        if word == "behind" && self.behind_after.is_none() {
            self.behind_after = self.seqs.last().copied();
        }
        self.events.push(word.to_owned());
    }
}

on_both!(who_reads_too_slowly_is_told_so_and_misses_no_line, |test| {
    let (fixture, processes) = robots(&test, "lento", 1, &["VIVO"]).await;
    let mut client = Client::new(&serve_narrow(&test).await);
    let email = fixture.email(Role::Viewer);
    client.sign_in(&email, "correct horse battery").await.expect(200);
    let wide = "x".repeat(LINE_BYTES);
    let logs: Vec<String> = (1..=LINES).map(|number| format!("linha {number} {wide}")).collect();
    script(&test, &processes[0], json!({ "logs": logs, "duration_ms": 6_000 })).await;
    let run = start(&fixture, &processes[0]).await;
    let path = format!("/api/v1/events?log={run}&after=0");
    let mut reader = Reader::open(&client, &path, None).await;
    reader.until("hello").await;
    let worker = test.worker();
    let running = tokio::spawn(async move { worker.run_until_idle().await.unwrap() });
    reader.until("log").await;
    // From here on nothing is taken until the robot has printed everything.
    running.await.unwrap();
    let kept = lines(&fixture, &run).await;
    assert_eq!(kept.len(), logs.len());
    assert!(kept == logs, "each line as the robot printed it");

    reader.until("log_end").await;
    let after = reader.behind_after.expect("it is told that it is behind");
    assert!(after < LINES, "{after}");
    assert!(reader.seqs.iter().copied().eq(1..=LINES), "no gap, no repeat");
    // A page that closes the stream at that point goes on where it was.
    let mut rest = Reader::open(&client, &path, Some(after)).await;
    rest.until("log_end").await;
    assert!(rest.seqs.iter().copied().eq(after + 1..=LINES), "no gap, no repeat");
});
