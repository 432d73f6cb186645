//! The name by which a robot's result finds its process.

use std::{fmt, str::FromStr};

use esteira_shared::{month::Month, status::ExecutionType};

/// `{OPERADORA}-{CNPJ}-{DOWNLOAD|UPLOAD}-{YYYY-MM}`; the older form that ends in `-{MM}-{YYYY}` is read too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExecutionHash {
    /// In capitals; may hold hyphens and spaces.
    pub operadora: String,
    /// Fourteen letters and digits, in capitals. Check digits are not looked at: robots use numbers whose do not fit.
    pub cnpj: String,
    pub kind: ExecutionType,
    pub month: Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an execution hash: operator, CNPJ, kind and month, such as VIVO-12345678900012-DOWNLOAD-2025-10")]
pub struct InvalidHash;

impl ExecutionHash {
    #[must_use]
    pub fn new(operadora: &str, cnpj: &str, kind: ExecutionType, month: Month) -> Self {
        Self {
            operadora: operadora.trim().to_uppercase(),
            cnpj: cnpj.to_ascii_uppercase(),
            kind,
            month,
        }
    }
}

impl fmt::Display for ExecutionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ExecutionType::DownloadFatura => "DOWNLOAD",
            ExecutionType::UploadSat => "UPLOAD",
        };
        write!(f, "{}-{}-{kind}-{}", self.operadora, self.cnpj, self.month)
    }
}

impl FromStr for ExecutionHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        read(text).ok_or(InvalidHash)
    }
}

/// From the end, because only the operator's name may hold hyphens of its own.
fn read(text: &str) -> Option<ExecutionHash> {
    let (rest, last) = text.trim().rsplit_once('-')?;
    let (rest, before) = rest.rsplit_once('-')?;
    let (year, month) = if last.len() == 4 {
        (last, before)
    } else {
        (before, last)
    };
    let month = format!("{year}-{month}").parse::<Month>().ok()?;
    let (rest, kind) = rest.rsplit_once('-')?;
    let kind = match kind.trim().to_ascii_uppercase().as_str() {
        "DOWNLOAD" => ExecutionType::DownloadFatura,
        "UPLOAD" => ExecutionType::UploadSat,
        _ => return None,
    };
    let (operadora, cnpj) = split_cnpj(rest.trim_end())?;
    let known = !operadora.trim().is_empty() && !operadora.chars().any(char::is_control);
    known.then(|| ExecutionHash::new(operadora, &cnpj, kind, month))
}

/// Takes a CNPJ off the end, plain or as `12.345.678/0001-95`, with the hyphen before it.
fn split_cnpj(text: &str) -> Option<(&str, String)> {
    let mut rest = text;
    let mut reversed = String::new();
    for (length, mark) in [(2, "-"), (4, "/"), (3, "."), (3, "."), (2, "")] {
        for _ in 0..length {
            let last = rest.chars().next_back().filter(char::is_ascii_alphanumeric)?;
            reversed.push(last);
            rest = rest.strip_suffix(last)?;
        }
        rest = rest.strip_suffix(mark).unwrap_or(rest);
    }
    let operadora = rest.trim_end().strip_suffix('-')?;
    Some((operadora, reversed.chars().rev().collect()))
}

#[cfg(test)]
mod tests;
