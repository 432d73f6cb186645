//! PDFs to upload.

use esteira::simulators::pdf::{InvoiceFacts, InvoiceLine, invoice};

/// A small valid invoice; another number gives other bytes.
pub fn pdf(number: i64) -> Vec<u8> {
    invoice(&InvoiceFacts {
        operator: "VIVO".to_owned(),
        client: "Clínica Saúde Total".to_owned(),
        cnpj: "12.ABC.345/01DE-35".to_owned(),
        account: "0289341177".to_owned(),
        period: "01/10/2026 a 31/10/2026".to_owned(),
        due_date: chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        lines: vec![InvoiceLine {
            number: "41 99999-0001".to_owned(),
            service: "Plano".to_owned(),
            cents: 10_000 + number,
        }],
    })
}
