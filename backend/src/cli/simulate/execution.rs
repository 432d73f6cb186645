//! `esteira simulate execution`

use clap::{Args, Subcommand};
use esteira_shared::ids::ProcessId;

use crate::{
    administration::organization,
    applications,
    auth::Actor,
    config::Config,
    demo::canned::{self, Canned},
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
    /// One result for three waiting processes: two went well, one failed
    Multiple,
}

impl Execution {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let app = applications::start(config).await?;
        let mut tx = app.db.begin().await?;
        let organization = organization::named(&mut tx, self.organization.as_deref()).await?.id;
        drop(tx);
        let wanted = match self.what {
            What::List => {
                let waiting = canned::candidates(&app, organization).await?;
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
            What::Multiple => canned::three(&app, organization).await?,
        };
        let actor = Actor {
            name: "simulação".to_owned(),
            ..Actor::system(organization)
        };
        let ended = canned::apply_to(&app, &actor, &wanted).await?;
        let run = ended.execution;
        println!(
            "{} · {} · {}: {}",
            run.client_name,
            run.operator_name,
            run.mes_ano,
            run.status.as_str()
        );
        println!("{}", run.mensagem_final.unwrap_or_default());
        for entry in ended.results {
            println!(
                "  {}  {:<12}  {:<10}  {}",
                entry.hash_execucao.unwrap_or_default(),
                entry.status_final.unwrap_or_default(),
                entry.effect.as_str(),
                entry.note.unwrap_or_default()
            );
        }
        Ok(())
    }
}
