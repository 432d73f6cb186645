//! What Linux says of a server: its process and all below it.

use std::collections::HashMap;
use std::fs;

/// Processor times come in hundredths of a second on every Linux.
const TICKS: f64 = 100.0;

/// Processor time so far, that of children which have ended included.
pub(super) fn cpu_seconds(root: u32) -> f64 {
    tree(root)
        .iter()
        .filter_map(|id| stat(*id))
        .map(|stat| ticks(&stat))
        .sum::<f64>()
        / TICKS
}

/// From here on the highest memory is counted anew.
pub(super) fn forget_peak(root: u32) {
    for id in tree(root) {
        // A process of another user keeps its peak; ours are our own.
        drop(fs::write(format!("/proc/{id}/clear_refs"), "5"));
    }
}

/// The highest memory of each process, summed: what they share counts for each.
pub(super) fn peak_rss_bytes(root: u32) -> f64 {
    tree(root).into_iter().filter_map(peak).sum::<f64>() * 1_024.0
}

fn peak(id: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// The process and everything below it.
fn tree(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        let parent = id.and_then(stat).and_then(|stat| stat.get(1)?.parse().ok());
        if let (Some(id), Some(parent)) = (id, parent) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = Vec::new();
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        found.push(id);
        pending.extend(children.remove(&id).unwrap_or_default());
    }
    found
}

/// The fields from the state on: the program's name before it may hold spaces. 1 is the parent, 11 to 14 are the times.
fn stat(id: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

fn ticks(stat: &[String]) -> f64 {
    let times = stat.get(11..15).unwrap_or_default();
    times.iter().filter_map(|time| time.parse::<f64>().ok()).sum()
}
