//! What Esteira answers, and how rows become it.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, Serializer};
use serde_json::json;

pub use crate::coded::Coded;

/// How a database hands out what has a type of its own. On SQLite these are texts, which go on as they are.
pub trait Kind {
    type Id: Serialize + PartialEq + Clone;
    type At: Serialize + PartialOrd;
    type Day: Serialize;
}

/// Cents, which travel as a decimal text.
#[derive(Clone, Copy)]
pub struct Money(pub i64);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl rusqlite::types::FromSql for Money {
    fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        <i64 as rusqlite::types::FromSql>::column_result(value).map(Self)
    }
}

impl<'a> tokio_postgres::types::FromSql<'a> for Money {
    fn from_sql(
        kind: &tokio_postgres::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        <i64 as tokio_postgres::types::FromSql>::from_sql(kind, raw).map(Self)
    }

    fn accepts(kind: &tokio_postgres::types::Type) -> bool {
        <i64 as tokio_postgres::types::FromSql>::accepts(kind)
    }
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Session<K: Kind> {
    pub user: User<K>,
    pub organization: Organization<K>,
    pub permissions: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct User<K: Kind> {
    pub id: K::Id,
    pub name: String,
    pub email: String,
    pub role: String,
    pub active: bool,
    pub last_sign_in_at: Option<K::At>,
    pub created_at: K::At,
    pub version: i32,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Organization<K: Kind> {
    pub id: K::Id,
    pub name: String,
    pub timezone: String,
    pub late_after_days: i32,
    pub max_document_bytes: i64,
    pub sat_url: Option<String>,
    pub sat_token_set: bool,
    pub version: i32,
}

const ROLES: [&str; 4] = ["viewer", "analyst", "manager", "admin"];
/// What each permission asks for at least, in the order of the answer.
const PERMISSIONS: [(&str, &str); 16] = [
    ("processes:read", "viewer"),
    ("documents:upload", "analyst"),
    ("processes:review", "analyst"),
    ("processes:send", "analyst"),
    ("robots:run", "analyst"),
    ("months:open", "manager"),
    ("registry:read", "viewer"),
    ("registry:write", "manager"),
    ("jobs:read", "viewer"),
    ("jobs:manage", "manager"),
    ("engine:manage", "admin"),
    ("users:manage", "admin"),
    ("tokens:manage", "admin"),
    ("webhooks:manage", "admin"),
    ("organization:manage", "admin"),
    ("audit:read", "admin"),
];

pub fn permissions(role: &str) -> Vec<&'static str> {
    let rank = |role: &str| ROLES.iter().position(|known| *known == role);
    let own = rank(role);
    let allowed = PERMISSIONS.iter().filter(|(_, least)| rank(least) <= own);
    allowed.map(|(permission, _)| *permission).collect()
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Page<K: Kind> {
    items: Vec<Process<K>>,
    next_cursor: Option<String>,
    total: Total,
}

#[derive(Serialize)]
struct Total {
    count: i64,
    capped: bool,
}

pub const TOTAL_CAP: i64 = 1_000;

impl<K: Kind> Page<K> {
    /// From one row more than the page has, if there are so many.
    pub fn of(mut items: Vec<Process<K>>, limit: i64, counted: i64) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        let more = items.len() > limit;
        items.truncate(limit);
        let place = |last: &Process<K>| json!({ "sort": "-created", "since": last.status_since, "id": last.id });
        let next_cursor = items
            .last()
            .filter(|_| more)
            .map(|last| BASE64_URL_SAFE_NO_PAD.encode(place(last).to_string()));
        Self {
            items,
            next_cursor,
            total: Total {
                count: counted.min(TOTAL_CAP),
                capped: counted > TOTAL_CAP,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Process<K: Kind> {
    pub id: K::Id,
    pub client_id: K::Id,
    pub client_name: String,
    pub client_cnpj: String,
    pub operator_id: K::Id,
    pub operator_name: String,
    pub account_id: K::Id,
    pub account_number: String,
    pub mes_ano: String,
    pub status: String,
    pub status_since: K::At,
    pub url_fatura: Option<String>,
    pub fatura_s3_key: Option<String>,
    pub fatura_filename: Option<String>,
    pub fatura_sha256: Option<String>,
    pub data_upload_manual: Option<K::At>,
    pub data_download: Option<K::At>,
    pub valor_fatura: Option<Money>,
    pub data_vencimento: Option<K::Day>,
    pub data_envio_sat: Option<K::At>,
    pub sat_protocol: Option<String>,
    pub approved_by: Option<String>,
    pub approved_at: Option<K::At>,
    pub rejection_reason: Option<String>,
    pub error: Option<ProcessError>,
    pub created_at: K::At,
    pub updated_at: K::At,
    pub version: i32,
}

#[derive(Serialize)]
pub struct ProcessError {
    cause: String,
    cause_coded: Option<Coded>,
    step: Option<String>,
    recommended_action: Option<String>,
    recommended_action_coded: Option<Coded>,
}

impl ProcessError {
    pub fn of(cause: Option<String>, step: Option<String>, recommended_action: Option<String>) -> Option<Self> {
        cause.map(|cause| Self {
            cause_coded: Coded::of(Some(cause.clone())),
            cause,
            step,
            recommended_action_coded: Coded::of(recommended_action.clone()),
            recommended_action,
        })
    }
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Month<K: Kind> {
    pub month: String,
    pub counts: Vec<Count>,
    pub late: i64,
    pub operators: Vec<Operator<K>>,
    pub rows: Vec<MatrixRow<K>>,
    pub truncated: bool,
    pub unopened_accounts: i64,
}

pub const CELLS: i64 = 10_000;

#[derive(Serialize)]
pub struct Count {
    pub status: String,
    pub count: i64,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Operator<K: Kind> {
    pub id: K::Id,
    pub name: String,
    #[serde(skip)]
    pub active: bool,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct MatrixRow<K: Kind> {
    client_id: K::Id,
    client_name: String,
    cells: Vec<Cell<K>>,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Cell<K: Kind> {
    pub process_id: K::Id,
    pub operator_id: K::Id,
    pub status: String,
    pub status_since: K::At,
    pub valor_fatura: Option<Money>,
    pub late: bool,
    pub cause: Option<String>,
    pub cause_coded: Option<Coded>,
}

/// A cell with its client's id and name.
pub type Placed<K> = (<K as Kind>::Id, String, Cell<K>);

/// Operators that are in use or have a cell.
pub fn shown<K: Kind>(mut operators: Vec<Operator<K>>, cells: &[Placed<K>]) -> Vec<Operator<K>> {
    operators.retain(|one| one.active || cells.iter().any(|(_, _, cell)| cell.operator_id == one.id));
    operators
}

/// Cells come by client; each client is a row.
pub fn matrix<K: Kind>(cells: Vec<Placed<K>>, late_before: &K::At) -> Vec<MatrixRow<K>> {
    let mut rows: Vec<MatrixRow<K>> = Vec::new();
    for (client_id, client_name, mut cell) in cells {
        cell.late = cell.status != "UPLOAD_REALIZADO" && cell.status_since < *late_before;
        match rows.last_mut() {
            Some(row) if row.client_id == client_id => row.cells.push(cell),
            _ => rows.push(MatrixRow {
                client_id,
                client_name,
                cells: vec![cell],
            }),
        }
    }
    rows
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Detail<K: Kind> {
    pub process: Process<K>,
    pub allowed: &'static [&'static str],
    pub moves: Vec<Step<K>>,
    pub documents: Vec<Document<K>>,
    pub review: Review<K>,
    pub last_job: Option<()>,
    pub executions: [(); 0],
    pub robot_available: bool,
    pub run_waiting: Option<()>,
    pub run_waiting_cause: Option<()>,
    pub run_waiting_cause_coded: Option<()>,
    pub resumable: [(); 0],
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Step<K: Kind> {
    pub id: K::Id,
    pub at: K::At,
    pub actor: String,
    #[serde(rename = "move")]
    pub by: String,
    pub from: Option<String>,
    pub to: String,
    pub reason: Option<String>,
    pub reason_coded: Option<Coded>,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Document<K: Kind> {
    pub id: K::Id,
    pub number: i32,
    pub filename: String,
    pub size_bytes: i64,
    pub pages: i32,
    pub sha256: String,
    pub uploaded_by: String,
    pub created_at: K::At,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Review<K: Kind> {
    previous_value: Option<Money>,
    average_value: Option<Money>,
    same_document: Vec<Place<K>>,
}

#[derive(Serialize)]
#[serde(bound = "")]
pub struct Place<K: Kind> {
    pub process_id: K::Id,
    pub client_name: String,
    pub operator_name: String,
    pub mes_ano: String,
    pub filename: String,
    pub number: i32,
    pub created_at: K::At,
}

impl<K: Kind> Review<K> {
    pub fn of(earlier: &[(String, Option<Money>)], mut places: Vec<Place<K>>, process: &Process<K>) -> Self {
        let last_month = later(&process.mes_ano, -1);
        let known: Vec<i64> = earlier.iter().filter_map(|(_, value)| Some((*value)?.0)).collect();
        let average = i64::try_from(known.len()).ok().filter(|count| *count > 0);
        places.retain(|place| place.process_id != process.id);
        Self {
            previous_value: earlier
                .iter()
                .find(|(month, _)| *month == last_month)
                .and_then(|(_, value)| *value),
            average_value: average.map(|count| Money(known.iter().sum::<i64>() / count)),
            same_document: places,
        }
    }
}

/// `2026-10`, some months later.
pub fn later(text: &str, by: i32) -> String {
    let (year, month) = text.split_once('-').unwrap_or_default();
    let number = year.parse::<i32>().unwrap_or_default() * 12 + month.parse::<i32>().unwrap_or_default() - 1 + by;
    format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
}

/// The legal moves of a process.
pub fn allowed(status: &str) -> &'static [&'static str] {
    match status {
        "AGUARDANDO_DOWNLOAD" => &["start_download", "receive"],
        "DOWNLOAD_EM_ANDAMENTO" => &["finish_download", "fail_download", "cancel_download", "receive"],
        "DOWNLOAD_CONCLUIDO" => &["fail_download", "receive"],
        "ERRO_DOWNLOAD" | "REJEITADO" => &["start_download", "receive", "reopen"],
        "AGUARDANDO_APROVACAO" => &["receive", "approve", "reject"],
        "AGUARDANDO_ENVIO_SAT" => &["receive", "withdraw", "start_send"],
        "ENVIANDO_SAT" => &["fail_send", "finish_send"],
        "ERRO_ENVIO_SAT" => &["receive", "withdraw", "retry_send", "confirm_send"],
        _ => &[],
    }
}
