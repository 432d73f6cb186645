pub(super) mod audit;
pub(super) mod organization;
pub(super) mod password;
pub(super) mod session;
pub(super) mod setup;
pub(super) mod tokens;
pub(super) mod users;
