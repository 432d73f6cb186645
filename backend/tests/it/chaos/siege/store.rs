//! A store that can hang: what is between it and the program takes everything and passes nothing on.

use esteira::config::Vars;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

const STORAGE: &str = "ESTEIRA_STORAGE_URL";

pub(super) struct Store {
    hangs: watch::Sender<bool>,
}

impl Store {
    /// Steps between a store and whoever uses the settings that are returned.
    pub(super) async fn before(mut vars: Vars) -> (Self, Vars) {
        let (bucket, behind) = vars[STORAGE].split_once("http://").unwrap();
        let behind = behind.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{bucket}http://{}", listener.local_addr().unwrap());
        vars.insert(STORAGE.to_owned(), url);
        let (hangs, told) = watch::channel(false);
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let far = TcpStream::connect(&behind).await.unwrap();
                let (near_reader, near_writer) = near.into_split();
                let (far_reader, far_writer) = far.into_split();
                tokio::spawn(pass_on(near_reader, far_writer, told.clone()));
                tokio::spawn(pass_on(far_reader, near_writer, told.clone()));
            }
        });
        (Self { hangs }, vars)
    }

    pub(super) fn hang(&self) {
        self.hangs.send_replace(true);
    }

    pub(super) fn resume(&self) {
        self.hangs.send_replace(false);
    }
}

/// Until one side closes.
async fn pass_on(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut hangs: watch::Receiver<bool>) {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut piece).await.unwrap_or(0);
        let told = hangs.wait_for(|hangs| !hangs).await.is_ok();
        if read == 0 || !told || to.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
}
