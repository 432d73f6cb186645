//! The pages, one entry each, in the order of the rail.
//!
//! One entry is all that a new page needs here: its address, its row in the rail with the key that goes there, who may
//! open it, and its part of the program. All entries with the same `part` are one file. A new application is a new
//! word; pages of an application that is large are apart where they share little.

use esteira_shared::permission::Permission;

use super::{Page, Part, RailGroup, RailRow};
use crate::{components::IconName, i18n::tr};

macro_rules! maybe {
    () => {
        None
    };
    ($($value:tt)+) => {
        Some($($value)+)
    };
}

macro_rules! needs {
    // Every signed-in person.
    (Everybody) => {
        None
    };
    ($permission:ident) => {
        Some(Permission::$permission)
    };
}

macro_rules! pages {
    ($(
        $name:ident {
            // Pages that others link to without naming one thing have a name in `paths`.
            address: $($constant:ident)? $path:literal,
            part: $part:ident,
            page: pages $(:: $page:ident)+,
            needs: $needs:ident,
            $(row: {
                group: $group:ident, icon: $icon:ident, label: $texts:ident . $label:ident, key: $key:literal,
                on_phone: $on_phone:literal
            },)?
        }
    )+) => {
        pub static PAGES: &[Page] = &[$(
            Page {
                path: $path,
                needs: needs!($needs),
                row: maybe!($(RailRow {
                    group: RailGroup::$group,
                    path: $path,
                    icon: IconName::$icon,
                    label: || tr!($texts.$label),
                    on_phone: $on_phone,
                    key: $key,
                })?),
                part: Part {
                    load: || Box::pin($name::load()),
                    draw: || Box::pin($name::$name()),
                },
            },
        )+];

        /// Pages' addresses, as `paths` gives them out.
        pub mod addresses {
            use crate::base::Address;

            $($(pub const $constant: Address = Address($path);)?)+
        }

        $(
            // What only this function calls goes into the part; the table itself stays in the program.
            mod $name {
                use leptos::{prelude::*, wasm_split::SplitLoaderError};

                #[leptos::wasm_split::wasm_split(
                    $part, wasm_split_path = ::leptos::wasm_split, fallible, preload(load)
                )]
                pub(super) fn $name() -> Result<AnyView, SplitLoaderError> {
                    Ok(crate::pages $(:: $page)+ ().into_any())
                }
            }
        )+
    };
}

