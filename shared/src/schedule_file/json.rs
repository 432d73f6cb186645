//! Files of JSON.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{FILE_VERSION, FileRow, FileRows, Unsaid, kind_of, plain};
use crate::{dto::schedules::ScheduleCreate, reason::Reason};

/// What this program exports.
pub(super) fn own(text: &str) -> Result<FileRows, Reason> {
    let Value::Object(mut file) = value(text)? else {
        return Err(Reason::FileNotAList {});
    };
    match file.get("version") {
        Some(version) if version.as_i64() == Some(FILE_VERSION) => {}
        Some(version) => {
            let version = version.to_string();
            return Err(Reason::FileVersion { version });
        }
        None => {
            let field = "version".to_owned();
            return Err(Reason::FieldMissing { field });
        }
    }
    Ok(FileRows {
        calendars: rows(list(&mut file, "calendars")?),
        schedules: rows(list(&mut file, "schedules")?),
        notes: Vec::new(),
    })
}

fn list(file: &mut Map<String, Value>, name: &str) -> Result<Vec<Value>, Reason> {
    match file.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Reason::FileNotAList {}),
    }
}

fn rows<T: DeserializeOwned>(items: Vec<Value>) -> Vec<FileRow<T>> {
    let row = |(item, line): (Value, i64)| FileRow {
        line,
        name: text_of(&item, &["name"]).unwrap_or_default().trim().to_owned(),
        read: serde_json::from_value(item).map_err(|error| Reason::FileRow {
            error: error.to_string(),
        }),
    };
    items.into_iter().zip(1..).map(row).collect()
}

/// What the former system wrote.
pub(super) fn legacy(text: &str, unsaid: Unsaid<'_>) -> Result<FileRows, Reason> {
    let Value::Array(items) = value(text)? else {
        return Err(Reason::FileNotAList {});
    };
    let row = |(item, line): (Value, i64)| FileRow {
        line,
        name: text_of(&item, &["name", "nome"]).unwrap_or_default().trim().to_owned(),
        read: schedule(&item, unsaid),
    };
    Ok(FileRows {
        schedules: items.into_iter().zip(1..).map(row).collect(),
        ..FileRows::default()
    })
}

fn schedule(item: &Value, unsaid: Unsaid<'_>) -> Result<ScheduleCreate, Reason> {
    let needed = |names: &[&str]| {
        text_of(item, names).ok_or_else(|| Reason::FieldMissing {
            field: names.join(", "),
        })
    };
    let name = needed(&["name", "nome"])?.trim().to_owned();
    let expression = needed(&["cron", "expressao_cron"])?.trim().to_owned();
    let kind = match text_of(item, &["kind", "tipo"]) {
        Some(word) => kind_of(word).ok_or_else(|| Reason::KindUnknown { kind: word.to_owned() })?,
        None => unsaid.kind.ok_or(Reason::FieldMissing {
            field: "kind, tipo".to_owned(),
        })?,
    };
    let zone = text_of(item, &["timezone"])
        .map(str::trim)
        .filter(|zone| !zone.is_empty());
    let mut read = plain(name, kind, expression, zone.unwrap_or(unsaid.timezone).to_owned());
    read.parameters = parameters(field(item, &["parameters", "parametros"]))?;
    read.active = match field(item, &["active", "ativo"]) {
        None | Some(Value::Null) => true,
        Some(Value::Bool(active)) => *active,
        // As databases without a type for it write it.
        Some(number) if number.as_i64().is_some_and(|number| number == 0 || number == 1) => number.as_i64() == Some(1),
        Some(_) => {
            return Err(Reason::FieldProblem {
                field: "active, ativo".to_owned(),
                why: Box::new(Reason::NotTaken {}),
            });
        }
    };
    Ok(read)
}

/// An object, or one in a text.
fn parameters(found: Option<&Value>) -> Result<Value, Reason> {
    let read = match found {
        None | Some(Value::Null) => return Ok(Value::Null),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(Value::Null),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(other) => other.clone(),
    };
    if read.is_object() {
        Ok(read)
    } else {
        Err(Reason::FieldProblem {
            field: "parameters, parametros".to_owned(),
            why: Box::new(Reason::NotTaken {}),
        })
    }
}

fn value(text: &str) -> Result<Value, Reason> {
    // Editors of Windows write a byte order mark.
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| Reason::FileNotJson {
        line: error.line(),
        column: error.column(),
    })
}

fn field<'a>(item: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| item.get(name))
}

fn text_of<'a>(item: &'a Value, names: &[&str]) -> Option<&'a str> {
    field(item, names)?.as_str().filter(|text| !text.trim().is_empty())
}
