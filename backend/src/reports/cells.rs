//! HTML as mail programs draw it: tables, with the style at each cell. No image, no style sheet, no script.
//!
//! Every cell says its own background and colour, so that a program that darkens messages changes both or neither.

use std::fmt::Write as _;

use esteira_shared::status::Tone;

/// Text of a page.
pub(super) const INK: &str = "#1f2430";
pub(super) const FAINT: &str = "#5b6472";
pub(super) const PAPER: &str = "#ffffff";
const AROUND: &str = "#eef0f4";
const LINE: &str = "#dfe3ea";
const LINK: &str = "#1d4ed8";
const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// A text within HTML.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            sign => safe.push(sign),
        }
    }
    safe
}

/// The page around what it says. `title` is text.
pub(super) fn page(language: &str, title: &str, inside: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light\"><title>{title}</title></head>\
         <body style=\"margin:0;padding:0;background:{AROUND};color:{INK};{FONT}\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" bgcolor=\"{AROUND}\">\
         <tr><td align=\"center\" style=\"padding:24px 12px\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" bgcolor=\"{PAPER}\" \
         style=\"max-width:680px;background:{PAPER};border:1px solid {LINE};border-radius:8px\">\
         <tr><td style=\"padding:24px;background:{PAPER};color:{INK};font-size:14px;line-height:20px;{FONT}\">\
         {inside}</td></tr></table></td></tr></table></body></html>"
    )
}

/// A heading of a section. `text` is text.
pub(super) fn heading(text: &str) -> String {
    let text = escape(text);
    format!("<h2 style=\"margin:28px 0 8px;font-size:16px;line-height:22px;color:{INK}\">{text}</h2>")
}

/// A paragraph of HTML.
pub(super) fn paragraph(inside: &str, colour: &str) -> String {
    format!("<p style=\"margin:0 0 8px;color:{colour}\">{inside}</p>")
}

/// A link with a text; only the text when there is no address.
pub(super) fn link(address: Option<&str>, text: &str) -> String {
    let text = escape(text);
    match address {
        Some(address) => {
            let address = escape(address);
            format!("<a href=\"{address}\" target=\"_blank\" style=\"color:{LINK}\">{text}</a>")
        }
        None => text,
    }
}

/// The one thing to press.
pub(super) fn button(address: &str, text: &str) -> String {
    let (address, text) = (escape(address), escape(text));
    format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\"><tr>\
         <td bgcolor=\"{LINK}\" style=\"background:{LINK};border-radius:6px;padding:9px 16px\">\
         <a href=\"{address}\" target=\"_blank\" style=\"color:#ffffff;text-decoration:none;font-weight:600\">{text}</a>\
         </td></tr></table>"
    )
}

/// A table of data with its heads. Cells are HTML; those of numbers stand at the right.
pub(super) struct Table {
    html: String,
    numeric: Vec<bool>,
}

impl Table {
    /// `heads`: text, and whether the column holds numbers.
    pub(super) fn new(heads: &[(String, bool)]) -> Self {
        let mut html =
            "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"border-collapse:collapse\"><tr>"
                .to_owned();
        for (text, numeric) in heads {
            let side = if *numeric { "right" } else { "left" };
            let _ = write!(
                html,
                "<th scope=\"col\" align=\"{side}\" style=\"padding:4px 6px;font-size:12px;color:{FAINT};\
                 border-bottom:1px solid {LINE}\">{}</th>",
                escape(text)
            );
        }
        html.push_str("</tr>");
        Self {
            html,
            numeric: heads.iter().map(|(_, numeric)| *numeric).collect(),
        }
    }

    pub(super) fn row(&mut self, cells: &[String]) {
        self.html.push_str("<tr valign=\"top\">");
        for (cell, numeric) in cells.iter().zip(&self.numeric) {
            let side = if *numeric { " align=\"right\"" } else { "" };
            let _ = write!(
                self.html,
                "<td{side} style=\"padding:6px;border-bottom:1px solid {LINE}\">{cell}</td>"
            );
        }
        self.html.push_str("</tr>");
    }

    pub(super) fn end(mut self) -> String {
        self.html.push_str("</table>");
        self.html
    }
}

/// Parts of a whole as one bar. What it shows stands beside it in numbers.
pub(super) fn bar(parts: &[(Tone, i64)], height: u32) -> String {
    let total: i64 = parts.iter().map(|(_, count)| count).sum();
    let mut html = "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
                    style=\"table-layout:fixed\"><tr>"
        .to_owned();
    for (tone, width) in shares(parts, total) {
        let colour = colour(tone);
        let _ = write!(
            html,
            "<td width=\"{width}%\" bgcolor=\"{colour}\" height=\"{height}\" \
             style=\"background:{colour};height:{height}px;line-height:{height}px;font-size:1px\">&nbsp;</td>"
        );
    }
    html.push_str("</tr></table>");
    html
}

/// Whole percents that are 100 together. Nothing that is there is shown as nothing.
fn shares(parts: &[(Tone, i64)], total: i64) -> Vec<(Tone, i64)> {
    if total <= 0 {
        return vec![(Tone::Waiting, 100)];
    }
    let there = parts.iter().filter(|(_, count)| *count > 0);
    let mut shares: Vec<(Tone, i64)> = there
        .map(|(tone, count)| (*tone, (count * 100 / total).max(1)))
        .collect();
    let sum: i64 = shares.iter().map(|(_, width)| width).sum();
    if let Some((_, largest)) = shares.iter_mut().max_by_key(|(_, width)| *width) {
        *largest += 100 - sum;
    }
    shares
}

fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Done => "#1f7a45",
        Tone::Running => "#2f6fdb",
        Tone::NeedsYou => "#b7791f",
        Tone::Failed => "#c0392b",
        Tone::Waiting | Tone::Cancelled => "#c5cbd6",
    }
}

/// A small square in the colour of a status, before its word.
pub(super) fn mark(tone: Tone, word: &str) -> String {
    let (colour, word) = (colour(tone), escape(word));
    format!("<span style=\"color:{colour}\" aria-hidden=\"true\">&#9632;</span> {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_a_hundred_together_and_hide_nothing() {
        for parts in [
            vec![(Tone::Done, 1)],
            vec![(Tone::Done, 999), (Tone::Failed, 1)],
            vec![(Tone::Done, 1), (Tone::Failed, 1), (Tone::Waiting, 1)],
            vec![(Tone::Done, 0), (Tone::Failed, 7)],
            vec![
                (Tone::Done, 5_000),
                (Tone::Failed, 1),
                (Tone::NeedsYou, 1),
                (Tone::Running, 1),
            ],
            vec![],
        ] {
            let total = parts.iter().map(|(_, count)| count).sum();
            let shares = shares(&parts, total);
            assert_eq!(shares.iter().map(|(_, width)| width).sum::<i64>(), 100, "{parts:?}");
            assert!(shares.iter().all(|(_, width)| *width > 0), "{shares:?}");
        }
    }

    #[test]
    fn a_text_stays_a_text() {
        let evil = "<img src=x onerror=\"a\">'&";
        let safe = escape(evil);
        assert!(!safe.contains(['<', '>', '"', '\'']), "{safe}");
        assert!(!link(Some("https://example.com/\"><script>"), "x").contains("<script"));
    }
}
