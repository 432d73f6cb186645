pub(super) mod create;
pub(super) mod delete;
pub(super) mod end;
pub(super) mod list;
