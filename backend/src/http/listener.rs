//! How the servers of this program take connections: its own, and those of the simulators.

mod peers;
mod serve;

use axum::serve::{ListenerExt as _, TapIo};
pub use serve::{Limits, serve};
use tokio::net::{TcpListener, TcpStream};

/// Sends at once what is written. Otherwise small events would wait until the reader acknowledges those before.
#[must_use]
pub fn without_delay(listener: TcpListener) -> TapIo<TcpListener, fn(&mut TcpStream)> {
    let set: fn(&mut TcpStream) = |stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %error, "a connection keeps its delay");
        }
    };
    listener.tap_io(set)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use axum::serve::Listener as _;

    use super::*;

    #[tokio::test]
    async fn what_is_taken_has_no_delay() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let _client = TcpStream::connect(address).await.unwrap();
        let (stream, _) = without_delay(listener).accept().await;
        assert!(stream.nodelay().unwrap());
    }
}
