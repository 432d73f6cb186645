//! A server of its own for each test, and clients that speak to it.

mod client;
mod documents;
mod fixture;
mod post_office;
pub mod postgres;
mod s3;
mod tasks;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{TimeDelta, Utc};
pub use client::{Answer, Client};
pub use documents::pdf;
use esteira::{
    app::{App, Kinds, SharedApp},
    applications,
    clock::Clock,
    config::{Config, Vars},
    engine::{Worker, WorkerOptions},
    simulators::{
        rpa::{RpaOptions, RpaSimulator},
        sat::{SatOptions, SatSimulator},
    },
};
use esteira_shared::instant::Instant;
pub use fixture::{Fixture, PASSWORD, processes_in};
use futures_util::future::BoxFuture;
pub use post_office::{Letter, PostOffice, Reply};
pub use s3::s3;
pub use tasks::{Probe, ProbePayload, note, probes};
use tokio::{net::TcpListener, sync::Notify};

/// Runs one body on both databases, each time on a server of its own.
#[macro_export]
macro_rules! on_both {
    ($name:ident, |$app:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing from its file")]
            use super::*;

            async fn check($app: $crate::support::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                check($crate::support::TestApp::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                check($crate::support::TestApp::postgres().await).await;
            }
        }
    };
}

/// Runs one body on both databases, on a server that hands its e-mails to a post office, for an organisation with people of
/// every role: `with_post_office!(name, "subdomain", |test, fixture, office| { … });`
#[macro_export]
macro_rules! with_post_office {
    ($name:ident, $organization:literal, |$app:ident, $fixture:ident, $office:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing from its file")]
            use super::*;

            async fn check(
                $app: $crate::support::TestApp,
                $fixture: $crate::support::Fixture,
                $office: $crate::support::PostOffice,
            ) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let office = $crate::support::PostOffice::open().await;
                let app = $crate::support::TestApp::start($crate::support::mail_settings(&office)).await;
                let fixture = $crate::support::Fixture::new(&app, $organization).await;
                check(app, fixture, office).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let office = $crate::support::PostOffice::open().await;
                let app = $crate::support::TestApp::postgres_with($crate::support::mail_settings(&office)).await;
                let fixture = $crate::support::Fixture::new(&app, $organization).await;
                check(app, fixture, office).await;
            }
        }
    };
}

