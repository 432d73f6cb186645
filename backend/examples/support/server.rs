//! A server in the tool's own process, with somebody signed in who may look at everything.

use std::{net::SocketAddr, sync::Arc, time::Instant as Stopwatch};

use esteira::{
    administration::{organization, user},
    app::{App, SharedApp},
    applications,
    auth::{Actor, password, session},
};
use esteira_shared::{dto::administration::UserCreate, permission::Role};

pub struct Server {
    base: String,
    cookie: String,
    client: reqwest::Client,
}

impl Server {
    pub async fn start(app: &SharedApp) -> anyhow::Result<Self> {
        let cookie = sign_in(app).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let service = applications::service(Arc::clone(app)).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { base, cookie, client })
    }

    /// Asks for an address below `/api/v1`, and says how long it took in milliseconds, with the body.
    pub async fn get(&self, path: &str) -> anyhow::Result<f64> {
        let url = format!("{}/api/v1{path}", self.base);
        let started = Stopwatch::now();
        let answer = self
            .client
            .get(&url)
            .header("cookie", format!("{}={}", session::COOKIE, self.cookie))
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{url}: {status} {text}");
        Ok(started.elapsed().as_secs_f64() * 1_000.0)
    }
}

async fn sign_in(app: &App) -> anyhow::Result<String> {
    let hash = password::hash("of-no-further-use".to_owned().into()).await?;
    let mut tx = app.db.begin().await?;
    let organization = organization::named(&mut tx, None).await?;
    let email = format!("bench-{}@bench.example", uuid::Uuid::now_v7());
    let create = UserCreate {
        name: "Bench".to_owned(),
        email,
        role: Role::Viewer,
        password: "of-no-further-use".to_owned(),
    };
    let made = user::create(&mut tx, &Actor::system(organization.id), &create, hash).await?;
    let (address, agent) = ("127.0.0.1".to_owned(), "bench".to_owned());
    let cookie = session::start(&mut tx, organization.id, made.id, address, agent).await?;
    tx.commit().await?;
    Ok(cookie)
}
