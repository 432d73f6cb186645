//! Brazil: the federal holidays, the days on which its banks are closed too, and those of the states and their capitals.

mod capitals;
mod states;

use super::{BuiltIn, LawfulHoliday, When};
use crate::schedule::calendar::HolidayKind::{self, National, Optional};

pub(super) const CALENDARS: &[BuiltIn] = &[
    built_in("br-national", "Brasil: feriados nacionais", &[NATIONAL]),
    built_in(
        "br-banking",
        "Brasil: dias sem expediente bancário",
        &[NATIONAL, BANKING],
    ),
    built_in("br-ac", "Acre (AC)", &[NATIONAL, states::AC]),
    built_in("br-al", "Alagoas (AL)", &[NATIONAL, states::AL]),
    built_in("br-am", "Amazonas (AM)", &[NATIONAL, states::AM]),
    built_in("br-ap", "Amapá (AP)", &[NATIONAL, states::AP]),
    built_in("br-ba", "Bahia (BA)", &[NATIONAL, states::BA]),
    built_in("br-ce", "Ceará (CE)", &[NATIONAL, states::CE]),
    built_in("br-df", "Distrito Federal (DF)", &[NATIONAL, states::DF]),
    built_in("br-es", "Espírito Santo (ES)", &[NATIONAL, states::ES]),
    built_in("br-go", "Goiás (GO)", &[NATIONAL, states::GO]),
    built_in("br-ma", "Maranhão (MA)", &[NATIONAL, states::MA]),
    built_in("br-mg", "Minas Gerais (MG)", &[NATIONAL, states::MG]),
    built_in("br-ms", "Mato Grosso do Sul (MS)", &[NATIONAL, states::MS]),
    built_in("br-mt", "Mato Grosso (MT)", &[NATIONAL]),
    built_in("br-pa", "Pará (PA)", &[NATIONAL, states::PA]),
    built_in("br-pb", "Paraíba (PB)", &[NATIONAL, states::PB]),
    built_in("br-pe", "Pernambuco (PE)", &[NATIONAL, states::PE]),
    built_in("br-pi", "Piauí (PI)", &[NATIONAL, states::PI]),
    built_in("br-pr", "Paraná (PR)", &[NATIONAL, states::PR]),
    built_in("br-rj", "Rio de Janeiro (RJ)", &[NATIONAL, states::RJ]),
    built_in("br-rn", "Rio Grande do Norte (RN)", &[NATIONAL, states::RN]),
    built_in("br-ro", "Rondônia (RO)", &[NATIONAL, states::RO]),
    built_in("br-rr", "Roraima (RR)", &[NATIONAL, states::RR]),
    built_in("br-rs", "Rio Grande do Sul (RS)", &[NATIONAL, states::RS]),
    built_in("br-sc", "Santa Catarina (SC)", &[NATIONAL, states::SC]),
    built_in("br-se", "Sergipe (SE)", &[NATIONAL, states::SE]),
    built_in("br-sp", "São Paulo (SP)", &[NATIONAL, states::SP]),
    built_in("br-to", "Tocantins (TO)", &[NATIONAL, states::TO]),
    built_in(
        "br-ac-rio-branco",
        "Rio Branco (AC)",
        &[NATIONAL, states::AC, capitals::RIO_BRANCO],
    ),
    built_in("br-al-maceio", "Maceió (AL)", &[NATIONAL, states::AL, capitals::MACEIO]),
    built_in("br-am-manaus", "Manaus (AM)", &[NATIONAL, states::AM, capitals::MANAUS]),
    built_in("br-ap-macapa", "Macapá (AP)", &[NATIONAL, states::AP, capitals::MACAPA]),
    built_in(
        "br-ba-salvador",
        "Salvador (BA)",
        &[NATIONAL, states::BA, capitals::SALVADOR],
    ),
    built_in(
        "br-ce-fortaleza",
        "Fortaleza (CE)",
        &[NATIONAL, states::CE, capitals::FORTALEZA],
    ),
    built_in(
        "br-es-vitoria",
        "Vitória (ES)",
        &[NATIONAL, states::ES, capitals::VITORIA],
    ),
    built_in(
        "br-go-goiania",
        "Goiânia (GO)",
        &[NATIONAL, states::GO, capitals::GOIANIA],
    ),
    built_in(
        "br-ma-sao-luis",
        "São Luís (MA)",
        &[NATIONAL, states::MA, capitals::SAO_LUIS],
    ),
    built_in(
        "br-mg-belo-horizonte",
        "Belo Horizonte (MG)",
        &[NATIONAL, states::MG, capitals::BELO_HORIZONTE],
    ),
    built_in(
        "br-ms-campo-grande",
        "Campo Grande (MS)",
        &[NATIONAL, states::MS, capitals::CAMPO_GRANDE],
    ),
    built_in("br-mt-cuiaba", "Cuiabá (MT)", &[NATIONAL, capitals::CUIABA]),
    built_in("br-pa-belem", "Belém (PA)", &[NATIONAL, states::PA, capitals::BELEM]),
    built_in(
        "br-pb-joao-pessoa",
        "João Pessoa (PB)",
        &[NATIONAL, states::PB, capitals::JOAO_PESSOA],
    ),
    built_in("br-pe-recife", "Recife (PE)", &[NATIONAL, states::PE, capitals::RECIFE]),
    built_in(
        "br-pi-teresina",
        "Teresina (PI)",
        &[NATIONAL, states::PI, capitals::TERESINA],
    ),
    built_in(
        "br-pr-curitiba",
        "Curitiba (PR)",
        &[NATIONAL, states::PR, capitals::CURITIBA],
    ),
    built_in(
        "br-rj-rio-de-janeiro",
        "Rio de Janeiro (RJ)",
        &[NATIONAL, states::RJ, capitals::RIO_DE_JANEIRO],
    ),
    built_in("br-rn-natal", "Natal (RN)", &[NATIONAL, states::RN, capitals::NATAL]),
    built_in(
        "br-ro-porto-velho",
        "Porto Velho (RO)",
        &[NATIONAL, states::RO, capitals::PORTO_VELHO],
    ),
    built_in(
        "br-rr-boa-vista",
        "Boa Vista (RR)",
        &[NATIONAL, states::RR, capitals::BOA_VISTA],
    ),
    built_in(
        "br-rs-porto-alegre",
        "Porto Alegre (RS)",
        &[NATIONAL, states::RS, capitals::PORTO_ALEGRE],
    ),
    built_in(
        "br-sc-florianopolis",
        "Florianópolis (SC)",
        &[NATIONAL, states::SC, capitals::FLORIANOPOLIS],
    ),
    built_in(
        "br-se-aracaju",
        "Aracaju (SE)",
        &[NATIONAL, states::SE, capitals::ARACAJU],
    ),
    built_in(
        "br-sp-sao-paulo",
        "São Paulo (SP)",
        &[NATIONAL, states::SP, capitals::SAO_PAULO],
    ),
    built_in("br-to-palmas", "Palmas (TO)", &[NATIONAL, states::TO, capitals::PALMAS]),
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

const fn day(when: When, name: &'static str, kind: HolidayKind, source: &'static str, since: i32) -> LawfulHoliday {
    LawfulHoliday {
        when,
        name,
        kind,
        source,
        since,
    }
}

const fn built_in(name: &'static str, title: &'static str, lists: &'static [&'static [LawfulHoliday]]) -> BuiltIn {
    BuiltIn { name, title, lists }
}
