pub mod change;
pub mod figures;
pub mod get;
pub mod limits;
pub mod list;
pub mod queues;
pub mod workers;
