//! Reading the rows of an import file, and everything that can be wrong with one.

use std::{borrow::Cow, collections::HashMap};

use csv_core::ReadFieldResult;
use esteira_shared::{
    csv::from_text,
    dto::clients::{IMPORT_ERRORS_SHOWN, ImportRowError},
    error::{FieldCode, FieldError},
    ids::OperatorId,
    validate::{Cnpj, Fields},
};

use crate::{
    error::{AppError, AppResult},
    fold::fold,
    operators::Operator,
};

/// One good row.
pub(super) struct Row {
    pub(super) cnpj: Cnpj,
    pub(super) name: String,
    pub(super) operator: OperatorId,
    pub(super) account_number: String,
    /// Absent: the file says nothing about it.
    pub(super) login: Option<String>,
    pub(super) password: Option<String>,
    pub(super) active: Option<bool>,
}

pub(super) struct Parsed {
    pub(super) rows: Vec<Row>,
    /// The first [`IMPORT_ERRORS_SHOWN`] of them.
    pub(super) errors: Vec<ImportRowError>,
    pub(super) error_count: i64,
    /// Rows in the file, good or bad.
    pub(super) read: i64,
}

impl Parsed {
    /// Counts a bad row, and keeps it while there are few.
    fn refuse(&mut self, error: ImportRowError) {
        self.error_count += 1;
        if self.errors.len() < IMPORT_ERRORS_SHOWN {
            self.errors.push(error);
        }
    }
}

/// Rows of one file.
const ROWS: i64 = 200_000;
/// Of one row, which is held whole.
const COLUMNS: usize = 100;
const ROW_BYTES: usize = 64 * 1024;
const REQUIRED: [&str; 4] = ["razao_social", "cnpj", "operadora", "conta"];
const OPTIONAL: [&str; 3] = ["login", "senha", "ativo"];

/// Where each known column stands.
type Columns = HashMap<&'static str, usize>;

pub(super) fn parse(bytes: &[u8], operators: &[Operator]) -> AppResult<Parsed> {
    let text = decode(bytes);
    let delimiter = delimiter(&text);
    check_rows(&text, delimiter)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|error| unreadable(&error.to_string()))?)?;
    let mut parsed = Parsed {
        rows: Vec::new(),
        errors: Vec::new(),
        error_count: 0,
        read: 0,
    };
    let mut seen: HashMap<(Cnpj, OperatorId), i64> = HashMap::new();
    for record in reader.records() {
        parsed.read += 1;
        if parsed.read > ROWS {
            return Err(unreadable(&format!("it has more than {ROWS} rows; split it")));
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error
                    .position()
                    .map_or(0, |position| i64::try_from(position.line()).unwrap_or(0));
                let problem = FieldError::new("linha", FieldCode::Invalid, error.to_string());
                parsed.refuse(ImportRowError {
                    line,
                    error: problem,
                    value: String::new(),
                });
                continue;
            }
        };
        let line = record
            .position()
            .map_or(0, |position| i64::try_from(position.line()).unwrap_or(0));
        let value = |column: &str| {
            let cell = columns.get(column).and_then(|index| record.get(*index));
            let cell = cell.unwrap_or_default();
            // No export has a password, so an apostrophe in it is its own.
            if column == "senha" { cell } else { from_text(cell) }
        };
        match row(&value, operators) {
            Ok(row) => match seen.insert((row.cnpj.clone(), row.operator), line) {
                Some(first) => {
                    let message = format!("line {first} has the same client and operator");
                    let error = FieldError::new("operadora", FieldCode::Taken, message);
                    parsed.refuse(ImportRowError {
                        line,
                        error,
                        value: shown(value("operadora")),
                    });
                }
                None => parsed.rows.push(row),
            },
            Err(errors) => {
                for error in errors {
                    // A password is no text to show around.
                    let value = if error.field == "senha" {
                        String::new()
                    } else {
                        shown(value(&error.field))
                    };
                    parsed.refuse(ImportRowError { line, error, value });
                }
            }
        }
    }
    Ok(parsed)
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

