//! Both databases behave alike.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Integer},
};
use diesel_async::SimpleAsyncConnection as _;
use esteira::{
    administration::organization::Organization,
    db::{DbConn, MigrationError, RunQueryDsl, migrate, schema::organizations},
    with_conn,
};
use esteira_shared::instant::Instant;

use crate::{on_both, support::TestApp};

on_both!(an_instant_survives_to_the_microsecond, |test| {
    let mut tx = test.app.db.begin().await.unwrap();
    let organization = Organization::create(&mut tx, "Zona").await.unwrap();
    let odd: Instant = "2018-11-04T03:00:00.123456Z"
        .parse::<chrono::DateTime<chrono::Utc>>()
        .unwrap()
        .into();
    with_conn!(tx.conn(), |c| diesel::update(
        organizations::table.find(organization.id)
    )
    .set(organizations::updated_at.eq(odd))
    .execute(c)
    .await)
    .unwrap();
    let back = Organization::find(tx.conn(), organization.id).await.unwrap();
    assert_eq!(back.updated_at, odd);
    let earlier: Vec<String> = with_conn!(tx.conn(), |c| organizations::table
        .filter(organizations::updated_at.lt(odd + chrono::TimeDelta::microseconds(1)))
        .select(organizations::name)
        .load(c)
        .await)
    .unwrap();
    assert_eq!(earlier, ["Zona"]);
});

on_both!(a_dropped_transaction_leaves_nothing_and_frees_the_writer, |test| {
    let mut tx = test.app.db.begin().await.unwrap();
    Organization::create(&mut tx, "Perdida").await.unwrap();
    drop(tx);
    let mut tx = test.app.db.begin().await.expect("the writer is free at once");
    assert!(Organization::none_exists(tx.conn()).await.unwrap());
    Organization::create(&mut tx, "Mantida").await.unwrap();
    tx.commit().await.unwrap();
    assert!(
        !Organization::none_exists(&mut test.app.db.read().await.unwrap())
            .await
            .unwrap()
    );
});

on_both!(
    a_transaction_that_is_rolled_back_leaves_nothing_and_its_connection,
    |test| {
        let mut tx = test.app.db.begin().await.unwrap();
        Organization::create(&mut tx, "Perdida").await.unwrap();
        let number = match tx.conn() {
            DbConn::Sqlite(_) => None,
            DbConn::Postgres(c) => {
                let number: i32 = diesel::select(sql::<Integer>("pg_backend_pid()"))
                    .get_result(&mut **c)
                    .await
                    .unwrap();
                Some(number)
            }
        };
        tx.roll_back().await;
        let mut tx = test.app.db.begin().await.expect("the writer is free at once");
        assert!(Organization::none_exists(tx.conn()).await.unwrap());
        if let (Some(number), DbConn::Postgres(c)) = (number, tx.conn()) {
            let there = format!("(SELECT count(*) FROM pg_stat_activity WHERE pid = {number} AND xact_start IS NULL)");
            let here = format!("(pg_backend_pid() = {number} OR {there} = 1)");
            let kept: bool = diesel::select(sql::<Bool>(&here)).get_result(&mut **c).await.unwrap();
            assert!(kept, "it is free for the next one");
        }
    }
);

on_both!(a_cancelled_request_leaves_no_half_transaction, |test| {
    for _ in 0..20 {
        let work = async {
            let mut tx = test.app.db.begin().await.unwrap();
            for number in 0..100 {
                Organization::create(&mut tx, &format!("{number}")).await.unwrap();
            }
            std::future::pending::<()>().await;
        };
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(15), work)
                .await
                .is_err()
        );
    }
    let mut tx = test.app.db.begin().await.unwrap();
    assert!(Organization::none_exists(tx.conn()).await.unwrap());
});

on_both!(the_audit_trail_refuses_changes, |test| {
    let fixture = crate::support::Fixture::new(&test, "auditada").await;
    assert_eq!(fixture.opened(&test, 1, &["VIVO"], "2026-10").await.len(), 1);
    let statements = [
        "UPDATE audit_events SET actor = 'outro'",
        "DELETE FROM audit_events",
        "UPDATE process_moves SET actor = 'outro'",
        "DELETE FROM process_moves",
    ];
    for statement in statements {
        let mut tx = test.app.db.begin().await.unwrap();
        let refused = with_conn!(tx.conn(), |c| c.batch_execute(statement).await);
        assert!(refused.unwrap_err().to_string().contains("append-only"), "{statement}");
    }
});

