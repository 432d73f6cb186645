//! The table of pages: addresses, the rail's rows and who may see them.

use esteira_shared::permission::Permission;

use crate::{components::IconName, i18n::tr, state::Session};

/// Addresses of pages. Pages link by these, never by a written address.
pub mod paths {
    use std::fmt::Display;

    use esteira_shared::{
        dto::{
            jobs::JobQuery,
            processes::{MatrixQuery, ProcessQuery},
            webhooks::WebhookDeliveryQuery,
        },
        month::Month,
    };

    pub const HOME: &str = "/";
    pub const MONTH: &str = "/mes";
    pub const REVIEW: &str = "/revisao";
    pub const PROCESSES: &str = "/processos";
    pub const MONITOR: &str = "/monitor";
    /// Its other tabs.
    pub const MONITOR_WORKERS: &str = "/monitor?tab=workers";
    pub const MONITOR_QUEUES: &str = "/monitor?tab=queues";
    pub const OPERATORS: &str = "/operadoras";
    pub const CLIENTS: &str = "/clientes";
    pub const CLIENTS_IMPORT: &str = "/clientes/importar";
    pub const USERS: &str = "/usuarios";
    pub const TOKENS: &str = "/tokens";
    pub const WEBHOOKS: &str = "/webhooks";
    pub const AUDIT: &str = "/auditoria";
    pub const SETTINGS: &str = "/configuracoes";
    /// One's own password, language and appearance.
    pub const ACCOUNT: &str = "/conta";
    #[cfg(debug_assertions)]
    pub const SHOWCASE: &str = "/_components";

    pub fn month(month: Month) -> String {
        format!("{MONTH}/{month}")
    }

    /// A month's matrix, narrowed.
    pub fn month_where(month: Month, query: &MatrixQuery) -> String {
        format!("{MONTH}/{month}{}", crate::api::query_string(query))
    }

    /// The review of one month.
    pub fn review_of(month: Month) -> String {
        format!("{REVIEW}?month={month}")
    }

    /// The list of processes, narrowed.
    pub fn processes_where(query: &ProcessQuery) -> String {
        format!("{PROCESSES}{}", crate::api::query_string(query))
    }

    pub fn process(id: impl Display) -> String {
        format!("{PROCESSES}/{id}")
    }

    /// The list of jobs, narrowed.
    pub fn jobs_where(query: &JobQuery) -> String {
        format!("{MONITOR}{}", crate::api::query_string(query))
    }

    pub fn job(id: impl Display) -> String {
        format!("{MONITOR}/tarefas/{id}")
    }

    pub fn client(id: impl Display) -> String {
        format!("{CLIENTS}/{id}")
    }

    /// The list of people, narrowed by name.
    pub fn user_named(name: &str) -> String {
        format!("{USERS}{}", crate::api::query_string(&[("q", name)]))
    }

    /// The list of processes, narrowed to one client.
    pub fn processes_of(client: impl Display) -> String {
        format!("{PROCESSES}?client_id={client}")
    }

    /// The list of clients, narrowed to those with an account with one operator.
    pub fn clients_of(operator: impl Display) -> String {
        format!("{CLIENTS}?operator_id={operator}")
    }

    pub fn webhook(id: impl Display) -> String {
        format!("{WEBHOOKS}/{id}")
    }

    /// One webhook with its messages, narrowed.
    pub fn webhook_where(id: impl Display, query: &WebhookDeliveryQuery) -> String {
        format!("{WEBHOOKS}/{id}{}", crate::api::query_string(query))
    }

    /// One message to a webhook.
    pub fn webhook_message(webhook: impl Display, message: impl Display) -> String {
        format!("{WEBHOOKS}/{webhook}/mensagens/{message}")
    }

    /// What happened to one thing.
    pub fn audit_of(subject: impl Display) -> String {
        format!("{AUDIT}?subject_id={subject}")
    }

    /// The list of operators, narrowed to one: operators have no page of their own.
    pub fn operator_named(name: &str) -> String {
        format!("{OPERATORS}{}", crate::api::query_string(&[("q", name)]))
    }
}

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
