//! The statements, the same as FastAPI's. SQLite gives `$1` the first place because it comes first; so do all of these.

pub const CELLS: &str = include_str!("../../sql/cells.sql");
pub const COUNT: &str = include_str!("../../sql/count.sql");
pub const COUNTS: &str = include_str!("../../sql/counts.sql");
pub const DOCUMENTS: &str = include_str!("../../sql/documents.sql");
pub const EARLIER: &str = include_str!("../../sql/earlier.sql");
pub const EXECUTIONS: &str = include_str!("../../sql/executions.sql");
pub const LAST_JOB: &str = include_str!("../../sql/last_job.sql");
pub const LATE: &str = include_str!("../../sql/late.sql");
pub const LATE_AFTER: &str = include_str!("../../sql/late_after.sql");
pub const MOVES: &str = include_str!("../../sql/moves.sql");
pub const OPERATORS: &str = include_str!("../../sql/operators.sql");
pub const PLACES: &str = include_str!("../../sql/places.sql");
pub const PROCESS: &str = include_str!("../../sql/process.sql");
pub const PROCESSES: &str = include_str!("../../sql/processes.sql");
pub const ROBOT: &str = include_str!("../../sql/robot.sql");
pub const SESSION: &str = include_str!("../../sql/session.sql");
pub const UNOPENED: &str = include_str!("../../sql/unopened.sql");
pub const WHOLE_SESSION: &str = include_str!("../../sql/whole_session.sql");
