//! What Linux says of a process.

use std::{fs, ops::Range};

/// Processor times come in hundredths of a second on every Linux.
const TICKS: f64 = 100.0;

/// Processor time of a process so far.
pub fn cpu_seconds(id: u32) -> f64 {
    let stat = stat(&id.to_string()).unwrap_or_default();
    ticks(&stat, 11..13) / TICKS
}

/// The same together with its children, those that have ended included: a database server has one for each connection.
pub fn family_cpu_seconds(id: u32) -> f64 {
    let of = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let process: u32 = name.parse().ok()?;
        let stat = stat(&name)?;
        let parent: u32 = stat.get(1)?.parse().ok()?;
        (process == id || parent == id).then(|| ticks(&stat, 11..15))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(of).sum::<f64>() / TICKS
}

/// Memory of a process in bytes: `VmRSS` now, `VmHWM` at its highest.
pub fn memory_bytes(id: u32, kind: &str) -> f64 {
    let text = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or_default() * 1_024.0
}

/// The fields from the state on: the program's name before it may hold spaces. 1 is the parent, 11 to 14 are the times.
fn stat(process: &str) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

fn ticks(stat: &[String], places: Range<usize>) -> f64 {
    let times = stat.get(places).unwrap_or_default();
    times.iter().filter_map(|time| time.parse::<f64>().ok()).sum()
}
