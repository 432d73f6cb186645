//! Stand-ins for external systems: real servers for demonstrations, tests and training, with tunable faults.

pub mod rpa;
pub mod sat;
