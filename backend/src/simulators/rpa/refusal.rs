//! Refusals, in the form that the contract gives them.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

pub(super) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Token ausente ou inválido.")
    }

    pub(super) fn invalid(problem: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("Requisição inválida: {problem}."))
    }

    pub(super) fn unknown_job(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Job {id} não encontrado."))
    }

    pub(super) fn over() -> Self {
        Self::new(StatusCode::CONFLICT, "O job já terminou.")
    }

    pub(super) fn not_cancellable() -> Self {
        Self::new(StatusCode::CONFLICT, "O job não pode ser cancelado nesta etapa.")
    }

    pub(super) fn failure() -> Self {
        Self::scripted(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(super) fn scripted(status: StatusCode) -> Self {
        Self::new(status, "Falha simulada.")
    }

    pub(super) fn stopping() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "O simulador está parando.")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "erro": self.message }))).into_response()
    }
}
