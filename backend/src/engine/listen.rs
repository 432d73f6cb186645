//! Carries signals between replicas over PostgreSQL's LISTEN and NOTIFY. They are coalesced, because a NOTIFY in every
//! transaction would make commits queue behind each other.

use std::{future::poll_fn, time::Duration};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use tokio_postgres::AsyncMessage;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::bus::{Bus, Signal};
use crate::db::DatabaseUrl;

const CHANNEL: &str = "esteira_signals";
/// Signals within this time travel together.
const COALESCE: Duration = Duration::from_millis(25);
/// PostgreSQL takes less than 8,000 bytes in one notification.
const SIGNALS_PER_MESSAGE: usize = 40;
const RECONNECT: Duration = Duration::from_secs(2);

#[derive(Serialize, Deserialize)]
struct Message {
    /// The sender, which has delivered its own signals already.
    from: Uuid,
    signals: Vec<Signal>,
}

/// Runs until `ended`. Reconnects by itself; while the database is away polls carry on.
pub async fn listen(url: DatabaseUrl, bus: Bus, ended: CancellationToken) {
    tokio::select! {
        () = ended.cancelled() => {}
        () = run(url, bus) => {}
    }
}

async fn run(url: DatabaseUrl, bus: Bus) {
    let DatabaseUrl::Postgres(url) = url else {
        return bus.discard_outbox().await;
    };
    let me = Uuid::now_v7();
    loop {
        if let Err(error) = connected(&url, &bus, me).await {
            tracing::warn!(error = format!("{error:#}"), "signals between replicas are interrupted");
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

async fn connected(url: &str, bus: &Bus, me: Uuid) -> anyhow::Result<()> {
    let (client, mut connection) = crate::db::connect_postgres(url).await?;
    let receive = async {
        while let Some(message) = poll_fn(|cx| connection.poll_message(cx)).await {
            if let AsyncMessage::Notification(notification) = message?
                && let Ok(message) = serde_json::from_str::<Message>(notification.payload())
                && message.from != me
            {
                message.signals.into_iter().for_each(|signal| bus.deliver(signal));
            }
        }
        anyhow::bail!("the connection was closed")
    };
    let send = async {
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        // What happened before is unknown: look for work, and have open pages read again.
        bus.deliver(Signal::JobsReady);
        bus.deliver(Signal::Missed);
        loop {
            let mut signals = bus.take_outbox().await;
            tokio::time::sleep(COALESCE).await;
            signals.dedup();
            for chunk in signals.chunks(SIGNALS_PER_MESSAGE) {
                let text = serde_json::to_string(&Message {
                    from: me,
                    signals: chunk.to_vec(),
                })?;
                client
                    .execute("SELECT pg_notify($1, $2)", &[&CHANNEL, &text])
                    .await
                    .context("NOTIFY failed")?;
            }
        }
    };
    tokio::select! {
        ended = receive => ended,
        ended = send => ended,
    }
}
