pub(super) mod bulk;
pub(super) mod cancel;
pub(super) mod run;
