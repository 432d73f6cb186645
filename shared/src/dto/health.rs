//! `GET /api/health`, read by probes and older tools.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::words;

words! {
    /// Why the program is unhealthy, for whoever watches over it.
    HealthReason {
        /// Nothing more can be written to the data folder.
        DiskFull = "disk_full",
        DatabaseUnavailable = "database_unavailable",
        StorageUnavailable = "storage_unavailable",
        QueueUnavailable = "queue_unavailable",
        /// The data folder has less free space than it shall have.
        DiskLow = "disk_low",
    }
}

/// `status` is `healthy` or `unhealthy`; the answer is 503 when unhealthy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthDto {
    pub status: String,
    pub timestamp: crate::instant::Instant,
    pub version: String,
    /// The most pressing one; absent when healthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<HealthReason>,
    /// `database`, `storage`: `connected` or `unavailable`; `queue`, `disk`: `available` or `unavailable`. `disk` is the
    /// data folder.
    pub services: BTreeMap<String, String>,
}
