//! Monitor: what the engine does, how it fares, and what holds it back.

mod bulk;
mod columns;
mod figures;
mod job;
mod jobs;
mod limits;
mod queues;
mod words;
mod workers;

use leptos::prelude::*;

use crate::{
    components::{Button, Choice, Icon, IconName, PageHead, Segments, Tab, TabPanel, Tabs},
    hooks::use_list_query_beside,
    i18n::tr,
    state::{
        keys::{Key, use_keys},
        live::{LiveState, use_live},
    },
};
use figures::Figures;
pub use job::{JobPage, Waiting, held_by};
use jobs::Jobs;
use limits::Limits;
use queues::Queues;
use workers::Workers;

/// What the address keeps besides the filter of the list.
const RANGE: &str = "range";
const RANGES: &[&str] = &["hour", "day", "month"];
const TAB: &str = "tab";
const TABS: &[&str] = &["jobs", "workers", "queues"];

#[component]
pub fn MonitorPage() -> impl IntoView {
    let list = use_list_query_beside(&[RANGE, TAB]);
    let range = list.bound(RANGE, RANGES);
    let active = list.bound(TAB, TABS);
    let ranges = Choice::list([
        ("hour", tr!(monitor.range_hour)),
        ("day", tr!(monitor.range_day)),
        ("month", tr!(monitor.range_month)),
    ]);
    // The pointer rests on the jobs: what stands above them must not grow, for it would move them.
    let pointed = RwSignal::new(false);
    let tabs = vec![
        Tab::new("jobs", tr!(monitor.jobs)),
        Tab::new("workers", tr!(monitor.workers)),
        Tab::new("queues", tr!(monitor.queues_tab)),
    ];
    view! {
        <PageHead title=tr!(frame.monitor)>
            <Segments label=tr!(monitor.range) value=range options=ranges/>
            <PauseButton/>
        </PageHead>
        <Figures range list pointed/>
        <Tabs label=tr!(frame.monitor) active tabs/>
        <TabPanel of="jobs" active><Jobs list pointed/></TabPanel>
        <TabPanel of="workers" active><Workers/></TabPanel>
        <TabPanel of="queues" active><div class="stack"><Queues/><Limits/></div></TabPanel>
    }
    .into_any()
}

/// The same switch as the one in the top bar, where a person looks for it who reads a moving list.
#[component]
fn PauseButton() -> impl IntoView {
    let live = use_live();
    let paused = Memo::new(move |_| live.state.get() == LiveState::Paused);
    use_keys(
        tr!(parts.keys_here),
        vec![Key::new("p", tr!(monitor.live_toggle), move || live.toggle())],
    );
    // One button that changes its face, so that it keeps the focus.
    let icon = move || if paused.get() { IconName::Play } else { IconName::Pause };
    let word = move || {
        if paused.get() {
            tr!(monitor.live_resume)
        } else {
            tr!(monitor.live_pause)
        }
    };
    view! { <Button on_click=move |()| live.toggle()>{move || view! { <Icon name=icon()/> }}{word}</Button> }
}
