//! Logs: long, growing, hostile, and those that do not come.

use chrono::{DateTime, TimeDelta, Utc};
use esteira_shared::{dto::logs::LogLineDto, status::LogLevel};
use leptos::prelude::*;

use crate::components::{LogSample, LogSampleView, SampleState};

#[component]
pub(super) fn Logs() -> impl IntoView {
    let million = LogSample {
        main: true,
        ..sample("million", 1_000_000, robot_line, SampleState::Ended)
    };
    view! {
        <section>
            <h2>"LogView"</h2>
            <div class="showcase__logs">
                <div class="is-tall"><LogSampleView sample=million/></div>
                <LogSampleView sample=sample("growing", 1_240, robot_line, SampleState::Growing)/>
                <LogSampleView sample=sample("hostile", 12, hostile_line, SampleState::Ended)/>
                <LogSampleView sample=sample("empty", 0, robot_line, SampleState::Growing)/>
                <LogSampleView sample=sample("nothing", 0, robot_line, SampleState::Ended)/>
                <LogSampleView sample=sample("loading", 10, robot_line, SampleState::Loading)/>
                <LogSampleView sample=sample("failing", 10, robot_line, SampleState::Failing)/>
            </div>
        </section>
    }
}

fn sample(name: &'static str, lines: i64, line: fn(i64) -> LogLineDto, state: SampleState) -> LogSample {
    LogSample {
        name,
        lines,
        line,
        main: false,
        state,
    }
}

fn line(seq: i64, level: LogLevel, message: impl Into<String>) -> LogLineDto {
    let begun = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_700);
    LogLineDto {
        seq,
        at: (begun + TimeDelta::milliseconds(seq * 137)).into(),
        level,
        message: message.into(),
    }
}

fn robot_line(seq: i64) -> LogLineDto {
    let invoice = seq / 9 + 1;
    match seq % 9 {
        1 => line(
            seq,
            LogLevel::Debug,
            format!("GET /minhas-faturas?mes=10&ano=2026&pagina={invoice}  200  412 ms"),
        ),
        2 => line(
            seq,
            LogLevel::Info,
            format!("baixando {invoice:04}.pdf  {} kB", 90 + seq % 300),
        ),
        5 if seq % 7 == 0 => line(
            seq,
            LogLevel::Warn,
            "portal lento: 4,8 s para responder, aguardando 2 s antes de continuar",
        ),
        7 if seq % 1_300 == 7 => line(
            seq,
            LogLevel::Error,
            format!("\u{1b}[31;1m{invoice:04}.pdf veio com 0 bytes\u{1b}[0m; nova tentativa 1 de 3"),
        ),
        8 => line(
            seq,
            LogLevel::Info,
            format!(
                "a fatura {invoice:04} da Cooperativa Agro Norte de Produtores Rurais do Vale do Paranapanema vence em 20/10/2026, \
                 com valor de R$ 1.284,90, lido na página 2 do documento, linha \"total a pagar\""
            ),
        ),
        _ => line(
            seq,
            LogLevel::Info,
            format!(
                "\u{1b}[32m{invoice:04}.pdf conferido\u{1b}[0m  sha256 9f41c0…  {} páginas",
                seq % 8 + 1
            ),
        ),
    }
}

fn hostile_line(seq: i64) -> LogLineDto {
    let text = match seq {
        1 => "<img src=x onerror=alert(1)> <b>não é negrito</b> &amp; <script>alert(2)</script>".to_owned(),
        2 => "\u{1b}]0;título da janela\u{7}\u{1b}]8;;https://example.com\u{1b}\\um link\u{1b}]8;;\u{1b}\\ sem endereço".to_owned(),
        3 => "\u{1b}]0;uma sequência que não termina".to_owned(),
        4 => "usuário\u{202e}gpj.exe\u{202c} e \u{2066}isolado\u{2069}".to_owned(),
        5 => "nulo \0, sino \u{7}, apaga \u{8}, volta\rao início".to_owned(),
        6 => "👩‍👩‍👧‍👦 日本語 العربية z̷̢̛a̶l̸g̷o".to_owned(),
        7 => (0..16).map(|ink| format!("\u{1b}[38;5;{ink}m cor {ink} ")).collect(),
        8 => (0..16).map(|ground| format!("\u{1b}[48;5;{ground}m fundo {ground} \u{1b}[0m")).collect(),
        9 => "\u{1b}[1mnegrito\u{1b}[22m \u{1b}[2mfraco\u{1b}[22m \u{1b}[3mitálico\u{1b}[23m \u{1b}[4msublinhado\u{1b}[24m \u{1b}[7mao contrário\u{1b}[27m \u{1b}[9mriscado"
            .to_owned(),
        10 => "x".repeat(12_000),
        11 => return line(seq, LogLevel::Warn, "um aviso"),
        _ => return line(seq, LogLevel::Error, "\u{1b}[38;2;250;128;114mum erro em salmão"),
    };
    line(seq, LogLevel::Info, text)
}
