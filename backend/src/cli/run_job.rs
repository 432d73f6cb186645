//! `esteira run-job`: started by a worker, for one job in a process of its own.

use clap::Args;
use esteira_shared::ids::JobId;

use crate::applications;
use crate::{config::Config, engine};

#[derive(Args)]
pub(super) struct RunJob {
    id: JobId,
    fence: i64,
}

impl RunJob {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let app = applications::start(config).await?;
        Ok(engine::run_job(app, self.id, self.fence).await?)
    }
}
