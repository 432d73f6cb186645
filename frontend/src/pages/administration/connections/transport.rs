//! How approved invoices reach SAT.

use esteira_shared::status::SatTransport;
use leptos::prelude::*;
use leptos_router::components::A;

use super::form::RobotForm;
use crate::{
    components::{Card, Choice, Icon, IconName, Segments},
    hooks::{Draft, Mutation},
    i18n::tr,
    routes::paths,
    text::status,
};

#[component]
pub(super) fn Transport(draft: Draft<RobotForm>, save: Mutation) -> impl IntoView {
    let value = draft.part(|form| &mut form.sat_transport);
    let options = Choice::list(
        SatTransport::ALL
            .iter()
            .map(|one| (one.as_str(), status::sat_transport(*one))),
    );
    let by_robot = Memo::new(move |_| value.with(|word| word == SatTransport::Robot.as_str()));
    let note = move || {
        if by_robot.get() {
            tr!(connections.transport_robot_text)
        } else {
            tr!(connections.transport_https_text)
        }
    };
    let refused = save.field("sat_transport");
    view! {
        <Card title=tr!(connections.transport)>
            <div class="stack stack--tight">
                <div><Segments label=tr!(connections.transport) value options/></div>
                <p class="small muted" role="status">{note}</p>
                <div aria-live="polite">
                    {move || refused.get().map(|_| view! { <span class="field__error"><Icon name=IconName::Needs/>{tr!(connections.transport_needs_s3)}</span> })}
                </div>
                <p class="small"><A href=paths::SETTINGS attr:class="link">{tr!(connections.see_sat)}</A></p>
            </div>
        </Card>
    }
}
