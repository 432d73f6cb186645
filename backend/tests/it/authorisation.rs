//! Every route × every role × another organisation, enumerated from the OpenAPI document: what is not on it is not
//! served, and what is on it lets in exactly whom its signature says.

use std::collections::BTreeMap;

use esteira::auth::session;
use esteira_shared::permission::{Permission, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Client, Fixture, TestApp, pdf},
};

/// One operation of the document.
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    /// Whether the document describes a JSON body.
    takes_json: bool,
    access: Access,
}

pub enum Access {
    Public,
    SignedIn {
        /// Whether tokens count, not only sessions.
        tokens: bool,
    },
    Needs(Permission),
}

/// Routes that a stranger may call; anything else without a permission fails the test.
const PUBLIC: [&str; 4] = ["get_health", "get_setup", "create_setup", "create_session"];
/// Routes for everybody who is signed in.
const SIGNED_IN: [&str; 4] = ["get_session", "delete_session", "update_password", "stream_events"];

pub fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(esteira::applications::openapi()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let scopes: Vec<&str> = operation["security"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|scheme| scheme["session"].as_array()?.first()?.as_str())
                .collect();
            let access = match scopes.first() {
                Some(scope) => Access::Needs(scope.parse().unwrap()),
                None if PUBLIC.contains(&id.as_str()) => Access::Public,
                None if SIGNED_IN.contains(&id.as_str()) => Access::SignedIn {
                    tokens: operation["security"][1]["token"].is_array(),
                },
                None => panic!("{id} names no permission and is not on the list of public routes"),
            };
            let method = method.to_uppercase().parse().unwrap();
            operations.push(Operation {
                id,
                method,
                path: path.clone(),
                takes_json: operation["requestBody"]["content"]["application/json"].is_object(),
                access,
            });
        }
    }
    operations
}

/// A body that passes every check, so that only access can refuse.
fn body(id: &str, ids: &Ids) -> Option<Value> {
    Some(match id {
        "create_setup" => {
            json!({ "code": "x", "organization_name": "X", "name": "X", "email": "x@x.example", "password": "longa-o-bastante" })
        }
        "create_session" => json!({ "email": "nobody@x.example", "password": "x" }),
        "update_password" => json!({ "current_password": "wrong", "new_password": "longa-o-bastante" }),
        "create_user" => {
            json!({ "name": "N", "email": format!("{}@n.example", uuid::Uuid::now_v7()), "role": "viewer", "password": "longa-o-bastante" })
        }
        "update_user" => json!({ "name": "N", "role": "viewer", "active": true, "version": 1 }),
        "create_token" => json!({ "name": "T", "scopes": ["tokens:manage"], "expires_in_days": 1 }),
        "update_organization" => {
            json!({ "name": "O", "timezone": "America/Sao_Paulo", "late_after_days": 3, "max_document_bytes": 100_000, "sat_url": null, "version": 999 })
        }
        "create_operator" => json!({ "name": uuid::Uuid::now_v7().to_string() }),
        "update_operator" => {
            json!({ "name": "N", "possui_rpa": false, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true, "version": 1 })
        }
        "create_client" | "update_client" => {
            json!({ "razao_social": "C", "cnpj": "12ABC34501DE35", "active": true, "version": 1 })
        }
        "create_account" => json!({ "operator_id": ids.operator, "account_number": "1" }),
        "update_account" => json!({ "account_number": "1", "portal_login": null, "active": true, "version": 1 }),
        "update_process" => json!({ "valor_fatura": "1.00", "data_vencimento": null, "version": 1 }),
        "approve_process" => json!({ "version": 1, "sha256": "00" }),
        "reject_process" => json!({ "version": 1, "reason": "r" }),
        "withdraw_process" | "reopen_process" | "send_process" => json!({ "version": 1 }),
        "confirm_process" => json!({ "version": 1, "protocol": "P-1" }),
        "bulk_approve_processes" | "bulk_reject_processes" | "bulk_send_processes" | "bulk_download_processes" => {
            json!({ "target": { "ids": [ids.process] }, "reason": "r", "dry_run": true })
        }
        "bulk_change_jobs" => json!({ "action": "cancel", "target": { "ids": [ids.job] }, "dry_run": true }),
        "create_webhook" | "update_webhook" => {
            json!({ "name": uuid::Uuid::now_v7().to_string(), "url": "https://hooks.example.com", "events": ["job.failed"], "active": true, "version": 1 })
        }
        "create_execution" => json!({ "process_id": ids.process, "tipo": "DOWNLOAD_FATURA" }),
        "rerun_execution" => json!({}),
        "bulk_change_executions" => {
            json!({ "action": "cancel", "target": { "ids": [ids.execution] }, "dry_run": true })
        }
        "update_robot_settings" => {
            json!({
                "url": null, "honours_keys": true, "max_minutes": 1, "max_running": 1, "max_per_operator": 1,
                "sat_transport": "https", "version": 999,
            })
        }
        "run_process" => json!({ "tipo": "rpa", "sincrono": false }),
        "set_job_limit" => json!({ "lane": "nowhere", "max_running": 1 }),
        _ => return None,
    })
}

