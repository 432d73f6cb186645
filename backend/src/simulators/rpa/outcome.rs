//! How a robot ends.

use super::job::Status;

/// Of a robot that goes all its way.
pub(super) const STEPS: u8 = 7;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    Failed(Failure),
    /// By itself, as a script wants it.
    Cancelled,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    WrongPassword,
    NotPublished,
    Timeout,
}

impl Outcome {
    pub(super) fn status(self) -> Status {
        match self {
            Self::Success => Status::Completed,
            Self::Failed(_) => Status::Failed,
            Self::Cancelled => Status::Cancelled,
        }
    }

    /// The step that the robot is in when it ends, from 1 to [`STEPS`].
    pub(super) fn last_step(self) -> u8 {
        match self {
            Self::Success => STEPS,
            Self::Failed(Failure::WrongPassword) => 2,
            Self::Failed(Failure::Timeout) => 3,
            Self::Failed(Failure::NotPublished) | Self::Cancelled => 4,
        }
    }
}

impl Failure {
    pub(super) fn step(self) -> &'static str {
        match self {
            Self::WrongPassword => "LOGIN_PORTAL",
            Self::NotPublished => "BUSCA_FATURA",
            Self::Timeout => "NAVEGACAO",
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::WrongPassword => "AUTH-401",
            Self::NotPublished => "FAT-404",
            Self::Timeout => "TIMEOUT",
        }
    }

    pub(super) fn summary(self) -> &'static str {
        match self {
            Self::WrongPassword => "Processo interrompido: falha crítica na etapa de autenticação.",
            Self::NotPublished => "Processo interrompido: a fatura ainda não foi publicada.",
            Self::Timeout => "Processo interrompido: o portal não respondeu a tempo.",
        }
    }

    pub(super) fn message(self) -> &'static str {
        match self {
            Self::WrongPassword => "Credenciais inválidas ou sessão expirada.",
            Self::NotPublished => "Fatura ainda não publicada pela operadora.",
            Self::Timeout => "Tempo esgotado ao esperar a página do portal.",
        }
    }

    /// What a person can do; nothing, when only another attempt helps.
    pub(super) fn action(self, operator: &str) -> Option<String> {
        match self {
            Self::WrongPassword => Some(format!("Atualizar senha no portal {operator} e reenfileirar.")),
            Self::NotPublished => Some("Aguardar a publicação da fatura e reenfileirar.".to_owned()),
            Self::Timeout => None,
        }
    }
}
