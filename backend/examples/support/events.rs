//! A stream of server-sent events, read from the socket with as little work as can be: a thousand of these share a core
//! with whoever is measured.

use std::net::SocketAddr;

use anyhow::{bail, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::stamp;

const READ: usize = 16 * 1024;

/// One event; what it does not have is empty.
pub struct Event<'a> {
    pub name: &'a str,
    pub id: &'a str,
    /// The last line of it: nobody measured here sends several.
    pub data: &'a str,
    /// When its last byte was read, as [`stamp::now`].
    pub at: u64,
}

/// An open stream.
pub struct Events {
    socket: TcpStream,
    buffer: Vec<u8>,
    chunks: Chunks,
    /// What belongs to no complete event yet, without carriage returns.
    text: Vec<u8>,
}

impl Events {
    /// Asks for a stream and reads the head of the answer.
    pub async fn open(address: SocketAddr, path: &str, cookie: Option<&str>) -> anyhow::Result<Self> {
        let mut socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let cookie = cookie.map_or(String::new(), |cookie| format!("Cookie: {cookie}\r\n"));
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n{cookie}\r\n");
        socket.write_all(request.as_bytes()).await?;
        let mut buffer = vec![0; READ];
        let mut head = Vec::new();
        let end = loop {
            let count = socket.read(&mut buffer).await?;
            ensure!(count > 0, "{path}: the connection was closed before an answer");
            head.extend_from_slice(&buffer[..count]);
            if let Some(at) = head.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let words = String::from_utf8_lossy(&head[..end]).to_lowercase();
        let good = words.starts_with("http/1.1 200 ") && words.contains("transfer-encoding: chunked");
        ensure!(good, "{path}: not a stream, but {}", String::from_utf8_lossy(&head));
        let mut events = Self {
            socket,
            buffer,
            chunks: Chunks::default(),
            text: Vec::new(),
        };
        events.chunks.push(&head[end..], &mut events.text)?;
        Ok(events)
    }

    /// Reads what has come, once, and hands over each event that is complete. False at the stream's end. May be dropped
    /// while it waits.
    pub async fn read(&mut self, mut take: impl FnMut(&Event<'_>) -> anyhow::Result<()>) -> anyhow::Result<bool> {
        let count = self.socket.read(&mut self.buffer).await?;
        let at = stamp::now();
        self.chunks.push(&self.buffer[..count], &mut self.text)?;
        let mut done = 0;
        while let Some(length) = self.text[done..].windows(2).position(|two| two == b"\n\n") {
            take(&event(&self.text[done..done + length], at)?)?;
            done += length + 2;
        }
        self.text.drain(..done);
        Ok(count > 0 && !matches!(self.chunks, Chunks::Over))
    }
}

fn event(bytes: &[u8], at: u64) -> anyhow::Result<Event<'_>> {
    let (mut name, mut id, mut data) = ("", "", "");
    for line in std::str::from_utf8(bytes)?.split('\n') {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = value,
            "id" => id = value,
            "data" => data = value,
            _ => {}
        }
    }
    Ok(Event { name, id, data, at })
}

/// Where one is in the chunks that HTTP/1.1 frames a stream with.
enum Chunks {
    /// In the line with the size, which was so far this.
    Size(usize),
    /// In the data, of which so much is left.
    Data(usize),
    /// Behind the data, before the end of the line.
    Behind,
    Over,
}

impl Default for Chunks {
    fn default() -> Self {
        Self::Size(0)
    }
}

impl Chunks {
    /// Adds the data of these bytes to the text, carriage returns left out.
    fn push(&mut self, mut bytes: &[u8], text: &mut Vec<u8>) -> anyhow::Result<()> {
        while let Some((&first, rest)) = bytes.split_first() {
            match self {
                Self::Size(size) => {
                    bytes = rest;
                    let next = match first {
                        b'0'..=b'9' => Self::Size(*size * 16 + usize::from(first - b'0')),
                        b'a'..=b'f' => Self::Size(*size * 16 + usize::from(first - b'a') + 10),
                        b'A'..=b'F' => Self::Size(*size * 16 + usize::from(first - b'A') + 10),
                        b'\r' => continue,
                        b'\n' if *size == 0 => Self::Over,
                        b'\n' => Self::Data(*size),
                        other => bail!("byte {other} in the size of a chunk"),
                    };
                    *self = next;
                }
                Self::Data(left) => {
                    let (data, rest) = bytes.split_at((*left).min(bytes.len()));
                    bytes = rest;
                    text.extend(data.iter().filter(|byte| **byte != b'\r'));
                    *left -= data.len();
                    if *left == 0 {
                        *self = Self::Behind;
                    }
                }
                Self::Behind => {
                    bytes = rest;
                    if first == b'\n' {
                        *self = Self::Size(0);
                    }
                }
                Self::Over => return Ok(()),
            }
        }
        Ok(())
    }
}
