//! Sends an input, many times at once.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    pin::pin,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use futures_util::{StreamExt as _, future::join_all};
use reqwest::{Body, Method, header::CONTENT_TYPE};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    cases::{Case, Door},
    client::Client,
    flood::Flood,
    program::Program,
    vendor::{Question, Vendor},
};

/// Of one input.
pub const AT_ONCE: usize = 20;
/// After this an input has no answer.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a robots' API is hostile.
const HOSTILE: Duration = Duration::from_secs(15);
/// Between two looks at runs.
const LOOK: Duration = Duration::from_millis(250);

/// What came of it.
pub struct Outcome {
    pub answers: BTreeMap<String, usize>,
    pub slowest: Duration,
}

pub struct Attackers {
    client: Client,
    address: SocketAddr,
    vendor: Vendor,
    /// Each for one run, or for one upload at a time.
    processes: Vec<String>,
}

impl Attackers {
    pub fn new(client: Client, server: &Program, vendor: Vendor, processes: Vec<String>) -> Self {
        Self {
            client,
            address: server.address,
            vendor,
            processes,
        }
    }

    pub async fn attack(&mut self, case: &Case) -> anyhow::Result<Outcome> {
        if let Door::Robots(question, kind) = case.door {
            return self.with_robots(question, kind, &case.flood).await;
        }
        let each = self
            .processes
            .iter()
            .take(AT_ONCE)
            .map(|process| self.timed(case, process));
        Ok(Outcome::of(join_all(each).await))
    }

    async fn timed(&self, case: &Case, process: &str) -> (String, Duration) {
        let began = Instant::now();
        let answer = timeout(PATIENCE, self.send(case, process)).await;
        (answer.unwrap_or_else(|_| "no answer".to_owned()), began.elapsed())
    }

    /// The status of the answer, or why there is none.
    async fn send(&self, case: &Case, process: &str) -> String {
        let (path, kind) = match case.door {
            Door::Upload(kind) => (
                format!("/processes/{process}/documents?filename=a.pdf&accept_duplicate=true"),
                kind,
            ),
            Door::Import(kind) => ("/clients/import?dry_run=true".to_owned(), kind),
            Door::Json(path) => (path.to_owned(), "application/json"),
            Door::Robots(..) | Door::Socket => return through_a_socket(self.address, case.flood.clone()).await,
        };
        let request = self.client.request(Method::POST, &path).header(CONTENT_TYPE, kind);
        let body = Body::wrap_stream(case.flood.clone().pieces());
        match request.body(body).send().await {
            Ok(answer) => answer.status().as_str().to_owned(),
            // The server answers what is too large before it has come; the answer is lost now and then.
            Err(error) if error.is_request() || error.is_body() => "cut off".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    /// Runs of robots whose API is hostile for a while.
    async fn with_robots(&mut self, question: Question, kind: &'static str, flood: &Flood) -> anyhow::Result<Outcome> {
        let processes = self.processes.split_off(self.processes.len() - AT_ONCE);
        self.vendor.turn_hostile(question, kind, flood.clone());
        let began = Instant::now();
        let client = &self.client;
        let runs: anyhow::Result<Vec<String>> =
            join_all(processes.iter().map(|process| client.start(process, None, 1)))
                .await
                .into_iter()
                .collect();
        let runs = runs?;
        sleep(HOSTILE).await;
        self.vendor.calm_down();
        let each = runs.iter().map(|run| ended(client, run, began));
        let ended: anyhow::Result<Vec<(String, Duration)>> = join_all(each).await.into_iter().collect();
        Ok(Outcome::of(ended?))
    }
}

impl Outcome {
    fn of(each: Vec<(String, Duration)>) -> Self {
        let slowest = each.iter().map(|(_, took)| *took).max().unwrap_or_default();
        let mut answers = BTreeMap::new();
        for (answer, _) in each {
            *answers.entry(answer).or_default() += 1;
        }
        Self { answers, slowest }
    }
}

async fn ended(client: &Client, run: &str, began: Instant) -> anyhow::Result<(String, Duration)> {
    let over = timeout(PATIENCE, until_over(client, run)).await;
    Ok((over.context("a run does not end")??, began.elapsed()))
}

async fn until_over(client: &Client, run: &str) -> anyhow::Result<String> {
    loop {
        let found = client.get(&format!("/executions/{run}")).await?;
        let status = found["execution"]["status"].as_str().context("a run has a status")?;
        if !matches!(status, "PENDENTE" | "EXECUTANDO") {
            return Ok(status.to_owned());
        }
        sleep(LOOK).await;
    }
}

/// What the server says, or that it closed the connection.
async fn through_a_socket(address: SocketAddr, flood: Flood) -> String {
    let sent = async {
        let mut socket = TcpStream::connect(address).await?;
        let mut pieces = pin!(flood.pieces());
        while let Some(Ok(piece)) = pieces.next().await {
            // The server has heard enough, and its answer is there.
            if socket.write_all(&piece).await.is_err() {
                break;
            }
        }
        let mut answer = vec![0; 64];
        let read = socket.read(&mut answer).await?;
        answer.truncate(read);
        anyhow::Ok(answer)
    };
    let answer = sent.await.unwrap_or_default();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split_whitespace().nth(1).map(str::to_owned);
    status.unwrap_or_else(|| "closed".to_owned())
}
