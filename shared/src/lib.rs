//! What the server and the page agree on: ids, statuses, the transition table, validation, errors and wire types.
//!
//! Nothing here does I/O or reads a clock, so the same code runs in the browser and on the server.

/// Describes a type that travels as text to the OpenAPI document.
#[cfg(feature = "openapi")]
macro_rules! text_schema {
    ($name:ident, $example:literal) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .examples([$example])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
#[cfg(feature = "openapi")]
pub(crate) use text_schema;

pub mod audit;
pub mod calendar_file;
pub mod csv;
pub mod dto;
pub mod error;
pub mod event;
pub mod ids;
pub mod instant;
pub mod language;
pub mod money;
pub mod month;
pub mod page;
pub mod permission;
pub mod reason;
pub mod report;
pub mod retention;
pub mod schedule;
pub mod schedule_file;
#[cfg(feature = "diesel")]
pub mod sql_types;
pub mod status;
pub mod task;
pub mod transition;
pub mod validate;
pub mod webhook;
