//! One request at a time: for signing in, and to see that answers are right. The load itself is wrk's.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).context("the answer is not JSON")
    }

    /// `name=value` of the cookie that it sets.
    pub(super) fn cookie(&self) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let (_, cookie) = lines.find(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))?;
        cookie.split(';').next().map(str::trim)
    }
}

/// As HTTP/1.0, so that the answer ends with the connection.
pub(super) fn send(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("nobody listens")?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request = format!("{method} {path} HTTP/1.0\r\nhost: 127.0.0.1:{port}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).context("the answer does not end")?;
    read(&answer).with_context(|| format!("{method} {path}: the answer is not HTTP"))
}

/// The body of an answer that must be good.
pub(super) fn get(port: u16, path: &str, cookie: &str) -> Result<Answer> {
    let answer = send(port, "GET", path, &[("cookie", cookie)], "")?;
    ensure!(answer.status == 200, "GET {path} answered {}", answer.status);
    Ok(answer)
}

fn read(bytes: &[u8]) -> Option<Answer> {
    const GAP: &[u8] = b"\r\n\r\n";
    let end = bytes.windows(GAP.len()).position(|window| window == GAP)?;
    let (head, rest) = bytes.split_at_checked(end)?;
    let head = std::str::from_utf8(head).ok()?;
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head: head.to_owned(),
        body: rest.get(GAP.len()..)?.to_vec(),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::read;

    #[test]
    fn an_answer_is_its_status_its_cookie_and_its_body() {
        let answer = read(b"HTTP/1.0 200 OK\r\nSet-Cookie: a=b; Path=/\r\n\r\n{\"x\":1}").unwrap();
        assert_eq!((answer.status, answer.cookie()), (200, Some("a=b")));
        assert_eq!(answer.json().unwrap(), serde_json::json!({ "x": 1 }));
        assert!(read(b"HTTP/1.0 200 OK\r\n").is_none());
    }
}
