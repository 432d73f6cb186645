//! One run of a robot: how it stands, its log, what it brought, what it was given, and every attempt.

mod attempts;
mod commands;
mod head;
mod meta;
mod parameters;
mod rerun;
mod results;
mod troubles;
mod waits;

use std::time::Duration;

use esteira_shared::{dto::executions::ExecutionDetailDto, event::Topic, ids::ExecutionId, status::ExecutionType};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{CancelDialog, DoubtDialog, words};
use crate::{
    api,
    components::{AsyncView, LinkButton, LogView, Tab, TabPanel, Tabs},
    hooks::{use_list_query_beside, use_look, use_query},
    i18n::tr,
    pages::frame::{Crumb, NotFound, use_crumbs},
    routes::paths,
    state::keys::{Key, use_keys},
};
use attempts::Attempts;
use commands::ExecutionCommands;
use head::Head;
use meta::Meta;
use parameters::Parameters;
use rerun::RerunDialog;
use results::Results;
use troubles::Troubles;
use waits::Waits;

/// What holds a run back changes without the live stream telling: time passes, others move up.
const LOOK: Duration = Duration::from_secs(2);

const TAB: &str = "tab";
const TABS: &[&str] = &["log", "result", "parameters", "attempts"];

#[component]
pub fn ExecutionPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params
            .read()
            .get("id")
            .and_then(|text| text.parse::<ExecutionId>().ok())
    });
    move || match id.get() {
        Some(id) => view! { <OneExecution id/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn OneExecution(id: ExecutionId) -> impl IntoView {
    let query = use_query(&[Topic::Executions], move || async move {
        api::executions::get_execution(id).await
    });
    let over = Memo::new(move |_| {
        query
            .data
            .with(|data| data.as_ref().is_none_or(|data| data.execution.status.is_over()))
    });
    use_look(LOOK, move || {
        if over.try_get_untracked() == Some(false) {
            query.look();
        }
    });
    use_crumbs(move || {
        let mut way = vec![Crumb::link(tr!(frame.executions), paths::EXECUTIONS)];
        way.extend(query.data.with(|detail| {
            detail
                .as_ref()
                .map(|detail| Crumb::here(words::title(&detail.execution)))
        }));
        way
    });
    let commands = ExecutionCommands::new(id, query);
    let execution = Signal::derive(move || {
        query
            .data
            .with(|detail| detail.as_ref().map(|detail| detail.execution.clone()))
    });
    let tipo = Signal::derive(move || {
        query.data.with(|detail| {
            let tipo = detail.as_ref().map(|detail| detail.execution.tipo);
            tipo.unwrap_or(ExecutionType::DownloadFatura)
        })
    });
    // What a robot brought to SAT is noted where its process is.
    let in_sat = move || {
        let sent = execution.get().filter(|one| one.tipo == ExecutionType::UploadSat);
        sent.map(|one| {
            view! {
                <p>{tr!(executions.doubt_in_sat)}</p>
                <LinkButton small=true href=paths::process(one.process_id)>{tr!(executions.see_process)}</LinkButton>
            }
        })
    };
    view! {
        <AsyncView query let:data>
            <Head data commands/>
            <Meta data/>
            <Body data commands id/>
        </AsyncView>
        <CancelDialog open=commands.cancelling execution on_changed=move |()| query.refetch()/>
        <DoubtDialog open=commands.doubting tipo confirm=tr!(executions.rerun) on_confirm=move |()| commands.rerun_anyway() aside=in_sat/>
        <RerunDialog commands/>
    }
}

#[component]
fn Body(data: Signal<ExecutionDetailDto>, commands: ExecutionCommands, id: ExecutionId) -> impl IntoView {
    let list = use_list_query_beside(&[TAB]);
    let active = list.bound(TAB, TABS);
    let tabs = vec![
        Tab::new("log", tr!(executions.tab_log)),
        Tab::new("result", tr!(executions.tab_result)),
        Tab::new("parameters", tr!(executions.tab_parameters)),
        Tab::new("attempts", tr!(executions.tab_attempts)),
    ];
    tab_keys(active);
    let execution = Signal::stored(id);
    let ended = Signal::derive(move || data.with(|detail| detail.execution.status.is_over()));
    view! {
        <div class="run">
            <Troubles data commands/>
            <Waits data/>
            <div class="run__tabs">
                <Tabs label=tr!(executions.tabs) active tabs/>
                <TabPanel of="log" active><div class="run__log"><LogView execution ended/></div></TabPanel>
                <TabPanel of="result" active><Results data id list/></TabPanel>
                <TabPanel of="parameters" active><Parameters data/></TabPanel>
                <TabPanel of="attempts" active><Attempts data/></TabPanel>
            </div>
        </div>
    }
}

/// One digit per tab, in their order.
fn tab_keys(active: RwSignal<String>) {
    let key = |keys, tab: &'static str, label: &'static str| Key::new(keys, label, move || active.set(tab.to_owned()));
    use_keys(
        tr!(parts.keys_here),
        vec![
            key("1", "log", tr!(executions.tab_log)),
            key("2", "result", tr!(executions.tab_result)),
            key("3", "parameters", tr!(executions.tab_parameters)),
            key("4", "attempts", tr!(executions.tab_attempts)),
        ],
    );
}
