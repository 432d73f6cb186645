//! Connections that are held for nothing: silent ones, ones whose headers trickle, and uploads that trickle. Each is opened
//! again when the server has closed it.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpSocket,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Between two bytes.
const PAUSE: Duration = Duration::from_secs(2);
/// Before a connection is opened again.
const BREATH: Duration = Duration::from_millis(50);
/// They come one after the other: a flood of new connections is another matter.
const APART: Duration = Duration::from_millis(1);
/// 127.0.0.2 and those after it.
const ADDRESSES: usize = 8;

const HEADERS: &[u8] = b"GET /api/v1/session HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: 203.0.113.7\r\nx-slow: ";

pub(super) struct Crowd {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Crowd {
    /// Half of them are silent, one in twenty uploads, the others send headers.
    pub(super) fn gather(server: SocketAddr, count: usize, upload: String) -> Self {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let upload: Arc<[u8]> = upload.into_bytes().into();
        for number in 0..count {
            let opening: Option<Arc<[u8]>> = match number % 20 {
                1 => Some(Arc::clone(&upload)),
                odd if odd % 2 == 1 => Some(HEADERS.into()),
                _ => None,
            };
            let address = [127, 0, 0, u8::try_from(2 + number % ADDRESSES).unwrap()];
            let wait = APART * u32::try_from(number).unwrap();
            let coming = come_again(server, SocketAddr::from((address, 0)), opening, wait);
            tasks.spawn(stop.clone().run_until_cancelled_owned(coming));
        }
        Self { stop, tasks }
    }

    pub(super) async fn disperse(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Whatever ends a connection, there is a next one.
async fn come_again(server: SocketAddr, from: SocketAddr, opening: Option<Arc<[u8]>>, wait: Duration) {
    tokio::time::sleep(wait).await;
    loop {
        drop(hold(server, from, opening.as_deref()).await);
        tokio::time::sleep(BREATH).await;
    }
}

/// Until the server closes.
async fn hold(server: SocketAddr, from: SocketAddr, opening: Option<&[u8]>) -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(from)?;
    let (reader, writer) = socket.connect(server).await?.into_split();
    tokio::select! {
        ended = trickle(writer, opening) => ended,
        ended = hear_out(reader) => ended,
    }
}

async fn trickle(mut writer: OwnedWriteHalf, opening: Option<&[u8]>) -> io::Result<()> {
    let Some(opening) = opening else {
        std::future::pending::<()>().await;
        return Ok(());
    };
    writer.write_all(opening).await?;
    loop {
        tokio::time::sleep(PAUSE).await;
        writer.write_all(b"x").await?;
    }
}

/// What it answers is of no interest.
async fn hear_out(mut reader: OwnedReadHalf) -> io::Result<()> {
    let mut rest = [0; 1_024];
    while reader.read(&mut rest).await? > 0 {}
    Ok(())
}
