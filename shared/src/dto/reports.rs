//! Reports by e-mail.

use serde::{Deserialize, Serialize};

use crate::{
    error::{FieldCode, FieldError},
    ids::{EmailId, JobId},
    language::Language,
    month::Month,
    validate::{Fields, Validate},
};

/// Addresses of one schedule.
pub const RECIPIENTS: usize = 50;
/// Months that a report may look back, and ahead, from the month in which it is due.
pub const MONTH_OFFSETS: std::ops::RangeInclusive<i32> = -12..=1;

/// What a schedule of reports is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportParameters {
    /// Each gets a message of their own. A person may take their address off by the link in the message.
    #[serde(default)]
    pub to: Vec<String>,
    /// Which month, counted from the one in which the report is due.
    #[serde(default)]
    pub month_offset: i32,
    /// All processes of the month as a table.
    #[serde(default = "yes")]
    pub attach_csv: bool,
    #[serde(default)]
    pub language: Language,
    /// Writes nothing when everything is done.
    #[serde(default)]
    pub only_if_pending: bool,
}

const fn yes() -> bool {
    true
}

impl Default for ReportParameters {
    fn default() -> Self {
        Self {
            to: Vec::new(),
            month_offset: 0,
            attach_csv: true,
            language: Language::default(),
            only_if_pending: false,
        }
    }
}

impl ReportParameters {
    /// Each address once, however it is written.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for address in self.to.iter().map(|address| address.trim()) {
            if !all.iter().any(|known| known.eq_ignore_ascii_case(address)) {
                all.push(address.to_owned());
            }
        }
        all
    }
}

/// That somebody is to read it is checked when a schedule is saved: whoever takes the last address off must not break it.
impl Validate for ReportParameters {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut fields = Fields::new();
        if self.to.len() > RECIPIENTS {
            fields.push("to", FieldCode::OutOfRange, format!("at most {RECIPIENTS} addresses"));
        } else if let Some(error) = self.to.iter().find_map(|address| refused(address)) {
            fields.push("to", error.code, error.message);
        }
        if !MONTH_OFFSETS.contains(&self.month_offset) {
            let message = format!("between {} and {}", MONTH_OFFSETS.start(), MONTH_OFFSETS.end());
            fields.push("month_offset", FieldCode::OutOfRange, message);
        }
        fields.finish()
    }
}

fn refused(address: &str) -> Option<FieldError> {
    let mut fields = Fields::new();
    fields.email("to", address);
    let error = fields.finish().err()?.into_iter().next()?;
    let message = format!("{address}: {}", error.message);
    Some(FieldError { message, ..error })
}

/// Which report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct ReportQuery {
    pub month: Month,
    /// Left out: that of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// A report to oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportSend {
    pub month: Month,
    /// Left out: that of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// A report on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportSent {
    /// Sends it, and tells how that went.
    pub job_id: JobId,
    pub email_id: EmailId,
    pub to: String,
}

/// The link in a message by which its reader takes their address off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
// Mail programs add parameters of their own to links.
pub struct UnsubscribeQuery {
    /// Left out by whoever shortened the link.
    #[serde(default)]
    pub token: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(addresses: &[&str]) -> ReportParameters {
        ReportParameters {
            to: addresses.iter().map(|address| (*address).to_owned()).collect(),
            ..ReportParameters::default()
        }
    }

    #[test]
    fn nothing_said_is_a_report_of_this_month_with_a_table() {
        let read: Result<ReportParameters, _> = serde_json::from_str("{}");
        assert_eq!(read.ok(), Some(ReportParameters::default()));
        let unknown: Result<ReportParameters, _> = serde_json::from_str(r#"{"cc": []}"#);
        assert!(unknown.is_err());
    }

    #[test]
    fn each_address_is_one_and_counts_once() {
        assert_eq!(to(&[]).validate(), Ok(()), "the last one may have been taken off");
        assert_eq!(
            to(&["ana@example.com", " Ana@Example.com ", "bia@example.com"]).recipients(),
            ["ana@example.com", "bia@example.com"]
        );
        for bad in [
            "",
            "ana",
            "ana@example.com, bia@example.com",
            "ana@example.com\r\nBcc: x@example.com",
        ] {
            let refused = to(&["bia@example.com", bad]).validate().err().unwrap_or_default();
            assert!(refused.iter().any(|error| error.field == "to"), "{bad:?}");
        }
        let many = vec!["ana@example.com"; RECIPIENTS + 1];
        assert!(to(&many).validate().is_err());
    }

    #[test]
    fn the_month_is_near() {
        for (month_offset, fits) in [(-13, false), (-12, true), (0, true), (1, true), (2, false)] {
            let parameters = ReportParameters {
                month_offset,
                ..ReportParameters::default()
            };
            assert_eq!(parameters.validate().is_ok(), fits, "{month_offset}");
        }
    }
}
