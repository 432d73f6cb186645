//! Stand-ins for external systems: real servers for demonstrations, tests and training, with tunable faults; and the
//! invoices that they hand out.

pub mod pdf;
pub mod rpa;
pub mod sat;
