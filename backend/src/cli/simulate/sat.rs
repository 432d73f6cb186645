//! `esteira simulate sat`

use std::path::PathBuf;

use clap::{ArgAction, Args};

use crate::simulators::sat::{self, SatOptions};

#[derive(Args)]
pub(in crate::cli) struct Sat {
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// Shortest and longest time to answer, in milliseconds
    #[arg(long, action = ArgAction::Set, num_args = 2, value_names = ["MIN", "MAX"], default_values_t = [50, 400])]
    latency_ms: Vec<u64>,
    /// Share of requests answered with 500, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    failure_rate: f64,
    /// Share of documents refused for a reason of the field, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    business_rate: f64,
    /// Share of documents kept whose answer gets lost, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    lost_answer_rate: f64,
    /// Bearer token it asks for
    #[arg(long)]
    token: Option<String>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder that keeps what was received
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl Sat {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let listener = super::listen(self.port).await?;
        println!("SAT simulator on http://{}", listener.local_addr()?);
        let stop = crate::cli::stop_signal()?;
        sat::serve(listener, self.into(), async move { stop.cancelled().await }).await
    }
}

impl From<Sat> for SatOptions {
    fn from(args: Sat) -> Self {
        let latency = match args.latency_ms.as_slice() {
            [min, max] => (*min, (*max).max(*min)),
            _ => (0, 0),
        };
        Self {
            latency_ms: latency,
            failure_rate: args.failure_rate,
            business_rate: args.business_rate,
            lost_answer_rate: args.lost_answer_rate,
            token: args.token,
            seed: args.seed,
            dir: args.dir,
        }
    }
}
