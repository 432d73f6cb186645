//! Import of clients and accounts from a CSV: checked first, written only when every row is good.

mod errors;
mod pick;
mod report;

use std::rc::Rc;

use esteira_shared::dto::clients::ClientImportDto;
use leptos::prelude::*;

use crate::{
    api::{self, UploadAbort},
    components::{Button, Card, IconName, PageHead, ProgressBar},
    hooks::{Mutation, use_mutation},
    i18n::tr,
    pages::frame::{Crumb, use_crumbs},
    routes::paths,
    state::toasts::use_toasts,
    text::csv,
};
use pick::FilePick;
use report::{Refused, Report};

/// Largest file the server takes.
const LIMIT: i64 = 20 * 1024 * 1024;

/// The file in hand and what the server said of it.
#[derive(Clone, Copy)]
struct Import {
    file: RwSignal<Option<web_sys::File>, LocalStorage>,
    report: RwSignal<Option<ClientImportDto>>,
    send: Mutation,
    share: RwSignal<Option<f64>>,
}

impl Import {
    fn start(self, dry_run: bool) {
        let Some(file) = self.file.get_untracked() else { return };
        let share = self.share;
        share.set(Some(0.0));
        let progress = Rc::new(move |sent: f64| {
            // All sent: how long the server checks is not known.
            let _ = share.try_set((sent < 1.0).then_some(sent));
        });
        self.send.run_quietly(
            async move { api::clients::import_clients(&file, dry_run, progress, UploadAbort::default()).await },
            move |report| {
                if report.applied {
                    use_toasts().done(tr!(import.applied));
                }
                let _ = self.report.try_set(Some(report));
            },
        );
    }

    fn take(self, file: web_sys::File) {
        self.file.set(Some(file));
        self.report.set(None);
        self.start(true);
    }

    fn reset(self) {
        self.file.set(None);
        self.report.set(None);
        self.send.clear();
    }
}

#[component]
pub fn ImportPage() -> impl IntoView {
    use_crumbs(|| {
        vec![
            Crumb::link(tr!(frame.clients), paths::CLIENTS),
            Crumb::here(tr!(import.title)),
        ]
    });
    let import = Import {
        file: RwSignal::new_local(None),
        report: RwSignal::new(None),
        send: use_mutation(),
        share: RwSignal::new(None),
    };
    let has_file = move || import.file.with(Option::is_some);
    view! {
        <PageHead title=tr!(import.title)/>
        <div class="grid grid--side">
            <div class="stack">
                <Show when=has_file fallback=move || view! { <FilePick on_file=Callback::new(move |file| import.take(file))/> }>
                    <Chosen import/>
                </Show>
                <Show when=move || import.send.busy.get()>
                    <ProgressBar share=import.share label=tr!(import.checking)/>
                </Show>
                {move || import.send.error.get().map(|error| view! { <Refused error on_retry=move |()| import.start(true)/> })}
                {move || import.report.get().map(|report| view! {
                    <Report report busy=import.send.busy on_apply=move |()| import.start(false) on_again=move |()| import.reset()/>
                })}
            </div>
            <Help/>
        </div>
    }
    .into_any()
}

/// The file in hand, and the way to another.
#[component]
fn Chosen(import: Import) -> impl IntoView {
    let name = move || {
        import
            .file
            .with(|file| file.as_ref().map(web_sys::File::name).unwrap_or_default())
    };
    view! {
        <div class="picked">
            <crate::components::Icon name=IconName::File/>
            <b class="break">{name}</b>
            <Button small=true disabled=import.send.busy on_click=move |()| import.reset()>{tr!(import.other_file)}</Button>
        </div>
    }
}

/// What the file must look like.
#[component]
fn Help() -> impl IntoView {
    let template = move |()| {
        let header = ["razao_social", "cnpj", "operadora", "conta", "login", "senha", "ativo"];
        let rows = [
            [
                "Padaria Exemplo Ltda",
                "11.222.333/0001-81",
                "VIVO",
                "0123456789",
                "portal@example.com",
                "",
                "sim",
            ],
            [
                "Padaria Exemplo Ltda",
                "11.222.333/0001-81",
                "CLARO",
                "987654321",
                "",
                "",
                "sim",
            ],
        ];
        let text: String = std::iter::once(csv::line(&header))
            .chain(rows.iter().map(|row| csv::line(row)))
            .collect();
        if csv::save("clientes-modelo.csv", &text).is_err() {
            use_toasts().fail_text(tr!(import.save_failed));
        }
    };
    let columns = [
        ("razao_social", tr!(import.column_name), true),
        ("cnpj", tr!(import.column_cnpj), true),
        ("operadora", tr!(import.column_operator), true),
        ("conta", tr!(import.column_account), true),
        ("login", tr!(import.column_login), false),
        ("senha", tr!(import.column_password), false),
        ("ativo", tr!(import.column_active), false),
    ];
    view! {
        <Card title=tr!(import.help_title)>
            <div class="stack">
                <p class="small muted">{tr!(import.help_text)}</p>
                <dl class="columns">
                    {columns.into_iter().map(|(name, text, required)| view! {
                        <dt><code>{name}</code>{(!required).then(|| view! { <span class="faint">" · "{tr!(parts.optional)}</span> })}</dt>
                        <dd>{text}</dd>
                    }).collect_view()}
                </dl>
                <div><Button icon=IconName::Download on_click=template>{tr!(import.template)}</Button></div>
                <ul class="bullets small muted">
                    <li>{tr!(import.note_merge)}</li>
                    <li>{tr!(import.note_encoding)}</li>
                    <li>{tr!(import.note_empty)}</li>
                    <li>{tr!(import.note_again)}</li>
                </ul>
            </div>
        </Card>
    }
}
