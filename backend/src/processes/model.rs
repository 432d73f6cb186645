//! The process row, and what lists show beside it.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;
use esteira_shared::{
    dto::processes::{ProcessDto, ProcessError},
    ids::{AccountId, ClientId, OperatorId, OrganizationId, ProcessId},
    instant::Instant,
    money::Money,
    month::Month,
    reason::Reason,
    status::ProcessStatus,
};

use crate::{
    clients::kept_cnpj,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{accounts, clients, operators, processes},
    },
    error::{AppError, AppResult},
    language::told,
    locked, with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = processes, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Process {
    pub id: ProcessId,
    pub organization_id: OrganizationId,
    pub client_id: ClientId,
    pub operator_id: OperatorId,
    pub account_id: AccountId,
    pub mes_ano: Month,
    pub status: ProcessStatus,
    pub status_since: Instant,
    pub url_fatura: Option<String>,
    pub fatura_s3_key: Option<String>,
    pub fatura_filename: Option<String>,
    pub fatura_sha256: Option<String>,
    pub data_upload_manual: Option<Instant>,
    pub data_download: Option<Instant>,
    pub valor_fatura: Option<Money>,
    pub data_vencimento: Option<NaiveDate>,
    pub data_envio_sat: Option<Instant>,
    pub sat_protocol: Option<String>,
    pub approved_by: Option<String>,
    pub approved_at: Option<Instant>,
    pub approved_sha256: Option<String>,
    /// The document whose hand-over to SAT over HTTPS began, unless it certainly left nothing there.
    pub sat_sent_sha256: Option<String>,
    pub rejection_reason: Option<String>,
    pub error_cause: Option<Reason>,
    pub error_step: Option<String>,
    pub error_action: Option<Reason>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i32,
}

/// Fields that a move may set beside the status; absent ones stay.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = processes)]
pub struct ProcessChanges {
    pub url_fatura: Option<Option<String>>,
    pub fatura_s3_key: Option<Option<String>>,
    pub fatura_filename: Option<Option<String>>,
    pub fatura_sha256: Option<Option<String>>,
    pub data_upload_manual: Option<Option<Instant>>,
    pub data_download: Option<Option<Instant>>,
    pub valor_fatura: Option<Option<Money>>,
    pub data_vencimento: Option<Option<NaiveDate>>,
    pub data_envio_sat: Option<Option<Instant>>,
    pub sat_protocol: Option<Option<String>>,
    pub approved_by: Option<Option<String>>,
    pub approved_at: Option<Option<Instant>>,
    pub approved_sha256: Option<Option<String>>,
    pub rejection_reason: Option<Option<String>>,
    pub error_cause: Option<Option<Reason>>,
    pub error_step: Option<Option<String>>,
    pub error_action: Option<Option<Reason>>,
}

impl Process {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: ProcessId) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| processes::table
            .filter(processes::organization_id.eq(organization).and(processes::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("process"))
    }

    /// The row, held until the transaction ends. Others who decide about it wait, and then see the decision.
    pub async fn lock(tx: &mut Tx, organization: OrganizationId, id: ProcessId) -> AppResult<Self> {
        let found: Option<Self> = locked!(
            tx,
            for_update,
            processes::table
                .filter(processes::organization_id.eq(organization).and(processes::id.eq(id)))
                .select(Self::as_select()),
            |found, c| found.first(c).await.optional()
        )?;
        found.ok_or_else(|| AppError::not_found("process"))
    }

    /// Notes which document may be with SAT. This is nothing that a person sees, so the version stays.
    pub async fn set_sat_sent(tx: &mut Tx, id: ProcessId, sha256: Option<&str>) -> QueryResult<()> {
        with_conn!(tx.conn(), |c| diesel::update(processes::table.find(id))
            .set(processes::sat_sent_sha256.eq(sha256))
            .execute(c)
            .await)?;
        Ok(())
    }

    /// # Errors
    /// When somebody read an older version.
    pub fn expect_version(&self, seen: i32) -> AppResult<()> {
        if self.version == seen {
            Ok(())
        } else {
            Err(AppError::version_conflict())
        }
    }

    /// SHA-256 of the approved document, which is the one that goes to SAT.
    ///
    /// # Errors
    /// An internal error when there is none, or another is the current one: only approved documents are sent.
    pub fn approved_document(&self) -> AppResult<String> {
        self.approved_sha256
            .clone()
            .filter(|sha256| self.has_approved(sha256))
            .ok_or_else(|| AppError::internal(anyhow::anyhow!("the current document is not the approved one")))
    }

    /// True when these bytes are the current document, and were approved.
    #[must_use]
    pub fn has_approved(&self, sha256: &str) -> bool {
        self.approved_sha256.as_deref() == Some(sha256) && self.fatura_sha256.as_deref() == Some(sha256)
    }
}

