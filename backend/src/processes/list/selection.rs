//! Which processes are meant.

use diesel::QueryResult;
use esteira_shared::{
    dto::processes::ProcessFilter,
    error::{FieldCode, FieldError},
    ids::{ClientId, OperatorId, OrganizationId, ProcessId},
    instant::Instant,
    month::Month,
    status::{ExecutionType, ProcessStatus},
};

use crate::{
    clients::matching_clients,
    db::DbConn,
    error::{AppError, AppResult},
};

/// A filter with everything looked up that it needs.
#[derive(Debug, Clone)]
pub struct Selection {
    pub organization: OrganizationId,
    pub(super) filter: ProcessFilter,
    /// Clients whose name matches the words.
    pub(super) clients: Option<Vec<ClientId>>,
    pub(super) late_before: Instant,
    /// Only those that entered their status up to this instant, for bulk actions.
    pub settled_before: Option<Instant>,
    /// Only these, for bulk actions on chosen rows.
    pub ids: Option<Vec<ProcessId>>,
    /// Only those for which it is known whether a run of this kind did its work.
    pub(super) certain: Option<ExecutionType>,
    /// Only those of these operators for which no run waits or is at work.
    pub(super) idle: Option<Vec<OperatorId>>,
}

/// Clients that the words may match; a list shows the processes of these, newest clients last.
const MATCHES: i64 = 5_000;

impl Selection {
    pub async fn new(
        conn: &mut DbConn,
        organization: OrganizationId,
        filter: ProcessFilter,
        late_before: Instant,
    ) -> QueryResult<Self> {
        let clients = match filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => Some(matching_clients(conn, organization, text, MATCHES).await?),
            None => None,
        };
        Ok(Self {
            organization,
            filter,
            clients,
            late_before,
            settled_before: None,
            ids: None,
            certain: None,
            idle: None,
        })
    }

    /// For actions: they must reach everything that matches.
    ///
    /// # Errors
    /// `validation` of `q` when the words match more clients than are looked at.
    pub fn complete(self) -> AppResult<Self> {
        let most = usize::try_from(MATCHES).unwrap_or(usize::MAX);
        if self.clients.as_ref().is_some_and(|clients| clients.len() >= most) {
            let message = format!("matches {MATCHES} clients or more; type more of the name");
            return Err(AppError::validation(vec![FieldError::new(
                "q",
                FieldCode::Invalid,
                message,
            )]));
        }
        Ok(self)
    }

    /// The same, for one of these statuses only.
    pub fn only(mut self, statuses: &[ProcessStatus]) -> Self {
        let asked = std::mem::take(&mut self.filter.status.0);
        let kept = statuses
            .iter()
            .copied()
            .filter(|status| asked.is_empty() || asked.contains(status));
        self.filter.status.0 = kept.collect();
        if self.filter.status.is_empty() {
            self.ids = Some(Vec::new());
        }
        self
    }

    /// Without those whose newest run of a kind has an unknown end, and, of sendings, without those to which SAT's answer was
    /// not understood: the work may have been done, so a person decides whether it is done again.
    pub fn certain(self, tipo: ExecutionType) -> Self {
        Self {
            certain: Some(tipo),
            ..self
        }
    }

    /// Only those of these operators for which no robot is at work or waits.
    pub fn idle(self, operators: Vec<OperatorId>) -> Self {
        Self {
            idle: Some(operators),
            ..self
        }
    }

    /// The month, when it is the only filter. PostgreSQL would expect a month's rows evenly among all ids, and read
    /// through other months to find them. Written as a range, with the month in the order, only the index of months can
    /// answer.
    pub(super) fn month_alone(&self) -> Option<Month> {
        let filter = &self.filter;
        let alone = filter.status.is_empty()
            && filter.operator_id.is_none()
            && filter.client_id.is_none()
            && !filter.late
            && self.clients.is_none()
            && self.ids.is_none();
        filter.month.filter(|_| alone)
    }

    /// One index range reads one status: several are read one by one and merged.
    pub(super) fn ranges(&self) -> Vec<Option<ProcessStatus>> {
        match self.filter.status.0.as_slice() {
            [] => vec![None],
            all if all.len() == ProcessStatus::ALL.len() => vec![None],
            some => some.iter().copied().map(Some).collect(),
        }
    }
}
