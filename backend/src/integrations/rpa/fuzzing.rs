//! What is true of any answer of an API of robots.

mod answers;
mod logs;

pub use self::{
    answers::{robot_job, robot_start},
    logs::{log_joining, robot_log},
};
