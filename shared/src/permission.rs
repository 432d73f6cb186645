//! Roles and what each may do. The server enforces it in every handler's signature; the page hides what is not allowed.

use serde::{Deserialize, Serialize};

use crate::error::words;

words! {
    /// A person's role in the organisation; each includes the ones before it.
    Role {
        Viewer = "viewer",
        Analyst = "analyst",
        Manager = "manager",
        Admin = "admin",
    }
}

words! {
    /// One thing that may be allowed. Also the scopes of an API token.
    Permission {
        ReadProcesses = "processes:read",
        /// Upload, replace and describe invoices.
        UploadDocuments = "documents:upload",
        /// Approve and reject.
        ReviewProcesses = "processes:review",
        SendProcesses = "processes:send",
        /// Start robots, cancel them and run them again.
        RunRobots = "robots:run",
        OpenMonth = "months:open",
        ReadRegistry = "registry:read",
        /// Operators, clients and accounts, with import.
        WriteRegistry = "registry:write",
        ReadJobs = "jobs:read",
        ManageJobs = "jobs:manage",
        /// Limits, pauses and workers.
        ManageEngine = "engine:manage",
        ManageUsers = "users:manage",
        ManageTokens = "tokens:manage",
        ManageWebhooks = "webhooks:manage",
        ManageOrganization = "organization:manage",
        ReadAudit = "audit:read",
    }
}

impl Role {
    /// Whether this role may do it.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        self.rank() >= permission.least_role().rank()
    }

    fn rank(self) -> u8 {
        match self {
            Self::Viewer => 0,
            Self::Analyst => 1,
            Self::Manager => 2,
            Self::Admin => 3,
        }
    }

    /// Everything this role may do.
    #[must_use]
    pub fn permissions(self) -> Vec<Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(|permission| self.allows(*permission))
            .collect()
    }
}

impl Permission {
    /// The lowest role that has it.
    #[must_use]
    pub fn least_role(self) -> Role {
        match self {
            Self::ReadProcesses | Self::ReadRegistry | Self::ReadJobs => Role::Viewer,
            Self::UploadDocuments | Self::ReviewProcesses | Self::SendProcesses | Self::RunRobots => Role::Analyst,
            Self::OpenMonth | Self::WriteRegistry | Self::ManageJobs => Role::Manager,
            Self::ManageEngine
            | Self::ManageUsers
            | Self::ManageTokens
            | Self::ManageWebhooks
            | Self::ManageOrganization
            | Self::ReadAudit => Role::Admin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_the_one_before() {
        for pair in Role::ALL.windows(2) {
            if let [lower, higher] = pair {
                assert!(lower.permissions().iter().all(|permission| higher.allows(*permission)));
                assert!(lower.permissions().len() < higher.permissions().len());
            }
        }
        assert_eq!(Role::Admin.permissions().len(), Permission::ALL.len());
    }
}
