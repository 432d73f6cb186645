#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::schedule::Rule;

const UNSAID: Unsaid<'_> = Unsaid {
    timezone: "America/Sao_Paulo",
    kind: None,
};

fn crontab(text: &str) -> FileRows {
    read(ScheduleFileFormat::Crontab, text, UNSAID).unwrap()
}

/// Name, expression and zone of each row that was read; the code of each that was not.
fn told(rows: &FileRows) -> Vec<String> {
    let tell = |row: &FileRow<ScheduleCreate>| match &row.read {
        Ok(read) => {
            let Rule::Cron(cron) = &read.schedule.rule else {
                return "no cron".to_owned();
            };
            let zone = &read.schedule.timezone;
            format!("{} {}: {} {} {zone}", row.line, row.name, read.kind, cron.expression)
        }
        Err(reason) => format!("{} {}: {}", row.line, row.name, reason.code()),
    };
    rows.schedules.iter().map(tell).collect()
}

#[test]
fn a_crontab_is_read_line_by_line() {
    let rows = crontab(
        "# of the former machine\n\
         SHELL=/bin/sh\n\
         MAILTO = \"ops@example.com\"\n\
         \n\
         0 2 * * *  /opt/run.sh LIMPEZA_LOGS # Limpeza\r\n\
         CRON_TZ=Europe/Lisbon\n\
         @monthly python tarefas.py criar_processos_mensais\n\
         TZ=\n\
         15\t3 * * 1-5 run --kind=EXECUTAR_DOWNLOADS\n\
         0 5 * * * run EXECUTAR_DOWNLOADS%input\n\
         0 6 * * * echo 50\\%% BACKUP_DADOS\n",
    );
    assert_eq!(
        told(&rows),
        [
            "5 Limpeza: LIMPEZA_LOGS 0 2 * * * America/Sao_Paulo",
            "7 python tarefas.py criar_processos_mensais: CRIAR_PROCESSOS_MENSAIS 0 0 1 * * Europe/Lisbon",
            "9 run --kind=EXECUTAR_DOWNLOADS: EXECUTAR_DOWNLOADS 15 3 * * 1-5 America/Sao_Paulo",
            "10 run EXECUTAR_DOWNLOADS: EXECUTAR_DOWNLOADS 0 5 * * * America/Sao_Paulo",
            // The kind stands in the command's input.
            "11 echo 50%: kind_not_named",
        ]
    );
    let notes: Vec<(i64, &str)> = rows.notes.iter().map(|(line, note)| (*line, note.code())).collect();
    assert_eq!(
        notes,
        [
            (2, "crontab_setting"),
            (3, "crontab_setting"),
            (10, "crontab_input"),
            (11, "crontab_input"),
        ]
    );
}

#[test]
fn what_a_crontab_has_and_we_have_not_is_refused_alone() {
    let rows = crontab(
        "@reboot run BACKUP_DADOS\n\
         0 0 2 * * * run BACKUP_DADOS\n\
         0 2 * * *\n\
         0 2 * *\n\
         0 2 * * * # BACKUP_DADOS\n\
         0 2 * * * /usr/bin/true\n\
         0 2 * * * BACKUP_DADOS",
    );
    assert_eq!(
        told(&rows),
        [
            "1 @reboot run BACKUP_DADOS: crontab_macro",
            "2 0 0 2 * * * run BACKUP_DADOS: crontab_seconds",
            "3 0 2 * * *: crontab_no_command",
            "4 0 2 * *: crontab_no_command",
            "5 0 2 * * * # BACKUP_DADOS: crontab_no_command",
            "6 /usr/bin/true: kind_not_named",
            "7 BACKUP_DADOS: BACKUP_DADOS 0 2 * * * America/Sao_Paulo",
        ]
    );
}

#[test]
fn one_command_at_two_times_gets_two_names() {
    let rows = crontab("0 8 * * * BACKUP_DADOS\n0 18 * * * backup_dados\n0 20 * * * BACKUP_DADOS\n");
    let names: Vec<&str> = rows.schedules.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["BACKUP_DADOS", "backup_dados (2)", "BACKUP_DADOS (3)"]);
    let long = crontab(&format!("0 8 * * * BACKUP_DADOS {}\n", "x".repeat(10_000)));
    assert!(long.schedules.iter().all(|row| row.name.chars().count() <= 100));
}

