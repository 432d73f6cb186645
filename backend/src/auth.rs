//! Who is asking, and whether they may.
//!
//! Browsers hold an opaque session cookie, which can be revoked at once. Machines hold a signed token. Both become a
//! [`Principal`]. A handler gets it only through its first argument: [`Require`] with a permission, [`SignedIn`] or
//! [`InSession`]. A handler for everybody begins with [`Anyone`].

mod access;
pub mod addresses;
pub mod api_token;
pub mod audit;
pub mod csrf;
mod hosts;
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

use axum::http::{HeaderMap, Uri};
use secrecy::{ExposeSecret as _, SecretString};

use self::{hosts::Hosts, known::Known, rate_limit::SignInLimit};
use crate::{bus::Bus, clock::SharedClock, config::HttpConfig, db::Database, error::AppResult, secrets::Keyring};

/// What it takes to know who asks. Cheap to clone. The extractors take it from the router's state.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    db: Database,
    clock: SharedClock,
    bus: Bus,
    keyring: Keyring,
    hosts: Hosts,
    /// The path that cookies are for.
    cookie_path: String,
    setup_code: SecretString,
    known: Known,
    sign_in_limit: SignInLimit,
}

impl Auth {
    #[must_use]
    pub fn new(db: Database, clock: SharedClock, bus: Bus, keyring: Keyring, config: &HttpConfig) -> Self {
        let made = || keyring.setup_code().to_owned().into();
        Self(Arc::new(Inner {
            db,
            clock,
            bus,
            hosts: Hosts::of(config.public_url.as_deref(), &config.allowed_hosts),
            cookie_path: session::path(config.base_path()),
            setup_code: config.setup_code.clone().unwrap_or_else(made),
            keyring,
            known: Known::default(),
            sign_in_limit: SignInLimit::default(),
        }))
    }

    #[must_use]
    pub fn sign_in_limit(&self) -> &SignInLimit {
        &self.0.sign_in_limit
    }

    /// Refuses a request that names us in a way that we do not know, as pages elsewhere do that made a name of theirs
    /// lead to us (DNS rebinding).
    ///
    /// # Errors
    /// `host_not_allowed`, with the remedy.
    pub fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> AppResult<()> {
        self.0.hosts.check(uri, headers)
    }

    /// What the first visit must show.
    #[must_use]
    pub fn setup_code(&self) -> &SecretString {
        &self.0.setup_code
    }

    /// Whether this is the setup code; only letters and digits count, in any case.
    #[must_use]
    pub fn is_setup_code(&self, given: &str) -> bool {
        let bare = |text: &str| -> String {
            let kept = text.chars().filter(|c| c.is_alphanumeric());
            kept.flat_map(char::to_uppercase).collect()
        };
        let (given, right) = (bare(given), bare(self.0.setup_code.expose_secret()));
        aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), right.as_bytes()).is_ok()
    }
}
