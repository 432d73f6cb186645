//! Whoever uses the server that is measured: makes the first organisation over the API, and what robots need in it.

use std::{fmt::Write as _, time::Instant};

use anyhow::{Context as _, ensure};
use esteira_shared::validate::Cnpj;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::program::SETUP_CODE;

const OPERATOR: &str = "BANCADA";
/// Of all processes; any month that is over.
const MONTH: &str = "2025-01";

/// Signed in as the first administrator.
pub struct Client {
    base: String,
    /// Name and value.
    pub cookie: String,
    http: reqwest::Client,
}

impl Client {
    /// Makes the organisation of a fresh server and its administrator.
    pub async fn set_up(base: &str) -> anyhow::Result<Self> {
        let admin = json!({
            "code": SETUP_CODE, "organization_name": "Bancada", "name": "Bancada", "email": "bancada@example.com",
            "password": "correta bateria cavalo grampo",
        });
        Self::enter(base, "/setup", &admin).await
    }

    /// Whoever gets a session for these words.
    pub async fn enter(base: &str, path: &str, words: &Value) -> anyhow::Result<Self> {
        let mut client = Self {
            base: base.to_owned(),
            cookie: String::new(),
            http: reqwest::Client::builder().no_proxy().build()?,
        };
        let answer = client.request(Method::POST, path).json(words).send().await?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|cookie| cookie.to_str().ok());
        let pair = cookie.and_then(|cookie| cookie.split(';').next());
        let status = answer.status();
        client.cookie = pair.with_context(|| format!("{path}: {status}"))?.to_owned();
        Ok(client)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        request.header("cookie", &self.cookie).header("x-esteira-csrf", "1")
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let answer = request.send().await?;
        let (status, url) = (answer.status(), answer.url().clone());
        let text = answer.text().await?;
        ensure!(status.is_success(), "{url}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(self.request(Method::GET, path)).await
    }

    async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// As [`Client::get`], with the milliseconds until the whole answer was there.
    pub async fn timed(&self, path: &str) -> anyhow::Result<(f64, Value)> {
        let began = Instant::now();
        let answer = self.request(Method::GET, path).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        let took = began.elapsed().as_secs_f64() * 1e3;
        ensure!(status.is_success(), "{path}: {status} {text}");
        Ok((took, serde_json::from_str(&text)?))
    }

    /// Has robots fetch the invoices of an operator from this address, as many at once as wanted; gives the ids of so
    /// many processes that wait for one.
    pub async fn prepare(&self, robots: &str, processes: usize) -> anyhow::Result<Vec<String>> {
        self.post("/operators", json!({ "name": OPERATOR, "possui_rpa": true }))
            .await?;
        let mut rows = String::from("razao_social;cnpj;operadora;conta\n");
        for number in 1..=processes {
            let cnpj = Cnpj::from_base(&format!("{number:08}0001"))?;
            let _ = writeln!(rows, "Cliente {number};{cnpj};{OPERATOR};{number:010}");
        }
        let import = self.request(Method::POST, "/clients/import").body(rows);
        let report = self
            .send(import.header("content-type", "text/csv; charset=utf-8"))
            .await?;
        ensure!(
            report["applied"].as_bool() == Some(true),
            "the import was refused: {report}"
        );
        self.send(self.request(Method::POST, &format!("/months/{MONTH}/open")))
            .await?;
        let now = self.get("/robots/settings").await?;
        let settings = json!({
            "url": robots, "honours_keys": true, "max_minutes": 120, "max_running": 1_000, "max_per_operator": 1_000,
            "sat_transport": now["sat_transport"], "version": now["version"],
        });
        self.send(self.request(Method::PUT, "/robots/settings").json(&settings))
            .await?;
        self.processes().await
    }

    async fn processes(&self) -> anyhow::Result<Vec<String>> {
        let mut ids = Vec::new();
        let mut place = String::new();
        loop {
            let page = self.get(&format!("/processes?limit=200&month={MONTH}{place}")).await?;
            let items = page["items"].as_array().context("a page has items")?;
            ids.extend(items.iter().filter_map(|item| item["id"].as_str()).map(str::to_owned));
            let Some(cursor) = page["next_cursor"].as_str() else {
                return Ok(ids);
            };
            place = format!("&cursor={cursor}");
        }
    }

    /// What the robot of a process signs in with at the operator's portal.
    pub async fn set_password(&self, process: &str, password: &str) -> anyhow::Result<()> {
        let detail = self.get(&format!("/processes/{process}")).await?;
        let client = detail["process"]["client_id"]
            .as_str()
            .context("a process has a client")?;
        let accounts = self.get(&format!("/clients/{client}/accounts")).await?;
        let account = accounts.get(0).context("a client has an account")?;
        let id = account["id"].as_str().context("an account has an id")?;
        let update = json!({
            "account_number": account["account_number"], "portal_login": "bancada@example.com",
            "portal_password": password, "active": true, "version": account["version"],
        });
        self.send(self.request(Method::PUT, &format!("/accounts/{id}")).json(&update))
            .await?;
        Ok(())
    }

    /// Starts the robot of a process, which will print so many lines; gives the id of the run, and of its log.
    pub async fn start(&self, process: &str, rate: Option<u64>, lines: u64) -> anyhow::Result<String> {
        let mut parametros = json!({ "linhas": lines });
        if let Some(rate) = rate {
            parametros["ritmo"] = json!(rate);
        }
        let create = json!({ "process_id": process, "tipo": "DOWNLOAD_FATURA", "parametros": parametros });
        let made = self.post("/executions", create).await?;
        Ok(made["id"].as_str().context("a run has an id")?.to_owned())
    }
}

/// Where a log comes live.
pub fn live(run: &str) -> String {
    format!("/api/v1/events?log={run}&after=0")
}
