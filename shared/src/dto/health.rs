//! `GET /api/health`, read by probes and older tools.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `status` is `healthy` or `unhealthy`; the answer is 503 when unhealthy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthDto {
    pub status: String,
    pub timestamp: crate::instant::Instant,
    pub version: String,
    /// `database`, `storage`: `connected` or `unavailable`; `queue`: `available` or `unavailable`.
    pub services: BTreeMap<String, String>,
}
