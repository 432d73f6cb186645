//! The list as CSV, a page at a time.

use bytes::Bytes;
use esteira_shared::{
    csv::as_text,
    dto::processes::{ProcessDto, ProcessSort},
    language::Language,
};
use futures_util::Stream;

use super::list::{self, ProcessCursor, Selection};
use crate::{
    app::SharedApp,
    error::{AppError, AppResult},
    language,
};

const PAGE: i64 = 500;

const HEADER: &[&str] = &[
    "mes_ano",
    "razao_social",
    "cnpj",
    "operadora",
    "conta",
    "status",
    "status_desde",
    "valor_fatura",
    "data_vencimento",
    "fatura_filename",
    "aprovado_por",
    "aprovado_em",
    "data_envio_sat",
    "protocolo_sat",
    "causa",
    "acao_recomendada",
    "id",
];

struct Export {
    app: SharedApp,
    selection: Selection,
    sort: ProcessSort,
    zone: chrono_tz::Tz,
    language: Language,
    place: Option<ProcessCursor>,
    started: bool,
}

/// In the language of the request that asks for it. Ends early when the database does not answer; the reader then sees a
/// broken transfer.
pub(super) fn stream(
    app: SharedApp,
    selection: Selection,
    sort: ProcessSort,
    zone: chrono_tz::Tz,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let export = Export {
        app,
        selection,
        sort,
        zone,
        language: language::current(),
        place: None,
        started: false,
    };
    futures_util::stream::try_unfold(Some(export), |export| async move {
        let Some(mut export) = export else { return Ok(None) };
        let (bytes, more) = export.page().await.map_err(std::io::Error::other)?;
        Ok(Some((bytes, more.then_some(export))))
    })
}

/// All lines at once, as text; nothing when they are more than `most` bytes.
///
/// # Errors
/// When the database does not answer.
pub async fn whole(
    app: SharedApp,
    selection: Selection,
    zone: chrono_tz::Tz,
    language: Language,
    most: usize,
) -> AppResult<Option<String>> {
    let mut export = Export {
        app,
        selection,
        sort: ProcessSort::Newest,
        zone,
        language,
        place: None,
        started: false,
    };
    let mut whole = Vec::new();
    loop {
        let (lines, more) = export.page().await?;
        whole.extend_from_slice(&lines);
        if whole.len() > most {
            return Ok(None);
        }
        if !more {
            return String::from_utf8(whole).map(Some).map_err(AppError::internal);
        }
    }
}

impl Export {
    async fn page(&mut self) -> AppResult<(Bytes, bool)> {
        let mut conn = self.app.db.read_long().await?;
        let rows = list::read(&mut conn, &self.selection, self.sort, self.place, PAGE).await?;
        drop(conn);
        let more = i64::try_from(rows.len()).unwrap_or(0) == PAGE;
        self.place = rows
            .last()
            .map(|row| ProcessCursor::of(self.sort, &row.process))
            .or(self.place);
        let mut text = Vec::new();
        if !std::mem::replace(&mut self.started, true) {
            text.extend_from_slice("\u{feff}".as_bytes());
            text.extend_from_slice(HEADER.join(";").as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .terminator(csv::Terminator::CRLF)
            .has_headers(false)
            .from_writer(text);
        for row in rows {
            writer
                .write_record(self.line(language::within(self.language, || row.dto())?))
                .map_err(AppError::internal)?;
        }
        let text = writer
            .into_inner()
            .map_err(|error| AppError::internal(anyhow::anyhow!("{error}")))?;
        Ok((text.into(), more))
    }

    fn line(&self, row: ProcessDto) -> Vec<String> {
        let local =
            |at: esteira_shared::instant::Instant| at.with_timezone(&self.zone).format("%d/%m/%Y %H:%M").to_string();
        let (cause, action) = row
            .error
            .map(|error| (error.cause, error.recommended_action))
            .unwrap_or_default();
        let texts = [
            row.mes_ano.to_string(),
            row.client_name,
            row.client_cnpj.formatted(),
            row.operator_name,
            row.account_number,
            row.status.to_string(),
            local(row.status_since),
            row.valor_fatura.map(|value| value.to_brazilian()).unwrap_or_default(),
            row.data_vencimento
                .map(|day| day.format("%d/%m/%Y").to_string())
                .unwrap_or_default(),
            row.fatura_filename.unwrap_or_default(),
            row.approved_by.unwrap_or_default(),
            row.approved_at.map(local).unwrap_or_default(),
            row.data_envio_sat.map(local).unwrap_or_default(),
            row.sat_protocol.unwrap_or_default(),
            row.rejection_reason.unwrap_or(cause),
            action.unwrap_or_default(),
            row.id.to_string(),
        ];
        texts.iter().map(|text| as_text(text).into_owned()).collect()
    }
}
