//! The moment at which a line is handed in, written into its text. Both ends of a measurement read the same clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// The text of a line that is handed in now, as long as a robot's lines usually are.
pub fn line(number: u64) -> String {
    format!(
        "#{number} @{} baixando a fatura do portal da operadora: página aberta, 38 itens lidos",
        now()
    )
}

/// Number and moment of a line; nothing when it is none of these.
pub fn read(line: &str) -> Option<(u64, u64)> {
    let (number, rest) = line.strip_prefix('#')?.split_once(" @")?;
    let (sent, _) = rest.split_once(' ')?;
    Some((number.parse().ok()?, sent.parse().ok()?))
}