#[test]
fn a_command_without_a_kind_takes_the_one_that_was_chosen() {
    let unsaid = Unsaid {
        kind: Some(ScheduleKind::BackUp),
        ..UNSAID
    };
    let rows = read(ScheduleFileFormat::Crontab, "0 2 * * * /usr/bin/true", unsaid).unwrap();
    assert_eq!(
        told(&rows),
        ["1 /usr/bin/true: BACKUP_DADOS 0 2 * * * America/Sao_Paulo"]
    );
}

#[test]
fn the_former_system_is_read_in_both_its_languages() {
    let text = json!([
        { "nome": "Mensal", "expressao_cron": "0 0 1 * *", "tipo": "CRIAR_PROCESSOS_MENSAIS", "ativo": 0 },
        { "name": "Backup", "cron": "0 3 * * *", "kind": "backup_dados", "timezone": "UTC",
          "parameters": "{\"documents\": true}" },
        { "name": "Sem cron", "kind": "BACKUP_DADOS" },
        { "name": "Outro", "cron": "0 3 * * *", "kind": "FAZER_CAFE" },
        { "name": "Torto", "cron": "0 3 * * *", "kind": "BACKUP_DADOS", "parameters": "[1]" },
        { "name": "Vago", "cron": "0 3 * * *", "kind": "BACKUP_DADOS", "active": "sim" },
        7
    ]);
    let rows = read(ScheduleFileFormat::Legacy, &text.to_string(), UNSAID).unwrap();
    assert_eq!(
        told(&rows),
        [
            "1 Mensal: CRIAR_PROCESSOS_MENSAIS 0 0 1 * * America/Sao_Paulo",
            "2 Backup: BACKUP_DADOS 0 3 * * * UTC",
            "3 Sem cron: field_missing",
            "4 Outro: kind_unknown",
            "5 Torto: field_problem",
            "6 Vago: field_problem",
            "7 : field_missing",
        ]
    );
    let read = |place: usize| rows.schedules.get(place).unwrap().read.clone().unwrap();
    assert!(!read(0).active);
    assert_eq!(read(1).parameters, json!({ "documents": true }));
}

#[test]
fn an_export_is_read_and_a_broken_row_stops_no_other() {
    let schedule = json!({ "timezone": "UTC", "rule": { "type": "interval", "minutes": 5 } });
    let text = json!({
        "version": 1,
        "calendars": [{ "name": "sp", "title": "São Paulo", "days": [
            { "date": "2026-01-25", "yearly": true, "name": "Aniversário", "kind": "local" },
        ] }, { "title": "x" }],
        "schedules": [
            { "name": "A", "kind": "BACKUP_DADOS", "schedule": schedule },
            { "name": "B", "kind": "BACKUP_DADOS", "schedule": { "timezone": "UTC", "rule": { "type": "often" } } },
        ],
    });
    let rows = read(ScheduleFileFormat::Esteira, &text.to_string(), UNSAID).unwrap();
    let read_well = |rows: &FileRows| {
        let calendars: Vec<bool> = rows.calendars.iter().map(|row| row.read.is_ok()).collect();
        let schedules: Vec<bool> = rows.schedules.iter().map(|row| row.read.is_ok()).collect();
        (calendars, schedules)
    };
    assert_eq!(read_well(&rows), (vec![true, false], vec![true, false]));
}

#[test]
fn what_is_no_such_file_is_refused_as_a_whole() {
    let many = format!("[{}{{}}]", "{},".repeat(FILE_ROWS));
    for (format, text, code) in [
        (ScheduleFileFormat::Legacy, "0 2 * * *", "file_not_json"),
        (ScheduleFileFormat::Legacy, "{}", "file_not_a_list"),
        (ScheduleFileFormat::Legacy, many.as_str(), "file_rows"),
        (ScheduleFileFormat::Esteira, "[]", "file_not_a_list"),
        (ScheduleFileFormat::Esteira, "{}", "field_missing"),
        (ScheduleFileFormat::Esteira, r#"{"version":2}"#, "file_version"),
        (
            ScheduleFileFormat::Esteira,
            r#"{"version":1,"schedules":{}}"#,
            "file_not_a_list",
        ),
    ] {
        let refused = read(format, text, UNSAID).map_err(|reason| reason.code());
        assert_eq!(refused.err(), Some(code), "{text:.40}");
    }
}
