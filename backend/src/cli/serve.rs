//! `esteira serve`

use std::{net::SocketAddr, sync::Arc, time::Instant};

use anyhow::Context as _;
use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use secrecy::ExposeSecret as _;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    administration::organization::Organization,
    app::{App, Scheduler},
    applications,
    config::{Config, HttpConfig},
    db,
    demo::Simulators,
    engine::{self, Worker},
    housekeeping,
    http::listener::{self, Limits},
    processes,
};

#[derive(Args)]
pub(super) struct Serve {
    /// Fill an empty database with a demonstration organisation, and run the simulators of SAT and of robots beside it
    #[arg(long)]
    demo: bool,
    /// Serve only; jobs run in other processes, started with `esteira worker` (PostgreSQL)
    #[arg(long, conflicts_with = "demo")]
    no_worker: bool,
}

impl Serve {
    pub(super) async fn run(self, mut config: Config) -> anyhow::Result<()> {
        let started = Instant::now();
        let listen = config.http.listen;
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("cannot listen on {listen}"))?;
        let address = listener.local_addr()?;
        if self.demo {
            anyhow::ensure!(
                address.ip().is_loopback() || config.http.demo_outside,
                "--demo has well-known passwords, so it listens on 127.0.0.1 only; ESTEIRA_DEMO_OUTSIDE=true lets others in"
            );
            // The simulators live on this machine.
            config.outbound_allow_private = true;
        }
        // Until the process ends, however it ends.
        let _only = db::lock_for_serving(&config.database.url).await?;
        let stop = super::stop_signal()?;
        let mut simulators = match self.demo {
            true => Some(Simulators::start(&mut config, &stop).await?),
            false => None,
        };
        let app = applications::start(config).await?;
        check_reach(&app, address).await?;
        processes::clear_incoming(&app);
        if let Some(simulators) = &simulators {
            crate::demo::fill(&app, simulators).await?;
        }
        anyhow::ensure!(
            !self.no_worker || app.db.is_postgres(),
            "--no-worker needs PostgreSQL; on SQLite no other process can run the jobs"
        );
        let mut background = JoinSet::new();
        if self.no_worker {
            // Workers fire the schedules too.
            let (url, bus) = (app.config.database.url.clone(), app.bus.clone());
            background.spawn(engine::listen(url, bus, stop.clone()));
        } else {
            background.spawn(Worker::new(Arc::clone(&app), super::worker::options(&app)).run(stop.clone()));
            background.spawn(Scheduler::new(Arc::clone(&app)).run(stop.clone()));
        }
        let housekeeping = housekeeping::start(Arc::clone(&app), applications::chores()).await?;
        tracing::info!(
            database = %app.config.database.url, storage = %app.config.storage,
            started_ms = started.elapsed().as_millis(), "serving http://{address}"
        );
        if self.demo {
            let url = format!("http://{address}{}", app.config.http.base_path());
            println!("{}", crate::demo::how_to_sign_in(&url));
        } else {
            tell_setup_code(&app, address).await?;
        }
        serve(listener, &app, stop).await;
        while let Some(ended) = background.join_next().await {
            ended.context("the worker or the scheduler failed")?;
        }
        drop(housekeeping);
        if let Some(simulators) = &mut simulators {
            while let Some(ended) = simulators.tasks.join_next().await {
                ended.context("a simulator failed")?;
            }
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Says who may come, and refuses to let others into a demonstration.
async fn check_reach(app: &App, address: SocketAddr) -> anyhow::Result<()> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    if address.ip().is_unspecified() {
        tracing::warn!(
            %address,
            "listening on all addresses: whoever reaches this machine reaches the page; put a proxy with TLS in front, \
             or listen on 127.0.0.1"
        );
    }
    anyhow::ensure!(
        app.config.http.demo_outside || !crate::demo::is_open_to_everybody(app).await?,
        "people of the demonstration may sign in here with the password that everybody knows: deactivate them, use another \
         database, listen on 127.0.0.1, or set ESTEIRA_DEMO_OUTSIDE=true"
    );
    Ok(())
}

/// While nobody is there, the page belongs to whoever can read this.
async fn tell_setup_code(app: &App, address: SocketAddr) -> anyhow::Result<()> {
    if !Organization::none_exists(&mut app.db.read().await?).await? {
        return Ok(());
    }
    if app.config.http.setup_code.is_some() {
        tracing::warn!("nobody is there yet: the first visit asks for the code in ESTEIRA_SETUP_CODE");
        return Ok(());
    }
    let code = app.auth.setup_code().expose_secret();
    tracing::warn!(code, "nobody is there yet: the first visit asks for this setup code");
    let url = app.config.http.public_url.clone();
    let url = url.unwrap_or_else(|| format!("http://{address}"));
    println!("\n  Esteira: {url}\n\n  Setup code of the first visit: {code}\n");
    Ok(())
}

/// Answers until the stop signal; then open streams end, and open requests have the grace time.
async fn serve(listener: TcpListener, app: &Arc<App>, stop: tokio_util::sync::CancellationToken) {
    let router = applications::service(Arc::clone(app));
    let serving = listener::serve(listener, router, limits(&app.config.http), stop.clone());
    let grace = app.config.http.shutdown_grace;
    let over = async {
        stop.cancelled().await;
        app.stopping.cancel();
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        () = serving => {}
        () = over => tracing::warn!("some requests were still open after the grace time"),
    }
}

/// Half of the files that may be open are left to the database, the store, robots and uploads.
fn limits(config: &HttpConfig) -> Limits {
    let half = usize::try_from(open_files() / 2).unwrap_or(usize::MAX);
    Limits {
        headers: config.header_timeout,
        connections: half.clamp(64, 10_000),
        // A proxy is one address that speaks for many.
        per_address: (!config.trust_forwarded_for).then_some(config.connections_per_address),
        counts_loopback: false,
    }
}

/// How many files may be open. Service managers and shells often give far fewer than they would on request, and each
/// connection is one.
fn open_files() -> u64 {
    let given = getrlimit(Resource::Nofile);
    let all = Rlimit {
        current: given.maximum,
        maximum: given.maximum,
    };
    let may = match setrlimit(Resource::Nofile, all) {
        Ok(()) => given.maximum,
        Err(error) => {
            tracing::debug!(error = %error, "the number of open files stays as it is");
            given.current
        }
    };
    may.unwrap_or(u64::MAX)
}
