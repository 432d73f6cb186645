//! What the robot brought: what each entry did, its last words, and its whole answer.

use esteira_shared::{
    dto::executions::{ExecutionDetailDto, ExecutionResultDto, ExecutionResultQuery},
    ids::ExecutionId,
    status::{ResultEffect, Tone},
};
use leptos::prelude::*;
use leptos_router::components::A;

use super::super::words;
use crate::{
    api,
    components::{AsyncView, Card, CodeBlock, Column, CopyText, DataTable, EmptyState, Icon, IconName, Mark, Pager},
    hooks::{ListQuery, use_query},
    i18n::tr,
    routes::paths,
    text::{
        format,
        reasons::{quotes, told},
        status,
    },
};

#[component]
pub(super) fn Results(data: Signal<ExecutionDetailDto>, id: ExecutionId, list: ListQuery) -> impl IntoView {
    let over = Memo::new(move |_| data.with(|detail| detail.execution.status.is_over()));
    // They are written when a run ends, and anew when it is taken up and ends again.
    let query = use_query(&[], move || {
        over.track();
        let page = list.read::<ExecutionResultQuery>();
        async move { api::executions::list_results(id, &page).await }
    });
    let raw = Memo::new(move |_| data.with(|detail| detail.resultado.as_ref().map(words::pretty)));
    let message = Memo::new(move |_| data.with(|detail| detail.execution.mensagem_final_coded.as_ref().map(told)));
    let long = Memo::new(move |_| data.with(|detail| detail.resultado_bytes));
    let has_results = Memo::new(move |_| data.with(|detail| !detail.results.is_empty()));
    let has_raw = Memo::new(move |_| raw.with(Option::is_some));
    let has_message = Memo::new(move |_| message.with(Option::is_some));
    let any = move || has_results.get() || has_raw.get() || has_message.get() || long.get().is_some();
    view! {
        <Show when=any fallback=move || nothing(over.get())>
            <div class="stack">
                <Show when=move || has_message.get()>
                    <Card title=tr!(executions.final_message)><p class="break">{move || message.with(|text| text.as_deref().map(quotes))}</p></Card>
                </Show>
                <Show when=move || has_results.get()>
                    <Card title=tr!(executions.results) flush=true>
                        <AsyncView query let:page>
                            <div class="card-table">
                                <DataTable
                                    name="execution_results"
                                    columns=columns()
                                    rows=Signal::derive(move || page.with(|page| page.items.clone()))
                                    row_id=|one: &ExecutionResultDto| one.position.to_string()
                                    row_label=name
                                />
                            </div>
                            <Pager list next=Signal::derive(move || page.with(|page| page.next_cursor.clone()))/>
                        </AsyncView>
                    </Card>
                </Show>
                <Show when=move || long.get().is_some()>
                    <Card title=tr!(executions.answer)>
                        <p>{move || long.get().map(|size| tr!(executions.answer_long, size = format::bytes(size)))}</p>
                        <a class="btn" href=api::executions::result_address(id) download="" rel="external">
                            <Icon name=IconName::Download/>
                            {tr!(executions.answer_download)}
                        </a>
                    </Card>
                </Show>
                <Show when=move || has_raw.get()>
                    <CodeBlock title=tr!(executions.answer) text=Signal::derive(move || raw.get().unwrap_or_default())/>
                </Show>
            </div>
        </Show>
    }
}

fn nothing(over: bool) -> AnyView {
    let text = if over {
        tr!(executions.no_result_ended)
    } else {
        tr!(executions.no_result_text)
    };
    view! { <EmptyState icon=IconName::Inbox title=tr!(executions.no_result_title) text/> }.into_any()
}

fn name(result: &ExecutionResultDto) -> String {
    result
        .hash_execucao
        .clone()
        .unwrap_or_else(|| tr!(executions.no_hash).to_owned())
}

fn columns() -> Vec<Column<ExecutionResultDto>> {
    vec![
        Column::new("hash", "hash_execucao", |one: &ExecutionResultDto| {
            match one.hash_execucao.clone() {
                Some(text) => view! { <CopyText text mono=true/> }.into_any(),
                None => view! { <span class="faint">{tr!(executions.no_hash)}</span> }.into_any(),
            }
        })
        .main(),
        Column::new("status", "status_final", |one: &ExecutionResultDto| {
            let word = one.status_final.clone().unwrap_or_else(|| "—".to_owned());
            view! { <code>{word}</code> }
        }),
        Column::new("effect", tr!(executions.effect), |one: &ExecutionResultDto| {
            let word = status::effect(one.effect);
            view! { <Mark tone=tone(one.effect) word/> }
        }),
        Column::new(
            "process",
            tr!(executions.process),
            |one: &ExecutionResultDto| match one.process_id {
                Some(id) => {
                    view! { <A href=paths::process(id) attr:class="link nowrap">{tr!(executions.see_process)}</A> }
                        .into_any()
                }
                None => view! { <span class="faint">"—"</span> }.into_any(),
            },
        ),
        Column::new("note", tr!(executions.note), |one: &ExecutionResultDto| {
            let note = one.note_coded.as_ref().map(|note| quotes(&told(note)));
            view! { <span class="small muted break">{note}</span> }
        }),
    ]
}

fn tone(effect: ResultEffect) -> Tone {
    match effect {
        ResultEffect::Applied => Tone::Done,
        ResultEffect::Unchanged => Tone::Waiting,
        ResultEffect::Unmatched | ResultEffect::NotUnderstood => Tone::NeedsYou,
    }
}
