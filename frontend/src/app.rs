//! The whole page: who is signed in decides between the gate and the frame.

use leptos::{children::ToChildren, prelude::*, tachys::view::iterators::StaticVec};
use leptos_router::components::{Router, Routes};

use crate::{
    components::{ErrorCard, ToastList},
    i18n::tr,
    pages::{
        access::{Gate, SetupPage},
        frame::{Frame, NotFound, PartOutlet},
    },
    routes::{self, part},
    state::{Keys, Live, Prefs, Session, Toasts, door, live::remember_session, session::SessionState},
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
    Effect::new(move |_| match face.get() {
        _ if shows_components() => door::close(),
        // What index.html painted stays until it is known what comes in its place.
        Face::Loading => {}
        Face::SignIn => door::open(move |came| {
            prefs.read_again();
            session.came_in(&came);
        }),
        Face::Setup | Face::Inside(_) | Face::Failed => door::close(),
    });

    move || {
        // A new language draws everything anew: texts are plain strings.
        prefs.locale.track();
        #[cfg(debug_assertions)]
        if shows_components() {
            return view! { <Router><crate::pages::showcase::Showcase/><ToastList/></Router> }.into_any();
        }
        view! {
            <Router>
                {move || match face.get() {
                    Face::Loading | Face::SignIn => ().into_any(),
                    Face::Setup => view! { <SetupPage/> }.into_any(),
                    Face::Inside(_) => view! { <PartOutlet part=&inside::PART/> }.into_any(),
                    Face::Failed => view! { <Unreachable/> }.into_any(),
                }}
                <ToastList/>
            </Router>
        }
        .into_any()
    }
}

/// A page for whoever draws a component; it needs nobody signed in.
#[cfg(debug_assertions)]
fn shows_components() -> bool {
    let path = window().location().pathname();
    path.is_ok_and(|path| crate::base::inside(&path) == crate::routes::paths::SHOWCASE)
}

#[cfg(not(debug_assertions))]
const fn shows_components() -> bool {
    false
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

// Whoever only signs in, or is refused, needs nothing of it.
part!(inside, super::pages, in frame);

/// The one protected parent.
fn pages() -> impl IntoView {
    view! {
        <Frame>
            <Routes fallback=NotFound children=ToChildren::to_children(|| StaticVec::from(routes::routes()))/>
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
