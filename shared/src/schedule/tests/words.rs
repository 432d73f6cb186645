//! Schedules in words.

use super::*;
use crate::language::Language;

#[track_caller]
fn said(schedule: &Schedule, portuguese: &str, english: &str) {
    assert_eq!(describe(schedule, Language::PtBr), portuguese);
    assert_eq!(describe(schedule, Language::En), english);
}

#[test]
fn every_kind_of_rule() {
    let utc = |rule: Value| schedule(rule, json!({ "timezone": "UTC" }));
    for (rule, portuguese, english) in [
        (
            json!({ "type": "interval", "minutes": 5 }),
            "A cada 5 minutos",
            "Every 5 minutes",
        ),
        (
            json!({ "type": "once", "at": "2026-05-01T09:00" }),
            "Uma vez, em 01/05/2026 às 09:00",
            "Once, on 2026-05-01 at 09:00",
        ),
        (
            json!({ "type": "daily", "times": ["15:00", "09:00"] }),
            "Todos os dias, às 09:00 e 15:00",
            "Every day, at 09:00 and 15:00",
        ),
        (
            json!({ "type": "daily", "every": 2, "start": "2026-01-01", "times": ["09:00"] }),
            "A cada 2 dias, às 09:00, contando de 01/01/2026",
            "Every 2 days, at 09:00, counted from 2026-01-01",
        ),
        (
            json!({ "type": "weekly", "weekdays": ["sat", "mon"], "times": ["09:00"] }),
            "Toda semana, na segunda-feira e no sábado, às 09:00",
            "Every week, on Monday and Saturday, at 09:00",
        ),
        (
            json!({ "type": "monthly", "day": 31, "times": ["09:00"] }),
            "Todo mês, no dia 31 (em meses mais curtos, no último dia), às 09:00",
            "Every month, on day 31 (in shorter months on the last day), at 09:00",
        ),
        (
            json!({ "type": "monthly", "every": 3, "nth_weekday": { "n": 2, "weekday": "tue" }, "times": ["09:00"] }),
            "A cada 3 meses, na 2ª terça-feira do mês, às 09:00",
            "Every 3 months, on the 2nd Tuesday of the month, at 09:00",
        ),
        (
            json!({ "type": "monthly", "nth_weekday": { "n": -1, "weekday": "sun" }, "times": ["09:00"] }),
            "Todo mês, no último domingo do mês, às 09:00",
            "Every month, on the last Sunday of the month, at 09:00",
        ),
        (
            json!({ "type": "monthly", "business_day": 5, "times": ["09:00"] }),
            "Todo mês, no 5º dia útil do mês, às 09:00",
            "Every month, on the 5th business day of the month, at 09:00",
        ),
        (
            json!({ "type": "custom", "at": ["2026-05-02T09:00", "2026-05-01T10:00"] }),
            "Em 2 datas escolhidas, de 01/05/2026 10:00 a 02/05/2026 09:00",
            "On 2 chosen dates, from 2026-05-01 10:00 to 2026-05-02 09:00",
        ),
    ] {
        said(
            &utc(rule),
            &format!("{portuguese}, no horário de UTC"),
            &format!("{english}, in the time of UTC"),
        );
    }
}

#[test]
fn cron_expressions() {
    for (expression, portuguese, english) in [
        (
            "0 0 1 * *",
            "No dia 1 do mês, às 00:00",
            "On day 1 of the month, at 00:00",
        ),
        ("0 2 * * *", "Todos os dias, às 02:00", "Every day, at 02:00"),
        ("0 9 * * 1", "Toda segunda-feira, às 09:00", "Every Monday, at 09:00"),
        ("0 9 * * 7", "Todo domingo, às 09:00", "Every Sunday, at 09:00"),
        ("*/30 * * * *", "A cada meia hora", "Every half hour"),
        ("0 */6 * * *", "A cada 6 horas", "Every 6 hours"),
        (
            "5 */6 * * *",
            "A cada 6 horas, no minuto 5",
            "Every 6 hours, at minute 5",
        ),
        ("* * * * *", "A cada minuto", "Every minute"),
        (
            "0 0,12 * * MON-FRI",
            "Nos dias da semana: segunda-feira a sexta-feira, às 00:00 e 12:00",
            "On weekdays: Monday to Friday, at 00:00 and 12:00",
        ),
        (
            "*/15 9-17 * * *",
            "A cada 15 minutos, nas horas 9 a 17",
            "Every 15 minutes, in hours 9 to 17",
        ),
        (
            "0 8 LW * *",
            "No último dia de segunda a sexta do mês, às 08:00",
            "On the last day from Monday to Friday of the month, at 08:00",
        ),
        (
            "0 8 * jan,7 5#2",
            "Nos dias da semana: sexta-feira (2ª ocorrência no mês), em janeiro e julho, às 08:00",
            "On weekdays: Friday (number 2 of the month), in January and July, at 08:00",
        ),
        (
            "0 8 1 * mon",
            "No dia 1 do mês ou toda segunda-feira, às 08:00",
            "On day 1 of the month or every Monday, at 08:00",
        ),
        (
            "0 8 1,L * *",
            "Nos dias 1 e último dia do mês, às 08:00",
            "On days 1 and last day of the month, at 08:00",
        ),
        (
            "0 8 */2 * *",
            "Nos dias 1 a 31 (de 2 em 2) do mês, às 08:00",
            "On days 1 to 31 (in steps of 2) of the month, at 08:00",
        ),
        (
            "10/20 8 * 6/3 *",
            "Em junho a dezembro (de 3 em 3), nos minutos 10 a 59 (de 20 em 20), na hora 8",
            "In June to December (in steps of 3), at minutes 10 to 59 (in steps of 20), in hour 8",
        ),
        ("nonsense", "Nonsense", "Nonsense"),
    ] {
        let schedule = schedule(cron(expression), json!({ "timezone": "UTC" }));
        said(
            &schedule,
            &format!("{portuguese}, no horário de UTC"),
            &format!("{english}, in the time of UTC"),
        );
    }
}

#[test]
fn everything_that_limits_a_rule() {
    let schedule = schedule(
        json!({ "type": "weekly", "weekdays": ["mon", "tue", "wed", "thu", "fri"], "times": ["09:00"] }),
        json!({
            "start": "2026-01-01", "end": "2026-12-31", "window": { "start": "22:00", "end": "06:00" },
            "skip_weekends": true, "skip_holidays": true, "calendars": ["br-national", "cidade"],
            "blackouts": [{ "start": "2026-12-24", "end": "2027-01-02" }], "roll": "previous_business_day",
            "exceptions": [{ "type": "skip", "start": "2026-03-01", "end": "2026-03-31" }], "jitter_seconds": 60,
        }),
    );
    said(
        &schedule,
        "Toda semana, de segunda a sexta-feira, às 09:00, a partir de 01/01/2026, até 31/12/2026, \
         só das 22:00 até antes das 06:00 do dia seguinte, exceto em fins de semana, \
         exceto nos feriados de br-national e cidade, exceto em um período bloqueado, \
         o que cai em dia excluído passa para o dia útil anterior, com uma exceção, com atraso de até 60 s, \
         no horário de America/Sao_Paulo",
        "Every week, Monday to Friday, at 09:00, from 2026-01-01, until 2026-12-31, \
         only from 22:00 until before 06:00 of the next day, except on weekends, \
         except on the holidays of br-national and cidade, except in one blocked period, \
         what falls on an excluded day goes to the previous business day, with one exception, delayed by up to 60 s, \
         in the time of America/Sao_Paulo",
    );
}
