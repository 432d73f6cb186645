//! A demonstration organisation: made by the same rules that people use, under a clock that runs through four months.
//!
//! All names are invented, CNPJs are computed from made-up numbers, telephone numbers do not exist.

pub mod canned;
mod clock;
mod months;
mod registry;
mod schedules;

use std::sync::Arc;

use anyhow::Context as _;
use esteira_shared::{dto::administration::UserCreate, permission::Role};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    administration::{
        organization::Organization,
        user::{self, User},
    },
    app::App,
    auth::{Actor, password},
    config::{Config, S3_PATIENCE, S3Settings},
    simulators::{
        rpa::{self, RpaOptions},
        sat::{self, SatOptions},
    },
};

/// Of every demonstration user; served on this machine only.
const PASSWORD: &str = "esteira-demo";
const ORGANIZATION: &str = "Gestão Telecom Demonstração";

const PEOPLE: [(&str, &str, Role); 4] = [
    ("Marina Rocha", "admin@demo.example", Role::Admin),
    ("Paulo Teixeira", "gestor@demo.example", Role::Manager),
    ("Beatriz Lima", "analista@demo.example", Role::Analyst),
    ("Caio Nunes", "leitor@demo.example", Role::Viewer),
];

/// The simulators beside the demonstration.
pub struct Simulators {
    pub sat_url: String,
    pub rpa_url: String,
    pub tasks: JoinSet<()>,
}

impl Simulators {
    /// Starts them on free ports of this machine, and tells the settings where robots will leave invoices.
    ///
    /// # Errors
    /// When they cannot listen.
    pub async fn start(config: &mut Config, stop: &CancellationToken) -> anyhow::Result<Self> {
        let (sat, sat_url) = listen().await?;
        let (rpa, rpa_url) = listen().await?;
        let sat_options = SatOptions {
            seed: 7,
            dir: Some(config.data_dir.join("sat-simulator")),
            ..SatOptions::default()
        };
        let mut tasks = JoinSet::new();
        let stopped = stop.clone();
        tasks.spawn(async move {
            if let Err(error) = sat::serve(sat, sat_options, async move { stopped.cancelled().await }).await {
                tracing::error!(error = format!("{error:#}"), "the SAT simulator failed");
            }
        });
        let stopped = stop.clone();
        tasks.spawn(async move {
            if let Err(error) = rpa::serve(rpa, rpa_options(), async move { stopped.cancelled().await }).await {
                tracing::error!(error = format!("{error:#}"), "the RPA simulator failed");
            }
        });
        config.robots.files = Some(S3Settings {
            bucket: String::new(),
            endpoint: Some(format!("{rpa_url}/s3")),
            region: "us-east-1".to_owned(),
            // The simulator reads no signature; without keys the library would look for some on this machine.
            keys: Some(("demo".to_owned(), "demo".to_owned().into())),
            patience: S3_PATIENCE,
        });
        Ok(Self {
            sat_url,
            rpa_url,
            tasks,
        })
    }
}

async fn listen() -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .context("cannot start a simulator")?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

/// Robots as people like to watch them: half a minute or more, and now and then one that needs somebody.
fn rpa_options() -> RpaOptions {
    RpaOptions {
        latency_ms: (20, 150),
        pending_ms: (500, 4_000),
        duration_ms: (25_000, 90_000),
        business_rate: 0.15,
        technical_rate: 0.04,
        log_lines: (60, 240),
        cancel_ms: (500, 2_500),
        seed: 7,
        ..RpaOptions::default()
    }
}

/// Fills an empty database; in one that was filled before, only the simulators' new addresses are set.
///
/// # Errors
/// When a rule or the database refuses.
pub async fn fill(app: &Arc<App>, simulators: &Simulators) -> anyhow::Result<()> {
    let sat_url = simulators.sat_url.as_str();
    let hash = password::hash(PASSWORD.to_owned().into()).await?;
    let mut tx = app.db.begin().await?;
    if !Organization::none_exists(tx.conn()).await? {
        anyhow::ensure!(
            registry::is_demonstration(&mut tx, ORGANIZATION).await?,
            "this database holds other data; --demo is for an empty one"
        );
        registry::point_at(app, &mut tx, ORGANIZATION, simulators).await?;
        tx.commit().await?;
        return let_people_watch(sat_url).await;
    }
    println!("Preparando a organização de demonstração…");
    let organization = Organization::create(&mut tx, ORGANIZATION).await?;
    let system = Actor::system(organization.id);
    let mut people = Vec::new();
    for (name, email, role) in PEOPLE {
        let create = UserCreate {
            name: name.to_owned(),
            email: email.to_owned(),
            role,
            password: PASSWORD.to_owned(),
        };
        let user = user::create(&mut tx, &system, &create, hash.clone()).await?;
        people.push(Actor {
            name: user.name,
            user_id: Some(user.id),
            ..system.clone()
        });
    }
    registry::point_at(app, &mut tx, ORGANIZATION, simulators).await?;
    let [_, manager, analyst, _] = people.as_slice() else {
        anyhow::bail!("four people were made")
    };
    registry::fill(app, &mut tx, manager).await?;
    tx.commit().await?;
    months::fill(app, organization.id, manager, analyst, sat_url).await?;
    schedules::fill(app, manager).await
}

/// Whether somebody of the demonstration may sign in with the password that everybody knows.
///
/// # Errors
/// When the database refuses.
pub async fn is_open_to_everybody(app: &App) -> anyhow::Result<bool> {
    for (_, email, _) in PEOPLE {
        let found = User::by_email(&mut app.db.read().await?, email).await?;
        if let Some(user) = found.filter(|user| user.active)
            && password::verify(PASSWORD.to_owned().into(), Some(user.password_hash)).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// From here on SAT takes its time and refuses a document now and then, as the real one does.
async fn let_people_watch(sat_url: &str) -> anyhow::Result<()> {
    tune_sat(sat_url, (400, 1_800), 0.08).await
}

async fn tune_sat(sat_url: &str, latency_ms: (u64, u64), business_rate: f64) -> anyhow::Result<()> {
    let options = serde_json::json!({ "latency_ms": latency_ms, "business_rate": business_rate });
    let answer = reqwest::Client::new()
        .put(format!("{sat_url}/opcoes"))
        .json(&options)
        .send()
        .await?;
    answer
        .error_for_status()
        .context("the SAT simulator refused its options")?;
    Ok(())
}

/// What the terminal shows once the demonstration serves.
#[must_use]
pub fn how_to_sign_in(url: &str) -> String {
    let people: Vec<String> = PEOPLE
        .iter()
        .map(|(_, email, role)| format!("    {email:<24} {role}"))
        .collect();
    format!(
        "\n  Esteira: {url}\n\n  Entre com um destes e-mails; a senha de todos é {PASSWORD}\n{}\n",
        people.join("\n")
    )
}