/// What people call the client, the operator and the account of a process.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Names {
    #[diesel(select_expression = clients::razao_social.assume_not_null())]
    pub client: String,
    #[diesel(select_expression = clients::cnpj.assume_not_null())]
    pub cnpj: String,
    #[diesel(select_expression = operators::name.assume_not_null())]
    pub operator: String,
    #[diesel(select_expression = accounts::account_number.assume_not_null())]
    pub account: String,
}

/// A process with the names that lists show beside it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct NamedProcess {
    #[diesel(embed)]
    pub process: Process,
    #[diesel(embed)]
    pub names: Names,
}

/// Processes with their names. The joins are left joins, although no name is ever missing. So no database reads the
/// names first, and the page stays one index range.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn with_names() -> _ {
    processes::table
        .left_join(clients::table)
        .left_join(operators::table)
        .left_join(accounts::table)
}

impl NamedProcess {
    /// # Errors
    /// `not_found`.
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: ProcessId) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| with_names()
            .filter(processes::organization_id.eq(organization).and(processes::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("process"))
    }

    /// # Errors
    /// When a kept CNPJ is damaged.
    pub fn dto(self) -> AppResult<ProcessDto> {
        self.names.dto(self.process)
    }
}

/// Names of some clients and operators. They are read beside a page and not joined, so that the page is one index range
/// on both databases.
#[derive(Default)]
pub struct Party {
    clients: HashMap<ClientId, (String, String)>,
    operators: HashMap<OperatorId, String>,
}

impl Party {
    pub async fn of(
        conn: &mut DbConn,
        clients: impl IntoIterator<Item = ClientId>,
        operators: impl IntoIterator<Item = OperatorId>,
    ) -> QueryResult<Self> {
        let clients: BTreeSet<ClientId> = clients.into_iter().collect();
        let operators: BTreeSet<OperatorId> = operators.into_iter().collect();
        let clients: Vec<(ClientId, String, String)> = with_conn!(conn, |c| clients::table
            .filter(clients::id.eq_any(clients))
            .select((clients::id, clients::razao_social, clients::cnpj))
            .load(c)
            .await)?;
        let operators: Vec<(OperatorId, String)> = with_conn!(conn, |c| operators::table
            .filter(operators::id.eq_any(operators))
            .select((operators::id, operators::name))
            .load(c)
            .await)?;
        Ok(Self {
            clients: clients.into_iter().map(|(id, name, cnpj)| (id, (name, cnpj))).collect(),
            operators: operators.into_iter().collect(),
        })
    }

    #[must_use]
    pub fn client(&self, id: ClientId) -> &str {
        self.clients.get(&id).map_or("", |(name, _)| name)
    }

    #[must_use]
    pub fn operator(&self, id: OperatorId) -> &str {
        self.operators.get(&id).map_or("", String::as_str)
    }
}

impl Names {
    /// # Errors
    /// When the database does not answer.
    pub async fn of(conn: &mut DbConn, process: &Process) -> QueryResult<Self> {
        with_conn!(conn, |c| with_names()
            .filter(processes::id.eq(process.id))
            .select(Self::as_select())
            .first(c)
            .await)
    }

    /// `Clínica Saúde Total · VIVO · 2026-10`
    #[must_use]
    pub fn title(&self, process: &Process) -> String {
        format!("{} · {} · {}", self.client, self.operator, process.mes_ano)
    }

    /// # Errors
    /// When a kept CNPJ is damaged.
    pub fn dto(self, row: Process) -> AppResult<ProcessDto> {
        let error = row.error_cause.as_ref().map(told);
        let (recommended_action, recommended_action_coded) = row.error_action.as_ref().map(told).unzip();
        let error = error.map(|(cause, cause_coded)| ProcessError {
            cause,
            cause_coded,
            step: row.error_step,
            recommended_action,
            recommended_action_coded,
        });
        Ok(ProcessDto {
            id: row.id,
            client_id: row.client_id,
            client_name: self.client,
            client_cnpj: kept_cnpj(&self.cnpj)?,
            operator_id: row.operator_id,
            operator_name: self.operator,
            account_id: row.account_id,
            account_number: self.account,
            mes_ano: row.mes_ano,
            status: row.status,
            status_since: row.status_since,
            url_fatura: row.url_fatura,
            fatura_s3_key: row.fatura_s3_key,
            fatura_filename: row.fatura_filename,
            fatura_sha256: row.fatura_sha256,
            data_upload_manual: row.data_upload_manual,
            data_download: row.data_download,
            valor_fatura: row.valor_fatura,
            data_vencimento: row.data_vencimento,
            data_envio_sat: row.data_envio_sat,
            sat_protocol: row.sat_protocol,
            approved_by: row.approved_by,
            approved_at: row.approved_at,
            rejection_reason: row.rejection_reason,
            error,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}

/// `Clínica Saúde Total · VIVO · 2026-10`
pub async fn title(conn: &mut DbConn, process: &Process) -> QueryResult<String> {
    Ok(Names::of(conn, process).await?.title(process))
}
