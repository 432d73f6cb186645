//! The HTTP side: router, extractors, middleware, live events, the page and the API document.

pub mod alike;
pub mod below;
pub mod docs;
pub mod extract;
pub mod framed;
pub mod health;
pub mod held;
pub mod listener;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod operations;
pub mod router;
pub mod spa;
pub mod sse;
