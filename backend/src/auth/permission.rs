//! Permissions as types, for the signatures of handlers.

use esteira_shared::permission::Permission;

/// A permission at the type level.
pub trait Needs: Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! needs {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Needs for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )+};
}

needs!(
    ReadProcesses,
    UploadDocuments,
    ReviewProcesses,
    SendProcesses,
    RunRobots,
    OpenMonth,
    ReadRegistry,
    WriteRegistry,
    ReadJobs,
    ManageJobs,
    ManageEngine,
    ManageUsers,
    ManageTokens,
    ManageWebhooks,
    ManageOrganization,
    ReadAudit,
);
