//! Places an invoice's parts on its pages. Coordinates are points from the lower left corner of an A4 page.

use super::text::{self, Font, money};
use super::{InvoiceFacts, InvoiceLine};

pub(super) const DEMONSTRATION: &str = "DOCUMENTO DE DEMONSTRAÇÃO";

const LEFT: f64 = 45.0;
const RIGHT: f64 = 550.0;
const ROW: f64 = 17.0;
/// Rows on the first page and on each further one; the last page needs the place of `CLOSING` rows for total and stub.
const FIRST_ROWS: usize = 32;
const MORE_ROWS: usize = 38;
const CLOSING: usize = 7;
/// Rows kept back for the last page, which would otherwise hold the total alone.
const COMPANY: usize = 3;
const MAX_PAGES: usize = 3;

const INK: Colour = (0.13, 0.14, 0.17);
const GREY: Colour = (0.42, 0.44, 0.49);
const PALE: Colour = (0.955, 0.958, 0.968);
const WHITE: Colour = (1.0, 1.0, 1.0);

type Colour = (f64, f64, f64);

/// One content stream a page.
pub(super) fn pages(facts: &InvoiceFacts) -> Vec<Vec<u8>> {
    let lines = fitting(&facts.lines);
    let chunks = split(&lines);
    let brand = brand(&facts.operator);
    let count = chunks.len();
    let mut pages = Vec::with_capacity(count);
    for (index, rows) in chunks.into_iter().enumerate() {
        let mut page = Page::default();
        page.band(facts, brand);
        let top = if index == 0 {
            page.summary(facts, brand)
        } else {
            page.continued(facts)
        };
        let bottom = page.table(rows, top, brand);
        if index + 1 == count {
            page.closing(facts, bottom, brand);
        }
        page.foot(index + 1, count);
        pages.push(page.out);
    }
    pages
}

/// All lines, or as many as three pages hold and one line for the others.
fn fitting(lines: &[InvoiceLine]) -> Vec<InvoiceLine> {
    let most = FIRST_ROWS + MORE_ROWS * (MAX_PAGES - 1) - CLOSING;
    if lines.len() <= most {
        return lines.to_vec();
    }
    let (shown, others) = lines.split_at(most - 1);
    let mut kept = shown.to_vec();
    kept.push(InvoiceLine {
        number: "diversas".to_owned(),
        service: format!("Outros {} lançamentos", others.len()),
        cents: others.iter().fold(0, |sum, line| sum.saturating_add(line.cents)),
    });
    kept
}

/// The rows of each page; always at least one page, and the last one with room for the closing.
fn split(lines: &[InvoiceLine]) -> Vec<&[InvoiceLine]> {
    let mut pages = Vec::new();
    let mut rest = lines;
    let mut room = FIRST_ROWS;
    while rest.len() + CLOSING > room {
        let (page, more) = rest.split_at(rest.len().saturating_sub(COMPANY).min(room));
        pages.push(page);
        rest = more;
        room = MORE_ROWS;
    }
    pages.push(rest);
    pages
}

/// A colour that belongs to the operator's name, so that its invoices look alike.
fn brand(operator: &str) -> Colour {
    match operator.to_uppercase().as_str() {
        "VIVO" => (0.40, 0.0, 0.60),
        "CLARO" => (0.85, 0.16, 0.11),
        "TIM" => (0.0, 0.20, 0.55),
        "OI" => (0.80, 0.42, 0.0),
        "EMBRATEL" => (0.05, 0.30, 0.42),
        _ => (0.16, 0.30, 0.36),
    }
}

/// The number an operator would print on its bill, derived from the facts.
fn bill_number(facts: &InvoiceFacts) -> String {
    let seed = facts
        .account
        .bytes()
        .chain(facts.due_date.to_string().bytes())
        .fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_007);
    format!("{seed:010}")
}

#[derive(Default)]
struct Page {
    out: Vec<u8>,
}