/// Things of the first organisation.
pub struct Ids {
    process: String,
    client: String,
    operator: String,
    account: String,
    document: String,
    job: String,
    user: String,
    token: String,
    webhook: String,
    message: String,
    execution: String,
}

impl Ids {
    pub async fn of(test: &TestApp, fixture: &Fixture) -> Self {
        let processes = fixture.opened(test, 2, &["VIVO"], "2026-10").await;
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let process = word(&processes[0]["id"]);
        let detail = fixture.analyst.upload(&process, "fatura.pdf", pdf(1)).await.expect(201);
        let seen = json!({ "version": detail["process"]["version"], "sha256": detail["process"]["fatura_sha256"] });
        let approved = fixture
            .analyst
            .post(&format!("/api/v1/processes/{process}/approve"), seen)
            .await
            .expect(200);
        let seen = json!({ "version": approved["process"]["version"] });
        let sent = fixture
            .analyst
            .post(&format!("/api/v1/processes/{process}/send"), seen)
            .await
            .expect(200);
        let client = word(&processes[0]["client_id"]);
        let execution = Self::execution(test, fixture, &processes[1]).await;
        let accounts = fixture
            .viewer
            .get(&format!("/api/v1/clients/{client}/accounts"))
            .await
            .expect(200);
        let create = json!({ "name": "T", "scopes": ["processes:read"], "expires_in_days": 1 });
        let token = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
        let create = json!({ "name": "W", "url": "https://hooks.example.com", "events": ["process.failed"] });
        let made = fixture.admin.post("/api/v1/webhooks", create).await.expect(201);
        let webhook = word(&made["endpoint"]["id"]);
        let path = format!("/api/v1/webhooks/{webhook}/test");
        let message = fixture.admin.post(&path, json!({})).await.expect(201);
        Self {
            process,
            client,
            operator: word(&processes[0]["operator_id"]),
            account: word(&accounts[0]["id"]),
            document: word(&detail["documents"][0]["id"]),
            job: word(&sent["last_job"]["id"]),
            user: fixture.users["viewer"].to_string(),
            token: word(&token["details"]["id"]),
            message: word(&message["delivery"]["id"]),
            webhook,
            execution,
        }
    }

