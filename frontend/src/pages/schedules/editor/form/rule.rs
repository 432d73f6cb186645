//! When: all that the kinds of rules ask for, side by side, so that going from one to another loses nothing.

use chrono::NaiveDate;
use esteira_shared::{
    schedule::{
        CronDialect, CronRule, Custom, Daily, Interval, LocalMinute, MonthDay, Monthly, NthWeekday, Once, Rule,
        Schedule, ShortMonth, TimeOfDay, Weekday, Weekly,
    },
    status::ScheduleKind,
};

use super::{Wrong, number};
use crate::{
    i18n::tr,
    pages::schedules::editor::times::{parse_time, time_of},
};

#[derive(Debug, Clone, PartialEq)]
pub struct RuleForm {
    /// The word of the rule's type.
    pub kind: String,
    pub timezone: String,
    pub start: Option<NaiveDate>,
    pub end: Option<NaiveDate>,
    pub once_day: Option<NaiveDate>,
    pub once_time: String,
    pub every_days: String,
    pub every_weeks: String,
    pub every_months: String,
    /// The day from which "every n" is counted.
    pub counted_from: Option<NaiveDate>,
    pub times: Vec<TimeOfDay>,
    pub weekdays: Vec<Weekday>,
    /// `day`, `last`, `nth` or `business`.
    pub month_by: String,
    pub day: String,
    pub short_month: String,
    /// `-1` is the last.
    pub nth: String,
    pub nth_weekday: String,
    pub business_day: String,
    /// `start` or `end` of the month.
    pub business_from: String,
    pub expression: String,
    pub dialect: CronDialect,
    pub dates: Vec<LocalMinute>,
    pub minutes: String,
}

impl RuleForm {
    /// What a new schedule of a kind begins with.
    pub fn usual(kind: ScheduleKind, timezone: &str, today: NaiveDate) -> Self {
        let (rule, hour) = match kind {
            ScheduleKind::OpenMonth => ("monthly", 0),
            ScheduleKind::StartDownloads => ("daily", 2),
            ScheduleKind::SendReport => ("weekly", 9),
            ScheduleKind::CleanUp => ("weekly", 4),
            ScheduleKind::BackUp => ("daily", 3),
        };
        Self {
            kind: rule.to_owned(),
            timezone: timezone.to_owned(),
            start: None,
            end: None,
            once_day: Some(today.succ_opt().unwrap_or(today)),
            once_time: "09:00".to_owned(),
            every_days: "1".to_owned(),
            every_weeks: "1".to_owned(),
            every_months: "1".to_owned(),
            counted_from: None,
            times: TimeOfDay::new(hour, 0).into_iter().collect(),
            weekdays: vec![Weekday::Mon],
            month_by: "day".to_owned(),
            day: "1".to_owned(),
            short_month: ShortMonth::default().as_str().to_owned(),
            nth: "1".to_owned(),
            nth_weekday: Weekday::Mon.as_str().to_owned(),
            business_day: "1".to_owned(),
            business_from: "start".to_owned(),
            expression: "0 9 * * 1-5".to_owned(),
            dialect: CronDialect::default(),
            dates: Vec::new(),
            minutes: "30".to_owned(),
        }
    }

    pub fn of(schedule: &Schedule, today: NaiveDate) -> Self {
        let mut form = Self {
            start: schedule.start,
            end: schedule.end,
            ..Self::usual(ScheduleKind::StartDownloads, &schedule.timezone, today)
        };
        form.take(&schedule.rule);
        form
    }

    fn take(&mut self, rule: &Rule) {
        self.counted_from = rule.start();
        let kind = match rule {
            Rule::Once(once) => {
                self.once_day = Some(once.at.date());
                self.once_time = time_of(once.at);
                "once"
            }
            Rule::Daily(daily) => {
                self.every_days = daily.every.to_string();
                self.times.clone_from(&daily.times);
                "daily"
            }
            Rule::Weekly(weekly) => {
                self.every_weeks = weekly.every.to_string();
                self.weekdays.clone_from(&weekly.weekdays);
                self.times.clone_from(&weekly.times);
                "weekly"
            }
            Rule::Monthly(monthly) => {
                self.every_months = monthly.every.to_string();
                self.times.clone_from(&monthly.times);
                self.take_month_day(monthly);
                "monthly"
            }
            Rule::Cron(cron) => {
                self.expression.clone_from(&cron.expression);
                self.dialect = cron.dialect;
                "cron"
            }
            Rule::Custom(custom) => {
                self.dates.clone_from(&custom.at);
                "custom"
            }
            Rule::Interval(interval) => {
                self.minutes = interval.minutes.to_string();
                "interval"
            }
        };
        kind.clone_into(&mut self.kind);
    }

