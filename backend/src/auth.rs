//! Who is asking, and whether they may.
//!
//! Browsers hold an opaque session cookie, revocable at once; machines hold a signed token. Both become a [`Principal`],
//! and a handler gets one only through its first argument: [`Require`], which names the permission, [`SignedIn`] or
//! [`InSession`]. A handler for strangers says so by [`Anyone`].

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

pub use access::{Access, Admits, Arguments};
/// The types that handlers name in [`Require`].
pub use esteira_shared::permission::marker as permission;
pub use known::Known;
pub use principal::{Actor, Principal};
pub use require::{Anyone, InSession, Require, SignedIn, authenticate};
