//! Status, tables, timeline, charts.

use chrono::{DateTime, Duration, Utc};
use esteira_shared::{
    money::Money,
    page::Total,
    status::{JobStatus, ProcessStatus, Tone},
};
use leptos::prelude::*;

use crate::{
    components::{
        Button, Card, Choice, CodeBlock, Column, DataTable, FilterBar, FilterChip, IconName, JobBadge, Kind, LineChart,
        LineSeries, Mark, Menu, MenuItem, Pager, Part, RelativeTime, Selection, SelectionBar, StackBar, StatusBadge,
        Timeline, TimelineItem, ToggleChip, TrendChart, TrendLook, TrendSeries, TrendUnit,
    },
    hooks::use_list_query,
    text::{format, status},
};

#[derive(Clone)]
struct Row {
    client: &'static str,
    operator: &'static str,
    status: ProcessStatus,
    value: Option<Money>,
    since: DateTime<Utc>,
}

fn rows() -> Vec<Row> {
    let names = [
        "Clínica Saúde Total",
        "Metalúrgica São Jorge",
        "Cooperativa Agro Norte de Produtores Rurais do Vale do Paranapanema",
        "Padaria Pão da Hora",
        "Editora Letra Viva",
    ];
    let operators = ["VIVO", "CLARO", "EMBRATEL"];
    ProcessStatus::ALL
        .iter()
        .enumerate()
        .map(|(index, status)| Row {
            client: names.get(index % names.len()).copied().unwrap_or_default(),
            operator: operators.get(index % operators.len()).copied().unwrap_or_default(),
            status: *status,
            value: (index % 3 != 0).then(|| Money(128_490 + 73_311 * i64::try_from(index).unwrap_or(0))),
            since: format::now() - Duration::hours(5 * i64::try_from(index).unwrap_or(0)),
        })
        .collect()
}

#[component]
pub(super) fn Data() -> impl IntoView {
    view! {
        <section>
            <h2>"StatusBadge, JobBadge, Mark, StackBar"</h2>
            <div class="line">{ProcessStatus::ALL.iter().map(|status| view! { <StatusBadge status=*status pill=true/> }).collect_view()}</div>
            <div class="line">{ProcessStatus::ALL.iter().map(|status| view! { <StatusBadge status=*status short=true/> }).collect_view()}</div>
            <div class="line">
                {JobStatus::ALL.iter().map(|status| view! { <JobBadge status=*status/> }).collect_view()}
                <Mark tone=Tone::NeedsYou word="9 para aprovar" pill=true/>
            </div>
            <StackBar tall=true total=180 parts=vec![
                Part::new(Tone::Done, 142, "prontos"),
                Part::new(Tone::Running, 8, "a enviar"),
                Part::new(Tone::NeedsYou, 9, "para aprovar"),
                Part::new(Tone::Failed, 8, "com falha"),
            ]/>
        </section>
        <Table/>
        <Charts/>
    }
}

#[component]
fn Table() -> impl IntoView {
    let list = use_list_query();
    let selection = Selection::new();
    let total = Some(Total {
        count: 1_000,
        capped: true,
    });
    let columns = vec![
        Column::new("client", "Cliente", |row: &Row| row.client).main(),
        Column::new("operator", "Operadora", |row: &Row| row.operator),
        Column::new(
            "status",
            "Status",
            |row: &Row| view! { <StatusBadge status=row.status/> },
        ),
        Column::new("since", "Desde", |row: &Row| view! { <RelativeTime at=row.since/> }).sort("since"),
        Column::new("value", "Valor", |row: &Row| {
            row.value.map_or_else(|| "—".to_owned(), format::money)
        })
        .numeric()
        .sort("value"),
        Column::actions(|_: &Row| {
            view! {
                <Menu label="Ações">
                    <MenuItem icon=IconName::Download on_click=|()| ()>"Baixar PDF"</MenuItem>
                    <MenuItem icon=IconName::Retry on_click=|()| ()>"Tentar de novo"</MenuItem>
                </Menu>
            }
        }),
    ];
    let statuses = ProcessStatus::ALL
        .iter()
        .map(|one| Choice::new(one.as_str(), status::process(*one)))
        .collect::<Vec<_>>();
    let operators = Choice::list([("vivo", "VIVO"), ("claro", "CLARO")]);
    view! {
        <section>
            <h2>"FilterBar, FilterChip, ToggleChip, DataTable, SelectionBar, Pager"</h2>
            <div>
                <FilterBar list search="q" search_label="Cliente ou CNPJ" total>
                    <FilterChip list key="operator_id" label="Operadora" options=operators/>
                    <FilterChip list key="status" label="Status" options=statuses multi=true/>
                    <ToggleChip list key="late" label="Em atraso"/>
                </FilterBar>
                <DataTable
                    name="showcase"
                    columns
                    rows=Signal::derive(rows)
                    row_id=|row| row.status.to_string()
                    row_label=|row| row.client.to_owned()
                    list
                    selection
                    total
                />
                <Pager list next=Some("x".to_owned())/>
                <SelectionBar selection total>
                    <Button small=true>"Rejeitar…"</Button>
                    <Button small=true kind=Kind::Primary>"Aprovar"</Button>
                </SelectionBar>
            </div>
        </section>
    }
}