fn row<'a>(value: &impl Fn(&str) -> &'a str, operators: &[Operator]) -> Result<Row, Vec<FieldError>> {
    let mut fields = Fields::new();
    let name = value("razao_social");
    fields.text("razao_social", name, 160);
    let cnpj = fields.cnpj("cnpj", value("cnpj"));
    let operator_name = fold(value("operadora"));
    let operator = operators
        .iter()
        .find(|operator| operator.sort_name == operator_name)
        .map(|operator| operator.id);
    if operator.is_none() {
        fields.push(
            "operadora",
            FieldCode::Unknown,
            "there is no operator of this name; add it first",
        );
    }
    fields.text("conta", value("conta"), 60);
    let optional = |column: &str| Some(value(column)).filter(|text| !text.is_empty()).map(str::to_owned);
    fields.optional_text("login", optional("login").as_deref(), 160);
    fields.optional_text("senha", optional("senha").as_deref(), 200);
    let active = match fold(value("ativo")).as_str() {
        "" => None,
        "sim" | "s" | "true" | "1" | "ativo" => Some(true),
        "nao" | "n" | "false" | "0" | "inativo" => Some(false),
        _ => {
            fields.push("ativo", FieldCode::Invalid, "must be sim or não");
            None
        }
    };
    match (cnpj, operator, fields.finish()) {
        (Some(cnpj), Some(operator), Ok(())) => Ok(Row {
            cnpj,
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
            operator,
            account_number: value("conta").to_owned(),
            login: optional("login"),
            password: optional("senha"),
            active,
        }),
        (_, _, refused) => Err(refused.err().unwrap_or_default()),
    }
}

/// UTF-8, or what Excel in Brazil writes.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
    }
}

/// Goes through the file as the reader does, but keeps nothing of it: a row of millions of columns would take twenty times
/// its size.
fn check_rows(text: &str, delimiter: u8) -> AppResult<()> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let mut rest = text.as_bytes();
    let mut field = [0; 4 * 1024];
    let (mut columns, mut bytes) = (0, 0);
    loop {
        let (read, taken, written) = reader.read_field(rest, &mut field);
        rest = rest.get(taken..).unwrap_or_default();
        bytes += written;
        let ends = match read {
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => false,
            ReadFieldResult::Field { record_end } => {
                columns += 1;
                record_end
            }
            ReadFieldResult::End => return Ok(()),
        };
        if columns > COLUMNS || bytes > ROW_BYTES {
            let (line, kib) = (reader.line(), ROW_BYTES / 1024);
            return Err(unreadable(&format!(
                "the row that ends at line {line} or later has more than {COLUMNS} columns or {kib} KiB; a quotation mark may be missing"
            )));
        }
        if ends {
            (columns, bytes) = (0, 0);
        }
    }
}

fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    if header.matches(';').count() >= header.matches(',').count() {
        b';'
    } else {
        b','
    }
}

fn columns(header: &csv::StringRecord) -> AppResult<Columns> {
    let names: Vec<String> = header.iter().map(|name| fold(name).replace([' ', '-'], "_")).collect();
    let found: Columns = REQUIRED
        .iter()
        .chain(&OPTIONAL)
        .filter_map(|known| names.iter().position(|name| name == known).map(|index| (*known, index)))
        .collect();
    let missing: Vec<FieldError> = REQUIRED
        .iter()
        .filter(|name| !found.contains_key(*name))
        .map(|name| FieldError::new(name, FieldCode::Required, format!("the header has no column {name}")))
        .collect();
    // A misspelt optional column would silently lose its values.
    let known = |name: &String| found.keys().any(|known| known == name);
    let strange = names.iter().filter(|name| !name.is_empty() && !known(name));
    let strange = strange.map(|name| FieldError::new(name, FieldCode::Unknown, "no such column; remove or rename it"));
    let problems: Vec<FieldError> = missing.into_iter().chain(strange).collect();
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(AppError::validation(problems))
    }
}

fn unreadable(why: &str) -> AppError {
    AppError::validation(vec![FieldError::new(
        "arquivo",
        FieldCode::Invalid,
        format!("the CSV cannot be read: {why}"),
    )])
}
