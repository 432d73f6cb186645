//! Ctrl+K.

use serde::{Deserialize, Serialize};

use crate::{error::words, month::Month, status::ProcessStatus};

words! {
    /// What a search hit is.
    SearchKind {
        Process = "process",
        Client = "client",
        Operator = "operator",
        Schedule = "schedule",
        Job = "job",
    }
}

/// The words looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct SearchQuery {
    /// At least two characters: part of a name, a CNPJ, an account number, or an id.
    pub q: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHitDto {
    pub kind: SearchKind,
    pub id: uuid::Uuid,
    pub title: String,
    pub subtitle: String,
    /// Only for processes.
    pub status: Option<ProcessStatus>,
    pub month: Option<Month>,
}
