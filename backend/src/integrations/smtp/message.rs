//! A message as it travels.
//!
//! ```text
//! multipart/mixed                  only with an attachment
//!   multipart/alternative          only with HTML
//!     text/plain
//!     text/html
//!   text/csv
//! ```

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::{
    Message,
    message::{
        Mailbox, MessageBuilder, MultiPart, SinglePart,
        header::{ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};

use super::{Attachment, Letter};

/// The longest address that fits into one line of a header.
const LINE: usize = 900;

/// Two calls for one letter give the same bytes, so that a second try is a copy of the first.
pub(super) fn write(
    letter: &Letter,
    message_id: &str,
    from: &Mailbox,
    reply_to: Option<&Mailbox>,
) -> anyhow::Result<Message> {
    let mut message = Message::builder()
        .message_id(Some(message_id.to_owned()))
        .date(SystemTime::from(DateTime::<Utc>::from(letter.written_at)))
        .from(from.clone())
        .to(Mailbox::new(None, letter.to.parse()?))
        .subject(one_line(&letter.subject));
    if let Some(reply_to) = reply_to {
        message = message.reply_to(reply_to.clone());
    }
    // Nobody's holiday notice answers it.
    message = plain(message, "Auto-Submitted", "auto-generated");
    if let Some(url) = letter.unsubscribe_url.as_deref().filter(|url| fits(url)) {
        message = plain(message, "List-Unsubscribe", &format!("<{url}>"));
        if url.starts_with("https://") {
            message = plain(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
    }
    Ok(match (&letter.html, &letter.attachment) {
        (None, None) => message.singlepart(text(letter))?,
        (Some(html), None) => message.multipart(alternative(letter, html))?,
        (html, Some(attachment)) => {
            let mixed = MultiPart::mixed().boundary(boundary(letter, "mixed"));
            let mixed = match html {
                Some(html) => mixed.multipart(alternative(letter, html)),
                None => mixed.singlepart(text(letter)),
            };
            message.multipart(mixed.singlepart(table(attachment)?))?
        }
    })
}

/// Without anything that could end a line of a header or hide what stands behind it.
pub(crate) fn one_line(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A header of signs that need no encoding, in one line: an address that is encoded or folded is none any more.
fn plain(message: MessageBuilder, name: &'static str, value: &str) -> MessageBuilder {
    let name = HeaderName::new_from_ascii_str(name);
    message.raw_header(HeaderValue::dangerous_new_pre_encoded(
        name,
        value.to_owned(),
        value.to_owned(),
    ))
}

/// Whether an address can stand in a header as it is.
fn fits(url: &str) -> bool {
    url.len() <= LINE
        && url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte))
}

fn boundary(letter: &Letter, part: &str) -> String {
    format!("esteira-{part}-{}", letter.id.0.simple())
}

fn alternative(letter: &Letter, html: &str) -> MultiPart {
    MultiPart::alternative()
        .boundary(boundary(letter, "alternative"))
        .singlepart(text(letter))
        .singlepart(SinglePart::html(html.to_owned()))
}

fn text(letter: &Letter) -> SinglePart {
    SinglePart::plain(letter.text.clone())
}

fn table(attachment: &Attachment) -> anyhow::Result<SinglePart> {
    Ok(SinglePart::builder()
        .header(ContentType::parse("text/csv; charset=utf-8")?)
        .header(ContentDisposition::attachment(&one_line(&attachment.filename)))
        // As bytes: its line ends and its byte order mark are part of it.
        .header(ContentTransferEncoding::Base64)
        .body(attachment.csv.clone().into_bytes()))
}
