//! The invoices that robots bring, and `/s3/{bucket}/{key}`, where they lie.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, ETAG, LAST_MODIFIED},
    },
    response::{IntoResponse as _, Response},
};
use chrono::{Datelike as _, TimeDelta};
use esteira_shared::{instant::Instant, month::Month, validate::Cnpj};

use super::{Shared, dice::number_of, order::Order};
use crate::{
    clock::Clock as _,
    secrets::sha256_hex,
    simulators::pdf::{InvoiceFacts, InvoiceLine, invoice},
};

const NO_SUCH_KEY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";

const SERVICES: [(&str, i64); 4] = [
    ("Plano Smart Empresas 20 GB", 8_990),
    ("Plano Smart Empresas 50 GB", 12_990),
    ("Fibra 500 Mbps", 24_990),
    ("Voz ilimitada", 9_990),
];

/// What an invoice follows from: the same order brings the same bytes.
#[derive(Clone)]
pub(super) struct Invoice {
    operator: String,
    client: String,
    cnpj: String,
    month: Month,
}

impl Invoice {
    pub(super) fn of(order: &Order) -> Self {
        Self {
            operator: order.operator.clone(),
            client: order.client.clone(),
            cnpj: order.cnpj.clone(),
            month: order.month,
        }
    }

    /// `VIVO/2025-10/44556677000188.pdf`
    pub(super) fn key(&self) -> String {
        let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let operator: String = self.operator.to_uppercase().chars().map(safe).collect();
        format!("{operator}/{}/{}.pdf", self.month, self.cnpj)
    }

    pub(super) fn facts(&self) -> InvoiceFacts {
        let number = number_of(&self.key());
        let (month, year) = (self.month.month(), self.month.year());
        let lines = (0..3 + number % 7).map(|line| {
            let chosen = usize::try_from((number / 7 + line) % SERVICES.len() as u64).unwrap_or_default();
            let (service, cents) = SERVICES.get(chosen).copied().unwrap_or(("Assinatura", 5_000));
            InvoiceLine {
                number: format!("41 99999-{:04}", (number / 49 + line * 7) % 10_000),
                service: service.to_owned(),
                cents: cents + i64::from(month) * 37 % 23 * 11,
            }
        });
        InvoiceFacts {
            operator: self.operator.clone(),
            client: self.client.clone(),
            cnpj: self
                .cnpj
                .parse::<Cnpj>()
                .map_or_else(|_| self.cnpj.clone(), |cnpj| cnpj.formatted()),
            account: self.account(),
            period: format!(
                "01/{month:02}/{year} a {:02}/{month:02}/{year}",
                self.month.last_day().day()
            ),
            due_date: self.month.first_day() + TimeDelta::days(i64::try_from(9 + number % 15).unwrap_or_default()),
            lines: lines.collect(),
        }
    }

    pub(super) fn account(&self) -> String {
        format!("{:010}", number_of(&self.cnpj) % 10_000_000_000)
    }

    pub(super) fn pdf(&self) -> Vec<u8> {
        invoice(&self.facts())
    }
}

pub(super) async fn get_invoice(
    State(shared): State<Arc<Shared>>,
    Path((bucket, key)): Path<(String, String)>,
) -> Response {
    if let Some(bytes) = shared.objects().get(&(bucket.clone(), key.clone())).cloned() {
        return object(bytes, shared.clock.now());
    }
    let Some((invoice, at)) = shared.book.invoice(&bucket, &key) else {
        return (StatusCode::NOT_FOUND, [(CONTENT_TYPE, "application/xml")], NO_SUCH_KEY).into_response();
    };
    object(invoice.pdf().into(), at)
}

/// Keeps a file as if a robot had left it there, whatever it holds.
pub(super) async fn put_object(
    State(shared): State<Arc<Shared>>,
    Path(place): Path<(String, String)>,
    bytes: Bytes,
) -> StatusCode {
    shared.objects().insert(place, bytes);
    StatusCode::OK
}

fn object(bytes: Bytes, at: Instant) -> Response {
    let digest = sha256_hex(&bytes);
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        // As long as the MD5 that S3 gives.
        (ETAG, format!("\"{}\"", digest.get(..32).unwrap_or_default())),
        (LAST_MODIFIED, at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    ];
    (headers, bytes).into_response()
}
