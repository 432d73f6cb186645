//! Conexões: the systems that Esteira works with. The API that runs robots, how much it may run, and how invoices reach SAT.

mod form;
mod robots;
mod transport;

use esteira_shared::{dto::executions::RobotSettingsDto, event::Topic};
use leptos::prelude::*;

use crate::{
    api,
    components::{AsyncView, Form, PageHead},
    hooks::{Query, use_draft, use_mutation, use_query},
    i18n::tr,
    state::toasts::use_toasts,
};
use form::RobotForm;
use robots::{RobotLimits, Robots};
use transport::Transport;

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let settings = use_query(&[Topic::Organization], api::executions::get_robot_settings);
    view! {
        <div class="page--narrow">
            <PageHead title=tr!(frame.connections)/>
            <AsyncView query=settings let:data>
                <Fields first=data.get_untracked() query=settings/>
            </AsyncView>
        </div>
    }
}

#[component]
fn Fields(first: RobotSettingsDto, query: Query<RobotSettingsDto>) -> impl IntoView {
    let draft = use_draft("robots".to_owned(), RobotForm::of(&first));
    let save = use_mutation();
    // Somebody else saved: with nothing typed here the new values simply appear; otherwise the conflict is told on saving.
    Effect::new(move |_| {
        if let Some(now) = query.data.get()
            && !draft.state.dirty.get_untracked()
        {
            draft.saved(RobotForm::of(&now));
        }
    });
    let submit = move |()| {
        let form = draft.get_untracked();
        save.clear();
        if form.token.is_unfinished() {
            return save.refuse_field("token", tr!(errors.field_required));
        }
        let update = match form.update() {
            Ok(update) => update,
            Err(field) => return save.refuse_field(field, tr!(connections.not_a_number)),
        };
        if save.accepts(&update) {
            save.run_quietly(
                async move { api::executions::update_robot_settings(&update).await },
                move |now| {
                    draft.saved(RobotForm::of(&now));
                    query.set(now);
                    use_toasts().done(tr!(connections.saved));
                },
            );
        }
    };
    let reread = move |()| {
        save.run_quietly(api::executions::get_robot_settings(), move |now| {
            draft.meet(&RobotForm::of(&now));
            query.set(now);
        });
    };
    view! {
        <Form save draft=draft.state submit=tr!(connections.save) on_submit=submit on_conflict=reread disabled=Signal::derive(move || !draft.state.dirty.get())>
            <Robots draft save query/>
            <RobotLimits draft save/>
            <Transport draft save/>
        </Form>
    }
}