pages! {
    home {
        address: HOME "/",
        part: home,
        page: pages::home::HomePage,
        needs: ReadProcesses,
        row: { group: Work, icon: Home, label: frame.home, key: "g i", on_phone: true },
    }
    newest_month {
        address: MONTH "/mes",
        part: month,
        page: pages::month::NewestMonthPage,
        needs: ReadProcesses,
        row: { group: Work, icon: Month, label: frame.month, key: "g m", on_phone: true },
    }
    month {
        address: "/mes/:month",
        part: month,
        page: pages::month::MonthPage,
        needs: ReadProcesses,
    }
    review {
        address: REVIEW "/revisao",
        part: review,
        page: pages::review::ReviewPage,
        needs: ReviewProcesses,
        row: { group: Work, icon: Review, label: frame.review, key: "g r", on_phone: true },
    }
    processes {
        address: PROCESSES "/processos",
        part: processes,
        page: pages::processes::ProcessesPage,
        needs: ReadProcesses,
        row: { group: Work, icon: Process, label: frame.processes, key: "g p", on_phone: true },
    }
    process {
        address: "/processos/:id",
        part: processes,
        page: pages::processes::ProcessPage,
        needs: ReadProcesses,
    }
    executions {
        address: EXECUTIONS "/execucoes",
        part: executions,
        page: pages::executions::ExecutionsPage,
        needs: ReadProcesses,
        row: { group: Work, icon: Robot, label: frame.executions, key: "g e", on_phone: false },
    }
    execution {
        address: "/execucoes/:id",
        part: execution,
        page: pages::executions::ExecutionPage,
        needs: ReadProcesses,
    }
    schedules {
        address: SCHEDULES "/agendamentos",
        part: schedules,
        page: pages::schedules::SchedulesPage,
        needs: ReadSchedules,
        row: { group: Work, icon: Schedule, label: frame.schedules, key: "g d", on_phone: false },
    }
    // The first that fits is taken: these two stand before `:id`.
    new_schedule {
        address: SCHEDULES_NEW "/agendamentos/novo",
        part: schedule_editor,
        page: pages::schedules::NewSchedule,
        needs: ManageSchedules,
    }
    missed_schedules {
        address: SCHEDULES_MISSED "/agendamentos/perdidos",
        part: schedules,
        page: pages::schedules::MissedPage,
        needs: ReadSchedules,
    }
    schedule {
        address: "/agendamentos/:id",
        part: schedule,
        page: pages::schedules::SchedulePage,
        needs: ReadSchedules,
    }
    monitor {
        address: MONITOR "/monitor",
        part: monitor,
        page: pages::monitor::MonitorPage,
        needs: ReadJobs,
        row: { group: Work, icon: Monitor, label: frame.monitor, key: "g n", on_phone: false },
    }
    job {
        address: "/monitor/tarefas/:id",
        part: monitor,
        page: pages::monitor::JobPage,
        needs: ReadJobs,
    }
    operators {
        address: OPERATORS "/operadoras",
        part: operators,
        page: pages::operators::OperatorsPage,
        needs: ReadRegistry,
        row: { group: Registry, icon: Operator, label: frame.operators, key: "g o", on_phone: false },
    }
    clients {
        address: CLIENTS "/clientes",
        part: clients,
        page: pages::clients::ClientsPage,
        needs: ReadRegistry,
        row: { group: Registry, icon: Client, label: frame.clients, key: "g c", on_phone: false },
    }
    // The first that fits is taken: this one stands before `:id`.
    clients_import {
        address: CLIENTS_IMPORT "/clientes/importar",
        part: clients,
        page: pages::clients::ImportPage,
        needs: WriteRegistry,
    }
    client {
        address: "/clientes/:id",
        part: clients,
        page: pages::clients::ClientPage,
        needs: ReadRegistry,
    }
    calendars {
        address: CALENDARS "/calendarios",
        part: calendars,
        page: pages::calendars::CalendarsPage,
        needs: ReadRegistry,
        row: { group: Registry, icon: Calendar, label: frame.calendars, key: "g f", on_phone: false },
    }
    calendar {
        address: "/calendarios/:name",
        part: calendars,
        page: pages::calendars::CalendarPage,
        needs: ReadRegistry,
    }
    users {
        address: USERS "/usuarios",
        part: users,
        page: pages::administration::UsersPage,
        needs: ManageUsers,
        row: { group: Administration, icon: Users, label: frame.users, key: "g u", on_phone: false },
    }
    tokens {
        address: TOKENS "/tokens",
        part: users,
        page: pages::administration::TokensPage,
        needs: ManageTokens,
        row: { group: Administration, icon: Token, label: frame.tokens, key: "g t", on_phone: false },
    }
    // The systems that Esteira works with.
    connections {
        address: CONNECTIONS "/conexoes",
        part: administration,
        page: pages::administration::ConnectionsPage,
        needs: ManageOrganization,
        row: { group: Administration, icon: Connection, label: frame.connections, key: "g x", on_phone: false },
    }
    webhooks {
        address: WEBHOOKS "/webhooks",
        part: webhooks,
        page: pages::webhooks::WebhooksPage,
        needs: ManageWebhooks,
        row: { group: Administration, icon: Webhook, label: frame.webhooks, key: "g w", on_phone: false },
    }
    webhook {
        address: "/webhooks/:id",
        part: webhooks,
        page: pages::webhooks::WebhookPage,
        needs: ManageWebhooks,
    }
    webhook_message {
        address: "/webhooks/:id/mensagens/:message",
        part: webhooks,
        page: pages::webhooks::MessagePage,
        needs: ManageWebhooks,
    }
    maintenance {
        address: MAINTENANCE "/manutencao",
        part: maintenance,
        page: pages::maintenance::MaintenancePage,
        needs: ManageEngine,
        row: { group: Administration, icon: Maintenance, label: frame.maintenance, key: "g k", on_phone: false },
    }
    emails {
        address: EMAILS "/emails",
        part: emails,
        page: pages::emails::EmailsPage,
        needs: ManageOrganization,
        row: { group: Administration, icon: Mail, label: frame.emails, key: "g l", on_phone: false },
    }
    email {
        address: "/emails/:id",
        part: emails,
        page: pages::emails::EmailPage,
        needs: ManageOrganization,
    }
    backups {
        address: BACKUPS "/backups",
        part: backups,
        page: pages::backups::BackupsPage,
        needs: ManageBackups,
        row: { group: Administration, icon: Backup, label: frame.backups, key: "g b", on_phone: false },
    }
    audit {
        address: AUDIT "/auditoria",
        part: administration,
        page: pages::administration::AuditPage,
        needs: ReadAudit,
        row: { group: Administration, icon: Audit, label: frame.audit, key: "g a", on_phone: false },
    }
    settings {
        address: SETTINGS "/configuracoes",
        part: administration,
        page: pages::administration::SettingsPage,
        needs: ManageOrganization,
        row: { group: Administration, icon: Settings, label: frame.settings, key: "g s", on_phone: false },
    }
    // One's own password, language and appearance.
    account {
        address: ACCOUNT "/conta",
        part: account,
        page: pages::administration::AccountPage,
        needs: Everybody,
    }
}
