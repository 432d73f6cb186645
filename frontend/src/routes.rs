//! The table of pages: addresses, the rail's rows and who may see them.

pub mod paths;

use esteira_shared::permission::Permission;

use crate::{components::IconName, i18n::tr, state::Session};

/// Where a row stands in the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RailGroup {
    Work,
    Registry,
    Administration,
}

pub struct RailRow {
    pub group: RailGroup,
    pub path: &'static str,
    pub icon: IconName,
    pub label: fn() -> &'static str,
    /// Without it the row is absent.
    pub needs: Permission,
    /// Stays in the bottom bar of a phone; the others are behind "Mais".
    pub on_phone: bool,
    /// The second key of `g …`, which goes there.
    pub key: &'static str,
}

const ALL: &[RailRow] = &[
    row(
        RailGroup::Work,
        paths::HOME,
        IconName::Home,
        || tr!(frame.home),
        Permission::ReadProcesses,
        true,
        "g i",
    ),
    row(
        RailGroup::Work,
        paths::MONTH,
        IconName::Month,
        || tr!(frame.month),
        Permission::ReadProcesses,
        true,
        "g m",
    ),
    row(
        RailGroup::Work,
        paths::REVIEW,
        IconName::Review,
        || tr!(frame.review),
        Permission::ReviewProcesses,
        true,
        "g r",
    ),
    row(
        RailGroup::Work,
        paths::PROCESSES,
        IconName::Process,
        || tr!(frame.processes),
        Permission::ReadProcesses,
        true,
        "g p",
    ),
    row(
        RailGroup::Work,
        paths::EXECUTIONS,
        IconName::Robot,
        || tr!(frame.executions),
        Permission::ReadProcesses,
        false,
        "g e",
    ),
    row(
        RailGroup::Work,
        paths::MONITOR,
        IconName::Monitor,
        || tr!(frame.monitor),
        Permission::ReadJobs,
        false,
        "g n",
    ),
    row(
        RailGroup::Registry,
        paths::OPERATORS,
        IconName::Operator,
        || tr!(frame.operators),
        Permission::ReadRegistry,
        false,
        "g o",
    ),
    row(
        RailGroup::Registry,
        paths::CLIENTS,
        IconName::Client,
        || tr!(frame.clients),
        Permission::ReadRegistry,
        false,
        "g c",
    ),
    row(
        RailGroup::Administration,
        paths::USERS,
        IconName::Users,
        || tr!(frame.users),
        Permission::ManageUsers,
        false,
        "g u",
    ),
    row(
        RailGroup::Administration,
        paths::TOKENS,
        IconName::Token,
        || tr!(frame.tokens),
        Permission::ManageTokens,
        false,
        "g t",
    ),
    row(
        RailGroup::Administration,
        paths::CONNECTIONS,
        IconName::Connection,
        || tr!(frame.connections),
        Permission::ManageOrganization,
        false,
        "g x",
    ),
    row(
        RailGroup::Administration,
        paths::WEBHOOKS,
        IconName::Webhook,
        || tr!(frame.webhooks),
        Permission::ManageWebhooks,
        false,
        "g w",
    ),
    row(
        RailGroup::Administration,
        paths::AUDIT,
        IconName::Audit,
        || tr!(frame.audit),
        Permission::ReadAudit,
        false,
        "g a",
    ),
    row(
        RailGroup::Administration,
        paths::SETTINGS,
        IconName::Settings,
        || tr!(frame.settings),
        Permission::ManageOrganization,
        false,
        "g s",
    ),
];

const fn row(
    group: RailGroup,
    path: &'static str,
    icon: IconName,
    label: fn() -> &'static str,
    needs: Permission,
    on_phone: bool,
    key: &'static str,
) -> RailRow {
    RailRow {
        group,
        path,
        icon,
        label,
        needs,
        on_phone,
        key,
    }
}

/// The rows this person sees.
pub fn rail(session: Session) -> Vec<&'static RailRow> {
    ALL.iter().filter(|row| session.may(row.needs)).collect()
}

/// The row a page belongs to: `/clientes/…` to Clientes.
pub fn row_of(path: &str) -> Option<&'static RailRow> {
    let fits = |row: &&RailRow| match path.strip_prefix(row.path) {
        Some(rest) => row.path != paths::HOME && (rest.is_empty() || rest.starts_with('/')) || path == row.path,
        None => false,
    };
    ALL.iter().find(fits)
}

impl RailGroup {
    /// The heading above its rows; the work of every day needs none.
    pub fn label(self) -> Option<&'static str> {
        match self {
            Self::Work => None,
            Self::Registry => Some(tr!(frame.registry)),
            Self::Administration => Some(tr!(frame.administration)),
        }
    }
}