impl Page {
    fn op(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'\n');
    }

    fn fill(&mut self, (red, green, blue): Colour, x: f64, y: f64, width: f64, height: f64) {
        self.op(&format!(
            "{red} {green} {blue} rg {x:.1} {y:.1} {width:.1} {height:.1} re f"
        ));
    }

    fn rule(&mut self, y: f64, dashed: bool) {
        let dash = if dashed { "[3 3]" } else { "[]" };
        self.op(&format!(
            "{dash} 0 d .5 w .78 .79 .82 RG {LEFT} {y:.1} m {RIGHT} {y:.1} l S"
        ));
    }

    fn text(&mut self, font: Font, size: f64, (red, green, blue): Colour, x: f64, y: f64, text: &str) {
        self.out.extend_from_slice(
            format!(
                "BT {red} {green} {blue} rg /{} {size} Tf {x:.2} {y:.1} Td ",
                font.resource()
            )
            .as_bytes(),
        );
        text::literal(&mut self.out, text);
        self.op(" Tj ET");
    }

    fn text_right(&mut self, font: Font, size: f64, colour: Colour, right: f64, y: f64, text: &str) {
        let x = right - font.width(text, size);
        self.text(font, size, colour, x, y, text);
    }

    fn band(&mut self, facts: &InvoiceFacts, brand: Colour) {
        self.fill(brand, 0.0, 772.0, 595.0, 70.0);
        let name = Font::Bold.fit(&format!("{} empresas", facts.operator.to_lowercase()), 24.0, 290.0);
        self.text(Font::Bold, 24.0, WHITE, LEFT, 799.0, &name);
        self.text_right(
            Font::Bold,
            10.0,
            WHITE,
            RIGHT,
            810.0,
            "Fatura de serviços de telecomunicações",
        );
        let number = format!("Nº {}", bill_number(facts));
        self.text_right(Font::Regular, 9.0, WHITE, RIGHT, 795.0, &number);
    }

    /// Who pays, until when and how much. Returns where the table begins.
    fn summary(&mut self, facts: &InvoiceFacts, brand: Colour) -> f64 {
        let client = Font::Bold.fit(&facts.client, 12.0, 285.0);
        self.text(Font::Regular, 8.0, GREY, LEFT, 743.0, "Cliente");
        self.text(Font::Bold, 12.0, INK, LEFT, 727.0, &client);
        self.text(Font::Regular, 9.5, INK, LEFT, 711.0, &format!("CNPJ {}", facts.cnpj));
        for (x, label, value) in [
            (LEFT, "Conta", &facts.account),
            (LEFT + 130.0, "Período de uso", &facts.period),
        ] {
            self.text(Font::Regular, 8.0, GREY, x, 689.0, label);
            let value = Font::Regular.fit(value, 9.5, 155.0);
            self.text(Font::Regular, 9.5, INK, x, 676.0, &value);
        }
        self.fill(PALE, 350.0, 668.0, 200.0, 86.0);
        self.fill(brand, 350.0, 668.0, 3.0, 86.0);
        self.text(Font::Regular, 9.0, GREY, 366.0, 734.0, "Vencimento");
        let due = facts.due_date.format("%d/%m/%Y").to_string();
        self.text_right(Font::Bold, 13.0, INK, 538.0, 731.0, &due);
        self.text(Font::Regular, 9.0, GREY, 366.0, 704.0, "Total a pagar");
        let total = format!("R$ {}", money(facts.total_cents()));
        self.text_right(Font::Bold, 20.0, brand, 538.0, 682.0, &total);
        self.text(Font::Bold, 11.0, INK, LEFT, 636.0, "Detalhamento por linha");
        620.0
    }

    fn continued(&mut self, facts: &InvoiceFacts) -> f64 {
        let head = format!("{} · conta {} · continuação", facts.client, facts.account);
        let head = Font::Regular.fit(&head, 9.0, RIGHT - LEFT);
        self.text(Font::Regular, 9.0, GREY, LEFT, 748.0, &head);
        732.0
    }

    /// Returns where the last row ends.
    fn table(&mut self, rows: &[InvoiceLine], top: f64, brand: Colour) -> f64 {
        if rows.is_empty() {
            return top;
        }
        let mut y = top - ROW;
        self.fill(brand, LEFT, y, RIGHT - LEFT, ROW);
        self.text(Font::Bold, 8.5, WHITE, LEFT + 8.0, y + 5.3, "Linha");
        self.text(Font::Bold, 8.5, WHITE, 165.0, y + 5.3, "Serviço");
        self.text_right(Font::Bold, 8.5, WHITE, RIGHT - 8.0, y + 5.3, "Valor (R$)");
        for (index, row) in rows.iter().enumerate() {
            y -= ROW;
            if index % 2 == 1 {
                self.fill(PALE, LEFT, y, RIGHT - LEFT, ROW);
            }
            let number = Font::Regular.fit(&row.number, 9.0, 105.0);
            let service = Font::Regular.fit(&row.service, 9.0, 290.0);
            self.text(Font::Regular, 9.0, INK, LEFT + 8.0, y + 5.3, &number);
            self.text(Font::Regular, 9.0, INK, 165.0, y + 5.3, &service);
            self.text_right(Font::Regular, 9.0, INK, RIGHT - 8.0, y + 5.3, &money(row.cents));
        }
        y
    }

    /// The sum, and the stub that is kept after paying.
    fn closing(&mut self, facts: &InvoiceFacts, bottom: f64, brand: Colour) {
        let total = money(facts.total_cents());
        self.rule(bottom, false);
        self.text(Font::Bold, 10.0, INK, 165.0, bottom - 17.0, "Total da fatura");
        self.text_right(Font::Bold, 10.0, brand, RIGHT - 8.0, bottom - 17.0, &total);
        self.rule(150.0, true);
        self.text(
            Font::Regular,
            7.5,
            GREY,
            LEFT,
            138.0,
            "Recibo do pagador · corte na linha tracejada",
        );
        let due = facts.due_date.format("%d/%m/%Y").to_string();
        let total = format!("R$ {total}");
        let fields: [(f64, f64, &str, &str); 4] = [
            (LEFT, 215.0, "Pagador", &facts.client),
            (275.0, 90.0, "Conta", &facts.account),
            (375.0, 70.0, "Vencimento", &due),
            (455.0, 95.0, "Valor", &total),
        ];
        for (x, room, label, value) in fields {
            self.text(Font::Regular, 7.5, GREY, x, 118.0, label);
            let value = Font::Bold.fit(value, 9.5, room);
            self.text(Font::Bold, 9.5, INK, x, 104.0, &value);
        }
        self.text(
            Font::Regular,
            8.0,
            GREY,
            LEFT,
            82.0,
            "Pagamento por débito automático. Esta fatura não tem código de barras.",
        );
    }

    fn foot(&mut self, page: usize, count: usize) {
        self.rule(48.0, false);
        let note = format!("{DEMONSTRATION} · sem valor fiscal · não pagar");
        self.text(Font::Bold, 8.0, GREY, LEFT, 34.0, &note);
        self.text_right(
            Font::Regular,
            8.0,
            GREY,
            RIGHT,
            34.0,
            &format!("página {page} de {count}"),
        );
    }
}
