//! What a token may do, in groups one recognises.

use esteira_shared::permission::Permission;
use leptos::prelude::*;

use crate::{components::Checkbox, i18n::tr};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Processes,
    Registry,
    Schedules,
    Jobs,
    Administration,
}

impl Group {
    const ALL: [Self; 5] = [
        Self::Processes,
        Self::Registry,
        Self::Schedules,
        Self::Jobs,
        Self::Administration,
    ];

    /// Exhaustive, so that a new permission does not build without its place.
    fn of(permission: Permission) -> Self {
        match permission {
            Permission::ReadProcesses
            | Permission::UploadDocuments
            | Permission::ReviewProcesses
            | Permission::SendProcesses
            | Permission::RunRobots
            | Permission::OpenMonth => Self::Processes,
            Permission::ReadRegistry | Permission::WriteRegistry => Self::Registry,
            Permission::ReadSchedules | Permission::ManageSchedules => Self::Schedules,
            Permission::ReadJobs | Permission::ManageJobs | Permission::ManageEngine => Self::Jobs,
            Permission::ManageUsers
            | Permission::ManageTokens
            | Permission::ManageWebhooks
            | Permission::ManageOrganization
            | Permission::ReadAudit
            | Permission::ManageBackups => Self::Administration,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Processes => tr!(frame.processes),
            Self::Registry => tr!(frame.registry),
            Self::Schedules => tr!(frame.schedules),
            Self::Jobs => tr!(tokens.group_jobs),
            Self::Administration => tr!(frame.administration),
        }
    }
}

fn words(permission: Permission) -> &'static str {
    match permission {
        Permission::ReadProcesses => tr!(tokens.read_processes),
        Permission::UploadDocuments => tr!(tokens.upload_documents),
        Permission::ReviewProcesses => tr!(tokens.review_processes),
        Permission::SendProcesses => tr!(tokens.send_processes),
        Permission::RunRobots => tr!(tokens.run_robots),
        Permission::OpenMonth => tr!(tokens.open_month),
        Permission::ReadRegistry => tr!(tokens.read_registry),
        Permission::WriteRegistry => tr!(tokens.write_registry),
        Permission::ReadSchedules => tr!(tokens.read_schedules),
        Permission::ManageSchedules => tr!(tokens.manage_schedules),
        Permission::ReadJobs => tr!(tokens.read_jobs),
        Permission::ManageJobs => tr!(tokens.manage_jobs),
        Permission::ManageEngine => tr!(tokens.manage_engine),
        Permission::ManageUsers => tr!(tokens.manage_users),
        Permission::ManageTokens => tr!(tokens.manage_tokens),
        Permission::ManageWebhooks => tr!(tokens.manage_webhooks),
        Permission::ManageOrganization => tr!(tokens.manage_organization),
        Permission::ReadAudit => tr!(tokens.read_audit),
        Permission::ManageBackups => tr!(tokens.manage_backups),
    }
}

#[component]
pub(super) fn Scopes(
    value: RwSignal<Vec<Permission>>,
    /// What the maker may do: nobody gives away more.
    allowed: Vec<Permission>,
) -> impl IntoView {
    let set = move |permission: Permission, on: bool| {
        value.update(|scopes| {
            scopes.retain(|scope| *scope != permission);
            if on {
                scopes.push(permission);
            }
        });
    };
    Group::ALL
        .into_iter()
        .map(|group| {
            let mine = |one: &Permission| Group::of(*one) == group && allowed.contains(one);
            let members: Vec<Permission> = Permission::ALL.iter().copied().filter(mine).collect();
            let every = StoredValue::new(members.clone());
            let count = move || {
                value.with(|scopes| every.with_value(|every| every.iter().filter(|one| scopes.contains(one)).count()))
            };
            let size = members.len();
            (size > 0).then(|| {
                view! {
                    <fieldset class="scopes">
                        <legend>
                            <Checkbox
                                label=group.words()
                                checked=Signal::derive(move || count() == size)
                                indeterminate=Signal::derive(move || (1..size).contains(&count()))
                                on_change=move |on| every.with_value(|every| every.iter().for_each(|one| set(*one, on)))
                            />
                        </legend>
                        {members.into_iter().map(|permission| view! {
                            <div class="scopes__one">
                                <Checkbox
                                    label=words(permission)
                                    checked=Signal::derive(move || value.with(|scopes| scopes.contains(&permission)))
                                    on_change=move |on| set(permission, on)
                                />
                                <code>{permission.as_str()}</code>
                            </div>
                        }).collect_view()}
                    </fieldset>
                }
            })
        })
        .collect_view()
}
