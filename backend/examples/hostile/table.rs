//! What came of it, for people.

use std::fmt::Write as _;

use crate::{AT_ONCE, MOST_MIB, MOST_MS, Row};

/// One input in one line.
pub fn told(row: &Row) -> String {
    let held = if row.holds() { "" } else { "TOO MUCH: " };
    let failed = row
        .failed_neighbours
        .first()
        .map_or(String::new(), |failed| format!(", {failed}"));
    format!(
        "{held}{}, {}: {:.0} MiB above rest, {:.0} above what it took before, {:.1} s, {:.0} ms for others ({}){failed}; {}",
        row.parser,
        row.input,
        row.peak_above_rest_mib,
        row.peak_above_before_mib,
        row.slowest_s,
        row.slowest_neighbour_ms,
        row.slowest_neighbour,
        answers(row)
    )
}

pub fn page(rows: &[Row], rest: f64) -> String {
    let mut text = format!(
        "# Hostile inputs\n\n\
         `cargo xtask hostile`: the release server on SQLite, {rest:.0} MiB at rest. Each input {AT_ONCE} times at once, by one \
         organisation. Meanwhile others ask for `/api/health`, for lists in this organisation and in another, and upload small \
         PDFs to another, each every 100 ms. Allowed are {MOST_MIB:.0} MiB above rest and {MOST_MS:.0} ms for each of their \
         requests. The second number of memory is what an input takes above what the server took just before it, some seconds \
         after the one before: the first holds what the allocator kept of earlier ones too.\n\n\
         | parser | input | MB | answers | slowest s | peak above rest MiB | above just before MiB | slowest of others ms |\n\
         |---|---|---|---|---|---|---|---|\n"
    );
    for row in rows {
        let bytes = row
            .bytes
            .map_or("endless".to_owned(), |bytes| format!("{:.2}", bytes as f64 / 1e6));
        let bold = if row.holds() { "" } else { "**" };
        let _ = writeln!(
            text,
            "| {} | {} | {bytes} | {} | {:.1} | {bold}{:.0}{bold} | {:.0} | {bold}{:.0}{bold} ({}) |",
            row.parser,
            row.input,
            answers(row),
            row.slowest_s,
            row.peak_above_rest_mib,
            row.peak_above_before_mib,
            row.slowest_neighbour_ms,
            row.slowest_neighbour
        );
    }
    text + "\nA row in bold does not hold. Robots are at work for as long as their API is hostile, 15 s; for them the time is that \
            until the last run was over. The server itself reads no multipart: what is sent so is judged as the bytes that it is.\n"
}

fn answers(row: &Row) -> String {
    let each = row.answers.iter().map(|(answer, count)| format!("{answer} ×{count}"));
    each.collect::<Vec<_>>().join(", ")
}
