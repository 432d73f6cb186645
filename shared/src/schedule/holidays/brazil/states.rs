//! What the states celebrate by their own laws. Law 9.093 of 1995 lets them; days that became national since are left out.

use super::{LawfulHoliday, When, day};
use crate::schedule::calendar::HolidayKind::Local;

/// Where the list comes from when it names no law itself: `countries/brazil.py` of the Python package `holidays`.
const LIST: &str = "python-holidays 0.109 (2026)";

pub(super) const AC: &[LawfulHoliday] = &[
    day(When::FridayFor(1, 23), "Dia do Evangélico", Local, LIST, 2009),
    day(When::FridayFor(3, 8), "Dia Internacional da Mulher", Local, LIST, 2009),
    day(When::On(6, 15), "Aniversário do Acre", Local, LIST, 1996),
    day(When::FridayFor(9, 5), "Dia da Amazônia", Local, LIST, 2009),
    day(
        When::FridayFor(11, 17),
        "Assinatura do Tratado de Petrópolis",
        Local,
        LIST,
        2009,
    ),
];

pub(super) const AL: &[LawfulHoliday] = &[
    day(When::On(6, 24), "São João", Local, LIST, 1996),
    day(When::On(6, 29), "São Pedro", Local, LIST, 1996),
    day(When::On(9, 16), "Emancipação Política de Alagoas", Local, LIST, 1996),
    day(When::On(11, 30), "Dia do Evangélico", Local, LIST, 2013),
];

pub(super) const AM: &[LawfulHoliday] = &[day(
    When::On(9, 5),
    "Elevação do Amazonas à categoria de província",
    Local,
    LIST,
    1996,
)];

pub(super) const AP: &[LawfulHoliday] = &[
    day(When::On(3, 19), "São José", Local, LIST, 2003),
    day(When::On(7, 25), "São Tiago", Local, LIST, 2012),
    day(When::On(9, 13), "Criação do Território Federal", Local, LIST, 1996),
];

pub(super) const BA: &[LawfulHoliday] = &[day(When::On(7, 2), "Independência da Bahia", Local, LIST, 1996)];

pub(super) const CE: &[LawfulHoliday] = &[
    day(When::On(3, 19), "São José", Local, LIST, 1996),
    day(When::On(3, 25), "Abolição da escravidão no Ceará", Local, LIST, 1996),
    day(When::On(8, 15), "Nossa Senhora da Assunção", Local, LIST, 2004),
];

pub(super) const DF: &[LawfulHoliday] = &[
    day(When::On(4, 21), "Fundação de Brasília", Local, LIST, 1996),
    day(When::On(11, 30), "Dia do Evangélico", Local, LIST, 1996),
];

pub(super) const ES: &[LawfulHoliday] = &[day(When::Easter(8), "Nossa Senhora da Penha", Local, LIST, 2020)];

pub(super) const GO: &[LawfulHoliday] = &[
    day(When::On(7, 26), "Fundação da cidade de Goiás", Local, LIST, 1996),
    day(When::On(10, 24), "Pedra fundamental de Goiânia", Local, LIST, 1996),
];

pub(super) const MA: &[LawfulHoliday] = &[day(
    When::On(7, 28),
    "Adesão do Maranhão à independência do Brasil",
    Local,
    LIST,
    1996,
)];

pub(super) const MG: &[LawfulHoliday] = &[day(When::On(4, 21), "Execução de Tiradentes", Local, LIST, 1996)];

pub(super) const MS: &[LawfulHoliday] = &[day(When::On(10, 11), "Criação do Estado", Local, LIST, 1996)];

pub(super) const PA: &[LawfulHoliday] = &[day(
    When::On(8, 15),
    "Adesão do Grão-Pará à independência do Brasil",
    Local,
    LIST,
    1996,
)];

pub(super) const PB: &[LawfulHoliday] = &[day(When::On(8, 5), "Fundação do Estado", Local, LIST, 1996)];

pub(super) const PE: &[LawfulHoliday] = &[day(
    When::On(3, 6),
    "Revolução Pernambucana de 1817",
    Local,
    "Lei estadual 16.059",
    2018,
)];

pub(super) const PI: &[LawfulHoliday] = &[day(When::On(10, 19), "Dia do Piauí", Local, LIST, 1996)];

pub(super) const PR: &[LawfulHoliday] = &[day(
    When::On(11, 15),
    "Nossa Senhora do Rocio",
    Local,
    "Lei estadual 18.397",
    2014,
)];

pub(super) const RJ: &[LawfulHoliday] = &[
    day(
        When::Easter(-47),
        "Carnaval (terça-feira)",
        Local,
        "Lei estadual 5.243/2008",
        2009,
    ),
    day(When::On(4, 23), "São Jorge", Local, "Lei estadual 5.198", 2008),
];

pub(super) const RN: &[LawfulHoliday] = &[
    day(When::On(8, 7), "Dia do Rio Grande do Norte", Local, LIST, 2000),
    day(When::On(10, 3), "Mártires de Cunhaú e Uruaçu", Local, LIST, 2007),
];

pub(super) const RO: &[LawfulHoliday] = &[
    day(When::On(1, 4), "Criação do Estado", Local, LIST, 1996),
    day(When::On(6, 18), "Dia do Evangélico", Local, LIST, 2002),
];

pub(super) const RR: &[LawfulHoliday] = &[day(When::On(10, 5), "Criação do Estado", Local, LIST, 1996)];

pub(super) const RS: &[LawfulHoliday] = &[day(When::On(9, 20), "Dia do Gaúcho", Local, LIST, 1996)];

pub(super) const SC: &[LawfulHoliday] = &[
    day(
        When::SundayFrom(8, 11),
        "Dia do Estado de Santa Catarina",
        Local,
        LIST,
        2005,
    ),
    day(
        When::SundayFrom(11, 25),
        "Dia de Santa Catarina de Alexandria",
        Local,
        LIST,
        2005,
    ),
];

pub(super) const SE: &[LawfulHoliday] = &[day(
    When::On(7, 8),
    "Emancipação política de Sergipe",
    Local,
    LIST,
    1996,
)];

pub(super) const SP: &[LawfulHoliday] = &[day(When::On(7, 9), "Revolução Constitucionalista", Local, LIST, 1997)];

pub(super) const TO: &[LawfulHoliday] = &[
    day(When::On(3, 18), "Dia da Autonomia", Local, LIST, 1998),
    day(When::On(9, 8), "Nossa Senhora da Natividade", Local, LIST, 1996),
    day(When::On(10, 5), "Criação do Estado", Local, LIST, 1996),
];
