//! What the capitals celebrate by their own laws, without what their states and the whole country do. Brasília has only those.

use super::{LawfulHoliday, When, day};
use crate::schedule::calendar::HolidayKind::Local;

/// Where the list comes from: days of the set `joaopbini/feriados-brasil` that are the same from 2022 to 2025.
const LIST: &str = "feriados-brasil 2.0.0 (2025)";
const FIRST: i32 = 2022;

pub(super) const RIO_BRANCO: &[LawfulHoliday] =
    &[day(When::On(12, 28), "Aniversário de Rio Branco", Local, LIST, FIRST)];

pub(super) const MACEIO: &[LawfulHoliday] = &[
    day(When::On(8, 27), "Nossa Senhora dos Prazeres", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const MANAUS: &[LawfulHoliday] = &[day(When::On(10, 24), "Aniversário de Manaus", Local, LIST, FIRST)];

pub(super) const MACAPA: &[LawfulHoliday] = &[day(When::On(2, 4), "Aniversário de Macapá", Local, LIST, FIRST)];

pub(super) const SALVADOR: &[LawfulHoliday] = &[
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(6, 24), "São João", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const FORTALEZA: &[LawfulHoliday] = &[
    day(When::On(4, 13), "Aniversário de Fortaleza", Local, LIST, FIRST),
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
];

pub(super) const VITORIA: &[LawfulHoliday] = &[
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(9, 8), "Nossa Senhora da Vitória", Local, LIST, FIRST),
];

pub(super) const GOIANIA: &[LawfulHoliday] = &[day(When::On(5, 24), "Nossa Senhora Auxiliadora", Local, LIST, FIRST)];

pub(super) const SAO_LUIS: &[LawfulHoliday] = &[
    day(When::On(6, 29), "São Pedro", Local, LIST, FIRST),
    day(When::On(9, 8), "Natividade de Nossa Senhora", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const BELO_HORIZONTE: &[LawfulHoliday] = &[
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(8, 15), "Assunção de Nossa Senhora", Local, LIST, FIRST),
    day(When::On(12, 8), "Imaculada Conceição", Local, LIST, FIRST),
];

pub(super) const CAMPO_GRANDE: &[LawfulHoliday] = &[
    day(When::On(6, 13), "Santo Antônio", Local, LIST, FIRST),
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(8, 26), "Aniversário de Campo Grande", Local, LIST, FIRST),
];

pub(super) const CUIABA: &[LawfulHoliday] = &[
    day(When::On(4, 8), "Aniversário de Cuiabá", Local, LIST, FIRST),
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(12, 8), "Imaculada Conceição", Local, LIST, FIRST),
];

pub(super) const BELEM: &[LawfulHoliday] = &[day(When::On(1, 12), "Aniversário de Belém", Local, LIST, FIRST)];

pub(super) const JOAO_PESSOA: &[LawfulHoliday] = &[
    day(When::On(6, 24), "São João", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const RECIFE: &[LawfulHoliday] = &[
    day(When::On(7, 16), "Nossa Senhora do Carmo", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const TERESINA: &[LawfulHoliday] = &[
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(8, 16), "Aniversário de Teresina", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const CURITIBA: &[LawfulHoliday] = &[
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(9, 8), "Nossa Senhora da Luz dos Pinhais", Local, LIST, FIRST),
];

pub(super) const RIO_DE_JANEIRO: &[LawfulHoliday] = &[day(When::On(1, 20), "São Sebastião", Local, LIST, FIRST)];

pub(super) const NATAL: &[LawfulHoliday] = &[
    day(When::On(1, 6), "Santos Reis", Local, LIST, FIRST),
    day(When::On(11, 21), "Nossa Senhora da Apresentação", Local, LIST, FIRST),
];

pub(super) const PORTO_VELHO: &[LawfulHoliday] = &[
    day(When::On(1, 24), "São Francisco de Sales", Local, LIST, FIRST),
    day(When::On(5, 24), "Nossa Senhora Auxiliadora", Local, LIST, FIRST),
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
    day(When::On(10, 2), "Aniversário de Porto Velho", Local, LIST, FIRST),
];

pub(super) const BOA_VISTA: &[LawfulHoliday] = &[
    day(When::On(1, 20), "São Sebastião", Local, LIST, FIRST),
    day(When::On(6, 29), "São Pedro", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const PORTO_ALEGRE: &[LawfulHoliday] = &[
    day(When::On(2, 2), "Nossa Senhora dos Navegantes", Local, LIST, FIRST),
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
];

pub(super) const FLORIANOPOLIS: &[LawfulHoliday] = &[
    day(When::On(3, 23), "Aniversário de Florianópolis", Local, LIST, FIRST),
    day(When::Easter(60), "Corpus Christi", Local, LIST, FIRST),
];

pub(super) const ARACAJU: &[LawfulHoliday] = &[
    day(When::On(3, 17), "Aniversário de Aracaju", Local, LIST, FIRST),
    day(When::On(6, 24), "São João", Local, LIST, FIRST),
    day(When::On(12, 8), "Nossa Senhora da Conceição", Local, LIST, FIRST),
];

pub(super) const SAO_PAULO: &[LawfulHoliday] = &[
    day(
        When::On(1, 25),
        "Aniversário de São Paulo",
        Local,
        "Lei municipal 7.008/1967",
        1968,
    ),
    day(
        When::Easter(60),
        "Corpus Christi",
        Local,
        "Lei municipal 7.008/1967",
        1968,
    ),
];

pub(super) const PALMAS: &[LawfulHoliday] = &[
    day(When::On(3, 19), "São José", Local, LIST, FIRST),
    day(When::On(5, 20), "Aniversário de Palmas", Local, LIST, FIRST),
];
