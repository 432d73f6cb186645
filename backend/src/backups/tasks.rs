pub(super) mod make;
