pub(super) mod create;
pub(super) mod delete;
pub(super) mod download;
pub(super) mod facts;
pub(super) mod get;
pub(super) mod list;
