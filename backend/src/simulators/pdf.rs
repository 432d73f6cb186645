//! Makes the invoices of the demonstration data: small real PDFs that look like an operator's bill.

mod layout;
#[cfg(test)]
mod tests;
mod text;

use chrono::NaiveDate;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write as _;

/// What stands in a made invoice; the total is the sum of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceFacts {
    pub operator: String,
    pub client: String,
    /// As printed, e.g. `44.556.677/0001-88`.
    pub cnpj: String,
    pub account: String,
    /// As printed, e.g. `01/09/2026 a 30/09/2026`.
    pub period: String,
    pub due_date: NaiveDate,
    pub lines: Vec<InvoiceLine>,
}

/// One row of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    pub number: String,
    pub service: String,
    /// Hundredths of a real; negative for a credit.
    pub cents: i64,
}

impl InvoiceFacts {
    /// Hundredths of a real.
    #[must_use]
    pub fn total_cents(&self) -> i64 {
        self.lines.iter().fold(0, |sum, line| sum.saturating_add(line.cents))
    }
}

/// A PDF 1.4 of one to three A4 pages, the same bytes for the same facts.
///
/// Characters outside Windows-1252 appear as `?`, and texts too long for their place are cut. Lines that do not fit on
/// three pages are printed as one with their sum, so that the lines always add up to the total.
#[must_use]
pub fn invoice(facts: &InvoiceFacts) -> Vec<u8> {
    let pages = layout::pages(facts);
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 6 + 2 * page)).collect();
    let mut file = File::new();
    file.object(b"<</Type/Catalog/Pages 2 0 R/Lang(pt-BR)>>");
    file.object(
        format!(
            "<</Type/Pages/Count {}/Kids[{}]/MediaBox[0 0 595 842]>>",
            kids.len(),
            kids.join(" ")
        )
        .as_bytes(),
    );
    file.object(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
    file.object(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>");
    let mut info = b"<</Title".to_vec();
    text::literal(&mut info, &format!("Fatura {} - {}", facts.operator, facts.client));
    info.extend_from_slice(b"/Subject");
    text::literal(&mut info, layout::DEMONSTRATION);
    info.extend_from_slice(b">>");
    file.object(&info);
    for (index, content) in pages.iter().enumerate() {
        let body = format!(
            "<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents {} 0 R>>",
            7 + 2 * index
        );
        file.object(body.as_bytes());
        file.stream(content);
    }
    file.finish()
}

/// A PDF being written: objects numbered from 1, in order.
struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn new() -> Self {
        Self {
            // The second line tells transfer programs that the file is binary.
            bytes: b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec(),
            offsets: Vec::new(),
        }
    }

    fn object(&mut self, body: &[u8]) {
        self.offsets.push(self.bytes.len());
        self.bytes
            .extend_from_slice(format!("{} 0 obj\n", self.offsets.len()).as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn stream(&mut self, content: &[u8]) {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        let packed = encoder.write_all(content).and_then(|()| encoder.finish());
        // Writing to memory does not fail; if it did, the plain content would be as good.
        let (filter, data) = match &packed {
            Ok(packed) => ("/Filter/FlateDecode", packed.as_slice()),
            Err(_) => ("", content),
        };
        let mut body = format!("<</Length {}{filter}>>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(&body);
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.offsets.len() + 1;
        let mut tail = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            tail.push_str(&format!("{offset:010} 00000 n \n"));
        }
        tail.push_str(&format!(
            "trailer\n<</Size {size}/Root 1 0 R/Info 5 0 R>>\nstartxref\n{start}\n%%EOF\n"
        ));
        self.bytes.extend_from_slice(tail.as_bytes());
        self.bytes
    }
}
