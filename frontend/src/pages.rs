//! One folder per application; `frame` and `access` stand around them.

pub mod access;
pub mod frame;
pub mod home;
#[cfg(debug_assertions)]
pub mod showcase;
