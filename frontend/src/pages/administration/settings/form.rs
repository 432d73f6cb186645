//! The settings as they are typed: numbers as text, the size in MiB.

use esteira_shared::dto::administration::{OrganizationDto, OrganizationUpdate};

use crate::{
    components::SecretChange,
    hooks::{self, merge_fields},
    i18n::tr,
    text::format,
};

const MIB: i64 = 1_048_576;
/// Decimals that are looked at. A byte is the sixth.
const DECIMALS: usize = 9;

#[derive(Clone, PartialEq)]
pub(super) struct SettingsForm {
    pub(super) name: String,
    pub(super) timezone: String,
    pub(super) late_after_days: String,
    pub(super) max_document_mib: String,
    pub(super) sat_url: String,
    pub(super) sat_token: SecretChange,
    version: i32,
}

impl SettingsForm {
    pub(super) fn of(organization: &OrganizationDto) -> Self {
        Self {
            name: organization.name.clone(),
            timezone: organization.timezone.clone(),
            late_after_days: organization.late_after_days.to_string(),
            max_document_mib: mib(organization.max_document_bytes),
            sat_url: organization.sat_url.clone().unwrap_or_default(),
            sat_token: SecretChange::Keep,
            version: organization.version,
        }
    }

    /// `None` when it is no number.
    pub(super) fn bytes(&self) -> Option<i64> {
        bytes_of(self.max_document_mib.trim())
    }

    /// `None` when it is no whole number.
    pub(super) fn days(&self) -> Option<i32> {
        self.late_after_days.trim().parse().ok()
    }

    pub(super) fn update(self, max_document_bytes: i64, late_after_days: i32) -> OrganizationUpdate {
        OrganizationUpdate {
            name: self.name,
            timezone: self.timezone.trim().to_owned(),
            late_after_days,
            max_document_bytes,
            sat_url: Some(self.sat_url.trim().to_owned()).filter(|url| !url.is_empty()),
            sat_token: self.sat_token.to_wire(),
            version: self.version,
        }
    }
}

/// Read without floating point, whose table of powers alone would be a tenth of this part. What is out of range stays
/// so, and is refused by the server's rule.
fn bytes_of(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = text.split_once([',', '.']).unwrap_or((text, ""));
    let mut digits = whole.bytes().chain(decimals.bytes());
    if (whole.is_empty() && decimals.is_empty()) || !digits.all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = match whole {
        "" => 0,
        digits => digits.parse().unwrap_or(i64::MAX),
    };
    let (mut part, mut scale) = (0_i64, 1_i64);
    for digit in decimals.bytes().take(DECIMALS) {
        part = part * 10 + i64::from(digit - b'0');
        scale *= 10;
    }
    let bytes = whole
        .saturating_mul(MIB)
        .saturating_add((part * MIB + scale / 2) / scale);
    Some(sign * bytes)
}

/// `25`, `0,5`: as few decimals as say it, at most three.
fn mib(bytes: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "sizes here are at most 200 MiB")]
    let text = format::decimal(bytes as f64 / MIB as f64, 3);
    text.trim_end_matches('0').trim_end_matches([',', '.']).to_owned()
}

impl hooks::Form for SettingsForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.version = theirs.version;
        merge_fields!(self, base, theirs;
            name => tr!(settings.name),
            timezone => tr!(settings.zone),
            late_after_days => tr!(settings.late),
            max_document_mib => tr!(settings.size),
            sat_url => tr!(settings.sat_url),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{MIB, bytes_of};

    #[test]
    fn a_size_is_read_as_people_write_it() {
        for (text, bytes) in [
            ("25", 25 * MIB),
            ("+25", 25 * MIB),
            ("0,5", 524_288),
            ("0.5", 524_288),
            (",5", 524_288),
            ("5.", 5 * MIB),
            ("0,001", 1_049),
            ("0,333", 349_176),
            ("0,0000001", 0),
            ("1,9999999999999", 2 * MIB),
            ("-1,5", -1_572_864),
            ("99999999999999999999", i64::MAX),
        ] {
            assert_eq!(bytes_of(text), Some(bytes), "{text}");
        }
        for text in [
            "", "-", ",", "1.000,5", "1 000", "1e3", "inf", "NaN", "--1", "+-1", "25 MiB", "٢٥",
        ] {
            assert_eq!(bytes_of(text), None, "{text}");
        }
    }
}
