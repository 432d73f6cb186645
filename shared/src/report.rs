//! The words of reports and of the pages that their links lead to, in each language. Sentences about failures are reasons
//! ([`crate::reason`]); these only stand around figures.

mod words;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};

pub use self::words::Words;
use crate::{
    language::Language,
    month::Month,
    status::{MissedCause, ProcessStatus},
};

impl Words {
    /// What stands first in the subject: how much is left.
    #[must_use]
    pub fn headline(self, pending: i64, total: i64) -> String {
        let (left, of) = (self.count(pending), self.count(total));
        match (pending, total) {
            (_, 0) => self.not_opened(),
            (0, _) => self.all_done(of),
            (1, _) => self.one_pending(of),
            _ => self.some_pending(left, of),
        }
    }

    /// `1.234`
    #[must_use]
    pub fn count(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let separator = match self.0 {
            Language::PtBr => '.',
            Language::En => ',',
        };
        let mut text = String::new();
        if number < 0 {
            text.push('-');
        }
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// `nov/2026`
    #[must_use]
    pub fn short_month(self, month: Month) -> String {
        let (name, year) = (self.month_name(month.month()), month.year());
        let short: String = name.chars().take(3).collect();
        match self.0 {
            Language::PtBr => format!("{short}/{year}"),
            Language::En => format!("{short} {year}"),
        }
    }

    /// `novembro de 2026`
    #[must_use]
    pub fn long_month(self, month: Month) -> String {
        let (name, year) = (self.month_name(month.month()), month.year());
        match self.0 {
            Language::PtBr => format!("{name} de {year}"),
            Language::En => format!("{name} {year}"),
        }
    }

    /// `20/11/2026`
    #[must_use]
    pub fn day(self, day: NaiveDate) -> String {
        match self.0 {
            Language::PtBr => format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year()),
            Language::En => {
                let name: String = self.month_name(day.month()).chars().take(3).collect();
                format!("{} {name} {:04}", day.day(), day.year())
            }
        }
    }

    /// `20/11/2026 09:00`
    #[must_use]
    pub fn time(self, at: NaiveDateTime) -> String {
        format!("{} {:02}:{:02}", self.day(at.date()), at.hour(), at.minute())
    }

    /// As the pages say it.
    #[must_use]
    pub fn status(self, status: ProcessStatus) -> &'static str {
        let (pt, en) = match status {
            ProcessStatus::AguardandoDownload => ("Aguardando fatura", "Waiting for the invoice"),
            ProcessStatus::DownloadEmAndamento => ("Baixando", "Downloading"),
            ProcessStatus::DownloadConcluido => ("Conferindo o PDF", "Checking the PDF"),
            ProcessStatus::ErroDownload => ("Falha ao baixar", "Download failed"),
            ProcessStatus::AguardandoAprovacao => ("Para aprovar", "To approve"),
            ProcessStatus::Rejeitado => ("Rejeitado", "Rejected"),
            ProcessStatus::AguardandoEnvioSat => ("A enviar ao SAT", "To send to SAT"),
            ProcessStatus::EnviandoSat => ("Enviando ao SAT", "Sending to SAT"),
            ProcessStatus::ErroEnvioSat => ("Falha no envio ao SAT", "Sending to SAT failed"),
            ProcessStatus::UploadRealizado => ("No SAT", "In SAT"),
        };
        self.either(pt, en)
    }

    /// Why a schedule did not fire.
    #[must_use]
    pub fn missed(self, cause: MissedCause) -> &'static str {
        let (pt, en) = match cause {
            MissedCause::Down => ("servidor fora do ar", "server down"),
            MissedCause::Paused => ("pausado", "paused"),
            MissedCause::Disabled => ("desativado", "switched off"),
            MissedCause::Maintenance => ("manutenção", "maintenance"),
            MissedCause::Overlap => ("execução anterior não tinha acabado", "the run before was not over"),
        };
        self.either(pt, en)
    }

    fn month_name(self, month: u32) -> &'static str {
        let (pt, en) = match month {
            1 => ("janeiro", "January"),
            2 => ("fevereiro", "February"),
            3 => ("março", "March"),
            4 => ("abril", "April"),
            5 => ("maio", "May"),
            6 => ("junho", "June"),
            7 => ("julho", "July"),
            8 => ("agosto", "August"),
            9 => ("setembro", "September"),
            10 => ("outubro", "October"),
            11 => ("novembro", "November"),
            _ => ("dezembro", "December"),
        };
        self.either(pt, en)
    }

    fn either(self, pt: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Language::PtBr => pt,
            Language::En => en,
        }
    }
}

#[cfg(test)]
mod tests;
