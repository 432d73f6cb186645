//! What outlives a page: who is signed in, the live stream, preferences, toasts, keys.

pub mod door;
pub mod drafts;
pub mod keys;
pub mod live;
pub mod prefs;
pub mod session;
pub mod storage;
pub mod toasts;

pub use keys::Keys;
pub use live::Live;
pub use prefs::Prefs;
pub use session::Session;
pub use toasts::Toasts;