on_both!(migrating_again_changes_nothing_and_a_newer_schema_is_refused, |test| {
    let url = &test.app.config.database.url;
    assert!(migrate(url).await.unwrap().is_empty());
    let mut tx = test.app.db.begin().await.unwrap();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    with_conn!(tx.conn(), |c| c.batch_execute(newer).await).unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(migrate(url).await, Err(MigrationError::NewerSchema(version)) if version == "29990101000000"));
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bundled_sqlite_is_not_one_that_corrupts_wal() {
    #[derive(QueryableByName)]
    struct Used {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        used: i32,
    }

    #[derive(QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let test = TestApp::sqlite().await;
    let mut conn = test.app.db.read().await.unwrap();
    let DbConn::Sqlite(c) = &mut conn else {
        panic!("SQLite was asked for")
    };
    let row: Version = diesel::sql_query("SELECT sqlite_version() AS version")
        .get_result(&mut **c)
        .await
        .unwrap();
    let parts: Vec<u32> = row.version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{}", row.version);
    // How `.cargo/config.toml` has it compiled.
    let options = [
        ("THREADSAFE=2", 1),
        ("DEFAULT_MEMSTATUS=0", 1),
        ("ENABLE_QPSG", 1),
        ("ENABLE_API_ARMOR", 0),
        ("ENABLE_MEMORY_MANAGEMENT", 0),
        ("ENABLE_STAT4", 0),
    ];
    for (option, used_or_not) in options {
        let used: Used = diesel::sql_query("SELECT sqlite_compileoption_used(?) AS used")
            .bind::<diesel::sql_types::Text, _>(option)
            .get_result(&mut **c)
            .await
            .unwrap();
        assert_eq!(used.used, used_or_not, "{option}");
    }
}

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ColumnOf {
    #[diesel(sql_type = diesel::sql_types::Text)]
    table_name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    column_name: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    required: i32,
}

async fn columns(test: &TestApp) -> Vec<ColumnOf> {
    const SQLITE: &str = "SELECT t.name AS table_name, c.name AS column_name, c.\"notnull\" AS required \
        FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'";
    const POSTGRES: &str = "SELECT table_name::text, column_name::text, (is_nullable = 'NO')::int AS required \
        FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_%'";
    let mut conn = test.app.db.read().await.unwrap();
    let mut rows: Vec<ColumnOf> = match &mut conn {
        DbConn::Sqlite(c) => diesel::sql_query(SQLITE).load(&mut **c).await.unwrap(),
        DbConn::Postgres(c) => diesel::sql_query(POSTGRES).load(&mut **c).await.unwrap(),
    };
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_trees_of_migrations_end_in_the_same_tables() {
    let names = |tree: &str| {
        let folder = format!("{}/../migrations/{tree}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let (sqlite, postgres) = (
        columns(&TestApp::sqlite().await).await,
        columns(&TestApp::postgres().await).await,
    );
    assert!(sqlite.len() > 100, "{}", sqlite.len());
    for (one, other) in sqlite.iter().zip(&postgres) {
        assert_eq!(one, other);
    }
    assert_eq!(sqlite.len(), postgres.len());
    // Every table of an application says whose its rows are.
    let shared = [
        "organizations",
        "workers",
        "job_attempts",
        "job_log_lines",
        "log_chunks",
        "storage_intents",
    ];
    let mut tables: Vec<&str> = sqlite.iter().map(|column| column.table_name.as_str()).collect();
    tables.dedup();
    for table in tables.into_iter().filter(|table| !shared.contains(table)) {
        let owned = sqlite
            .iter()
            .any(|c| c.table_name == table && c.column_name == "organization_id" && c.required == 1);
        assert!(owned, "{table} has no organization_id");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_replicas_may_migrate_at_once() {
    let test = TestApp::postgres().await;
    let mut tx = test.app.db.begin().await.unwrap();
    let DbConn::Postgres(c) = tx.conn() else {
        panic!("PostgreSQL was asked for")
    };
    // Back to an empty schema, which both then find.
    let empty = "DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE; CREATE SCHEMA ' || current_schema(); END $$";
    c.batch_execute(empty).await.unwrap();
    tx.commit().await.unwrap();
    let url = test.app.config.database.url.clone();
    let (one, other) = tokio::join!(
        tokio::spawn({
            let url = url.clone();
            async move { migrate(&url).await }
        }),
        migrate(&url)
    );
    let mut applied = [one.unwrap().unwrap().len(), other.unwrap().len()];
    applied.sort_unstable();
    assert_eq!(applied[0], 0, "one of them had nothing left to do");
    assert!(applied[1] >= 4);
}
