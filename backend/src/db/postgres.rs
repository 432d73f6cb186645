//! How every connection to PostgreSQL is opened: address and TLS as libpq has them, and our limits on its statements.
//!
//! The limits are set once the connection stands, and not in its first message: poolers refuse settings there.

mod address;
mod fit;
mod tls;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use anyhow::Context as _;
use tokio_postgres::{Client, Connection, Socket, error::SqlState, tls::MakeTlsConnect};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(super) use self::{address::Address, fit::refuse_unfit};

/// The two halves of a plain connection; the second must be polled.
pub(crate) type PostgresHalves = (Client, Driver);

type Driver = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Connects to an address that was understood before.
///
/// # Errors
/// With the reason.
pub(crate) async fn connect(url: &str) -> anyhow::Result<PostgresHalves> {
    let address = url.parse::<Address>().map_err(anyhow::Error::msg)?;
    address.connect().await
}

struct Opened {
    client: Client,
    driver: Driver,
    /// Not known when the certificate is checked: then it always is.
    encrypted: bool,
}

impl Address {
    /// # Errors
    /// With the reason, within [`Address::patience`].
    pub(super) async fn connect(&self) -> anyhow::Result<PostgresHalves> {
        self.in_time(async {
            let Opened { client, mut driver, .. } = self.attempt().await?;
            let limits = self.limits();
            tokio::select! {
                set = client.batch_execute(&limits) => set?,
                ended = &mut driver => {
                    ended?;
                    anyhow::bail!("the connection was closed")
                }
            }
            anyhow::Ok((client, driver))
        })
        .await
    }

    /// The same without limits, and without any statement.
    async fn open(&self) -> anyhow::Result<Opened> {
        self.in_time(self.attempt()).await
    }

    async fn in_time<T>(&self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let patience = self.patience();
        tokio::time::timeout(patience, work)
            .await
            .with_context(|| format!("no answer within {} s", patience.as_secs()))?
    }

    async fn attempt(&self) -> anyhow::Result<Opened> {
        let encrypted = Arc::new(AtomicBool::default());
        let tls = tls::client_config(&self.check, &encrypted)?;
        let mut problems = Vec::new();
        for way in self.mode.ways() {
            encrypted.store(false, Ordering::Relaxed);
            let mut config = self.config.clone();
            config.ssl_mode(*way);
            match config.connect(MakeRustlsConnect::new(tls.clone())).await {
                Ok((client, driver)) => {
                    return Ok(Opened {
                        client,
                        driver,
                        encrypted: encrypted.load(Ordering::Relaxed),
                    });
                }
                Err(error) => {
                    let settled = is_settled(&error);
                    problems.push(explained(error));
                    if settled {
                        break;
                    }
                }
            }
        }
        problems.dedup();
        anyhow::bail!(problems.join("; and then: "))
    }
}

/// Whether it would be the same with or without TLS. A server that asks for the other way says that nobody may come this
/// way; a wrong password is not tried twice.
fn is_settled(error: &tokio_postgres::Error) -> bool {
    let other_way = [
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        SqlState::PROTOCOL_VIOLATION,
    ];
    error.code().is_some_and(|code| !other_way.contains(code))
}

fn explained(error: tokio_postgres::Error) -> String {
    let of_a_pooler = error
        .as_db_error()
        .is_some_and(|answer| answer.message().contains("startup parameter"));
    let text = format!("{:#}", anyhow::Error::new(error));
    if of_a_pooler {
        format!(
            "{text} (a pooler in front of PostgreSQL takes no such setting: leave it out of the address, or connect to \
             PostgreSQL itself)"
        )
    } else {
        text
    }
}
