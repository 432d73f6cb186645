//! Who is signed in.

use esteira_shared::{dto::administration::SessionDto, permission::Permission};
use leptos::{prelude::*, task::spawn_local};

use super::door;
use crate::{
    api::{self, ApiError},
    text::format,
};

#[derive(Debug, Clone, PartialEq)]
pub enum SessionState {
    /// Not known yet.
    Unknown,
    /// Nobody; `setup` says that the first administrator is still to be made.
    Nobody {
        setup: bool,
    },
    SignedIn(Box<SessionDto>),
    /// The server did not say.
    Failed(Box<ApiError>),
}

#[derive(Clone, Copy)]
pub struct Session(RwSignal<SessionState>);

impl Session {
    pub fn provide() -> Self {
        let session = Self(RwSignal::new(SessionState::Unknown));
        provide_context(session);
        // A call answered "nobody is signed in": the session ended elsewhere.
        api::on_session_over(move || {
            if matches!(session.0.get_untracked(), SessionState::SignedIn(_)) {
                session.0.set(SessionState::Nobody { setup: false });
            }
        });
        session.start();
        session
    }

    pub fn state(self) -> Signal<SessionState> {
        self.0.into()
    }

    /// The question was asked before the program was there.
    fn start(self) {
        spawn_local(async move {
            match door::first().await {
                Some(SessionState::SignedIn(session)) => self.signed_in(*session),
                Some(state) => self.0.set(state),
                None => self.refresh(),
            }
        });
    }

    /// Somebody came in by the sign-in form; `answer` is the server's.
    pub fn came_in(self, answer: &str) {
        match serde_json::from_str(answer) {
            Ok(session) => self.signed_in(session),
            Err(_) => self.refresh(),
        }
    }

    /// Asks the server again.
    pub fn refresh(self) {
        spawn_local(async move {
            let state = match api::administration::get_session().await {
                Ok(session) => return self.signed_in(session),
                Err(error) if error.status == 401 => match api::administration::get_setup().await {
                    Ok(setup) => SessionState::Nobody { setup: setup.needed },
                    Err(error) => SessionState::Failed(Box::new(error)),
                },
                Err(error) => SessionState::Failed(Box::new(error)),
            };
            // A hiccup while somebody works must not throw them out.
            let working = matches!(self.0.get_untracked(), SessionState::SignedIn(_));
            if !(working && matches!(state, SessionState::Failed(_))) {
                self.0.set(state);
            }
        });
    }

    /// After sign-in, first run, or a change of the organisation's settings.
    pub fn signed_in(self, session: SessionDto) {
        format::set_zone(&session.organization.timezone);
        super::drafts::belong_to(session.user.id);
        self.0.set(SessionState::SignedIn(Box::new(session)));
    }

    pub fn sign_out(self) {
        super::drafts::forget_all();
        super::storage::remove(RECENT);
        super::storage::remove(BULK);
        spawn_local(async move {
            match api::administration::delete_session().await {
                Ok(()) => self.0.set(SessionState::Nobody { setup: false }),
                Err(error) if error.status == 401 => self.0.set(SessionState::Nobody { setup: false }),
                Err(error) => super::toasts::use_toasts().fail(&error),
            }
        });
    }

    pub fn get(self) -> Option<SessionDto> {
        self.0.with(|state| match state {
            SessionState::SignedIn(session) => Some((**session).clone()),
            _ => None,
        })
    }

    /// Whether the signed-in person may do it. What they may not do is not on the screen.
    pub fn may(self, permission: Permission) -> bool {
        self.0.with(|state| match state {
            SessionState::SignedIn(session) => session.permissions.contains(&permission),
            _ => false,
        })
    }
}

/// Where the palette keeps what was opened last. It is removed at sign-out, because it holds names of clients.
pub const RECENT: &str = "recent";

/// Where the Monitor keeps the bulk action that was started last.
pub const BULK: &str = "bulk";

/// The session of this tab.
pub fn use_session() -> Session {
    use_context::<Session>().unwrap_or_else(Session::provide)
}
