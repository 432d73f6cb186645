pub(super) mod send;
