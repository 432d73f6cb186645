//! The words of Brazil.

use chrono::{Datelike as _, NaiveDate};

use super::{CronWords, Words, joined};
use crate::schedule::{
    civil::Weekday,
    closure::Roll,
    rule::{NthWeekday, ShortMonth},
    window::Window,
};

pub(super) struct Portuguese;

const MONTHS: [&str; 12] = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];

/// `o` or `a`: Saturday and Sunday are masculine.
fn gender(weekday: Weekday) -> char {
    if weekday.is_weekend() { 'o' } else { 'a' }
}

impl Words for Portuguese {
    fn list(&self, items: &[String]) -> String {
        joined(items, self.and())
    }

    fn date(&self, date: NaiveDate) -> String {
        format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
    }

    fn once(&self, date: String, time: String) -> String {
        format!("uma vez, em {date} às {time}")
    }

    fn chosen(&self, count: usize, first: String, last: String) -> String {
        if count == 1 {
            return format!("em uma data escolhida: {first}");
        }
        format!("em {count} datas escolhidas, de {first} a {last}")
    }

    fn every_day(&self, every: u32) -> String {
        if every == 1 {
            "todos os dias".to_owned()
        } else {
            format!("a cada {every} dias")
        }
    }

    fn every_week(&self, every: u32) -> String {
        if every == 1 {
            "toda semana".to_owned()
        } else {
            format!("a cada {every} semanas")
        }
    }

    fn every_month(&self, every: u32) -> String {
        if every == 1 {
            "todo mês".to_owned()
        } else {
            format!("a cada {every} meses")
        }
    }

    fn every_minutes(&self, minutes: u32) -> String {
        if minutes == 1 {
            "a cada minuto".to_owned()
        } else {
            format!("a cada {minutes} minutos")
        }
    }

    fn on_weekdays(&self, weekdays: &[Weekday]) -> String {
        match weekdays {
            [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri] => {
                "de segunda a sexta-feira".to_owned()
            }
            weekdays => {
                let names: Vec<String> = weekdays
                    .iter()
                    .map(|weekday| format!("n{} {}", gender(*weekday), self.weekday(*weekday)))
                    .collect();
                self.list(&names)
            }
        }
    }

    fn on_day(&self, day: u32) -> String {
        format!("no dia {day}")
    }

    fn on_last_day(&self) -> String {
        "no último dia do mês".to_owned()
    }

    fn on_nth_weekday(&self, NthWeekday { n, weekday }: NthWeekday) -> String {
        let (gender, name) = (gender(weekday), self.weekday(weekday));
        let feminine = gender == 'a';
        match n {
            -1 if feminine => format!("na última {name} do mês"),
            -1 => format!("no último {name} do mês"),
            n => {
                let ordinal = format!("{}{}", n.unsigned_abs(), if feminine { 'ª' } else { 'º' });
                let from_end = if n < 0 { ", contando do fim" } else { "" };
                format!("n{gender} {ordinal} {name} do mês{from_end}")
            }
        }
    }

    fn on_business_day(&self, n: i32) -> String {
        match n {
            -1 => "no último dia útil do mês".to_owned(),
            n if n < 0 => format!("no {}º dia útil do mês, contando do fim", n.unsigned_abs()),
            n => format!("no {n}º dia útil do mês"),
        }
    }

    fn in_short_months(&self, policy: ShortMonth) -> &'static str {
        match policy {
            ShortMonth::Backward => "em meses mais curtos, no último dia",
            ShortMonth::Omit => "só nos meses que o têm",
            ShortMonth::Forward => "em meses mais curtos, no dia 1 do mês seguinte",
        }
    }

    fn at(&self, times: String) -> String {
        format!("às {times}")
    }

    fn counted_from(&self, date: String) -> String {
        format!("contando de {date}")
    }

    fn from(&self, date: String) -> String {
        format!("a partir de {date}")
    }

    fn until(&self, date: String) -> String {
        format!("até {date}")
    }

    fn within(&self, window: Window) -> String {
        let next = if window.crosses_midnight() {
            " do dia seguinte"
        } else {
            ""
        };
        format!("só das {} até antes das {}{next}", window.start, window.end)
    }

    fn except_weekends(&self) -> &'static str {
        "exceto em fins de semana"
    }

    fn except_holidays(&self, calendars: String) -> String {
        format!("exceto nos feriados de {calendars}")
    }

    fn except_blackouts(&self, count: usize) -> String {
        if count == 1 {
            "exceto em um período bloqueado".to_owned()
        } else {
            format!("exceto em {count} períodos bloqueados")
        }
    }

    fn rolled(&self, roll: Roll) -> &'static str {
        match roll {
            Roll::Skip => "",
            Roll::NextBusinessDay => "o que cai em dia excluído passa para o próximo dia útil",
            Roll::PreviousBusinessDay => "o que cai em dia excluído passa para o dia útil anterior",
        }
    }

    fn exceptions(&self, count: usize) -> String {
        if count == 1 {
            "com uma exceção".to_owned()
        } else {
            format!("com {count} exceções")
        }
    }

    fn spread(&self, seconds: u32) -> String {
        format!("com atraso de até {seconds} s")
    }

    fn zone(&self, zone: &str) -> String {
        format!("no horário de {zone}")
    }
}

