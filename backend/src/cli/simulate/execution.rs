//! `esteira simulate execution`

use clap::{Args, Subcommand};
use esteira_shared::ids::ProcessId;

use crate::{
    administration::organization,
    app::App,
    auth::Actor,
    config::Config,
    executions::canned::{self, Canned},
};

/// Applies made-up results of robots to real processes of this installation.
#[derive(Args)]
pub(in crate::cli) struct Execution {
    /// Name of the organisation. May be left out while there is only one
    #[arg(long, global = true)]
    organization: Option<String>,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List processes that wait for a robot
    List,
    /// The robot of a process brought its invoice
    Success { process: ProcessId },
    /// The robot of a process could not sign in to the portal
    Error { process: ProcessId },
    /// One result for the first three waiting processes: two went well, one failed
    Multiple,
}

impl Execution {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let app = App::start(config).await?;
        let mut tx = app.db.begin().await?;
        let organization = organization::named(&mut tx, self.organization.as_deref()).await?.id;
        drop(tx);
        let waiting = canned::candidates(&app, organization).await?;
        let wanted = match self.what {
            What::List => {
                for (process, title) in &waiting {
                    println!("{}  {:<22}  {title}", process.id, process.status.as_str());
                }
                if waiting.is_empty() {
                    println!("no process waits for a robot; open a month first");
                }
                return Ok(());
            }
            What::Success { process } => vec![(process, Canned::Success)],
            What::Error { process } => vec![(process, Canned::Error)],
            What::Multiple => {
                let ends = [Canned::Success, Canned::Success, Canned::Error];
                waiting.iter().map(|(process, _)| process.id).zip(ends).collect()
            }
        };
        let actor = Actor {
            name: "simulação".to_owned(),
            ..Actor::system(organization)
        };
        let run = canned::apply_to(&app, &actor, &wanted).await?;
        println!(
            "{} · {} · {}: {}",
            run.client_name,
            run.operator_name,
            run.mes_ano,
            run.status.as_str()
        );
        println!("{}", run.mensagem_final.unwrap_or_default());
        Ok(())
    }
}
