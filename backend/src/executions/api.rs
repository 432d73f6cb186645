pub(super) mod control;
pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod log;
pub(super) mod results;
pub(super) mod settings;
