//! The federal holidays of Brazil, and the days on which its banks are closed too.

use super::{BuiltIn, LawfulHoliday, When};
use crate::schedule::calendar::HolidayKind::{self, National, Optional};

pub(super) const CALENDARS: &[BuiltIn] = &[
    BuiltIn {
        name: "br-national",
        lists: &[NATIONAL],
    },
    BuiltIn {
        name: "br-banking",
        lists: &[NATIONAL, BANKING],
    },
];

const LAW_662: &str = "Lei 662/1949";
const LAW_10607: &str = "Lei 662/1949, Lei 10.607/2002";

const NATIONAL: &[LawfulHoliday] = &[
    day(When::On(1, 1), "Confraternização Universal", National, LAW_662, 1949),
    day(When::Easter(-2), "Sexta-feira Santa", National, "Lei 9.093/1995", 1949),
    day(When::On(4, 21), "Tiradentes", National, LAW_10607, 1949),
    day(When::On(5, 1), "Dia do Trabalho", National, LAW_662, 1949),
    day(When::On(9, 7), "Independência do Brasil", National, LAW_662, 1949),
    day(
        When::On(10, 12),
        "Nossa Senhora Aparecida",
        National,
        "Lei 6.802/1980",
        1980,
    ),
    day(When::On(11, 2), "Finados", National, LAW_10607, 1949),
    day(When::On(11, 15), "Proclamação da República", National, LAW_662, 1949),
    day(
        When::On(11, 20),
        "Dia Nacional de Zumbi e da Consciência Negra",
        National,
        "Lei 14.759/2023",
        2024,
    ),
    day(When::On(12, 25), "Natal", National, LAW_662, 1949),
];

const FACULTATIVE: &str = "ponto facultativo, por portaria de cada ano";

const BANKING: &[LawfulHoliday] = &[
    day(
        When::Easter(-48),
        "Carnaval (segunda-feira)",
        Optional,
        FACULTATIVE,
        1949,
    ),
    day(When::Easter(-47), "Carnaval (terça-feira)", Optional, FACULTATIVE, 1949),
    day(When::Easter(60), "Corpus Christi", Optional, FACULTATIVE, 1949),
];

const fn day(when: When, name: &'static str, kind: HolidayKind, law: &'static str, since: i32) -> LawfulHoliday {
    LawfulHoliday {
        when,
        name,
        kind,
        law,
        since,
    }
}
