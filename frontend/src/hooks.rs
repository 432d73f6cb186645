//! What all pages do: read, page through a list, send a change.

mod choices;
mod draft;
mod list_query;
mod look;
mod mutation;
mod now;
mod query;

pub use choices::{use_month_choices, use_operator_choices};
pub(crate) use draft::merge_fields;
pub use draft::{Draft, DraftState, FieldWords, Form, use_draft};
pub use list_query::{ListQuery, use_list_query, use_list_query_beside};
pub use look::{use_look, use_watch};
pub use mutation::{Mutation, use_mutation};
pub use now::{use_now, use_seconds};
pub use query::{Freshness, Query, use_query};
