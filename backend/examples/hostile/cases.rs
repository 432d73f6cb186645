//! The hostile inputs: of each parser the most expensive that are known, and some that never end.

use std::fmt::Write as _;

use crate::{
    flood::Flood,
    pdf::{CATALOG, File, chain, zip},
    vendor::Question,
};

/// Where an input comes in.
#[derive(Clone, Copy)]
pub enum Door {
    /// An upload to a process, called this.
    Upload(&'static str),
    /// An import of clients, called this.
    Import(&'static str),
    /// A JSON body for this route.
    Json(&'static str),
    /// An answer of a robots' API, called this.
    Robots(Question, &'static str),
    /// The bytes of a connection.
    Socket,
}

pub struct Case {
    /// The parser.
    pub parser: &'static str,
    pub name: &'static str,
    pub door: Door,
    pub flood: Flood,
}

const MB: usize = 1_000_000;
const COLUMNS: &str = "razao_social;cnpj;operadora;conta\n";
const PDF: &str = "application/pdf";
const CSV: &str = "text/csv";
const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
const TEXT: &str = "text/plain";
const PARTS: &str = "multipart/form-data; boundary=x";

pub fn all() -> Vec<Case> {
    [pdfs(), tables(), bodies(), answers(), logs(), forms()]
        .into_iter()
        .flatten()
        .collect()
}

fn pdfs() -> Vec<Case> {
    let case = |name, flood| Case {
        parser: "PDF",
        name,
        door: Door::Upload(PDF),
        flood,
    };
    let inflating = |dict: &str, data: &[u8]| {
        let mut file = File::new();
        file.object(1, CATALOG);
        let start = file.here();
        file.stream(7, dict, data);
        let end = format!("startxref\n{start}\n%%EOF\nendobj");
        file.bytes.extend_from_slice(end.as_bytes());
        Flood::of(file.bytes)
    };
    let rows = "/Type/XRef/W[0 1 0]/Index[0 99999999]/Filter/FlateDecode/Root 1 0 R";
    let members = "/Type/ObjStm/N 1/First 5/Filter/FlateDecode";
    let mut deep = File::new();
    deep.object(1, CATALOG);
    deep.object(2, &"[".repeat(MB));
    let mut wide = File::new();
    wide.object(1, CATALOG);
    wide.object(2, &format!("<</Kids[{}]>>", "3 0 R ".repeat(400_000)));
    wide.object(3, "<</Type/Page>>");
    vec![
        case(
            "a chain of nodes, each with 20,000 inline kids",
            Flood::of(chain(60, &"<</Type/Page>>".repeat(20_000)).end()),
        ),
        case(
            "a cross-reference stream of 65 kB, 64 MB inflated",
            inflating(rows, &zip(&vec![1; 64 * MB])),
        ),
        case(
            "an object stream of 100 MB inflated",
            inflating(members, &zip(&vec![b' '; 100 * MB])),
        ),
        case("lists nested a million times", Flood::of(deep.end())),
        case("one page listed 400,000 times", Flood::of(wide.end())),
        case(
            "24 MB of beginnings of objects",
            Flood::between("%PDF-1.4\n", "1 0 obj ", 3 * MB, "endobj"),
        ),
    ]
}

fn tables() -> Vec<Case> {
    let case = |name, flood| Case {
        parser: "CSV",
        name,
        door: Door::Import(CSV),
        flood,
    };
    vec![
        case(
            "200,000 columns",
            Flood::between(COLUMNS.trim_end(), ";a", 200_000, "\n"),
        ),
        case(
            "a row of 19 million columns",
            Flood::between(COLUMNS, ";", 19 * MB, "\n"),
        ),
        case("a field of 19 MB", Flood::between(COLUMNS, "x", 19 * MB, ";;;\n")),
        case("a field of 50 MB", Flood::between(COLUMNS, "x", 50 * MB, ";;;\n")),
        case(
            "a quote that is never closed",
            Flood::between(format!("{COLUMNS}\""), "a;b\n", 4 * MB, ""),
        ),
        case(
            "the character NUL in 2 million rows",
            Flood::between(COLUMNS, "\0;\0;\0;\0\n", 2 * MB, ""),
        ),
        case(
            "195,000 bad rows",
            Flood::between(COLUMNS, "Padaria;11222333000180;;0000000001\n", 195_000, ""),
        ),
        case(
            "19 MB of bytes of another alphabet",
            Flood::between([COLUMNS.as_bytes(), b"\xe7"].concat(), b"\xe7", 9 * MB, ""),
        ),
    ]
}

fn bodies() -> Vec<Case> {
    let case = |name, path, flood| Case {
        parser: "JSON",
        name,
        door: Door::Json(path),
        flood,
    };
    let run =
        "{\"process_id\":\"0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\",\"tipo\":\"DOWNLOAD_FATURA\",\"parametros\":{\"a\":";
    let client = "{\"cnpj\":\"11222333000181\",\"razao_social\":\"";
    vec![
        case(
            "lists nested 100,000 times",
            "/executions",
            Flood::between(run, "[", 100_000, ""),
        ),
        case(
            "1 MB of numbers",
            "/executions",
            Flood::between(format!("{run}["), "0,", 450_000, "0]}}"),
        ),
        case(
            "1 MB of empty objects",
            "/executions",
            Flood::between(format!("{run}["), "{},", 300_000, "{}]}}"),
        ),
        case(
            "one field 60,000 times",
            "/clients",
            Flood::between("{", "\"cnpj\":\"\",", 60_000, "\"a\":1}"),
        ),
        case(
            "a text of 900 kB",
            "/clients",
            Flood::between(client, "\\u00e7", 150_000, "\"}"),
        ),
        case("a text without end", "/clients", Flood::endless(client, "x")),
    ]
}

fn answers() -> Vec<Case> {
    let case = |name, question, flood| Case {
        parser: "robots' answers",
        name,
        door: Door::Robots(question, JSON),
        flood,
    };
    let result = "{\"status\":\"COMPLETED\",\"success\":true,\"processes\":[";
    let failed = "{\"status_final\":\"FAILED\"},";
    // As many entries, and as long, as are read.
    let mut most = String::new();
    let _ = write!(most, "{{\"status_final\":\"FAILED\",\"a\":[{}0],", "0,".repeat(80));
    let _ = write!(most, "\"b\":\"{}\"}},", "x".repeat(1_300));
    vec![
        case(
            "a result of 140,000 entries",
            Question::Job,
            Flood::between(result, failed, 140_000, "{}]}"),
        ),
        case(
            "a result as large as is read",
            Question::Job,
            entries(result, &most, 4_900),
        ),
        case(
            "a result nested 100,000 times",
            Question::Job,
            Flood::between("{\"result\":", "[", 100_000, ""),
        ),
        case(
            "8 MB of numbers",
            Question::Job,
            Flood::between("{\"data\":[", "0,", 4 * MB - 100_000, "0]}"),
        ),
        case(
            "a text of 100 MB",
            Question::Job,
            Flood::between("{\"status\":\"", "x", 100 * MB, "\"}"),
        ),
        case("a result without end", Question::Job, Flood::endless(result, failed)),
        case(
            "a start that is answered without end",
            Question::Start,
            Flood::endless("{\"job_id\":\"", "7"),
        ),
    ]
}

/// Exactly so many of them.
fn entries(first: &str, entry: &str, times: usize) -> Flood {
    Flood::of(format!("{first}{}{{}}]}}", entry.repeat(times)))
}

fn logs() -> Vec<Case> {
    let case = |name, kind, flood| Case {
        parser: "robots' logs",
        name,
        door: Door::Robots(Question::Log, kind),
        flood,
    };
    let list = "{\"logs\":[";
    let small_objects = format!("data: [{}{{}}]\n\n", "{\"a\":0},".repeat(215_000));
    vec![
        case("a line without end", TEXT, Flood::endless("", "x")),
        case("a million empty lines", TEXT, Flood::between("", "\n", MB, "")),
        case(
            "a million empty lines in a list",
            JSON,
            Flood::between(list, "\"\",", MB - 50_000, "\"\"]}"),
        ),
        case(
            "60 MB in a list",
            JSON,
            Flood::between(
                list,
                "\"linha do robo, com umas palavras mais ou menos\",",
                1_200_000,
                "\"\"]}",
            ),
        ),
        // As many, and as long, as are read: again and again, as long as their robot is at work.
        case(
            "950,000 lines of 60 bytes in a list",
            JSON,
            Flood::between(
                list,
                "\"linha do robo, com umas palavras mais ou menos, e outras.\",",
                950_000,
                "\"\"]}",
            ),
        ),
        case(
            "60 MB of numbers in one line of a list",
            JSON,
            Flood::between("{\"logs\":[[0", ",0", 30 * MB, "]]}"),
        ),
        case(
            "one text of 60 MB",
            JSON,
            Flood::between("\"", "linha\\n", 8 * MB, "\""),
        ),
        case(
            "20 MB that are no text",
            JSON,
            Flood::between("[\"", b"\xff", 20 * MB, ""),
        ),
        case(
            "20 MB of escape codes",
            TEXT,
            Flood::between("x\n", "\u{1b}[1;31m\u{1b}]0;a\u{7}\n", MB, ""),
        ),
        case(
            "events of 1.7 MB of small objects",
            EVENTS,
            Flood::between("", small_objects, 10, ""),
        ),
        case("an event without end", EVENTS, Flood::endless("data: ", "x")),
        case("an event of lines without end", EVENTS, Flood::endless("", "data: x\n")),
    ]
}

fn forms() -> Vec<Case> {
    let case = |name, door, flood| Case {
        parser: "multipart, headers",
        name,
        door,
        flood,
    };
    let part = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    vec![
        case(
            "10,000 parts in place of a PDF",
            Door::Upload(PARTS),
            Flood::between("", part, 10_000, "--x--\r\n"),
        ),
        case(
            "10,000 parts in place of a CSV",
            Door::Import(PARTS),
            Flood::between("", part, 10_000, "--x--\r\n"),
        ),
        case(
            "no boundary",
            Door::Upload("multipart/form-data"),
            Flood::between("--", "x", 20 * MB, ""),
        ),
        case(
            "a header of a part without end",
            Door::Import(PARTS),
            Flood::endless("--x\r\na: ", "x"),
        ),
        case(
            "a header without end",
            Door::Socket,
            Flood::endless("GET /api/health HTTP/1.1\r\nhost: localhost\r\na: ", "x"),
        ),
        case(
            "headers without end",
            Door::Socket,
            Flood::endless("GET /api/health HTTP/1.1\r\nhost: localhost\r\n", "a: b\r\n"),
        ),
    ]
}
