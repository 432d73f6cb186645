//! Administração: people, tokens, connections, audit and settings, and everybody's own account.

mod account;
mod audit;
mod connection_test;
mod connections;
mod settings;
mod tokens;
mod users;

pub use account::AccountPage;
pub use audit::AuditPage;
pub use connections::ConnectionsPage;
pub use settings::SettingsPage;
pub use tokens::TokensPage;
pub use users::UsersPage;
