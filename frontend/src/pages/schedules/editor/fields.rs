//! The fields of the form, in the order in which they are filled in.

mod chips;
mod limits;
mod month;
mod parameters;
mod parts;
mod rule;
mod running;
mod what;
mod zones;

pub use limits::LimitFields;
pub use parameters::{ParameterFields, changes_in_words};
pub use parts::{NumberField, Part, Refused, TimeInput, Toggle, part_of};
pub use rule::RuleFields;
pub use running::RunningFields;
pub use what::WhatFields;
