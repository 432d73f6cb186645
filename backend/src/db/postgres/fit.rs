//! What a PostgreSQL must be before anything is kept in it.

use std::time::Duration;

use anyhow::Context as _;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{
    Opened,
    address::{Address, Mode},
    tls::Check,
};

/// A handful of questions that take no time.
const PATIENCE: Duration = Duration::from_secs(5);
/// Others may use the same pooler, so one look may mislead.
const ROUNDS: usize = 2;
/// Which process of which start of the server answers. Two open sessions never have the same, and one keeps its own.
const SESSION: &str = "SELECT pg_backend_pid() || ' ' || pg_postmaster_start_time()";

/// Looks at the database through two connections.
///
/// # Errors
/// With the reason and what to do, when it cannot be reached, does not keep its texts in UTF-8, or stands behind a pooler
/// that gives each transaction another session.
pub(in crate::db) async fn refuse_unfit(url: &str) -> anyhow::Result<()> {
    let address = url.parse::<Address>().map_err(anyhow::Error::msg)?;
    let (one, other) = tokio::try_join!(address.open(), address.open())?;
    note_tls(&address, &one);
    let (one, other) = (driven(one), driven(other));

    let encoding = answer(&one, "SHOW server_encoding").await?;
    if encoding != "UTF8" {
        anyhow::bail!(
            "the database keeps its texts in {encoding}, which has not every character; make one in UTF8 (CREATE DATABASE … \
             TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C') and move what is in it with pg_dump and \
             pg_restore"
        );
    }

    let mut sessions = Sessions::default();
    let looked = tokio::time::timeout(PATIENCE, sessions.look(&one, &other)).await;
    if sessions.are_shared() {
        anyhow::bail!(
            "a pooler in front of PostgreSQL gives each transaction another session, and LISTEN, locks, settings and \
             prepared statements would be lost between them; connect to PostgreSQL itself, or set the pooler to \
             pool_mode=session"
        );
    }
    looked.context(
        "a connection gets no answer while another one is in a transaction; connect to PostgreSQL itself, or give the \
         pooler in front of it more connections and pool_mode=session",
    )??;
    Ok(())
}

fn note_tls(address: &Address, opened: &Opened) {
    match (&address.check, address.mode) {
        (Check::Nothing, Mode::Never) | (Check::Issuer(_) | Check::Name(_), _) => {}
        (Check::Nothing, _) if opened.encrypted => tracing::info!(
            "the connection to PostgreSQL is encrypted, but whose certificate it shows is not checked; sslmode=verify-full \
             does, with sslrootcert for one of your own"
        ),
        (Check::Nothing, _) => tracing::info!(
            "the connection to PostgreSQL is not encrypted; sslmode=verify-full asks for it, sslmode=disable says that \
             this is meant"
        ),
    }
}

fn driven(opened: Opened) -> Client {
    // Ends with the client.
    tokio::spawn(opened.driver);
    opened.client
}

async fn answer(client: &Client, question: &str) -> Result<String, tokio_postgres::Error> {
    let messages = client.simple_query(question).await?;
    let found = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get(0).ok().flatten(),
        _ => None,
    });
    Ok(found.unwrap_or_default().to_owned())
}

/// Who answered on each of two connections, in order.
#[derive(Default)]
struct Sessions {
    one: Vec<String>,
    other: Vec<String>,
}

impl Sessions {
    /// A pooler of transactions hands a session on when a transaction ends, most often the last one that it took back. So
    /// the two connections get the same one, or, while one holds it in a transaction, the other must get another.
    async fn look(&mut self, one: &Client, other: &Client) -> Result<(), tokio_postgres::Error> {
        for _ in 0..ROUNDS {
            self.one.push(answer(one, SESSION).await?);
            self.one.push(answer(one, SESSION).await?);
            self.other.push(answer(other, SESSION).await?);
            other.batch_execute("BEGIN").await?;
            self.other.push(answer(other, SESSION).await?);
            self.one.push(answer(one, SESSION).await?);
            other.batch_execute("ROLLBACK").await?;
        }
        Ok(())
    }

    fn are_shared(&self) -> bool {
        let changes = |sessions: &[String]| sessions.windows(2).any(|pair| matches!(pair, [a, b] if a != b));
        let same = self.one.first().is_some_and(|first| self.other.first() == Some(first));
        same || changes(&self.one) || changes(&self.other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_of_ones_own_neither_change_nor_meet() {
        let are_shared = |one: &[&str], other: &[&str]| {
            let owned = |sessions: &[&str]| sessions.iter().map(|&session| session.to_owned()).collect();
            let (one, other) = (owned(one), owned(other));
            Sessions { one, other }.are_shared()
        };
        assert!(!are_shared(&[], &[]), "nothing is known");
        assert!(!are_shared(&["7"], &[]));
        assert!(!are_shared(&["7", "7", "7"], &["8", "8"]));
        assert!(are_shared(&["7", "7"], &["7"]), "handed on");
        assert!(are_shared(&["7", "7", "8"], &["9", "9"]), "held by the other meanwhile");
        assert!(are_shared(&["7", "7", "7"], &["8", "9"]), "in turns");
    }
}
