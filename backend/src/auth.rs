//! Who is asking, and whether they may.
//!
//! Browsers hold an opaque session cookie, which can be revoked at once. Machines hold a signed token. Both become a
//! [`Principal`]. A handler gets it only through its first argument: [`Require`] with a permission, [`SignedIn`] or
//! [`InSession`]. A handler for everybody begins with [`Anyone`].

mod access;
pub mod api_token;
pub mod audit;
pub mod csrf;
mod known;
pub mod password;
mod principal;
pub mod rate_limit;
mod require;
pub mod session;
mod shares;

pub use access::{Access, Admits, Arguments};
/// The types that handlers name in [`Require`].
pub use esteira_shared::permission::marker as permission;
pub use principal::{Actor, Principal};
pub use require::{Anyone, InSession, Require, SignedIn, authenticate, bearer};
pub use shares::{Place, Shares};

use std::sync::Arc;

use self::{known::Known, rate_limit::SignInLimit};
use crate::{bus::Bus, clock::SharedClock, db::Database, secrets::Keyring};

/// What it takes to know who asks. Cheap to clone. The extractors take it from the router's state.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    db: Database,
    clock: SharedClock,
    bus: Bus,
    keyring: Keyring,
    /// How browsers reach us; `https` makes the cookie `Secure`.
    public_url: Option<String>,
    known: Known,
    sign_in_limit: SignInLimit,
}

impl Auth {
    #[must_use]
    pub fn new(db: Database, clock: SharedClock, bus: Bus, keyring: Keyring, public_url: Option<String>) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            bus,
            keyring,
            public_url,
            known: Known::default(),
            sign_in_limit: SignInLimit::default(),
        }))
    }

    #[must_use]
    pub fn sign_in_limit(&self) -> &SignInLimit {
        &self.0.sign_in_limit
    }
}
