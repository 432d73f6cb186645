//! What the live stream tells: that something changed, without the data. Lines of a log are the exception.

use serde::{Deserialize, Serialize};

use crate::{error::words, permission::Permission};

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
        /// E-mails, and how sending them goes.
        Emails = "emails",
        /// Schedules and their runs.
        Schedules = "schedules",
        Calendars = "calendars",
        Maintenance = "maintenance",
        Backups = "backups",
        /// The signed-in person's own rights or session.
        Session = "session",
    }
}

impl Topic {
    /// What it takes to hear of it; nothing for what concerns everybody.
    #[must_use]
    pub fn permission(self) -> Option<Permission> {
        match self {
            Self::Processes | Self::Executions => Some(Permission::ReadProcesses),
            Self::Operators | Self::Clients | Self::Calendars => Some(Permission::ReadRegistry),
            Self::Users => Some(Permission::ManageUsers),
            Self::Tokens => Some(Permission::ManageTokens),
            Self::Jobs => Some(Permission::ReadJobs),
            Self::Webhooks => Some(Permission::ManageWebhooks),
            Self::Emails => Some(Permission::ManageOrganization),
            Self::Schedules => Some(Permission::ReadSchedules),
            Self::Backups => Some(Permission::ManageBackups),
            Self::Organization | Self::Maintenance | Self::Session => None,
        }
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
