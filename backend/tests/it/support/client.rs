//! One browser or machine.

use esteira::auth::session;
use reqwest::{Method, header};
use serde_json::Value;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body, after checking the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        if self.bytes.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The body of a refusal, after checking status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        assert!(body["request_id"].as_str().is_some_and(|id| id.len() > 8), "{body}");
        body
    }

    /// The first refused field and its code.
    #[track_caller]
    pub fn refused_field(self) -> (String, String) {
        let body = self.refused(422, "validation");
        let word = |key: &str| body["fields"][0][key].as_str().unwrap().to_owned();
        (word("field"), word("code"))
    }
}

/// What speaks to programs of the test: without TLS, so it does not read the machine's certificates, which takes longer than
/// most requests.
pub fn plain() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_certs_only([])
}

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookie: Option<String>,
    bearer: Option<String>,
    csrf: bool,
    origin: Option<String>,
    host: Option<String>,
    address: Option<String>,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let http = plain().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self {
            http,
            base: base.to_owned(),
            cookie: None,
            bearer: None,
            csrf: true,
            origin: None,
            host: None,
            address: None,
        }
    }

    pub fn with_session(mut self, token: &str) -> Self {
        self.cookie = Some(token.to_owned());
        self
    }

    pub fn with_bearer(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self
    }

    pub fn without_csrf(mut self) -> Self {
        self.csrf = false;
        self
    }

    pub fn with_origin(mut self, origin: &str) -> Self {
        self.origin = Some(origin.to_owned());
        self
    }

    /// As if it reached the server under this name.
    pub fn with_host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    /// As a proxy that is trusted tells where somebody comes from.
    pub fn at_address(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("{}={cookie}", session::COOKIE));
        }
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if self.csrf {
            request = request.header("x-esteira-csrf", "1");
        }
        if let Some(origin) = &self.origin {
            request = request.header(header::ORIGIN, origin);
        }
        if let Some(host) = &self.host {
            request = request.header(header::HOST, host);
        }
        if let Some(address) = &self.address {
            request = request.header("x-forwarded-for", address);
        }
        request
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer {
            status,
            headers,
            bytes: answer.bytes().await.unwrap().to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Uploads bytes as a process's document.
    pub async fn upload(&self, process: &str, filename: &str, bytes: Vec<u8>) -> Answer {
        let path = format!("/api/v1/processes/{process}/documents");
        let request = self.request(Method::POST, &path).query(&[("filename", filename)]);
        self.send(request.header(header::CONTENT_TYPE, "application/pdf").body(bytes))
            .await
    }

    /// Signs in and keeps the cookie.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "email": email, "password": password });
        let answer = self.post("/api/v1/session", body).await;
        let cookie = answer
            .headers
            .get(header::SET_COOKIE)
            .and_then(|value| value.to_str().ok());
        let value = cookie
            .and_then(|text| text.split(';').next())
            .and_then(|pair| pair.split_once('='));
        self.cookie = value.map(|(_, token)| token.to_owned());
        answer
    }
}