/// Settings of a server that hands its e-mails to a post office.
pub fn mail_settings(office: &PostOffice) -> Vars {
    [
        ("ESTEIRA_SMTP_URL", office.url.as_str()),
        ("ESTEIRA_SMTP_FROM", "Esteira <esteira@example.com>"),
        ("ESTEIRA_SMTP_REPLY_TO", "contas@example.com"),
        ("ESTEIRA_PUBLIC_URL", "https://esteira.example.com/base"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Runs one body on each database with each store.
#[macro_export]
macro_rules! everywhere {
    ($name:ident, |$app:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a body may need nothing from its file")]
            use super::*;

            async fn check($app: $crate::support::TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_and_a_folder() {
                check($crate::support::TestApp::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres_and_a_folder() {
                check($crate::support::TestApp::postgres().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_and_s3() {
                let (_bucket, vars) = $crate::support::s3().await;
                check($crate::support::TestApp::start(vars).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres_and_s3() {
                let (_bucket, vars) = $crate::support::s3().await;
                check($crate::support::TestApp::postgres_with(vars).await).await;
            }
        }
    };
}

/// The machine's time plus what the test added, or the time at which the test stopped it.
#[derive(Default)]
pub struct TestClock {
    added: Mutex<TimeDelta>,
    stopped: Mutex<Option<Instant>>,
    moved: Notify,
}

impl TestClock {
    pub fn advance(&self, by: TimeDelta) {
        *self.added.lock().unwrap() += by;
        self.moved.notify_waiters();
    }

    /// No time passes any more but what is added.
    pub fn stop(&self) {
        *self.stopped.lock().unwrap() = Some(Utc::now().into());
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        let now = self.stopped.lock().unwrap().unwrap_or_else(|| Utc::now().into());
        now + *self.added.lock().unwrap()
    }

    fn sleep_until(&self, at: Instant) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                // Before the look at the time: a move in between is not missed.
                let moved = self.moved.notified();
                let left = (at - self.now()).to_std().unwrap_or_default();
                if left.is_zero() {
                    return;
                }
                tokio::select! {
                    () = moved => {}
                    () = tokio::time::sleep(left) => {}
                }
            }
        })
    }
}

/// A server on a free port with an empty database, a local store and simulators of SAT and of robots.
pub struct TestApp {
    pub app: SharedApp,
    pub url: String,
    pub sat_url: String,
    pub rpa_url: String,
    pub clock: Arc<TestClock>,
    pub folder: tempfile::TempDir,
    vars: Vars,
}

/// What the first visit must show.
pub const SETUP_CODE: &str = "code-of-the-tests";

/// 32 bytes, in base64; opens nothing anywhere else.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// The address of a new schema of PostgreSQL.
pub async fn empty_schema() -> String {
    let url = std::env::var("ESTEIRA_TEST_POSTGRES_URL")
        .expect("set ESTEIRA_TEST_POSTGRES_URL, or run the tests with `cargo xtask test`, which starts PostgreSQL");
    let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
        .await
        .expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
        .batch_execute(&format!("CREATE SCHEMA {schema}"))
        .await
        .expect("a schema can be made");
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}application_name={schema}&options=-c%20search_path%3D{schema}")
}

impl TestApp {
    pub async fn sqlite() -> Self {
        Self::start(Vars::new()).await
    }

    /// In a schema of its own.
    pub async fn postgres() -> Self {
        Self::postgres_with(Vars::new()).await
    }

    /// The same with other settings beside.
    pub async fn postgres_with(mut extra: Vars) -> Self {
        extra.insert("ESTEIRA_DATABASE_URL".to_owned(), empty_schema().await);
        Self::start(extra).await
    }

    pub async fn start(extra: Vars) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut vars: Vars = [
            ("ESTEIRA_DATA_DIR", folder.path().to_str().unwrap()),
            ("ESTEIRA_SECRET_KEY", KEY),
            ("ESTEIRA_SETUP_CODE", SETUP_CODE),
            ("ESTEIRA_OUTBOUND_ALLOW_PRIVATE", "true"),
            ("ESTEIRA_DATABASE_POOL", "4"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        // As long as in production for `cargo xtask bench robot-faults`.
        let patience = std::env::var("ESTEIRA_TEST_RPA_PATIENCE_S").unwrap_or_else(|_| "8".to_owned());
        let rpa_url = serve(RpaSimulator::new(RpaOptions::default()).unwrap().router()).await;
        for (name, value) in [
            ("ESTEIRA_ROBOT_S3_ENDPOINT", format!("{rpa_url}/s3")),
            ("ESTEIRA_ROBOT_S3_ACCESS_KEY", "test".to_owned()),
            ("ESTEIRA_ROBOT_S3_SECRET_KEY", "test".to_owned()),
            ("ESTEIRA_RPA_PATIENCE_S", patience),
        ] {
            vars.insert(name.to_owned(), value);
        }
        vars.extend(extra);
        let clock = Arc::new(TestClock::default());
        let app = Self::open(&vars, clock.clone(), applications::kinds()).await;
        let url = serve(esteira::applications::service(Arc::clone(&app))).await;
        let sat = SatSimulator::new(SatOptions {
            dir: Some(folder.path().join("sat")),
            ..SatOptions::default()
        })
        .unwrap();
        let sat_url = serve(sat.router()).await;
        Self {
            app,
            url,
            sat_url,
            rpa_url,
            clock,
            folder,
            vars,
        }
    }

    async fn open(vars: &Vars, clock: Arc<TestClock>, kinds: Kinds) -> SharedApp {
        let config = Config::load(vars.clone())
            .map_err(|problems| format!("{problems:?}"))
            .unwrap();
        App::start(config, clock, tasks::with_probe(applications::tasks()), kinds)
            .await
            .expect("the app starts")
    }

    /// A second process on the same database and store.
    pub async fn replica(&self) -> SharedApp {
        Self::open(&self.vars, self.clock.clone(), applications::kinds()).await
    }

    /// The same with other kinds of schedules.
    pub async fn replica_with(&self, kinds: Kinds) -> SharedApp {
        Self::open(&self.vars, self.clock.clone(), kinds).await
    }

    /// The same on a machine whose clock is wrong.
    pub async fn replica_off_by(&self, by: TimeDelta) -> SharedApp {
        let clock = Arc::new(TestClock::default());
        clock.advance(by);
        Self::open(&self.vars, clock, applications::kinds()).await
    }

    /// The settings it was started with, for other processes.
    pub fn vars(&self) -> &Vars {
        &self.vars
    }

    pub fn worker(&self) -> Arc<Worker<App>> {
        worker(&self.app)
    }

    /// Runs every job that is due, to its end.
    pub async fn run_jobs(&self) -> usize {
        self.worker().run_until_idle().await.unwrap()
    }

    /// A client without credentials.
    pub fn stranger(&self) -> Client {
        Client::new(&self.url)
    }

    /// Asks the SAT simulator.
    pub async fn sat_documents(&self) -> Vec<serde_json::Value> {
        local()
            .get(format!("{}/documentos", self.sat_url))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Changes the RPA simulator: `opcoes`, or `roteiros/{hash}` for the robots of one execution.
    pub async fn rpa(&self, path: &str, body: serde_json::Value) {
        let url = format!("{}/{path}", self.rpa_url);
        let answer = local().put(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Starts that the RPA simulator counted.
    pub async fn rpa_counts(&self) -> serde_json::Value {
        let url = format!("{}/contagem", self.rpa_url);
        local().get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Leaves a file where robots leave invoices.
    pub async fn rpa_file(&self, place: &str, bytes: Vec<u8>) {
        let url = format!("{}/s3/{place}", self.rpa_url);
        let answer = local().put(url).body(bytes).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    pub async fn sat_options(&self, options: serde_json::Value) {
        let answer = local()
            .put(format!("{}/opcoes", self.sat_url))
            .json(&options)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
}

/// For one request to a simulator.
fn local() -> reqwest::Client {
    client::plain().build().unwrap()
}

pub fn worker(app: &SharedApp) -> Arc<Worker<App>> {
    worker_with_slots(app, 4)
}

pub fn worker_with_slots(app: &SharedApp, slots: usize) -> Arc<Worker<App>> {
    let second = Duration::from_secs(1);
    Worker::new(
        Arc::clone(app),
        WorkerOptions {
            slots,
            lease: 3 * second,
            grace: second,
        },
    )
}

/// Serves a router on a free port for the rest of the test.
pub async fn serve(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    url
}

/// Waits until something becomes true; panics with `what` after twenty seconds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, check: impl FnMut() -> F) {
    eventually_within(Duration::from_secs(20), what, check).await;
}

/// The same for what may take long.
pub async fn eventually_within<F: Future<Output = bool>>(limit: Duration, what: &str, mut check: impl FnMut() -> F) {
    let deadline = std::time::Instant::now() + limit;
    while !check().await {
        assert!(std::time::Instant::now() < deadline, "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
