//! Typed ids. All are UUIDs (version 7, made by the server), so a `ClientId` can never be passed where an
//! `OperatorId` is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        #[cfg(feature = "diesel")]
        $crate::sql_types::uuid_value!($name);
    )+};
}

typed_ids! {
    OrganizationId,
    UserId,
    SessionId,
    ApiTokenId,
    AuditEventId,
    OperatorId,
    ClientId,
    AccountId,
    ProcessId,
    ProcessMoveId,
    /// The thing that a job or an audit line is about: the id of a process, a user, …
    SubjectId,
    DocumentId,
    JobId,
    JobGroupId,
    WorkerId,
    WebhookEndpointId,
    /// Also the `webhook-id` that the receiver sees.
    WebhookDeliveryId,
    EmailId,
    /// What several e-mails say alike.
    EmailContentId,
    ExecutionId,
    ScheduleId,
    ScheduleRunId,
    CalendarId,
    CalendarDayId,
    CalendarImportId,
    MaintenanceId,
    BackupId,
    /// The same as the id of what wrote the log.
    LogId,
}

impl ExecutionId {
    /// The run's log.
    #[must_use]
    pub const fn log(self) -> LogId {
        LogId(self.0)
    }
}
