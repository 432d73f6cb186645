//! What a start asks for.

use axum::http::HeaderMap;
use esteira_shared::month::Month;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::Refusal;
use crate::secrets::sha256_hex;

const REQUIRED: [&str; 6] = ["hash_execucao", "servico", "operadora", "cliente", "mes", "ano"];

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Service {
    DownloadFaturas,
    UploadSat,
}

/// The order of one robot, without its password.
pub(super) struct Order {
    pub(super) hash: String,
    pub(super) service: Service,
    pub(super) operator: String,
    pub(super) client: String,
    pub(super) cnpj: String,
    pub(super) month: Month,
    /// The login's last characters.
    pub(super) login: String,
    /// Of an upload: the file to send.
    pub(super) invoice: Option<String>,
}

/// A start as it came in.
pub(super) struct Received {
    pub(super) order: Order,
    /// A salted digest; the password itself is forgotten as soon as it is read.
    pub(super) password: String,
    pub(super) key: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    hash_execucao: String,
    servico: Service,
    operadora: String,
    cliente: Customer,
    mes: u32,
    ano: i32,
    login: Option<String>,
    senha: Option<String>,
    fatura: Option<String>,
}

#[derive(Deserialize)]
struct Customer {
    razao_social: String,
    cnpj: String,
}

impl Received {
    pub(super) fn read(headers: &HeaderMap, body: &[u8], salt: &[u8]) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::invalid("o corpo não é JSON"))?;
        let missing = REQUIRED.iter().find(|name| match value.get(**name) {
            None | Some(Value::Null) => true,
            Some(found) => found.as_str() == Some(""),
        });
        if let Some(missing) = missing {
            return Err(Refusal::invalid(&format!("falta {missing}")));
        }
        // The reason itself would quote the value, which may be the password.
        let body: Body = serde_path_to_error::deserialize(value)
            .map_err(|error| Refusal::invalid(&format!("valor ausente ou inaceitável em {}", error.path())))?;
        let month =
            Month::new(body.ano, body.mes).map_err(|_| Refusal::invalid("mes e ano não são uma competência"))?;
        let cnpj: String = body.cliente.cnpj.chars().filter(char::is_ascii_alphanumeric).collect();
        if cnpj.is_empty() {
            return Err(Refusal::invalid("falta cliente.cnpj"));
        }
        if body.servico == Service::UploadSat && body.fatura.is_none() {
            return Err(Refusal::invalid("falta fatura"));
        }
        let mut salted = salt.to_vec();
        salted.extend_from_slice(body.senha.unwrap_or_default().as_bytes());
        let key = headers
            .get("idempotency-key")
            .and_then(|value| value.to_str().ok())
            .filter(|key| !key.is_empty());
        Ok(Self {
            order: Order {
                hash: body.hash_execucao,
                service: body.servico,
                operator: body.operadora,
                client: body.cliente.razao_social,
                cnpj: cnpj.to_ascii_uppercase(),
                month,
                login: masked(&body.login.unwrap_or_default()),
                invoice: body.fatura,
            },
            password: sha256_hex(&salted),
            key: key.map(str::to_owned),
        })
    }
}

fn masked(login: &str) -> String {
    const SHOWN: usize = 4;
    match login.chars().count().checked_sub(SHOWN) {
        None | Some(0) => "***".to_owned(),
        Some(hidden) => format!("***{}", login.chars().skip(hidden).collect::<String>()),
    }
}
