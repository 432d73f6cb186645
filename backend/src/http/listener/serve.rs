//! Serves connections within bounds, so that strangers who send little, slowly or never do not keep others out.
//!
//! HTTP/1.1 without TLS: that is what proxies speak to the programs behind them.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, serve::Listener as _};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_service::Service as _;

use super::{peers::Peers, without_delay};

/// Headers are at most as long, and what was read of a body but not yet taken.
const BUFFER: usize = 64 * 1024;

/// What a listener bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the start of a connection, or the end of its last answer, until the headers of a request are complete.
    pub headers: Duration,
    /// Connections at once; further ones wait until one ends.
    pub connections: usize,
    /// Those of one address; further ones are closed. Absent: any number.
    pub per_address: Option<usize>,
    /// Whether the machine itself is counted as an address: a proxy on it speaks for many.
    pub counts_loopback: bool,
}

/// Answers until the stop signal, and then until every open request is answered.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let mut listener = without_delay(listener);
    let peers = Peers::new(limits.per_address, limits.counts_loopback);
    let room = Arc::new(Semaphore::new(limits.connections));
    let open = TaskTracker::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(BUFFER);
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (stream, address)) = tokio::select! {
            () = stop.cancelled() => break,
            next = next => next,
        };
        let Some(peer) = peers.enter(address.ip()) else {
            tracing::debug!(%address, "the address has too many connections; this one is closed");
            continue;
        };
        let router = router.clone();
        let answering = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            router.clone().call(request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), answering);
        let stop = stop.clone();
        open.spawn(async move {
            let _counted = (place, peer);
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stop.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::trace!(error = %error, "a connection broke");
            }
        });
    }
    // What still wants to connect is refused at once.
    drop(listener);
    open.close();
    open.wait().await;
}