impl CronWords for Portuguese {
    fn and(&self) -> &'static str {
        "e"
    }

    fn or(&self) -> &'static str {
        "ou"
    }

    fn every_minute(&self) -> &'static str {
        "a cada minuto"
    }

    fn every_hour(&self) -> &'static str {
        "a cada hora"
    }

    fn minute_steps(&self, every: &str) -> String {
        match every {
            "1" => self.every_minute().to_owned(),
            "30" => "a cada meia hora".to_owned(),
            every => format!("a cada {every} minutos"),
        }
    }

    fn hour_steps(&self, every: &str, minute: &str) -> String {
        let at = if minute.trim_start_matches('0').is_empty() {
            String::new()
        } else {
            format!(", no minuto {minute}")
        };
        if every == "1" {
            format!("a cada hora{at}")
        } else {
            format!("a cada {every} horas{at}")
        }
    }

    fn at_minutes(&self, minutes: &str, several: bool) -> String {
        if several {
            format!("nos minutos {minutes}")
        } else {
            format!("no minuto {minutes}")
        }
    }

    fn in_hours(&self, hours: &str, several: bool) -> String {
        if several {
            format!("nas horas {hours}")
        } else {
            format!("na hora {hours}")
        }
    }

    fn at_times(&self, times: String) -> String {
        self.at(times)
    }

    fn on_the(&self, day: &str) -> String {
        format!("no {day} do mês")
    }

    fn on_days(&self, days: &str, several: bool) -> String {
        if several {
            format!("nos dias {days} do mês")
        } else {
            format!("no dia {days} do mês")
        }
    }

    fn every_weekday(&self, weekday: Weekday) -> String {
        format!("tod{} {}", gender(weekday), self.weekday(weekday))
    }

    fn on_cron_weekdays(&self, weekdays: &str) -> String {
        format!("nos dias da semana: {weekdays}")
    }

    fn in_months(&self, months: &str) -> String {
        format!("em {months}")
    }

    fn daily(&self) -> &'static str {
        "todos os dias"
    }

    fn weekday(&self, weekday: Weekday) -> &'static str {
        match weekday {
            Weekday::Mon => "segunda-feira",
            Weekday::Tue => "terça-feira",
            Weekday::Wed => "quarta-feira",
            Weekday::Thu => "quinta-feira",
            Weekday::Fri => "sexta-feira",
            Weekday::Sat => "sábado",
            Weekday::Sun => "domingo",
        }
    }

    fn month(&self, month: usize) -> Option<&'static str> {
        MONTHS.get(month.checked_sub(1)?).copied()
    }

    fn span(&self, first: &str, last: &str) -> String {
        format!("{first} a {last}")
    }

    fn step(&self, span: &str, step: &str) -> String {
        format!("{span} (de {step} em {step})")
    }

    fn last_day(&self) -> &'static str {
        "último dia"
    }

    fn last_workday(&self) -> &'static str {
        "último dia de segunda a sexta"
    }

    fn workday_near(&self, day: &str) -> String {
        format!("dia de segunda a sexta mais próximo do dia {day}")
    }

    fn last_weekday(&self, weekday: &str) -> String {
        format!("{weekday} (a última ocorrência no mês)")
    }

    fn nth_weekday(&self, n: &str, weekday: &str) -> String {
        format!("{weekday} ({n}ª ocorrência no mês)")
    }
}
