//! The settings as they are typed: numbers as text.

use esteira_shared::{
    dto::executions::{RobotSettingsDto, RobotSettingsUpdate},
    status::SatTransport,
};

use crate::{
    components::SecretChange,
    hooks::{self, merge_fields},
    i18n::tr,
    text::status,
};

#[derive(Clone, PartialEq)]
pub(super) struct RobotForm {
    pub(super) url: String,
    pub(super) token: SecretChange,
    pub(super) honours_keys: bool,
    pub(super) max_minutes: String,
    pub(super) max_running: String,
    pub(super) max_per_operator: String,
    /// The wire word.
    pub(super) sat_transport: String,
    /// The organisation's limit only spaces starts: the number may be left out.
    unbounded: bool,
    version: i32,
}

impl RobotForm {
    pub(super) fn of(settings: &RobotSettingsDto) -> Self {
        Self {
            url: settings.url.clone().unwrap_or_default(),
            token: SecretChange::Keep,
            honours_keys: settings.honours_keys,
            max_minutes: settings.max_minutes.to_string(),
            max_running: settings.max_running.map(|most| most.to_string()).unwrap_or_default(),
            max_per_operator: settings.max_per_operator.to_string(),
            sat_transport: settings.sat_transport.as_str().to_owned(),
            unbounded: settings.max_running.is_none(),
            version: settings.version,
        }
    }

    pub(super) fn transport(&self) -> SatTransport {
        self.sat_transport.parse().unwrap_or(SatTransport::Https)
    }

    /// As it is sent, or the field that holds no whole number.
    pub(super) fn update(self) -> Result<RobotSettingsUpdate, &'static str> {
        let sat_transport = self.transport();
        let max_running = match self.max_running.trim() {
            "" if self.unbounded => None,
            text => Some(number(text).ok_or("max_running")?),
        };
        Ok(RobotSettingsUpdate {
            url: Some(self.url.trim().to_owned()).filter(|url| !url.is_empty()),
            token: self.token.to_wire(),
            honours_keys: self.honours_keys,
            max_minutes: number(&self.max_minutes).ok_or("max_minutes")?,
            max_running,
            max_per_operator: number(&self.max_per_operator).ok_or("max_per_operator")?,
            sat_transport,
            version: self.version,
        })
    }
}

/// Thousands are written with a point here.
fn number(text: &str) -> Option<i32> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    digits.parse().ok()
}

impl hooks::Form for RobotForm {
    fn merge(&mut self, base: &Self, theirs: &Self) -> Vec<String> {
        self.unbounded = theirs.unbounded;
        self.version = theirs.version;
        let mut changes = merge_fields!(self, base, theirs;
            url => tr!(connections.url),
            honours_keys => tr!(connections.honours_keys),
            max_minutes => tr!(connections.max_minutes),
            max_running => tr!(connections.max_running),
            max_per_operator => tr!(connections.max_per_operator),
        );
        // By its name, not by its wire word.
        if base.sat_transport != theirs.sat_transport {
            let word = status::sat_transport(theirs.transport());
            changes.push(format!("{}: {word}", tr!(connections.transport)));
            if self.sat_transport == base.sat_transport {
                self.sat_transport = theirs.sat_transport.clone();
            }
        }
        changes
    }
}
