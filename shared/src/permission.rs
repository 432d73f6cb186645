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

/// The closed list of permissions. Each line gives the variant of [`Permission`] with its wire word, the least role that
/// has it, and the type of the same name in [`marker`].
macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $word:tt from $role:ident),+ $(,)?) => {
        words! {
            /// One thing that may be allowed. Also the scopes of an API token.
            Permission { $($(#[$doc])* $name = $word),+ }
        }

        impl Permission {
            /// The lowest role that has it.
            #[must_use]
            pub fn least_role(self) -> Role {
                match self { $(Self::$name => Role::$role),+ }
            }
        }

        /// Permissions as types, for the signatures of handlers.
        pub mod marker {
            use super::{Needs, Permission};

            $(
                $(#[$doc])*
                #[derive(Debug, Clone, Copy)]
                pub struct $name;

                impl Needs for $name {
                    const PERMISSION: Permission = Permission::$name;
                }
            )+
        }
    };
}

permissions! {
    ReadProcesses = "processes:read" from Viewer,
    /// Upload, replace and describe invoices.
    UploadDocuments = "documents:upload" from Analyst,
    /// Approve and reject.
    ReviewProcesses = "processes:review" from Analyst,
    SendProcesses = "processes:send" from Analyst,
    /// Start robots, cancel them and run them again.
    RunRobots = "robots:run" from Analyst,
    OpenMonth = "months:open" from Manager,
    ReadRegistry = "registry:read" from Viewer,
    /// Operators, clients and accounts, with import.
    WriteRegistry = "registry:write" from Manager,
    ReadSchedules = "schedules:read" from Viewer,
    /// Schedules and what they did not run.
    ManageSchedules = "schedules:manage" from Manager,
    ReadJobs = "jobs:read" from Viewer,
    ManageJobs = "jobs:manage" from Manager,
    /// Limits, pauses and workers.
    ManageEngine = "engine:manage" from Admin,
    ManageUsers = "users:manage" from Admin,
    ManageTokens = "tokens:manage" from Admin,
    ManageWebhooks = "webhooks:manage" from Admin,
    ManageOrganization = "organization:manage" from Admin,
    ReadAudit = "audit:read" from Admin,
    /// Make, fetch and remove backups of the whole installation; for its first organisation.
    ManageBackups = "backups:manage" from Admin,
}

/// A permission at the type level.
pub trait Needs: Send + Sync + 'static {
    const PERMISSION: Permission;
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

    #[test]
    fn one_line_gives_word_least_role_and_type() {
        fn facts<P: Needs>() -> (Permission, &'static str, Role) {
            (P::PERMISSION, P::PERMISSION.as_str(), P::PERMISSION.least_role())
        }
        assert_eq!(
            facts::<marker::ReadJobs>(),
            (Permission::ReadJobs, "jobs:read", Role::Viewer)
        );
        assert_eq!(
            facts::<marker::RunRobots>(),
            (Permission::RunRobots, "robots:run", Role::Analyst)
        );
        assert_eq!(
            facts::<marker::OpenMonth>(),
            (Permission::OpenMonth, "months:open", Role::Manager)
        );
        assert_eq!(
            facts::<marker::ReadAudit>(),
            (Permission::ReadAudit, "audit:read", Role::Admin)
        );
    }
}
