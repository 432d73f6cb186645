//! Clients, their accounts with operators, and the import of both.

use serde::{Deserialize, Serialize};

use crate::{
    error::FieldError,
    ids::{AccountId, ClientId, OperatorId},
    validate::{Cnpj, Fields, Validate},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientDto {
    pub id: ClientId,
    pub razao_social: String,
    pub cnpj: Cnpj,
    pub active: bool,
    pub accounts: i64,
    pub version: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientCreate {
    pub razao_social: String,
    /// With or without punctuation.
    pub cnpj: String,
}

impl Validate for ClientCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        fields.text("razao_social", &self.razao_social, 160);
        fields.cnpj("cnpj", &self.cnpj);
        fields.finish()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientUpdate {
    pub razao_social: String,
    pub cnpj: String,
    pub active: bool,
    pub version: i32,
}

impl Validate for ClientUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        ClientCreate {
            razao_social: self.razao_social.clone(),
            cnpj: self.cnpj.clone(),
        }
        .validate()
    }
}

/// Filters of the client list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ClientQuery {
    /// Part of the name, or the start of the CNPJ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Only clients with an account with this operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<OperatorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountDto {
    pub id: AccountId,
    pub client_id: ClientId,
    pub operator_id: OperatorId,
    pub operator_name: String,
    pub account_number: String,
    pub portal_login: Option<String>,
    /// Whether a portal password is kept; the password itself is never sent back.
    pub portal_password_set: bool,
    pub active: bool,
    pub version: i32,
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountCreate {
    pub operator_id: OperatorId,
    pub account_number: String,
    #[serde(default)]
    pub portal_login: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_password: Option<String>,
}

impl Validate for AccountCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        check_account(
            &self.account_number,
            self.portal_login.as_deref(),
            self.portal_password.as_deref(),
        )
    }
}

#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountUpdate {
    pub account_number: String,
    pub portal_login: Option<String>,
    /// Absent: unchanged. Empty: removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_password: Option<String>,
    pub active: bool,
    pub version: i32,
}

impl Validate for AccountUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        check_account(
            &self.account_number,
            self.portal_login.as_deref(),
            self.portal_password.as_deref(),
        )
    }
}

fn check_account(number: &str, login: Option<&str>, password: Option<&str>) -> Result<(), Vec<FieldError>> {
    let mut fields = Fields::new();
    fields.text("account_number", number, 60);
    fields.optional_text("portal_login", login, 160);
    fields.optional_text("portal_password", password, 200);
    fields.finish()
}

/// Options of a client import; the CSV itself is the body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ClientImportQuery {
    /// True: check everything and write nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What an import would do or did. Nothing is written when any row is bad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientImportDto {
    /// Rows read, the header not counted.
    pub rows: i64,
    pub clients_created: i64,
    pub clients_updated: i64,
    pub accounts_created: i64,
    pub accounts_updated: i64,
    pub unchanged: i64,
    /// Bad rows, the first [`IMPORT_ERRORS_SHOWN`] of them.
    pub errors: Vec<ImportRowError>,
    pub error_count: i64,
    /// True when it was written.
    pub applied: bool,
}

pub const IMPORT_ERRORS_SHOWN: usize = 500;

/// Why one row of an import was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRowError {
    /// Line of the file, counted from 1 with the header.
    pub line: i64,
    pub error: FieldError,
    /// The refused text.
    pub value: String,
}
