//! What a rule will do: a sentence, three months, and the next runs with what is skipped between them.

mod day;
mod grid;
mod live;
mod months;
mod pane;
mod rows;

pub use live::{Live, use_live};
pub use pane::{Pane, Sentence};
