//! A server that takes e-mails, or does not, as a test plans it for each address.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// What it does with one message to an address.
#[derive(Debug, Clone, Copy)]
pub enum Reply {
    /// Answers this to the address, such as `550 no such mailbox`.
    ToAddress(&'static str),
    /// Answers this once it has the message.
    ToMessage(&'static str),
    /// Keeps the message and breaks the connection without a word.
    Silence,
}

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The address that the envelope named.
    pub to: String,
    pub raw: String,
}

#[derive(Default)]
struct Inner {
    letters: Vec<Letter>,
    plans: HashMap<String, VecDeque<Reply>>,
    /// Addresses that were asked for, in order.
    asked: Vec<String>,
}

#[derive(Clone)]
pub struct PostOffice {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

impl PostOffice {
    /// Where nobody needs to be.
    pub fn at(address: std::net::SocketAddr) -> Self {
        Self {
            url: format!("smtp://{address}"),
            inner: Arc::default(),
        }
    }

    /// Takes everything until something is planned.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let office = Self::at(listener.local_addr().unwrap());
        let own = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream));
            }
        });
        office
    }

    /// The next messages to an address end so, one after the other; those after them are taken.
    pub fn plan(&self, address: &str, replies: &[Reply]) {
        let mut inner = self.inner.lock().unwrap();
        inner.plans.entry(address.to_owned()).or_default().extend(replies);
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.inner.lock().unwrap().letters.clone()
    }

    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        self.letters()
            .into_iter()
            .filter(|letter| letter.to == address)
            .collect()
    }

    /// How often somebody wanted to send to an address.
    pub fn asked_for(&self, address: &str) -> usize {
        let inner = self.inner.lock().unwrap();
        inner.asked.iter().filter(|asked| *asked == address).count()
    }

    fn next_for(&self, address: &str) -> Option<Reply> {
        let mut inner = self.inner.lock().unwrap();
        inner.asked.push(address.to_owned());
        inner.plans.get_mut(address)?.pop_front()
    }

    fn keep(&self, to: &str, raw: String) {
        let to = to.to_owned();
        self.inner.lock().unwrap().letters.push(Letter { to, raw });
    }

    /// RFC 5321, as far as one sender needs it.
    async fn serve(self, stream: TcpStream) {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let (mut to, mut reply, mut letter) = (String::new(), None, None::<String>);
        writer.write_all(b"220 post.example ESMTP\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match &mut letter {
                Some(text) if line == "." => {
                    let text = std::mem::take(text);
                    letter = None;
                    match reply.take() {
                        Some(Reply::ToMessage(answer)) => answer,
                        Some(Reply::Silence) => {
                            self.keep(&to, text);
                            return;
                        }
                        _ => {
                            self.keep(&to, text);
                            "250 2.0.0 taken"
                        }
                    }
                }
                Some(text) => {
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push_str("\r\n");
                    continue;
                }
                None if line.starts_with("RCPT") => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    reply = self.next_for(&to);
                    match reply {
                        Some(Reply::ToAddress(answer)) => answer,
                        _ => "250 ok",
                    }
                }
                None if line.starts_with("DATA") => {
                    letter = Some(String::new());
                    "354 go on"
                }
                None if line.starts_with("QUIT") => return,
                None => "250 ok",
            };
            if writer.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

impl Letter {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.raw, name)
    }

    /// The parts that hold something, with their type.
    pub fn parts(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        parts(&self.raw, &mut found);
        found
    }

    /// The part of a type.
    pub fn part(&self, kind: &str) -> String {
        let all = self.parts();
        let part = all.iter().find(|(of, _)| of.starts_with(kind));
        part.unwrap_or_else(|| panic!("no {kind} in:\n{}", self.raw)).1.clone()
    }

    /// The types of its parts as they nest: `mixed(alternative(text/plain text/html) text/csv)`.
    pub fn shape(&self) -> String {
        shape(&self.raw)
    }
}

fn header(raw: &str, name: &str) -> Option<String> {
    let head = raw.split("\r\n\r\n").next()?.replace("\r\n ", " ");
    let start = format!("{}:", name.to_lowercase());
    let line = head
        .split("\r\n")
        .find(|line| line.to_lowercase().starts_with(&start))?;
    Some(line[start.len()..].trim().to_owned())
}

/// The parts of a multipart, when it is one.
fn inner(raw: &str) -> Option<Vec<&str>> {
    let kind = header(raw, "content-type")?;
    let boundary = kind.split("boundary=\"").nth(1)?.split('"').next()?.to_owned();
    let body = raw.split_once("\r\n\r\n")?.1;
    let end = format!("--{boundary}--");
    let body = body.split(end.as_str()).next()?;
    let start = format!("--{boundary}\r\n");
    Some(body.split(start.as_str()).skip(1).collect())
}

fn shape(raw: &str) -> String {
    let kind = header(raw, "content-type").unwrap_or_default();
    let name = kind.split(';').next().unwrap_or_default();
    match inner(raw) {
        Some(all) => {
            let all: Vec<String> = all.into_iter().map(shape).collect();
            format!("{}({})", name.trim_start_matches("multipart/"), all.join(" "))
        }
        None => name.to_owned(),
    }
}

fn parts(raw: &str, found: &mut Vec<(String, String)>) {
    match inner(raw) {
        Some(all) => all.into_iter().for_each(|part| parts(part, found)),
        None => {
            let kind = header(raw, "content-type").unwrap_or_default();
            let body = raw.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let encoding = header(raw, "content-transfer-encoding").unwrap_or_default();
            found.push((kind, decoded(body, &encoding)));
        }
    }
}

fn decoded(body: &str, encoding: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    match encoding {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            String::from_utf8(BASE64_STANDARD.decode(packed).unwrap()).unwrap()
        }
        "quoted-printable" => {
            let mut bytes = Vec::new();
            let joined = body.replace("=\r\n", "");
            let mut rest = joined.as_bytes();
            while let [first, after @ ..] = rest {
                rest = after;
                match (first, after) {
                    (b'=', [high, low, after @ ..]) => {
                        let digits = [*high, *low];
                        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                        rest = after;
                    }
                    _ => bytes.push(*first),
                }
            }
            String::from_utf8(bytes).unwrap()
        }
        _ => body.to_owned(),
    }
}
