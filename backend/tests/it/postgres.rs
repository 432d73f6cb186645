//! How PostgreSQL is connected to, and what is refused at start.

mod pooler;

use std::sync::Arc;

use esteira::{
    bus::Bus,
    clock::SystemClock,
    db::{Database, DatabaseUrl},
};

use crate::support::postgres::{self, Authority, Door, Front, Identity};

/// What every start does first.
async fn connect(url: &str) -> Result<(), String> {
    let url: DatabaseUrl = url.parse()?;
    let connected = Database::connect(&url, 1, Bus::default(), Arc::new(SystemClock)).await;
    connected.map(drop).map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_nobody_knows_is_enough_unless_more_is_asked_for() {
    let front = Front::open(Door::Either(Identity::of_its_own("db.example.com"))).await;
    for query in ["", "sslmode=prefer", "sslmode=require"] {
        connect(&front.url(query)).await.unwrap();
        let (encrypted, plain) = front.entered();
        assert!(encrypted > 0 && plain == 0, "{query}: {encrypted} {plain}");
    }
    for query in ["sslmode=allow", "sslmode=disable"] {
        connect(&front.url(query)).await.unwrap();
        let (encrypted, plain) = front.entered();
        assert!(encrypted == 0 && plain > 0, "{query}: {encrypted} {plain}");
    }
    let refused = connect(&front.url("sslmode=verify-full")).await.unwrap_err();
    assert!(refused.contains("invalid peer certificate"), "{refused}");
    assert_eq!(front.entered().1, 0, "and it did not come in without TLS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_tls_only_who_does_not_insist_comes_in() {
    for (door, why) in [
        (Door::PlainOnly, "server does not support TLS"),
        (Door::Broken, "TLS handshake"),
    ] {
        let front = Front::open(door).await;
        for query in ["", "sslmode=allow", "sslmode=disable"] {
            connect(&front.url(query)).await.unwrap();
            assert!(front.entered().1 > 0, "{query}");
        }
        for query in ["sslmode=require", "sslmode=verify-full"] {
            let refused = connect(&front.url(query)).await.unwrap_err();
            assert!(refused.contains(why), "{query}: {refused}");
            assert_eq!(front.entered(), (0, 0), "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_insists_is_obeyed() {
    let front = Front::open(Door::TlsOnly(Identity::of_its_own("db.example.com"))).await;
    for query in ["", "sslmode=allow", "sslmode=require"] {
        connect(&front.url(query)).await.unwrap();
        let (encrypted, plain) = front.entered();
        assert!(encrypted > 0 && plain == 0, "{query}: {encrypted} {plain}");
    }
    let refused = connect(&front.url("sslmode=disable")).await.unwrap_err();
    assert!(
        refused.contains("no entry for connections without encryption"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_what_was_asked_for_or_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let keep = |name: &str, pem: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let here = Identity::of_its_own("127.0.0.1");
    let elsewhere = Identity::of_its_own("db.example.com");
    let our_file = keep("ours.crt", &ours.pem);
    let their_file = keep("theirs.crt", &theirs.pem);
    let both_files = keep("both.crt", &format!("{}{}", theirs.pem, ours.pem));
    let here_file = keep("here.crt", &here.pem);
    let elsewhere_file = keep("elsewhere.crt", &elsewhere.pem);
    let empty_file = keep("empty.crt", "");
    let missing_file = folder.path().join("missing.crt").to_str().unwrap().to_owned();

    let invalid = Some("invalid peer certificate");
    let misnamed = Some("not valid for name");
    for (identity, mode, file, refused) in [
        (ours.certify("127.0.0.1"), "verify-full", &our_file, None),
        (ours.certify("127.0.0.1"), "verify-full", &both_files, None),
        (ours.certify("127.0.0.1"), "verify-full", &their_file, invalid),
        (ours.certify("db.example.com"), "verify-full", &our_file, misnamed),
        (ours.certify("db.example.com"), "verify-ca", &our_file, None),
        (ours.certify("db.example.com"), "require", &our_file, None),
        (ours.certify("127.0.0.1"), "verify-ca", &their_file, invalid),
        (ours.certify("127.0.0.1"), "require", &their_file, invalid),
        // The server's own certificate in the file.
        (here.clone(), "verify-full", &here_file, None),
        (here.clone(), "verify-ca", &elsewhere_file, invalid),
        (elsewhere.clone(), "verify-full", &elsewhere_file, misnamed),
        (elsewhere.clone(), "verify-ca", &elsewhere_file, None),
        (
            here.clone(),
            "verify-full",
            &empty_file,
            Some("there is no certificate"),
        ),
        (
            here.clone(),
            "verify-full",
            &missing_file,
            Some("cannot read the sslrootcert"),
        ),
    ] {
        let front = Front::open(Door::Either(identity)).await;
        let url = front.url(&format!("sslmode={mode}&sslrootcert={file}"));
        let told = format!("{mode} {file}");
        match (connect(&url).await, refused) {
            (Ok(()), None) => assert!(front.entered().0 > 0, "{told}"),
            (Err(said), Some(part)) => {
                assert!(said.contains(part), "{told}: {said}");
                assert_eq!(front.entered().1, 0, "{told}: came in without TLS");
            }
            (result, _) => panic!("{told}: {result:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_says_that_a_certificate_was_not_checked() {
    let front = Front::open(Door::Either(Identity::of_its_own("db.example.com"))).await;
    let database = postgres::database("").await;
    let folder = tempfile::tempdir().unwrap();
    let migrate = async |query: &str| {
        tokio::process::Command::new(env!("CARGO_BIN_EXE_esteira"))
            .arg("migrate")
            .env(
                "ESTEIRA_DATABASE_URL",
                postgres::url_of(&postgres::server(), front.port, &database, query),
            )
            .env("ESTEIRA_SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
            .env("ESTEIRA_DATA_DIR", folder.path())
            .output()
            .await
            .unwrap()
    };
    let output = migrate("").await;
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("whose certificate it shows is not checked"), "{text}");
    assert_eq!(front.entered().1, 0, "all of its connections are encrypted");

    let output = migrate("sslmode=disable").await;
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !text.contains("encrypted"), "{text}");

    let output = migrate("sslcert=x.crt").await;
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("ESTEIRA_DATABASE_URL: ") && text.contains("unknown option sslcert"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_lacks_characters_is_refused() {
    let server = postgres::server();
    let (_, port) = postgres::place(&server);
    let with = "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'";
    let database = postgres::database(with).await;
    let refused = connect(&postgres::url_of(&server, port, &database, ""))
        .await
        .unwrap_err();
    assert!(
        refused.contains("LATIN1") && refused.contains("pg_restore"),
        "{refused}"
    );
}