#[component]
fn Charts() -> impl IntoView {
    let october = [
        0, 2, 6, 8, 8, 12, 20, 26, 34, 40, 40, 42, 50, 60, 72, 84, 92, 92, 98, 112, 126, 142,
    ];
    let september = [
        0, 1, 3, 6, 9, 9, 10, 18, 24, 30, 33, 40, 42, 43, 52, 60, 66, 74, 80, 82, 90, 97,
    ];
    let points = |values: &[i32]| values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>();
    let labels = (1..=22).map(|day| day.to_string()).collect::<Vec<_>>();
    let series = vec![
        LineSeries::new("outubro", points(&october)),
        LineSeries::new("setembro", points(&september)),
    ];
    let item = |tone, what: &str, who: &str, hours, why: Option<&str>| TimelineItem {
        tone,
        what: what.to_owned(),
        who: who.to_owned(),
        at: format::now() - Duration::hours(hours),
        why: why.map(str::to_owned),
    };
    let moves = vec![
        item(
            Tone::Done,
            "Enviado ao SAT",
            "sistema",
            1,
            Some("Protocolo SAT-2026-000123"),
        ),
        item(Tone::Running, "Aprovado", "Marina Rocha", 2, None),
        item(
            Tone::Failed,
            "Rejeitado",
            "Paulo Nunes",
            26,
            Some("Valor não confere com o contrato."),
        ),
        item(Tone::Waiting, "Processo aberto", "sistema", 300, None),
    ];
    view! {
        <section>
            <h2>"LineChart, Timeline"</h2>
            <div class="grid grid--2">
                <Card title="Fechamento de outubro"><LineChart title="Fechamento de outubro" series labels/></Card>
                <Card title="Histórico"><Timeline items=moves/></Card>
            </div>
        </section>
        <Trends/>
    }
}

#[component]
fn Trends() -> impl IntoView {
    let series = |name, look, values: &[Option<i64>]| TrendSeries {
        name,
        look,
        points: values.to_vec(),
    };
    let labels = (0..12).map(|step| format!("14:{:02}", step * 5)).collect::<Vec<_>>();
    let again = labels.clone();
    let done: Vec<Option<i64>> = (0..12).map(|step| Some(step * 37 % 23)).collect();
    let failed: Vec<Option<i64>> = (0..12).map(|step| Some(step % 5 / 3)).collect();
    // Nothing ended in two of the steps.
    let took = |base: i64| -> Vec<Option<i64>> {
        (0..12)
            .map(|step| (step % 5 != 4).then_some(base + step * 90))
            .collect()
    };
    let counts = vec![
        series("Concluídas", TrendLook::Done, &done),
        series("Com falha", TrendLook::Failed, &failed),
    ];
    let times = vec![
        series("p50", TrendLook::Main, &took(400)),
        series("p95", TrendLook::Dashed, &took(1_300)),
        series("p99", TrendLook::Dotted, &took(2_100)),
    ];
    let text = "{\n  \"protocolo\": \"SAT-2026-000123\"\n}".to_owned();
    let error = "SAT respondeu 503: serviço indisponível\ntentativa 2 de 6".to_owned();
    view! {
        <section>
            <h2>"TrendChart, CodeBlock, CopyButton"</h2>
            <div class="figures-row">
                <Card title="Vazão"><TrendChart title="Vazão" series=counts labels=again unit=TrendUnit::Count bars=true/></Card>
                <Card title="Duração"><TrendChart title="Duração" series=times labels unit=TrendUnit::Milliseconds/></Card>
                <Card title="Nada ainda"><TrendChart title="Nada ainda" series=Vec::new() labels=Vec::new() unit=TrendUnit::Count/></Card>
            </div>
            <div class="grid grid--2"><CodeBlock title="Resultado" text/><CodeBlock title="Erro" text=error failed=true/></div>
        </section>
    }
}