    fn take_month_day(&mut self, monthly: &Monthly) {
        monthly.short_month.as_str().clone_into(&mut self.short_month);
        let by = match (monthly.day, monthly.nth_weekday, monthly.business_day) {
            (_, Some(nth), _) => {
                self.nth = nth.n.to_string();
                nth.weekday.as_str().clone_into(&mut self.nth_weekday);
                "nth"
            }
            (_, _, Some(n)) => {
                self.business_day = n.unsigned_abs().to_string();
                let from = if n < 0 { "end" } else { "start" };
                from.clone_into(&mut self.business_from);
                "business"
            }
            (Some(MonthDay::Day(day)), None, None) => {
                self.day = day.to_string();
                "day"
            }
            (Some(MonthDay::Last) | None, None, None) => "last",
        };
        by.clone_into(&mut self.month_by);
    }

    /// Whether "every n" counts more than one, so that it matters from where.
    pub fn counts(&self) -> bool {
        let every = match self.kind.as_str() {
            "daily" => &self.every_days,
            "weekly" => &self.every_weeks,
            "monthly" => &self.every_months,
            _ => return false,
        };
        every.trim() != "1" || self.counted_from.is_some()
    }

    /// What `kind` says, of what is filled in for it.
    pub fn rule(&self, wrong: &mut Wrong) -> Option<Rule> {
        Some(match self.kind.as_str() {
            "once" => Rule::Once(Once { at: self.once(wrong)? }),
            "daily" => Rule::Daily(Daily {
                every: number(&self.every_days, "rule.every", wrong)?,
                start: self.counted_from,
                times: self.times.clone(),
            }),
            "weekly" => Rule::Weekly(Weekly {
                every: number(&self.every_weeks, "rule.every", wrong)?,
                weekdays: self.weekdays.clone(),
                start: self.counted_from,
                times: self.times.clone(),
            }),
            "monthly" => Rule::Monthly(self.monthly(wrong)?),
            "cron" => Rule::Cron(CronRule {
                expression: self.expression.trim().to_owned(),
                dialect: self.dialect,
            }),
            "custom" => Rule::Custom(Custom { at: self.dates.clone() }),
            _ => Rule::Interval(Interval {
                minutes: number(&self.minutes, "rule.minutes", wrong)?,
            }),
        })
    }

    fn once(&self, wrong: &mut Wrong) -> Option<LocalMinute> {
        let time = parse_time(&self.once_time);
        if self.once_day.is_none() {
            wrong.push(("rule.at", tr!(schedule_editor.no_date)));
        }
        if time.is_none() {
            wrong.push(("rule.time", tr!(schedule_editor.not_a_time)));
        }
        Some(LocalMinute::new(self.once_day?, time?))
    }

    fn monthly(&self, wrong: &mut Wrong) -> Option<Monthly> {
        let every = number(&self.every_months, "rule.every", wrong);
        let mut monthly = Monthly {
            day: None,
            nth_weekday: None,
            business_day: None,
            short_month: self.short_month.parse().unwrap_or_default(),
            every: every?,
            start: self.counted_from,
            times: self.times.clone(),
        };
        match self.month_by.as_str() {
            "day" => monthly.day = Some(MonthDay::Day(number(&self.day, "rule.day", wrong)?)),
            "nth" => {
                monthly.nth_weekday = Some(NthWeekday {
                    n: number(&self.nth, "rule.nth_weekday.n", wrong)?,
                    weekday: self.nth_weekday.parse().unwrap_or(Weekday::Mon),
                });
            }
            "business" => {
                let n: i32 = number(&self.business_day, "rule.business_day", wrong)?;
                monthly.business_day = Some(if self.business_from == "end" {
                    n.saturating_neg()
                } else {
                    n
                });
            }
            _ => monthly.day = Some(MonthDay::Last),
        }
        Some(monthly)
    }
}
