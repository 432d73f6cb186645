//! What the live stream tells: that something changed, without the data. Lines of a log are the exception.

use serde::{Deserialize, Serialize};

use crate::error::words;

words! {
    /// A kind of thing that can change.
    Topic {
        Processes = "processes",
        Executions = "executions",
        Operators = "operators",
        Clients = "clients",
        Users = "users",
        Tokens = "tokens",
        Organization = "organization",
        Jobs = "jobs",
        Webhooks = "webhooks",
        /// The signed-in person's own rights or session.
        Session = "session",
    }
}

/// "This changed": pages that show the topic read it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    pub topic: Topic,
    /// Absent when many changed at once.
    pub id: Option<uuid::Uuid>,
}
