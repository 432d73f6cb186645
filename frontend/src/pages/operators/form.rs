//! A new operator, or a change to one.

use esteira_shared::dto::operators::{OperatorCreate, OperatorDto, OperatorUpdate};
use leptos::prelude::*;

use crate::{
    api,
    components::{Dialog, Field, Form, Switch, TextInput},
    hooks::{self, merge_fields, use_draft, use_mutation},
    i18n::tr,
    state::toasts::use_toasts,
};

#[derive(Clone, PartialEq, Default)]
struct OperatorForm {
    name: String,
    possui_rpa: bool,
    rpa_terceirizado: bool,
    url: String,
    active: bool,
    version: i32,
}

impl OperatorForm {
    fn of(operator: Option<OperatorDto>) -> Self {
        operator.map_or_else(
            || Self {
                active: true,
                ..Self::default()
            },
            |operator| Self {
                name: operator.name,
                possui_rpa: operator.possui_rpa,
                rpa_terceirizado: operator.rpa_terceirizado,
                url: operator.url_endpoint_rpa.unwrap_or_default(),
                active: operator.active,
                version: operator.version,
            },
        )
    }

    fn url(&self) -> Option<String> {
        Some(self.url.trim().to_owned()).filter(|url| !url.is_empty())
    }

    fn create(self) -> OperatorCreate {
        OperatorCreate {
            url_endpoint_rpa: self.url(),
            name: self.name,
            possui_rpa: self.possui_rpa,
            rpa_terceirizado: self.possui_rpa && self.rpa_terceirizado,
        }
    }

    fn update(self) -> OperatorUpdate {
        OperatorUpdate {
            url_endpoint_rpa: self.url(),
            name: self.name,
            possui_rpa: self.possui_rpa,
            rpa_terceirizado: self.possui_rpa && self.rpa_terceirizado,
            active: self.active,
            version: self.version,
        }
    }
}

impl hooks::Form for OperatorForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs;
            name => tr!(operators.name),
            possui_rpa => tr!(operators.has_robot),
            rpa_terceirizado => tr!(operators.third_party),
            url => tr!(operators.endpoint),
            active => tr!(operators.active),
        )
    }
}

#[component]
pub(super) fn OperatorDialog(
    open: RwSignal<bool>,
    chosen: RwSignal<Option<OperatorDto>>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let title = Signal::derive(move || match chosen.get() {
        Some(operator) => tr!(operators.edit_title, name = operator.name),
        None => tr!(operators.create).to_owned(),
    });
    view! { <Dialog open title><Fields open chosen on_saved/></Dialog> }
}

#[component]
fn Fields(open: RwSignal<bool>, chosen: RwSignal<Option<OperatorDto>>, on_saved: Callback<()>) -> impl IntoView {
    let operator = chosen.get_untracked();
    let id = operator.as_ref().map(|operator| operator.id);
    let key = id.map_or_else(|| "operator/new".to_owned(), |id| format!("operator/{id}"));
    let draft = use_draft(key, OperatorForm::of(operator));
    let save = use_mutation();
    let done = move |operator: OperatorDto| {
        let text = tr!(operators.saved, name = operator.name.clone());
        draft.saved(OperatorForm::of(Some(operator)));
        open.set(false);
        on_saved.run(());
        use_toasts().done(text);
    };
    let submit = move |()| {
        let form = draft.get_untracked();
        match id {
            None => {
                let create = form.create();
                if save.accepts(&create) {
                    save.run_quietly(async move { api::operators::create_operator(&create).await }, done);
                }
            }
            Some(id) => {
                let update = form.update();
                if save.accepts(&update) {
                    save.run_quietly(async move { api::operators::update_operator(id, &update).await }, done);
                }
            }
        }
    };
    let reread = move |()| {
        if let Some(id) = id {
            save.run_quietly(async move { api::operators::get_operator(id).await }, move |operator| {
                draft.meet(&OperatorForm::of(Some(operator)));
            });
        }
    };
    let (has_robot, set_robot) = draft.flag(|form| &mut form.possui_rpa);
    let (third_party, set_third_party) = draft.flag(|form| &mut form.rpa_terceirizado);
    let (active, set_active) = draft.flag(|form| &mut form.active);
    view! {
        <Form save draft=draft.state submit=tr!(operators.save) on_submit=submit on_conflict=reread on_cancel=move |()| { draft.state.discard.run(()); open.set(false); }>
            <Field label=tr!(operators.name) hint=tr!(operators.name_hint) error=save.field("name")>
                <TextInput value=draft.part(|form| &mut form.name) autofocus=true/>
            </Field>
            <Switch on=has_robot on_change=set_robot label=tr!(operators.has_robot)/>
            <Show when=move || has_robot.get()>
                <Switch on=third_party on_change=set_third_party label=tr!(operators.third_party)/>
            </Show>
            <Field label=tr!(operators.endpoint) optional=true hint=tr!(operators.endpoint_hint) error=save.field("url_endpoint_rpa")>
                <TextInput value=draft.part(|form| &mut form.url) kind="url" mono=true placeholder="https://rpa.example.com/vivo"/>
            </Field>
            {id.map(|_| view! { <Switch on=active on_change=set_active label=tr!(operators.active_label)/> })}
        </Form>
    }
}
