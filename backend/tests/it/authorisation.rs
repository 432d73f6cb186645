//! Every route × every role × every kind of credential × another organisation, enumerated from the OpenAPI document: what
//! is not on it is not served, and what is on it lets in exactly whom its signature says. The same for what those who are
//! let in are shown and told, and what they may give away.

mod body;
mod cells;
mod crossings;
mod heard;
mod ids;
mod raised;
mod readers;
mod shown;
mod tried;

use esteira_shared::permission::Permission;
use reqwest::Method;

use self::body::body;
pub use self::ids::Ids;
use crate::support::{Client, pdf};

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
const PUBLIC: [&str; 6] = [
    "get_health",
    "get_setup",
    "create_setup",
    "create_session",
    // Whoever has the link from a message.
    "get_unsubscription",
    "confirm_unsubscription",
];

/// Routes for everybody who is signed in.
const SIGNED_IN: [&str; 5] = [
    "get_session",
    "delete_session",
    "update_password",
    "stream_events",
    "list_maintenances",
];

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
        "get_month_report" => request = request.query(&[("month", "2026-10")]),
        "export_calendar" => request = request.query(&[("format", "csv")]),
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
