//! Addresses of our own pages, and of the page by which somebody takes their address off.

use esteira_shared::{
    ids::{OrganizationId, ProcessId, ScheduleId},
    month::Month,
};
use reqwest::Url;
use secrecy::ExposeSecret as _;

use crate::{app::App, error::AppError, error::AppResult};

/// The public address, below which all of them are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links<'a>(&'a str);

impl<'a> Links<'a> {
    /// Nothing while nobody has said how browsers reach us.
    pub(super) fn of(app: &'a App) -> Option<Self> {
        app.config.http.public_url.as_deref().map(Self)
    }

    #[cfg(test)]
    pub(super) fn below(address: &'a str) -> Self {
        Self(address)
    }

    pub(super) fn process(self, id: ProcessId) -> String {
        format!("{}/processos/{id}", self.0)
    }

    pub(super) fn month(self, month: Month) -> String {
        format!("{}/mes/{month}", self.0)
    }

    /// The month's processes in one of these statuses; all when there is none.
    pub(super) fn processes(self, month: Month, statuses: &str) -> String {
        format!("{}/processos?month={month}&status={statuses}", self.0)
    }

    pub(super) fn unknown_runs(self, month: Month) -> String {
        format!("{}/execucoes?month={month}&unknown=true", self.0)
    }

    pub(super) fn missed(self) -> String {
        format!("{}/agendamentos/perdidos", self.0)
    }

    fn unsubscribe(self, token: &str) -> AppResult<String> {
        let address = format!("{}/api/v1/reports/unsubscribe", self.0);
        let url = Url::parse_with_params(&address, [("token", token)]).map_err(AppError::internal)?;
        Ok(url.into())
    }
}

/// Whose address, in which schedule. Sealed, so that nobody can make one or read what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) organization: OrganizationId,
    pub(super) schedule: ScheduleId,
    pub(super) address: String,
}

const PLACE: &str = "reports.unsubscribe";

impl Subscription {
    /// The link for a message.
    pub(super) fn link(&self, app: &App, links: Links<'_>) -> AppResult<String> {
        let (organization, schedule) = (self.organization.0.simple(), self.schedule.0.simple());
        let text = format!("{organization}/{schedule}/{}", self.address);
        let token = app.keyring.seal(PLACE, &text).map_err(AppError::internal)?;
        links.unsubscribe(&token)
    }

    /// Nothing when we did not make it, or not with a key that is still known.
    pub(super) fn of(app: &App, token: &str) -> Option<Self> {
        let text = app.keyring.open(PLACE, token).ok()?;
        let mut parts = text.expose_secret().splitn(3, '/');
        Some(Self {
            organization: parts.next()?.parse().ok()?,
            schedule: parts.next()?.parse().ok()?,
            address: parts.next()?.to_owned(),
        })
    }
}
