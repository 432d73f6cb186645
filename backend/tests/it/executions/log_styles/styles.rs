//! The vendors: how each answers when it is asked for a log, and what is kept of it.

use axum::{
    Json,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use super::{ALL, EACH, line, numbers};

const EVENTS: &str = "text/event-stream";

const TEXT: &str = "text/plain; charset=utf-8";

fn own(text: &str) -> String {
    format!("[esteira] {text}")
}

/// A question about a log.
pub(super) struct Asked {
    /// The first is 1.
    pub(super) time: usize,
    pub(super) last_event_id: Option<String>,
}

impl Asked {
    /// Lines printed by now.
    fn printed(&self) -> usize {
        (EACH * self.time).min(ALL)
    }

    /// Lines printed when it was asked the time before.
    fn before(&self) -> usize {
        (EACH * (self.time - 1)).min(ALL)
    }

    /// The first of the newest lines.
    fn window(&self, lines: usize) -> usize {
        self.printed().saturating_sub(lines) + 1
    }

    /// Where an API goes on that knows its own word for a line. Any other word is a mistake, which is told in the log.
    fn goes_on(&self, word: impl Fn(usize) -> String) -> Result<usize, String> {
        let expected = (self.time > 1).then(|| word(self.before()));
        match self.last_event_id == expected {
            true => Ok(self.before() + 1),
            false => Err(format!("{:?} em vez de {expected:?}", self.last_event_id)),
        }
    }
}

fn events(from: usize, to: usize, event: impl Fn(usize) -> String) -> String {
    (from..=to).map(event).collect()
}

fn event(id: impl std::fmt::Display, number: usize) -> String {
    format!("id: {id}\ndata: {}\n\n", line(number))
}

fn answer(kind: &'static str, body: impl Into<String>) -> Response {
    ([(CONTENT_TYPE, kind)], body.into()).into_response()
}

fn resumed(asked: &Asked, word: impl Fn(usize) -> String) -> Response {
    let body = match asked.goes_on(&word) {
        Ok(from) => events(from, asked.printed(), |number| event(word(number), number)),
        Err(wrong) => format!("data: {wrong}\n\n"),
    };
    answer(EVENTS, body)
}

fn json_lines(to: usize) -> String {
    let one = |number| json!({ "n": number, "mensagem": line(number) }).to_string() + "\n";
    (1..=to).map(one).collect()
}

fn listed(from: usize, to: usize, n: impl Fn(usize) -> usize) -> Response {
    let one = |number| json!({ "n": n(number), "message": line(number) });
    Json(json!({ "logs": (from..=to).map(one).collect::<Vec<_>>() })).into_response()
}

/// A vendor: its name, how it answers, and what is kept in the end.
pub(super) type Style = (&'static str, fn(&Asked) -> Response, Vec<String>);

fn style(name: &'static str, answer: fn(&Asked) -> Response, kept: Vec<String>) -> Style {
    (name, answer, kept)
}

pub(super) fn styles() -> Vec<Style> {
    let all = || numbers(1, ALL);
    let missing = |from: usize, to: usize| own(&format!("a API de robôs não entregou as linhas {from} a {to} do log"));
    let torn = own("o que a API de robôs entregou agora não continua o que já está no log: podem faltar linhas aqui");
    let strange = own("o log do robô não pode ser lido: na resposta (application/xml) não se reconhecem linhas");
    vec![
        style(
            "DOCUMENTADA",
            |asked| resumed(asked, |number| number.to_string()),
            all(),
        ),
        style(
            "INTEIRA",
            |asked| answer(EVENTS, events(1, asked.printed(), |number| event(number, number))),
            all(),
        ),
        style("ZERO", |asked| resumed(asked, |number| (number - 1).to_string()), all()),
        style(
            "ZEROINTEIRA",
            |asked| answer(EVENTS, events(1, asked.printed(), |number| event(number - 1, number))),
            all(),
        ),
        style(
            "PALAVRAS",
            |asked| resumed(asked, |number| format!("1700-{number}ç")),
            all(),
        ),
        style(
            "PALAVRASINTEIRA",
            |asked| {
                answer(
                    EVENTS,
                    events(1, asked.printed(), |number| event(format!("a{number}"), number)),
                )
            },
            all(),
        ),
        style(
            "REPETIDO",
            |asked| answer(EVENTS, events(1, asked.printed(), |number| event(7, number))),
            all(),
        ),
        style(
            "EVENTOS",
            |asked| {
                let body = events(1, asked.printed(), |number| {
                    let name = if number % 2 == 0 { "stdout" } else { "error" };
                    format!(
                        "event: {name}\ndata: {}\n\nevent: ping\ndata: {number}\n\n",
                        line(number)
                    )
                });
                answer(EVENTS, body)
            },
            all(),
        ),
        style(
            "VARIAS",
            |asked| {
                let one = |number| json!({ "n": number, "message": line(number) });
                let list: Vec<_> = (1..=asked.printed()).map(one).collect();
                answer(EVENTS, format!("data: {}\n\n", json!(list)))
            },
            all(),
        ),
        style(
            "JANELA",
            |asked| {
                let shown = numbers(asked.window(5), asked.printed());
                Json(json!({ "linhas": shown })).into_response()
            },
            all(),
        ),
        style(
            "JANELANUMERADA",
            |asked| {
                let first = asked.window(6);
                listed(first, asked.printed(), |number| number - first + 1)
            },
            all(),
        ),
        style(
            "JANELAEVENTOS",
            |asked| {
                let first = asked.window(6);
                let body = events(first, asked.printed(), |number| event(number - first, number));
                answer(EVENTS, body)
            },
            all(),
        ),
        style(
            "LACUNA",
            |asked| listed(asked.window(3), asked.printed(), |number| number),
            [
                vec![line(2), missing(1, 1)],
                numbers(3, 4),
                vec![missing(5, 5)],
                numbers(6, 8),
                vec![missing(9, 9)],
                numbers(10, 12),
            ]
            .concat(),
        ),
        style(
            "RASGADA",
            |asked| Json(json!(numbers(asked.window(3), asked.printed()))).into_response(),
            [
                numbers(2, 4),
                vec![torn.clone()],
                numbers(6, 8),
                vec![torn],
                numbers(10, 12),
            ]
            .concat(),
        ),
        style(
            "TEXTO",
            |asked| {
                // What is being written ends in the middle of a line, and without a line break even at the end.
                let mut body = numbers(1, asked.printed()).join("\n");
                if asked.printed() < ALL {
                    body.truncate(body.len() - 2);
                }
                answer(TEXT, body)
            },
            all(),
        ),
        style(
            "TEXTOJSON",
            |asked| Json(json!({ "logs": numbers(1, asked.printed()).join("\r\n") })).into_response(),
            all(),
        ),
        style(
            "NDJSON",
            |asked| answer("application/x-ndjson", json_lines(asked.printed())),
            all(),
        ),
        style(
            "NDJSONJSON",
            |asked| answer("application/json", json_lines(asked.printed())),
            all(),
        ),
        style(
            "JSONTEXTO",
            |asked| {
                let list = serde_json::to_string_pretty(&numbers(1, asked.printed())).unwrap();
                answer(TEXT, list)
            },
            all(),
        ),
        style(
            "SEMTIPO",
            |asked| {
                let mut response = answer(TEXT, numbers(1, asked.printed()).join("\n") + "\n");
                response.headers_mut().remove(CONTENT_TYPE);
                response
            },
            all(),
        ),
        style(
            "IGUAIS",
            |asked| {
                answer(
                    EVENTS,
                    events(1, asked.printed(), |number| format!("id: {number}\ndata: .\n\n")),
                )
            },
            vec![".".to_owned(); ALL],
        ),
        style(
            "XML",
            |asked| match asked.time {
                1 | 2 => answer("application/xml", "?"),
                _ => Json(json!(numbers(1, asked.printed()))).into_response(),
            },
            [vec![strange], all()].concat(),
        ),
    ]
}
