//! Buttons, fields, choices, menus, dialogs.

use chrono::NaiveDate;
use esteira_shared::month::Month;
use leptos::prelude::*;

use crate::{
    components::{
        Button, Checkbox, Choice, Combobox, ConfirmDialog, CopyText, DatePicker, Dialog, Field, IconButton, IconName,
        Kind, LinkButton, Menu, MenuItem, MonthPicker, PasswordInput, Segments, Select, Switch, Tab, TabPanel, Tabs,
        TextArea, TextInput,
    },
    state::toasts::use_toasts,
    text::format,
};

#[component]
pub(super) fn Controls(palette: RwSignal<bool>, help: RwSignal<bool>) -> impl IntoView {
    view! {
        <Buttons palette help/>
        <Fields/>
        <Choices/>
    }
}

#[component]
fn Buttons(palette: RwSignal<bool>, help: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let (dialog, confirm) = (RwSignal::new(false), RwSignal::new(false));
    let pressed = RwSignal::new(true);
    let name = RwSignal::new("VIVO".to_owned());
    let nothing = move |()| toasts.done("Clique recebido.");
    view! {
        <section>
            <h2>"Button, IconButton, LinkButton, Menu"</h2>
            <div class="line">
                <Button on_click=nothing>"Salvar"</Button>
                <Button kind=Kind::Primary icon=IconName::Check key="A" on_click=nothing>"Aprovar e ver próxima"</Button>
                <Button kind=Kind::Danger on_click=move |()| confirm.set(true)>"Excluir…"</Button>
                <Button kind=Kind::DangerSolid on_click=nothing>"Excluir operadora"</Button>
                <Button kind=Kind::Ghost on_click=nothing>"Limpar"</Button>
                <Button small=true icon=IconName::Retry on_click=nothing>"Tentar de novo"</Button>
                <Button kind=Kind::Primary busy=true>"Enviando"</Button>
                <Button disabled=true>"Indisponível"</Button>
                <LinkButton href="/_components" icon=IconName::Link>"Ver o mês"</LinkButton>
                <IconButton icon=IconName::Close label="Fechar" on_click=nothing/>
                <IconButton icon=IconName::Pause label="Pausar" pressed=pressed on_click=move |()| pressed.update(|on| *on = !*on)/>
                <Menu label="Ações" start=true>
                    <MenuItem icon=IconName::Edit on_click=nothing>"Editar"</MenuItem>
                    <MenuItem icon=IconName::Trash danger=true on_click=nothing>"Excluir…"</MenuItem>
                </Menu>
            </div>
        </section>
        <section>
            <h2>"Dialog, ConfirmDialog, Toast, CommandPalette, KeyHelp"</h2>
            <div class="line">
                <Button on_click=move |()| dialog.set(true)>"Abrir diálogo"</Button>
                <Button on_click=move |()| confirm.set(true)>"Abrir confirmação"</Button>
                <Button on_click=move |()| toasts.done("Cliente salvo.")>"Aviso de sucesso"</Button>
                <Button on_click=move |()| toasts.fail(&super::feedback::sample_error())>"Aviso de falha"</Button>
                <Button on_click=move |()| palette.set(true)>"Abrir busca"</Button>
                <Button on_click=move |()| help.set(true)>"Ver atalhos"</Button>
            </div>
            <Dialog open=dialog title="Nova operadora" actions=move || view! {
                <Button on_click=move |()| dialog.set(false)>"Cancelar"</Button>
                <Button kind=Kind::Primary on_click=move |()| { dialog.set(false); toasts.done("Operadora criada."); }>"Criar operadora"</Button>
            }>
                <Field label="Nome" hint="Como aparece na fatura."><TextInput value=name autofocus=true/></Field>
            </Dialog>
            <ConfirmDialog open=confirm danger=true title="Excluir a operadora VIVO?" confirm="Excluir operadora" on_confirm=move |()| {
                confirm.set(false);
                toasts.done("Operadora excluída.");
            }>
                <p class="muted">"As 12 contas desta operadora deixam de abrir processos. Os processos já abertos continuam."</p>
            </ConfirmDialog>
        </section>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let day = RwSignal::new(NaiveDate::from_ymd_opt(2026, 10, 20));
    let carriers = Choice::list([("vivo", "VIVO"), ("claro", "CLARO"), ("oi", "OI")]);
    let clients = vec![
        Choice::with_note("1", "Clínica Saúde Total", "44.556.677/0001-88"),
        Choice::with_note("2", "Metalúrgica São Jorge", "12.345.678/0001-95"),
        Choice::with_note("3", "Cooperativa Agro Norte de Produtores Rurais", "98.765.432/0001-10"),
    ];
    view! {
        <section>
            <h2>"Field, TextInput, PasswordInput, Select, Combobox, DatePicker"</h2>
            <div class="form-grid">
                <Field label="Razão social" hint="Como no cartão do CNPJ."><TextInput value=text("Clínica Saúde Total Ltda")/></Field>
                <Field label="CNPJ" error=Signal::derive(|| Some("Os dígitos verificadores não conferem.".to_owned()))>
                    <TextInput value=text("44.556.677/0001-80") mono=true/>
                </Field>
                <Field label="Login no portal" optional=true><TextInput value=text("") placeholder="usuário ou e-mail"/></Field>
                <Field label="Senha do portal"><PasswordInput value=text("segredo de exemplo") new=true/></Field>
                <Field label="Operadora"><Select value=text("claro") options=carriers/></Field>
                <Field label="Cliente"><Combobox value=text("1") options=clients placeholder="Digite para buscar"/></Field>
                <Field label="Vencimento"><DatePicker value=day/></Field>
                <Field label="Valor"><TextInput value=text("1.284,90") inputmode="decimal"/></Field>
                <Field label="Desativado"><TextInput value=text("não pode mudar") disabled=true/></Field>
                <Field label="Motivo"><TextArea value=text("Valor não confere com o contrato.")/></Field>
                <Field label="Parâmetros (JSON)" optional=true><TextArea value=text("{ \"tentativas\": 2 }") mono=true rows=4/></Field>
            </div>
        </section>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let (checked, on) = (RwSignal::new(true), RwSignal::new(true));
    let period = RwSignal::new("30".to_owned());
    let tab = RwSignal::new("accounts".to_owned());
    let month = RwSignal::new(Month::of(format::today()));
    view! {
        <section>
            <h2>"Checkbox, Switch, Segments, MonthPicker, CopyText, Tabs"</h2>
            <div class="line">
                <Checkbox label="Ativo" checked on_change=move |now| checked.set(now)/>
                <Checkbox label="Alguns" checked=false indeterminate=true on_change=|_| ()/>
                <Checkbox label="Desativado" checked=true disabled=true on_change=|_| ()/>
                <div><Checkbox label="Aprovado" hint="A fatura foi aprovada." checked on_change=move |now| checked.set(now)/></div>
                <Switch label="Possui robô" on on_change=move |now| on.set(now)/>
                <Switch label="Desligado" on=false on_change=|_| ()/>
                <Segments label="Período" value=period options=Choice::list([("30", "30 dias"), ("90", "90 dias"), ("365", "1 ano")])/>
                <MonthPicker value=month on_change=move |next| month.set(next)/>
                <CopyText text="019a3c7e-6f0b-7c55-9f41-c0ffee000001" mono=true/>
            </div>
            <Tabs label="Cliente" active=tab tabs=vec![Tab::new("accounts", "Contas"), Tab::new("processes", "Processos"), Tab::new("history", "Histórico")]/>
            <TabPanel of="accounts" active=tab>"Contas do cliente."</TabPanel>
            <TabPanel of="processes" active=tab>"Processos do cliente."</TabPanel>
            <TabPanel of="history" active=tab>"O que mudou."</TabPanel>
        </section>
    }
}
