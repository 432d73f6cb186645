//! The list of maintenances. The maintenances themselves stand beside what rests: [`super::schedules`].

use serde::{Deserialize, Serialize};

/// Filters of the list of maintenances.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct MaintenanceQuery {
    /// `false`: those that hold or are planned, by their end. `true`: those before. Left out: all, the latest end first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}
