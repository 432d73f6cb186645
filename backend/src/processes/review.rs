//! Facts beside a document that help to judge it.

use diesel::prelude::*;
use esteira_shared::{dto::processes::ReviewFacts, money::Money, month::Month};

use super::{document, model::Process};
use crate::{
    db::{DbConn, RunQueryDsl, schema::processes},
    error::AppResult,
    with_conn,
};

/// Months looked back on for the average.
const MONTHS: i32 = 3;

pub(super) async fn facts(conn: &mut DbConn, process: &Process) -> AppResult<ReviewFacts> {
    let since = process.mes_ano.plus(-MONTHS);
    let earlier: Vec<(Month, Option<Money>)> = with_conn!(conn, |c| processes::table
        .filter(
            processes::organization_id
                .eq(process.organization_id)
                .and(processes::client_id.eq(process.client_id))
        )
        .filter(processes::operator_id.eq(process.operator_id))
        .filter(processes::mes_ano.ge(since).and(processes::mes_ano.lt(process.mes_ano)))
        .select((processes::mes_ano, processes::valor_fatura))
        .load(c)
        .await)?;
    let last_month = process.mes_ano.plus(-1);
    let previous_value = earlier
        .iter()
        .find(|(month, _)| *month == last_month)
        .and_then(|(_, value)| *value);
    let known: Vec<i64> = earlier
        .iter()
        .filter_map(|(_, value)| value.map(|value| value.0))
        .collect();
    let average = i64::try_from(known.len())
        .ok()
        .filter(|count| *count > 0)
        .map(|count| known.iter().sum::<i64>() / count);
    let same_document = match &process.fatura_sha256 {
        Some(hash) => {
            let places = document::places(conn, process.organization_id, hash).await?;
            places
                .into_iter()
                .filter(|place| place.process_id != process.id)
                .collect()
        }
        None => Vec::new(),
    };
    Ok(ReviewFacts {
        previous_value,
        average_value: average.map(Money),
        same_document,
    })
}
