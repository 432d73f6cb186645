//! The settings as they are typed: numbers as text, the size in MiB.

use esteira_shared::dto::administration::{OrganizationDto, OrganizationUpdate};

use crate::{
    components::SecretChange,
    hooks::{self, merge_fields},
    i18n::tr,
    text::format,
};

const MIB: f64 = 1_048_576.0;

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
        let number: f64 = self.max_document_mib.trim().replace(',', ".").parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "out of range is refused by the server's rule"
        )]
        number.is_finite().then_some((number * MIB).round() as i64)
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

/// `25`, `0,5`: as few decimals as say it, at most three.
fn mib(bytes: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "sizes here are at most 200 MiB")]
    let text = format::decimal(bytes as f64 / MIB, 3);
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
