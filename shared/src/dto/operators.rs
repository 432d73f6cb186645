//! Telecom carriers.

use serde::{Deserialize, Serialize};

use crate::{
    error::FieldError,
    ids::OperatorId,
    validate::{Fields, Validate},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorDto {
    pub id: OperatorId,
    /// Unique in the organisation, kept in capitals: `VIVO`.
    pub name: String,
    /// Has a robot.
    pub possui_rpa: bool,
    /// The robot is a third party's.
    pub rpa_terceirizado: bool,
    /// The robot's own address, in place of the organisation's; for whoever may not change it, without its path.
    pub url_endpoint_rpa: Option<String>,
    pub active: bool,
    /// Accounts with this operator.
    pub accounts: i64,
    pub version: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorCreate {
    pub name: String,
    #[serde(default)]
    pub possui_rpa: bool,
    #[serde(default)]
    pub rpa_terceirizado: bool,
    #[serde(default)]
    pub url_endpoint_rpa: Option<String>,
}

impl Validate for OperatorCreate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        check(&mut fields, &self.name, self.url_endpoint_rpa.as_deref());
        fields.finish()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorUpdate {
    pub name: String,
    pub possui_rpa: bool,
    pub rpa_terceirizado: bool,
    pub url_endpoint_rpa: Option<String>,
    pub active: bool,
    pub version: i32,
}

impl Validate for OperatorUpdate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        check(&mut fields, &self.name, self.url_endpoint_rpa.as_deref());
        fields.finish()
    }
}

fn check(fields: &mut Fields, name: &str, url: Option<&str>) {
    fields.text("name", name, 60);
    if let Some(url) = url.filter(|url| !url.is_empty()) {
        fields.url("url_endpoint_rpa", url);
    }
}

/// Filters of the operator list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct OperatorQuery {
    /// Part of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}
