//! Versions of a process's PDF.

use diesel::prelude::*;
use esteira_shared::{
    dto::processes::{DocumentDto, DocumentPlace},
    ids::{DocumentId, OrganizationId, ProcessId},
    instant::Instant,
    month::Month,
};

use crate::{
    db::{
        DbConn, RunQueryDsl,
        schema::{clients, documents, operators, processes},
    },
    error::{AppError, AppResult},
    with_conn,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub struct Document {
    pub id: DocumentId,
    pub organization_id: OrganizationId,
    pub process_id: ProcessId,
    pub number: i32,
    pub filename: String,
    pub storage_key: String,
    pub size_bytes: i64,
    pub pages: i32,
    pub sha256: String,
    pub uploaded_by: String,
    pub created_at: Instant,
    /// Since when the store is known not to hold these bytes.
    pub damaged_at: Option<Instant>,
}

impl Document {
    pub async fn find(conn: &mut DbConn, organization: OrganizationId, id: DocumentId) -> AppResult<Self> {
        let found: Option<Self> = with_conn!(conn, |c| documents::table
            .filter(documents::organization_id.eq(organization).and(documents::id.eq(id)))
            .select(Self::as_select())
            .first(c)
            .await
            .optional())?;
        found.ok_or_else(|| AppError::not_found("document"))
    }

    /// The version of a process with these bytes; the newest when it was uploaded twice.
    pub async fn with_bytes(conn: &mut DbConn, process: ProcessId, sha256: &str) -> QueryResult<Option<Self>> {
        with_conn!(conn, |c| documents::table
            .filter(documents::process_id.eq(process).and(documents::sha256.eq(sha256)))
            .order(documents::number.desc())
            .select(Self::as_select())
            .first(c)
            .await
            .optional())
    }
}

/// All versions, newest first.
pub(super) async fn of_process(conn: &mut DbConn, process: ProcessId) -> QueryResult<Vec<DocumentDto>> {
    let rows: Vec<Document> = with_conn!(conn, |c| documents::table
        .filter(documents::process_id.eq(process))
        .order(documents::number.desc())
        .select(Document::as_select())
        .load(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|row| DocumentDto {
            id: row.id,
            number: row.number,
            filename: row.filename,
            size_bytes: row.size_bytes,
            pages: row.pages,
            sha256: row.sha256,
            uploaded_by: row.uploaded_by,
            created_at: row.created_at,
        })
        .collect())
}

/// Where in the organisation these bytes are kept, newest first, at most twenty.
pub(super) async fn places(
    conn: &mut DbConn,
    organization: OrganizationId,
    sha256: &str,
) -> QueryResult<Vec<DocumentPlace>> {
    let found: Vec<PlaceRow> = with_conn!(conn, |c| documents::table
        .inner_join(processes::table.inner_join(clients::table).inner_join(operators::table))
        .filter(
            documents::organization_id
                .eq(organization)
                .and(documents::sha256.eq(sha256))
        )
        .order(documents::id.desc())
        .limit(20)
        .select(PLACE)
        .load(c)
        .await)?;
    Ok(found.into_iter().map(place).collect())
}

/// Current documents of the organisation that the store was found, since then, not to hold any more. The last found
/// first, at most twenty.
pub async fn damaged(
    conn: &mut DbConn,
    organization: OrganizationId,
    since: Instant,
) -> QueryResult<Vec<DocumentPlace>> {
    let found: Vec<PlaceRow> = with_conn!(conn, |c| documents::table
        .inner_join(processes::table.inner_join(clients::table).inner_join(operators::table))
        .filter(documents::organization_id.eq(organization))
        .filter(documents::damaged_at.gt(Some(since)))
        .filter(processes::fatura_s3_key.eq(documents::storage_key.nullable()))
        .order((documents::damaged_at.desc(), documents::id.desc()))
        .limit(20)
        .select(PLACE)
        .load(c)
        .await)?;
    Ok(found.into_iter().map(place).collect())
}

type PlaceRow = (ProcessId, String, String, Month, String, i32, Instant);
type PlaceColumns = (
    processes::id,
    clients::razao_social,
    operators::name,
    processes::mes_ano,
    documents::filename,
    documents::number,
    documents::created_at,
);
const PLACE: PlaceColumns = (
    processes::id,
    clients::razao_social,
    operators::name,
    processes::mes_ano,
    documents::filename,
    documents::number,
    documents::created_at,
);

fn place((process_id, client_name, operator_name, mes_ano, filename, number, created_at): PlaceRow) -> DocumentPlace {
    DocumentPlace {
        process_id,
        client_name,
        operator_name,
        mes_ano,
        filename,
        number,
        created_at,
    }
}
