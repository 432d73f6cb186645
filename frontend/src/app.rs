//! The whole page: who is signed in decides between the gate and the frame.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    components::{ErrorCard, ToastList},
    i18n::tr,
    pages::{
        access::{Gate, Loading, SetupPage, SignInPage},
        administration::{AccountPage, AuditPage, ConnectionsPage, SettingsPage, TokensPage, UsersPage},
        clients::{ClientPage, ClientsPage, ImportPage},
        executions::{ExecutionPage, ExecutionsPage},
        frame::{Frame, NotFound},
        home::HomePage,
        monitor::{JobPage, MonitorPage},
        month::{MonthPage, NewestMonthPage},
        operators::OperatorsPage,
        processes::{ProcessPage, ProcessesPage},
        review::ReviewPage,
        webhooks::{MessagePage, WebhookPage, WebhooksPage},
    },
    state::{Keys, Live, Prefs, Session, Toasts, live::remember_session, session::SessionState},
};

#[component]
pub fn App() -> impl IntoView {
    let prefs = Prefs::provide();
    let session = Session::provide();
    remember_session(session);
    let live = Live::provide();
    Toasts::provide();
    Keys::provide();
    crate::hooks::use_now();

    // Which of the four faces is shown; changes inside a session must not draw the page again.
    let face = Memo::new(move |_| match session.state().get() {
        SessionState::Unknown => Face::Loading,
        SessionState::Nobody { setup: true } => Face::Setup,
        SessionState::Nobody { setup: false } => Face::SignIn,
        SessionState::SignedIn(session) => Face::Inside(session.user.id.to_string()),
        SessionState::Failed(_) => Face::Failed,
    });
    Effect::new(move |_| {
        if matches!(face.get(), Face::Inside(_)) {
            live.open()
        } else {
            live.close()
        }
    });

    move || {
        // A new language draws everything anew: texts are plain strings.
        prefs.locale.track();
        #[cfg(debug_assertions)]
        if window()
            .location()
            .pathname()
            .is_ok_and(|path| path == crate::routes::paths::SHOWCASE)
        {
            return view! { <Router><crate::pages::showcase::Showcase/><ToastList/></Router> }.into_any();
        }
        view! {
            <Router>
                {move || match face.get() {
                    Face::Loading => view! { <Loading/> }.into_any(),
                    Face::Setup => view! { <SetupPage/> }.into_any(),
                    Face::SignIn => view! { <SignInPage/> }.into_any(),
                    Face::Inside(_) => view! { <Pages/> }.into_any(),
                    Face::Failed => view! { <Unreachable/> }.into_any(),
                }}
                <ToastList/>
            </Router>
        }
        .into_any()
    }
}

#[derive(Clone, PartialEq)]
enum Face {
    Loading,
    Setup,
    SignIn,
    /// By user, so that another person's sign-in starts from a clean page.
    Inside(String),
    Failed,
}

/// The one protected parent.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <Frame>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=HomePage/>
                <Route path=path!("/mes") view=NewestMonthPage/>
                <Route path=path!("/mes/:month") view=MonthPage/>
                <Route path=path!("/revisao") view=ReviewPage/>
                <Route path=path!("/processos") view=ProcessesPage/>
                <Route path=path!("/processos/:id") view=ProcessPage/>
                <Route path=path!("/execucoes") view=ExecutionsPage/>
                <Route path=path!("/execucoes/:id") view=ExecutionPage/>
                <Route path=path!("/monitor") view=MonitorPage/>
                <Route path=path!("/monitor/tarefas/:id") view=JobPage/>
                <Route path=path!("/operadoras") view=OperatorsPage/>
                <Route path=path!("/clientes") view=ClientsPage/>
                <Route path=path!("/clientes/importar") view=ImportPage/>
                <Route path=path!("/clientes/:id") view=ClientPage/>
                <Route path=path!("/usuarios") view=UsersPage/>
                <Route path=path!("/tokens") view=TokensPage/>
                <Route path=path!("/conexoes") view=ConnectionsPage/>
                <Route path=path!("/webhooks") view=WebhooksPage/>
                <Route path=path!("/webhooks/:id") view=WebhookPage/>
                <Route path=path!("/webhooks/:id/mensagens/:message") view=MessagePage/>
                <Route path=path!("/auditoria") view=AuditPage/>
                <Route path=path!("/configuracoes") view=SettingsPage/>
                <Route path=path!("/conta") view=AccountPage/>
            </Routes>
        </Frame>
    }
    .into_any()
}

/// The server did not say who is signed in.
#[component]
fn Unreachable() -> impl IntoView {
    let session = crate::state::session::use_session();
    view! {
        <Gate title=tr!(access.check_failed)>
            {move || match session.state().get() {
                SessionState::Failed(error) => Some(view! { <ErrorCard error=*error on_retry=move |()| session.refresh()/> }),
                _ => None,
            }}
        </Gate>
    }
}
