//! Before anybody is signed in: first run, sign-in, and waiting for the server to say which.

mod gate;
mod setup;
mod sign_in;

pub use gate::{Gate, Loading};
pub use setup::SetupPage;
pub use sign_in::SignInPage;
