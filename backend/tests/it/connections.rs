//! What a connection may do before and between requests, over real sockets.

use std::{io::ErrorKind, net::SocketAddr, sync::Arc, time::Duration};

use esteira::{
    applications,
    http::listener::{Limits, serve},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::support::TestApp;

const SOON: Duration = Duration::from_secs(10);
const LIMITS: Limits = Limits {
    headers: Duration::from_secs(1),
    connections: 1_000,
    per_address: None,
    counts_loopback: true,
};

struct Door {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Door {
    /// The test's server once more, behind these limits.
    async fn open(test: &TestApp, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = applications::service(Arc::clone(&test.app));
        let serving = tokio::spawn(serve(listener, router, limits, stop.clone()));
        Self { address, stop, serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Asks on a connection, and says what is answered first.
async fn ask(stream: &mut TcpStream) -> std::io::Result<String> {
    stream
        .write_all(b"GET /api/v1/setup HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await?;
    let mut begin = [0; 12];
    tokio::time::timeout(SOON, stream.read_exact(&mut begin)).await??;
    Ok(String::from_utf8_lossy(&begin).into_owned())
}

/// Waits until the server closes.
async fn closed(stream: &mut TcpStream) {
    let mut rest = [0; 4_096];
    let to_the_end = async {
        loop {
            match stream.read(&mut rest).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::time::timeout(SOON, to_the_end)
        .await
        .expect("the server closes the connection");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_trickle_or_never_come_end_the_connection() {
    let test = TestApp::sqlite().await;
    let door = Door::open(&test, LIMITS).await;
    let mut silent = door.connect().await;
    let mut trickling = door.connect().await;
    let (mut reader, mut writer) = trickling.split();
    let trickle = async {
        for byte in b"GET /api/v1/setup HTTP/1.1\r\nx-slow: "
            .iter()
            .chain([b'x'; 1_000].iter())
        {
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("a thousand bytes were waited for");
    };
    let mut byte = [0];
    let answered = tokio::time::timeout(SOON, async {
        tokio::select! {
            () = trickle => 0,
            read = reader.read(&mut byte) => read.unwrap_or(0),
        }
    })
    .await
    .expect("the server does not wait");
    assert_eq!(answered, 0, "there is nothing to answer");
    closed(&mut silent).await;

    let mut kept = door.connect().await;
    assert_eq!(ask(&mut kept).await.unwrap(), "HTTP/1.1 200");
    assert_eq!(
        again(&mut kept).await,
        "HTTP/1.1 200",
        "the next request on the same connection"
    );
    closed(&mut kept).await;
}

/// Reads the rest of an answer and asks again.
async fn again(stream: &mut TcpStream) -> String {
    let mut rest = vec![0; 64 * 1024];
    // The answer is one small JSON; its end is its last brace.
    let mut read = 0;
    while !rest[..read].ends_with(b"}") {
        read += stream.read(&mut rest[read..]).await.unwrap();
    }
    ask(stream).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_does_not_take_every_connection() {
    let test = TestApp::sqlite().await;
    let patient = Duration::from_secs(60);
    let bounded = Limits {
        headers: patient,
        per_address: Some(2),
        ..LIMITS
    };
    let door = Door::open(&test, bounded).await;
    let (mut first, mut second) = (door.connect().await, door.connect().await);
    assert_eq!(ask(&mut first).await.unwrap(), "HTTP/1.1 200");
    assert_eq!(ask(&mut second).await.unwrap(), "HTTP/1.1 200");
    closed(&mut door.connect().await).await;
    drop(first);
    crate::support::eventually("there is room again", || async {
        ask(&mut door.connect().await)
            .await
            .is_ok_and(|answer| answer == "HTTP/1.1 200")
    })
    .await;

    // As at home: the machine itself is not counted.
    let local = Limits {
        counts_loopback: false,
        ..bounded
    };
    let door = Door::open(&test, local).await;
    let mut all = Vec::new();
    for _ in 0..10 {
        all.push(door.connect().await);
    }
    for stream in &mut all {
        assert_eq!(ask(stream).await.unwrap(), "HTTP/1.1 200");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_makes_room_for_who_waits() {
    let test = TestApp::sqlite().await;
    let few = Limits {
        connections: 3,
        ..LIMITS
    };
    let door = Door::open(&test, few).await;
    let mut silent = Vec::new();
    for _ in 0..9 {
        silent.push(door.connect().await);
    }
    assert_eq!(ask(&mut door.connect().await).await.unwrap(), "HTTP/1.1 200");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_what_is_idle_and_lets_nobody_in() {
    let test = TestApp::sqlite().await;
    let patient = Limits {
        headers: Duration::from_secs(60),
        ..LIMITS
    };
    let door = Door::open(&test, patient).await;
    let mut idle = door.connect().await;
    assert_eq!(ask(&mut idle).await.unwrap(), "HTTP/1.1 200");
    door.stop.cancel();
    closed(&mut idle).await;
    tokio::time::timeout(SOON, door.serving)
        .await
        .expect("it ends")
        .unwrap();
    assert!(TcpStream::connect(door.address).await.is_err());
}
