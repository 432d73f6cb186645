//! Before anybody is signed in: first run. The sign-in form is not the program's: see `state::door`.

mod gate;
mod setup;

pub use gate::Gate;
pub use setup::SetupPage;
