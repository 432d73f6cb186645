//! Refusals, in the form that the contract gives them.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    action: &'static str,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>, action: &'static str) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            action,
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "TOKEN_INVALIDO",
            "Token ausente ou inválido.",
            "Conferir o token",
        )
    }

    pub(super) fn invalid(problem: &str) -> Self {
        let message = format!("Requisição inválida: {problem}.");
        Self::new(
            StatusCode::BAD_REQUEST,
            "REQUISICAO_INVALIDA",
            message,
            "Corrigir a requisição",
        )
    }

    pub(super) fn too_large() -> Self {
        let message = "O arquivo passa do tamanho aceito.";
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "ARQUIVO_GRANDE_DEMAIS",
            message,
            "Enviar um arquivo menor",
        )
    }

    pub(super) fn other_bytes() -> Self {
        let message = "A mesma chave de idempotência já foi usada com outro arquivo.";
        Self::new(
            StatusCode::CONFLICT,
            "IDEMPOTENCY_MISMATCH",
            message,
            "Usar uma chave nova para um arquivo novo",
        )
    }

    pub(super) fn wrong_digest() -> Self {
        let message = "O SHA-256 informado não confere com o arquivo recebido.";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "SHA256_DIFERENTE",
            message,
            "Enviar o arquivo novamente",
        )
    }

    pub(super) fn not_pdf() -> Self {
        let message = "O arquivo recebido não é um PDF.";
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "ARQUIVO_NAO_E_PDF",
            message,
            "Enviar a fatura em PDF",
        )
    }

    /// One of the things that a tax system finds wrong with a sound document.
    pub(super) fn of_business(number: u64, cnpj: &str, account: &str, month: &str) -> Self {
        let (code, message, action) = match number % 4 {
            0 => (
                "CNPJ_NAO_CADASTRADO",
                format!("O CNPJ {cnpj} não está cadastrado no SAT."),
                "Cadastrar o cliente no SAT e enviar novamente",
            ),
            1 => (
                "COMPETENCIA_FECHADA",
                format!("A competência {month} já está fechada para este cliente."),
                "Pedir a reabertura da competência ao fiscal",
            ),
            2 => (
                "CONTA_NAO_VINCULADA",
                format!("A conta {account} não está vinculada a nenhum contrato."),
                "Vincular a conta ao contrato no SAT e enviar novamente",
            ),
            _ => (
                "FATURA_JA_LANCADA",
                format!("Já existe uma fatura lançada para a conta {account} em {month}."),
                "Conferir o lançamento existente no SAT",
            ),
        };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message, action)
    }

    pub(super) fn failure() -> Self {
        let message = "Falha simulada.";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "ERRO_INTERNO",
            message,
            "Tentar novamente",
        )
    }

    pub(super) fn broken(error: anyhow::Error) -> Self {
        tracing::error!(error = format!("{error:#}"), "the SAT simulator cannot keep documents");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "ERRO_INTERNO",
            "O simulador falhou.",
            "Ver o log do simulador",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "codigo": self.code, "mensagem": self.message, "acao_recomendada": self.action });
        (self.status, Json(body)).into_response()
    }
}