    /// A robot that waits for another process.
    async fn execution(test: &TestApp, fixture: &Fixture, process: &Value) -> String {
        let operator = process["operator_id"].as_str().unwrap();
        let update = json!({
            "name": "VIVO", "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true,
            "version": 1,
        });
        fixture
            .manager
            .put(&format!("/api/v1/operators/{operator}"), update)
            .await
            .expect(200);
        let settings = json!({
            "url": test.rpa_url, "honours_keys": true, "max_minutes": 60, "max_running": 5, "max_per_operator": 5,
            "sat_transport": "https", "version": 0,
        });
        fixture.admin.put("/api/v1/robots/settings", settings).await.expect(200);
        let create = json!({ "process_id": process["id"], "tipo": "DOWNLOAD_FATURA" });
        let made = fixture.analyst.post("/api/v1/executions", create).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    /// The path with ids of the first organisation in it.
    pub fn path(&self, template: &str) -> String {
        let id = match template.split('/').nth(3) {
            Some("processes") => &self.process,
            Some("clients") => &self.client,
            Some("operators") => &self.operator,
            Some("accounts") => &self.account,
            Some("documents") => &self.document,
            Some("jobs") => &self.job,
            Some("users") => &self.user,
            Some("tokens") => &self.token,
            Some("webhooks") => &self.webhook,
            Some("webhook-deliveries") => &self.message,
            Some("executions") => &self.execution,
            // Belongs to no organisation, and none runs here.
            Some("workers") => "0196b7f0-0000-7000-8000-000000000000",
            _ if template.starts_with("/api/task-status/") => &self.job,
            _ => "",
        };
        assert!(
            !template.contains("{id}") || !id.is_empty(),
            "{template}: a new kind of id needs a field in `Ids`"
        );
        template
            .replace("{id}", id)
            .replace("{process_id}", &self.process)
            .replace("{job_id}", &self.execution)
            .replace("{month}", "2026-10")
            .replace("{name}", "default")
    }

    fn all(&self) -> [&str; 11] {
        [
            &self.process,
            &self.client,
            &self.operator,
            &self.account,
            &self.document,
            &self.job,
            &self.user,
            &self.token,
            &self.webhook,
            &self.message,
            &self.execution,
        ]
        .map(String::as_str)
    }
}

pub async fn call(client: &Client, operation: &Operation, path: &str, ids: &Ids) -> (u16, String) {
    let mut request = client.request(operation.method.clone(), path);
    match operation.id.as_str() {
        "upload_document" => request = request.query(&[("filename", "x.pdf")]).body(pdf(99)),
        "import_clients" => {
            request = request
                .query(&[("dry_run", "true")])
                .body("razao_social;cnpj;operadora;conta\n")
        }
        "find_in_execution_log" => request = request.query(&[("level", "error")]),
        "search_everything" => request = request.query(&[("q", "cliente")]),
        id => {
            let body = body(id, ids);
            assert_eq!(
                operation.takes_json,
                body.is_some(),
                "{id}: an arm in `body` for what takes one"
            );
            if let Some(body) = body {
                request = request.json(&body);
            }
        }
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    // A stream has no end to wait for.
    let text = if operation.id == "stream_events" {
        String::new()
    } else {
        answer.text().await.unwrap()
    };
    (status, text)
}

async fn fresh(test: &TestApp, fixture: &Fixture, role: Role) -> Client {
    let mut tx = test.app.db.begin().await.unwrap();
    let user = fixture.users[role.as_str()];
    let token = session::start(
        &mut tx,
        fixture.organization,
        user,
        "127.0.0.1".to_owned(),
        "t".to_owned(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    Client::new(&test.url).with_session(&token)
}

async fn token_with(fixture: &Fixture, test: &TestApp, scopes: &[Permission]) -> Client {
    let create = json!({ "name": "scoped", "scopes": scopes, "expires_in_days": 1 });
    let made = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
    Client::new(&test.url)
        .with_bearer(made["token"].as_str().unwrap())
        .without_csrf()
}

on_both!(every_route_lets_in_exactly_whom_it_says, |test| {
    let fixture = Fixture::new(&test, "uma").await;
    let outsider = Fixture::new(&test, "outra").await;
    let ids = Ids::of(&test, &fixture).await;
    // Nothing here, so that the calls of the allowed change nothing of what the others look for.
    let nowhere = |path: &str| {
        let id = uuid::Uuid::now_v7().to_string();
        path.replace("{id}", &id)
            .replace("{process_id}", &id)
            .replace("{job_id}", &id)
            .replace("{month}", "2020-01")
            .replace("{name}", "nowhere")
    };
    let operations = operations();
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = |kind| *tried.entry(kind).or_default() += 1;
    for operation in &operations {
        let open = matches!(operation.access, Access::Public);
        let (status, text) = call(&test.stranger(), operation, &nowhere(&operation.path), &ids).await;
        count("stranger");
        if open {
            assert!(
                status != 403 && (status != 401 || operation.id == "create_session"),
                "{}: {status}",
                operation.id
            );
            continue;
        }
        assert_eq!(status, 401, "stranger at {}: {text}", operation.id);
        for role in Role::ALL {
            let client = fresh(&test, &fixture, *role).await;
            let (status, text) = call(&client, operation, &nowhere(&operation.path), &ids).await;
            count("role");
            let allowed = match operation.access {
                Access::Needs(permission) => role.allows(permission),
                _ => true,
            };
            if allowed {
                assert!(
                    !matches!(status, 401 | 403 | 405 | 500..),
                    "{role} at {}: {status} {text}",
                    operation.id
                );
            } else {
                assert_eq!(status, 403, "{role} at {}: {text}", operation.id);
            }
            if !operation.method.is_safe() {
                let (status, text) = call(&client.without_csrf(), operation, &nowhere(&operation.path), &ids).await;
                count("cross-site");
                assert!(
                    matches!(status, 401 | 403),
                    "{role} at {} without the header: {status} {text}",
                    operation.id
                );
            }
        }
        if let Access::SignedIn { tokens } = operation.access {
            let token = token_with(&fixture, &test, &[Permission::ReadProcesses]).await;
            let (status, text) = call(&token, operation, &nowhere(&operation.path), &ids).await;
            assert_eq!(status != 403, tokens, "token at {}: {status} {text}", operation.id);
            count("token");
        }
        if let Access::Needs(permission) = operation.access {
            let others: Vec<Permission> = Permission::ALL
                .iter()
                .copied()
                .filter(|other| *other != permission)
                .collect();
            let without = token_with(&fixture, &test, &others).await;
            let with = token_with(&fixture, &test, &[permission]).await;
            let (refused, text) = call(&without, operation, &nowhere(&operation.path), &ids).await;
            assert_eq!(refused, 403, "token without the scope at {}: {text}", operation.id);
            let (allowed, text) = call(&with, operation, &nowhere(&operation.path), &ids).await;
            // A token may only give what it has itself.
            let gives = operation.id == "create_token" && permission != Permission::ManageTokens;
            assert!(
                gives || !matches!(allowed, 401 | 403 | 500..),
                "token with the scope at {}: {allowed} {text}",
                operation.id
            );
            count("token");
            count("token");
        }
    }
    for operation in operations.iter().filter(|operation| operation.path.contains("id}")) {
        let admin = fresh(&test, &outsider, Role::Admin).await;
        let (status, text) = call(&admin, operation, &ids.path(&operation.path), &ids).await;
        assert_eq!(status, 404, "another organisation at {}: {text}", operation.id);
        *tried.entry("other organisation, by id").or_default() += 1;
    }
    for operation in operations
        .iter()
        .filter(|operation| !operation.path.contains("id}") && operation.id != "stream_events")
    {
        let admin = fresh(&test, &outsider, Role::Admin).await;
        let (_, text) = call(&admin, operation, &ids.path(&operation.path), &ids).await;
        for id in ids.all() {
            // What the request itself named may be echoed.
            let echoed = operation.id.starts_with("bulk_");
            assert!(
                echoed || !text.contains(id),
                "{} shows {id} to another organisation",
                operation.id
            );
        }
        *tried.entry("other organisation, lists").or_default() += 1;
    }
    println!("authorisation: {} routes, tried {tried:?}", operations.len());
    assert!(operations.len() >= 45, "{}", operations.len());
});

#[test]
fn every_route_of_the_router_is_in_the_document() {
    // Routes that are no part of the API: the page, its reference and the measurements.
    let router = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/router.rs")).unwrap();
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/docs.rs")).unwrap();
    let plain: Vec<&str> = router
        .split(".route(")
        .skip(1)
        .chain(docs.split(".route(").skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    assert_eq!(
        plain,
        [
            "/metrics",
            "/api/openapi.json",
            "/api/docs",
            "/api/docs/docs.js",
            "/api/docs/docs.css"
        ]
    );
}
