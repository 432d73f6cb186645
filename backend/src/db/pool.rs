//! Connections: one writer and several readers on SQLite, one pool on PostgreSQL.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use deadpool::managed;
use diesel::ConnectionError;
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use futures_util::FutureExt as _;
use tokio::{runtime::Handle, task::JoinHandle};

use super::{
    DatabaseUrl, Tx,
    postgres::{self, Address},
    sqlite::Opener,
};
use crate::{
    bus::Bus,
    clock::{Clock, SharedClock},
    error::{AppError, AppResult},
    private,
};

/// A connection to one of the two databases. Models take `&mut DbConn`.
#[expect(clippy::large_enum_variant, reason = "short-lived, and never kept in numbers")]
pub enum DbConn {
    Sqlite(managed::Object<Opener>),
    Postgres(Object<AsyncPgConnection>),
}

/// The database of this process. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    url: DatabaseUrl,
    pools: Pools,
    /// For checks of health alone.
    probes: Pools,
    bus: Bus,
    clock: SharedClock,
}

#[derive(Clone)]
enum Pools {
    Sqlite {
        writer: managed::Pool<Opener>,
        readers: managed::Pool<Opener>,
    },
    Postgres(Pool<AsyncPgConnection>),
}

/// Why the database cannot be used at start.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the database {url}: {reason:#}")]
pub struct ConnectError {
    url: DatabaseUrl,
    reason: anyhow::Error,
}

/// How long a request waits for a free connection before it answers 503.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);

impl Database {
    /// Opens the pools and proves that the database answers and is fit for us.
    ///
    /// # Errors
    /// With the reason, when it does not, or is not. There is no fallback to another database.
    pub async fn connect(url: &DatabaseUrl, size: usize, bus: Bus, clock: SharedClock) -> Result<Self, ConnectError> {
        let refused = |reason| ConnectError {
            url: url.clone(),
            reason,
        };
        if let DatabaseUrl::Postgres(url) = url {
            postgres::refuse_unfit(url).await.map_err(refused)?;
        }
        let pools = Pools::open(url, size).await.map_err(refused)?;
        let probes = Pools::open(url, 1).await.map_err(refused)?;
        Ok(Self {
            url: url.clone(),
            pools,
            probes,
            bus,
            clock,
        })
    }

    /// A connection for short reads: rows by their keys, a page of a list. On SQLite it refuses to write, and its
    /// statements run on the thread that asks. For long ones see [`Database::read_long`].
    ///
    /// # Errors
    /// `database_unavailable` when none is free in time.
    pub async fn read(&self) -> AppResult<DbConn> {
        self.pools.reader().await
    }

    /// The same for checks of health, which others cannot take: however many read, the answer says whether the database
    /// works.
    ///
    /// # Errors
    /// `database_unavailable` when it does not answer in time.
    pub async fn probe(&self) -> AppResult<DbConn> {
        self.probes.reader().await
    }

    /// A connection for reads that may take more than a few milliseconds: exports, graphs, searches. On SQLite the
    /// runtime moves other work away from the thread meanwhile.
    ///
    /// # Errors
    /// `database_unavailable` when none is free in time.
    pub async fn read_long(&self) -> AppResult<DbConn> {
        let mut conn = self.read().await?;
        if let DbConn::Sqlite(conn) = &mut conn {
            conn.set_steps_aside(true);
        }
        Ok(conn)
    }

    /// Starts a transaction. On SQLite this waits for the one writer.
    ///
    /// # Errors
    /// `database_unavailable` when no connection is free in time.
    pub async fn begin(&self) -> AppResult<Tx> {
        let conn = match &self.pools {
            Pools::Sqlite { writer, .. } => DbConn::Sqlite(writer.get().await.map_err(unavailable)?),
            Pools::Postgres(pool) => DbConn::Postgres(pool.get().await.map_err(unavailable)?),
        };
        Ok(Tx::begin(conn, self.bus.clone(), self.clock.clone()).await?)
    }

    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Where its transactions tell what they changed.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The same for one that writes or removes very many rows.
    ///
    /// # Errors
    /// `database_unavailable` when no connection is free in time.
    pub async fn begin_long(&self) -> AppResult<Tx> {
        let mut tx = self.begin().await?;
        if let DbConn::Sqlite(conn) = tx.conn() {
            conn.set_steps_aside(true);
        }
        Ok(tx)
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }
}

impl Pools {
    async fn open(url: &DatabaseUrl, size: usize) -> anyhow::Result<Self> {
        match url {
            DatabaseUrl::Sqlite(path) => sqlite_pools(path, size).await,
            DatabaseUrl::Postgres(url) => postgres_pool(url, size).await,
        }
    }

    async fn reader(&self) -> AppResult<DbConn> {
        Ok(match self {
            Self::Sqlite { readers, .. } => DbConn::Sqlite(readers.get().await.map_err(unavailable)?),
            Self::Postgres(pool) => DbConn::Postgres(pool.get().await.map_err(unavailable)?),
        })
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::database_unavailable(anyhow::Error::new(error))
}

async fn sqlite_pools(path: &Path, size: usize) -> anyhow::Result<Pools> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        private::new_folder(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    // SQLite gives the files beside it the same mode.
    private::file(path).with_context(|| format!("cannot create {}", path.display()))?;
    let path = path.to_str().context("the path is not valid UTF-8")?;
    let writer = sqlite_pool(path, 1, "")?;
    // The first connection switches the file to WAL; readers opened before that would fail.
    drop(writer.get().await?);
    let readers = sqlite_pool(path, size.max(1), "PRAGMA query_only = ON;")?;
    Ok(Pools::Sqlite { writer, readers })
}

fn sqlite_pool(path: &str, size: usize, extra: &'static str) -> anyhow::Result<managed::Pool<Opener>> {
    let opener = Opener {
        path: path.to_owned(),
        extra,
    };
    Ok(managed::Pool::builder(opener)
        .max_size(size)
        .wait_timeout(Some(WAIT_FOR_CONNECTION))
        .create_timeout(Some(WAIT_FOR_CONNECTION))
        .runtime(deadpool::Runtime::Tokio1)
        .build()?)
}

/// A connection lives on the runtime that opens it. That is always the program's own: the threads of a job may be left
/// behind.
async fn established<C>(opening: JoinHandle<Result<C, ConnectionError>>) -> Result<C, ConnectionError> {
    opening
        .await
        .unwrap_or_else(|error| Err(ConnectionError::BadConnection(error.to_string())))
}

async fn postgres_pool(url: &str, size: usize) -> anyhow::Result<Pools> {
    let address = url.parse::<Address>().map_err(anyhow::Error::msg)?;
    let patience = address.patience();
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    config.recycling_method = RecyclingMethod::Fast;
    let here = Handle::current();
    config.custom_setup = Box::new(move |_| {
        let address = address.clone();
        let establish = here.spawn(async move {
            let (client, connection) = address
                .connect()
                .await
                .map_err(|error| ConnectionError::BadConnection(format!("{error:#}")))?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(error = %error, "connection to PostgreSQL ended");
                }
            });
            AsyncPgConnection::try_from(client).await
        });
        established(establish).boxed()
    });
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
    let pool = Pool::builder(manager)
        .max_size(size.max(2))
        .wait_timeout(Some(WAIT_FOR_CONNECTION))
        .create_timeout(Some(patience))
        .runtime(deadpool::Runtime::Tokio1)
        .build()?;
    drop(pool.get().await?);
    Ok(Pools::Postgres(pool))
}
