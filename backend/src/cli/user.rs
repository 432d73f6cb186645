//! `esteira user`

use anyhow::Context as _;
use clap::{Args, Subcommand};
use esteira_shared::{
    dto::administration::UserCreate,
    permission::Role,
    validate::{Validate as _, password::EASILY_GUESSED},
};

use crate::{
    administration, applications,
    auth::{Actor, password},
    config::Config,
};

#[derive(Subcommand)]
pub(super) enum User {
    /// Add a user; the password is read from standard input
    Create(Create),
}

#[derive(Args)]
pub(super) struct Create {
    #[arg(long)]
    email: String,
    #[arg(long)]
    name: String,
    /// viewer, analyst, manager or admin
    #[arg(long, default_value = "analyst")]
    role: Role,
    /// Name of the organisation; made when it does not exist. May be left out while there is only one
    #[arg(long)]
    organization: Option<String>,
}

impl User {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self::Create(args) = self;
        let mut password = String::new();
        std::io::stdin()
            .read_line(&mut password)
            .context("cannot read the password from standard input")?;
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        let create = UserCreate {
            name: args.name,
            email: args.email,
            role: args.role,
            password,
        };
        if let Err(fields) = create.validate() {
            let texts: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", field.field, field.message))
                .collect();
            anyhow::bail!("{}", texts.join("; "));
        }
        password::refuse_guessable("password", &create.password, &[&create.name, &create.email])
            .map_err(|_| anyhow::anyhow!("password: {EASILY_GUESSED}"))?;
        let app = applications::start(config).await?;
        let hash = password::hash(create.password.clone().into()).await?;
        let mut tx = app.db.begin().await?;
        let organization = administration::organization::named(&mut tx, args.organization.as_deref()).await?;
        let user = administration::user::create(&mut tx, &Actor::system(organization.id), &create, hash).await?;
        tx.commit().await?;
        println!("{} ({}) may sign in to {}", user.email, user.role, organization.name);
        Ok(())
    }
}
