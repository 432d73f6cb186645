//! People who read much, all at once, and one who only wants to get on with the work.

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use esteira::{
    administration::user,
    auth::{Actor, password, session},
};
use esteira_shared::{dto::administration::UserCreate, permission::Role};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{MONTHS, watch::figures};
use crate::support::{Client, Fixture, PASSWORD, TestApp};

const OF_EACH_USER: usize = 4;
/// Those that come first open what the server keeps open.
const FIRST: usize = 20;
/// A large read is answered within this: the server's own bound, and what it takes to say so.
const LARGE: Duration = Duration::from_secs(40);
/// What is cheap is answered within this.
const CHEAP: Duration = Duration::from_secs(10);
const CHEAP_EVERY: Duration = Duration::from_millis(250);

/// What browsers show, by which the server knows them.
pub(super) struct Sessions(Vec<String>);

impl Sessions {
    pub(super) async fn open(test: &TestApp, fixture: &Fixture, users: usize) -> Self {
        let hash = password::hash(PASSWORD.to_owned().into()).await.unwrap();
        let mut tx = test.app.db.begin().await.unwrap();
        let actor = Actor::system(fixture.organization);
        let mut tokens = Vec::new();
        for number in 0..users {
            let create = UserCreate {
                name: format!("Leitora {number}"),
                email: format!("leitora{number}@cerco.example"),
                role: Role::Analyst,
                password: PASSWORD.to_owned(),
            };
            let made = user::create(&mut tx, &actor, &create, hash.clone()).await.unwrap();
            for _ in 0..OF_EACH_USER {
                let (address, browser) = ("127.0.0.1".to_owned(), "test".to_owned());
                let token = session::start(&mut tx, fixture.organization, made.id, address, browser).await;
                tokens.push(token.unwrap());
            }
        }
        tx.commit().await.unwrap();
        Self(tokens)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    fn clients(&self, base: &str) -> Vec<Client> {
        let client = |token: &String| Client::new(base).with_session(token);
        self.0.iter().map(client).collect()
    }

    /// So that what is compared later has its connections to the database already.
    pub(super) async fn read_once(&self, base: &str) {
        let mut first = JoinSet::new();
        for client in self.clients(base).into_iter().take(FIRST) {
            first.spawn(async move { Answers::default().add(&client, &matrix(0), LARGE).await });
        }
        first.join_all().await;
    }

    /// The beginning of an upload of a megabyte.
    pub(super) fn slow_upload(&self, server: SocketAddr, process: &str) -> String {
        format!(
            "POST /api/v1/processes/{process}/documents?filename=a.pdf HTTP/1.1\r\nhost: {server}\r\n\
             cookie: {}={}\r\nx-esteira-csrf: 1\r\ncontent-type: application/pdf\r\ncontent-length: 1000000\r\n\r\n%PDF-1.7\n",
            session::COOKIE,
            self.0[0]
        )
    }
}

fn matrix(number: usize) -> String {
    format!("/api/v1/months/{}", MONTHS[number % MONTHS.len()])
}

/// All of them reading until they are stopped.
pub(super) struct Reading {
    stop: CancellationToken,
    large: JoinSet<Answers>,
    cheap: JoinSet<Answers>,
}

impl Reading {
    pub(super) fn begin(sessions: &Sessions, base: &str) -> Self {
        let stop = CancellationToken::new();
        let (mut large, mut cheap) = (JoinSet::new(), JoinSet::new());
        let clients = sessions.clients(base);
        let ordinary = clients[0].clone();
        for (number, client) in clients.into_iter().enumerate() {
            let stop = stop.clone();
            large.spawn(async move {
                let mut answers = Answers::default();
                for turn in number.. {
                    let path = matrix(turn);
                    let read = answers.add(&client, &path, LARGE);
                    if stop.run_until_cancelled(read).await.is_none() {
                        break;
                    }
                }
                answers
            });
        }
        let stopped = stop.clone();
        cheap.spawn(async move {
            let mut answers = Answers::default();
            let list = format!("/api/v1/processes?month={}&limit=20", MONTHS[3]);
            while !stopped.is_cancelled() {
                answers.add(&ordinary, "/api/v1/session", CHEAP).await;
                answers.add(&ordinary, &list, CHEAP).await;
                tokio::time::sleep(CHEAP_EVERY).await;
            }
            answers
        });
        Self { stop, large, cheap }
    }

    /// What was answered; panics if something was not.
    pub(super) async fn end(self) -> String {
        self.stop.cancel();
        let (large, cheap) = (merged(self.large).await, merged(self.cheap).await);
        for answers in [&large, &cheap] {
            assert!(answers.0.contains_key(&200), "nobody was served: {answers}");
        }
        format!("months: {large}\ncheap requests: {cheap}")
    }
}

async fn merged(all: JoinSet<Answers>) -> Answers {
    let mut merged = Answers::default();
    for answers in all.join_all().await {
        for (status, took) in answers.0 {
            merged.0.entry(status).or_default().extend(took);
        }
    }
    merged
}

/// How long answers took, by their status.
#[derive(Default)]
struct Answers(BTreeMap<u16, Vec<Duration>>);

impl Answers {
    /// Asks, and sees that there is an answer in time: what was asked for, or when to come again.
    async fn add(&mut self, client: &Client, path: &str, limit: Duration) {
        let began = Instant::now();
        let answer = tokio::time::timeout(limit, client.get(path)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{path}: no answer within {limit:?}"));
        let later = matches!(answer.status, 429 | 503) && answer.headers.contains_key("retry-after");
        assert!(
            answer.status == 200 || later,
            "{path}: {} {}",
            answer.status,
            answer.text()
        );
        self.0.entry(answer.status).or_default().push(began.elapsed());
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for (status, took) in &self.0 {
            write!(f, "{between}{} × {status} ({})", took.len(), figures(took))?;
            between = ", ";
        }
        Ok(())
    }
}
