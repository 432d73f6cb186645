//! Administração: people, tokens, audit and settings, and everybody's own account.

mod account;
mod audit;
mod settings;
mod tokens;
mod users;

pub use account::AccountPage;
pub use audit::AuditPage;
pub use settings::SettingsPage;
pub use tokens::TokensPage;
pub use users::UsersPage;
