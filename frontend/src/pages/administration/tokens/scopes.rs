//! What a token may do, in groups one recognises.

use esteira_shared::permission::Permission;
use leptos::prelude::*;

use crate::{components::Checkbox, i18n::tr};

/// Every permission stands in one group: a new one does not build without its words, and the test finds it missing here.
const GROUPS: [(Group, &[Permission]); 4] = [
    (
        Group::Processes,
        &[
            Permission::ReadProcesses,
            Permission::UploadDocuments,
            Permission::ReviewProcesses,
            Permission::SendProcesses,
            Permission::OpenMonth,
        ],
    ),
    (Group::Registry, &[Permission::ReadRegistry, Permission::WriteRegistry]),
    (Group::Jobs, &[Permission::ReadJobs, Permission::ManageJobs]),
    (
        Group::Administration,
        &[
            Permission::ManageUsers,
            Permission::ManageTokens,
            Permission::ManageOrganization,
            Permission::ReadAudit,
        ],
    ),
];

#[derive(Clone, Copy)]
enum Group {
    Processes,
    Registry,
    Jobs,
    Administration,
}

impl Group {
    fn words(self) -> &'static str {
        match self {
            Self::Processes => tr!(frame.processes),
            Self::Registry => tr!(frame.registry),
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
        Permission::OpenMonth => tr!(tokens.open_month),
        Permission::ReadRegistry => tr!(tokens.read_registry),
        Permission::WriteRegistry => tr!(tokens.write_registry),
        Permission::ReadJobs => tr!(tokens.read_jobs),
        Permission::ManageJobs => tr!(tokens.manage_jobs),
        Permission::ManageUsers => tr!(tokens.manage_users),
        Permission::ManageTokens => tr!(tokens.manage_tokens),
        Permission::ManageOrganization => tr!(tokens.manage_organization),
        Permission::ReadAudit => tr!(tokens.read_audit),
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
    GROUPS
        .into_iter()
        .map(|(group, members)| {
            let members: Vec<Permission> = members.iter().copied().filter(|one| allowed.contains(one)).collect();
            let every = StoredValue::new(members.clone());
            let count = move || value.with(|scopes| every.with_value(|every| every.iter().filter(|one| scopes.contains(one)).count()));
            let size = members.len();
            (size > 0).then(|| view! {
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
            })
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_can_be_given() {
        for permission in Permission::ALL {
            let places = GROUPS.iter().filter(|(_, members)| members.contains(permission)).count();
            assert_eq!(places, 1, "{permission}");
        }
    }
}
