//! `esteira simulate rpa`

use clap::{ArgAction, Args};

use crate::simulators::rpa::{self, RpaOptions};

#[derive(Args)]
pub(in crate::cli) struct Rpa {
    #[arg(long, default_value_t = 8091)]
    port: u16,
    /// Shortest and longest time to answer, in milliseconds
    #[arg(long, action = ArgAction::Set, num_args = 2, value_names = ["MIN", "MAX"], default_values_t = [20, 200])]
    latency_ms: Vec<u64>,
    /// Shortest and longest time that a robot waits for its turn, in milliseconds
    #[arg(long, action = ArgAction::Set, num_args = 2, value_names = ["MIN", "MAX"], default_values_t = [500, 3_000])]
    pending_ms: Vec<u64>,
    /// Shortest and longest time that a robot works, in milliseconds
    #[arg(
        long, action = ArgAction::Set, num_args = 2, value_names = ["MIN", "MAX"], default_values_t = [10_000, 60_000]
    )]
    duration_ms: Vec<u64>,
    /// Share of calls answered with 500, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    failure_rate: f64,
    /// Share of executions that fail for a reason of the field until a person acts, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    business_rate: f64,
    /// Share of robots that time out, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    technical_rate: f64,
    /// Share of robots started whose answer gets lost, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    lost_answer_rate: f64,
    /// Share of robots that are unknown from the middle of their work on, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    vanish_rate: f64,
    /// Least and most lines that a robot prints
    #[arg(long, action = ArgAction::Set, num_args = 2, value_names = ["MIN", "MAX"], default_values_t = [20, 80])]
    log_lines: Vec<u64>,
    /// Shortest and longest time that a robot takes to stop, in milliseconds
    #[arg(long, action = ArgAction::Set, num_args = 2, value_names = ["MIN", "MAX"], default_values_t = [200, 1_500])]
    cancel_ms: Vec<u64>,
    /// Share of robots that refuse to be cancelled, 0 to 1
    #[arg(long, default_value_t = 0.0)]
    cancel_refused_rate: f64,
    /// Give jobs numbers instead of texts as ids
    #[arg(long)]
    numeric_ids: bool,
    /// Whether a repeated Idempotency-Key answers with the first robot instead of starting another
    #[arg(long, default_value_t = true, action = ArgAction::Set)]
    honours_keys: bool,
    /// Whether logs can be had as server-sent events
    #[arg(long, default_value_t = true, action = ArgAction::Set)]
    sse: bool,
    /// Bearer token it asks for
    #[arg(long)]
    token: Option<String>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Bucket where robots say that they put invoices
    #[arg(long, default_value = "robos")]
    bucket: String,
}

impl Rpa {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let listener = super::listen(self.port).await?;
        println!("RPA simulator on http://{}", listener.local_addr()?);
        let stop = crate::cli::stop_signal()?;
        rpa::serve(listener, self.into(), async move { stop.cancelled().await }).await
    }
}

impl From<Rpa> for RpaOptions {
    fn from(args: Rpa) -> Self {
        Self {
            latency_ms: pair(&args.latency_ms),
            pending_ms: pair(&args.pending_ms),
            duration_ms: pair(&args.duration_ms),
            failure_rate: args.failure_rate,
            business_rate: args.business_rate,
            technical_rate: args.technical_rate,
            lost_answer_rate: args.lost_answer_rate,
            vanish_rate: args.vanish_rate,
            log_lines: pair(&args.log_lines),
            cancel_ms: pair(&args.cancel_ms),
            cancel_refused_rate: args.cancel_refused_rate,
            numeric_ids: args.numeric_ids,
            honours_keys: args.honours_keys,
            sse: args.sse,
            token: args.token,
            seed: args.seed,
            bucket: args.bucket,
        }
    }
}

/// The parser lets two values pass, once, and nothing else.
fn pair(values: &[u64]) -> (u64, u64) {
    match values {
        [least, most] => (*least, *most),
        _ => (0, 0),
    }
}
