//! Words that people write for kinds of days, for columns and for yes.

use crate::schedule::HolidayKind;

/// Lower case, without the accents of Portuguese, with single spaces for what parts words.
pub(super) fn plain(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase).map(|c| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        '-' | '_' => ' ',
        other => other,
    });
    let letters: String = letters.collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn kind(text: &str) -> Option<HolidayKind> {
    match plain(text).as_str() {
        "national" | "nacional" | "federal" | "feriado nacional" | "public holiday" => Some(HolidayKind::National),
        "optional" | "opcional" | "facultativo" | "ponto facultativo" | "facultative" | "bank holiday" | "bancario" => {
            Some(HolidayKind::Optional)
        }
        "local" | "state" | "estadual" | "feriado estadual" | "municipal" | "feriado municipal" | "city"
        | "regional" | "empresa" | "company" => Some(HolidayKind::Local),
        _ => None,
    }
}

/// As a file for people in Brazil has it; [`kind`] reads it.
pub(super) fn kind_word(kind: HolidayKind) -> &'static str {
    match kind {
        HolidayKind::National => "nacional",
        HolidayKind::Optional => "facultativo",
        HolidayKind::Local => "local",
    }
}

/// `None` when it is neither yes nor no.
pub(super) fn yes(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "sim" | "s" | "yes" | "y" | "true" | "1" | "x" | "anual" | "yearly" => Some(true),
        "" | "nao" | "n" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// A column of a CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Date,
    Name,
    Kind,
    Yearly,
}

pub(super) fn column(head: &str) -> Option<Column> {
    match plain(head).as_str() {
        "date" | "data" | "dia" | "day" => Some(Column::Date),
        "name" | "nome" | "feriado" | "holiday" | "descricao" | "description" | "titulo" | "title" | "summary" => {
            Some(Column::Name)
        }
        "kind" | "tipo" | "type" | "categoria" | "category" => Some(Column::Kind),
        "yearly" | "anual" | "todo ano" | "recorrente" | "repete" | "every year" => Some(Column::Yearly),
        _ => None,
    }
}
