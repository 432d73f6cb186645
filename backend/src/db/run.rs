//! Running a query on a connection to either database, under the names that diesel uses.
//!
//! diesel's own trait waits for the database on the thread that asks. That is right for SQLite, which answers within
//! microseconds from this process. diesel-async's trait gives the thread to others while it waits. That is right for
//! PostgreSQL. This trait chooses by the connection. A request of very many short statements still lets others in between.

use diesel::{QueryResult, SqliteConnection, dsl::Limit, query_dsl::methods};
use diesel_async::{AsyncPgConnection, methods as of_pg};
use tokio::task::coop::consume_budget;

use super::{SqliteConn, spent};

/// What a query can do on a connection. Import it instead of `diesel::RunQueryDsl`.
pub trait RunQueryDsl<Conn>: Sized {
    /// Every row.
    fn load<'query, U>(self, conn: &mut Conn) -> impl Future<Output = QueryResult<Vec<U>>> + Send
    where
        Self: Load<'query, Conn, U>,
    {
        self.all(conn)
    }

    /// The one row.
    fn get_result<'query, U>(self, conn: &mut Conn) -> impl Future<Output = QueryResult<U>> + Send
    where
        Self: Load<'query, Conn, U>,
    {
        self.one(conn)
    }

    /// The first row.
    fn first<'query, U>(self, conn: &mut Conn) -> impl Future<Output = QueryResult<U>> + Send
    where
        Self: methods::LimitDsl,
        Limit<Self>: Load<'query, Conn, U>,
    {
        methods::LimitDsl::limit(self, 1).one(conn)
    }

    /// The number of rows that were touched.
    fn execute(self, conn: &mut Conn) -> impl Future<Output = QueryResult<usize>> + Send
    where
        Self: Execute<Conn>,
    {
        self.count(conn)
    }
}

impl<T, Conn> RunQueryDsl<Conn> for T {}

/// A query that has rows.
pub trait Load<'query, Conn, U> {
    fn all(self, conn: &mut Conn) -> impl Future<Output = QueryResult<Vec<U>>> + Send;
    fn one(self, conn: &mut Conn) -> impl Future<Output = QueryResult<U>> + Send;
}

/// A statement that changes rows.
pub trait Execute<Conn> {
    fn count(self, conn: &mut Conn) -> impl Future<Output = QueryResult<usize>> + Send;
}

impl<'query, Q, U> Load<'query, SqliteConn, U> for Q
where
    Q: methods::LoadQuery<'query, SqliteConnection, U> + Send,
    U: Send,
{
    async fn all(self, conn: &mut SqliteConn) -> QueryResult<Vec<U>> {
        consume_budget().await;
        conn.run(|c| diesel::RunQueryDsl::load(self, c))
    }

    async fn one(self, conn: &mut SqliteConn) -> QueryResult<U> {
        consume_budget().await;
        conn.run(|c| diesel::RunQueryDsl::get_result(self, c))
    }
}

impl<Q> Execute<SqliteConn> for Q
where
    Q: methods::ExecuteDsl<SqliteConnection> + Send,
{
    async fn count(self, conn: &mut SqliteConn) -> QueryResult<usize> {
        consume_budget().await;
        conn.run(|c| methods::ExecuteDsl::execute(self, c))
    }
}

impl<'query, Q, U> Load<'query, AsyncPgConnection, U> for Q
where
    Q: of_pg::LoadQuery<'query, AsyncPgConnection, U> + Send + 'query,
    U: Send,
{
    async fn all(self, conn: &mut AsyncPgConnection) -> QueryResult<Vec<U>> {
        spent::statement();
        diesel_async::RunQueryDsl::load(self, conn).await
    }

    async fn one(self, conn: &mut AsyncPgConnection) -> QueryResult<U> {
        spent::statement();
        diesel_async::RunQueryDsl::get_result(self, conn).await
    }
}

impl<Q> Execute<AsyncPgConnection> for Q
where
    Q: of_pg::ExecuteDsl<AsyncPgConnection> + Send,
{
    async fn count(self, conn: &mut AsyncPgConnection) -> QueryResult<usize> {
        spent::statement();
        diesel_async::RunQueryDsl::execute(self, conn).await
    }
}
