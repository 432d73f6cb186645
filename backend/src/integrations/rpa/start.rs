//! What the API is told when a robot starts.

use esteira_shared::{dto::executions::FIXED_PARAMETROS, status::ExecutionType};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A robot to be started.
#[derive(Clone)]
pub struct RpaStart {
    /// The same for every try of one execution, another for every other.
    pub idempotency_key: String,
    /// As the path names the operator.
    pub operadora: String,
    pub body: StartBody,
}

/// The request's body, in the words of the API. It holds a password, so it is neither shown nor stored as it is.
#[derive(Clone)]
pub struct StartBody {
    pub hash_execucao: String,
    pub servico: RpaService,
    pub cliente: StartClient,
    pub operadora: String,
    /// 1 to 12.
    pub mes: u32,
    pub ano: i32,
    /// At the operator's portal.
    pub login: Option<String>,
    pub senha: Option<SecretString>,
    /// Where the document is, for uploads.
    pub fatura: Option<String>,
    /// What a person added. Names that belong to the fields above are left out.
    pub parametros: Map<String, Value>,
}

/// What the robot is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum RpaService {
    #[serde(rename = "DOWNLOAD_FATURAS")]
    DownloadFaturas,
    #[serde(rename = "UPLOAD_SAT")]
    UploadSat,
}

impl From<ExecutionType> for RpaService {
    fn from(kind: ExecutionType) -> Self {
        match kind {
            ExecutionType::DownloadFatura => Self::DownloadFaturas,
            ExecutionType::UploadSat => Self::UploadSat,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StartClient {
    pub razao_social: String,
    pub cnpj: String,
}

impl StartBody {
    /// What may be kept and shown: everything that is sent, except the password.
    #[must_use]
    pub fn without_password(&self) -> Map<String, Value> {
        let mut body: Map<String, Value> = self
            .parametros
            .iter()
            .filter(|(name, _)| !FIXED_PARAMETROS.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let optional = [("login", &self.login), ("fatura", &self.fatura)];
        let fixed = [
            ("hash_execucao", json!(self.hash_execucao)),
            ("servico", json!(self.servico)),
            ("operadora", json!(self.operadora)),
            ("cliente", json!(self.cliente)),
            ("mes", json!(self.mes)),
            ("ano", json!(self.ano)),
        ];
        body.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
        for (name, value) in optional {
            if let Some(value) = value {
                body.insert(name.to_owned(), json!(value));
            }
        }
        body
    }

    pub(super) fn wire(&self) -> Map<String, Value> {
        let mut body = self.without_password();
        if let Some(senha) = &self.senha {
            body.insert("senha".to_owned(), json!(senha.expose_secret()));
        }
        body
    }
}
