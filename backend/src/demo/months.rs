//! Four months of invoices, the newest still under way.

use std::sync::Arc;

use axum::body::Body;
use chrono::{Datelike as _, NaiveDate, TimeDelta};
use esteira_shared::{
    dto::processes::{
        ProcessApprove, ProcessDto, ProcessFilter, ProcessReject, ProcessSend, ProcessSort, ProcessUpdate,
    },
    error::ErrorCode,
    ids::OrganizationId,
    money::Money,
    month::Month,
    status::ProcessStatus,
};
use serde_json::Map;

use super::{
    canned::{self, Canned},
    clock::SetClock,
};
use crate::{
    app::App,
    auth::Actor,
    engine::{Worker, WorkerOptions},
    error::AppError,
    executions,
    processes::{self, Incoming, Origin, model::Process, rules},
    sending,
    simulators::pdf::{InvoiceFacts, InvoiceLine, invoice},
};

/// What shall have happened to a process of the newest month.
#[derive(Clone, Copy)]
enum Fate {
    /// Robots set out for these at the end, when people begin to watch.
    Waiting,
    DownloadFailed,
    Received,
    Rejected,
    Approved,
    /// SAT refused it.
    Refused,
    Sent,
}

/// Months before the newest, all of them finished.
const PAST: i32 = 3;
const NO_LATENCY_MS: (u64, u64) = (0, 10);
const LIMIT: i64 = 1024 * 1024;

/// Lives through the months with the real rules, the real worker and the simulator of SAT.
pub(super) async fn fill(
    app: &Arc<App>,
    organization: OrganizationId,
    manager: &Actor,
    analyst: &Actor,
    sat_url: &str,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let clock = Arc::new(SetClock::new(now));
    let past = App::start(
        app.config.clone(),
        clock.clone(),
        crate::applications::tasks(),
        crate::applications::kinds(),
    )
    .await?;
    let options = WorkerOptions {
        slots: 8,
        lease: std::time::Duration::from_secs(60),
        grace: std::time::Duration::ZERO,
    };
    let worker = Worker::new(Arc::clone(&past), options);
    let newest = Month::of(now.date_naive());
    for back in (0..=PAST).rev() {
        let month = newest.plus(-back);
        let start = month
            .first_day()
            .and_hms_opt(9, 0, 0)
            .map_or(now, |at| at.and_utc().into())
            .min(now);
        clock.set(start);
        let mut tx = past.db.begin().await?;
        processes::open_month(&mut tx, manager, month).await?;
        tx.commit().await?;
        for (index, row) in rows(&past, organization, month).await?.into_iter().enumerate() {
            let fate = if back == 0 { fate(index) } else { Fate::Sent };
            let day = i64::from(u8::try_from(index % 22).unwrap_or(0));
            clock.set(
                (start + TimeDelta::days(day) + TimeDelta::minutes(i64::try_from(index * 7 % 400)?))
                    .min(now - TimeDelta::hours(2)),
            );
            live(&past, analyst, &row, index, fate).await?;
            let refuses = matches!(fate, Fate::Refused);
            if refuses {
                super::tune_sat(sat_url, NO_LATENCY_MS, 1.0).await?;
            }
            worker.run_until_idle().await?;
            if refuses {
                super::tune_sat(sat_url, NO_LATENCY_MS, 0.0).await?;
            }
        }
        println!("  {month}: pronto");
    }
    set_out(app, organization, analyst, newest).await?;
    super::let_people_watch(sat_url).await
}

/// Robots at work when people begin to watch; the limits let some of them wait.
const ROBOTS: usize = 9;

async fn set_out(app: &App, organization: OrganizationId, analyst: &Actor, month: Month) -> anyhow::Result<()> {
    let waiting = rows(app, organization, month).await?.into_iter();
    for row in waiting
        .filter(|row| row.status == ProcessStatus::AguardandoDownload)
        .take(ROBOTS)
    {
        let mut tx = app.db.begin().await?;
        let process = Process::lock(&mut tx, organization, row.id).await?;
        match executions::start_download(&mut tx, analyst, &process, Map::new()).await {
            Ok(_) => tx.commit().await?,
            Err(error) if error.code() == ErrorCode::OperatorWithoutRobot => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn fate(index: usize) -> Fate {
    match index % 16 {
        0 | 6 => Fate::Received,
        1 | 12 => Fate::Waiting,
        2 => Fate::DownloadFailed,
        3 => Fate::Approved,
        4 if index < 40 => Fate::Refused,
        9 if index > 20 => Fate::Rejected,
        _ => Fate::Sent,
    }
}

async fn rows(app: &App, organization: OrganizationId, month: Month) -> anyhow::Result<Vec<ProcessDto>> {
    let filter = ProcessFilter {
        month: Some(month),
        ..ProcessFilter::default()
    };
    Ok(processes::matching(app, organization, filter, ProcessSort::Oldest).await?)
}

async fn live(app: &App, analyst: &Actor, row: &ProcessDto, index: usize, fate: Fate) -> anyhow::Result<()> {
    let robot = Actor::system(analyst.organization_id);
    match fate {
        Fate::Waiting => {}
        Fate::DownloadFailed => match canned::apply_to(app, &robot, &[(row.id, Canned::Error)]).await {
            Err(error) if is_without_robot(&error) => {}
            applied => drop(applied?),
        },
        Fate::Received => upload(app, analyst, row, index).await?,
        Fate::Rejected | Fate::Approved | Fate::Refused | Fate::Sent => {
            upload(app, analyst, row, index).await?;
            let mut tx = app.db.begin().await?;
            let Process {
                version, fatura_sha256, ..
            } = Process::lock(&mut tx, analyst.organization_id, row.id).await?;
            if matches!(fate, Fate::Rejected) {
                let reason = "Fatura de outra conta: o número não confere com o contrato.".to_owned();
                rules::reject(&mut tx, analyst, row.id, &ProcessReject { version, reason }).await?;
            } else {
                let sha256 = fatura_sha256.unwrap_or_default();
                let approved = rules::approve(&mut tx, analyst, row.id, &ProcessApprove { version, sha256 }).await?;
                if matches!(fate, Fate::Refused | Fate::Sent) {
                    let version = approved.version;
                    let seen = ProcessSend {
                        version,
                        despite_doubt: false,
                    };
                    sending::rules::send(app, &mut tx, analyst, row.id, &seen).await?;
                }
            }
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Not every operator has one.
fn is_without_robot(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<AppError>();
    error.is_some_and(|error| error.code() == ErrorCode::OperatorWithoutRobot)
}

async fn upload(app: &App, analyst: &Actor, row: &ProcessDto, index: usize) -> anyhow::Result<()> {
    let facts = invoice_facts(row, index);
    let name = format!("fatura_{}_{}.pdf", row.operator_name.to_lowercase(), row.mes_ano);
    let incoming = Incoming::receive(app, analyst.organization_id, Body::from(invoice(&facts)), LIMIT).await?;
    let origin = Origin::Person {
        accept_duplicate: false,
    };
    processes::receive(app, analyst, row.id, &name, origin, incoming).await?;
    let mut tx = app.db.begin().await?;
    let version = Process::lock(&mut tx, analyst.organization_id, row.id).await?.version;
    let value = Money(facts.total_cents());
    let update = ProcessUpdate {
        valor_fatura: Some(value),
        data_vencimento: Some(facts.due_date),
        version,
    };
    rules::set_facts(&mut tx, analyst, row.id, &update).await?;
    Ok(tx.commit().await?)
}

/// An invoice that differs from month to month by a little, and for some clients by a lot.
fn invoice_facts(row: &ProcessDto, index: usize) -> InvoiceFacts {
    let wave = i64::from(row.mes_ano.month()) * 37 % 23;
    let jump = if index % 9 == 6 { 3 } else { 0 };
    let lines = 3 + index % 7 + jump;
    let services = [
        ("Plano Smart Empresas 20 GB", 8_990),
        ("Plano Smart Empresas 50 GB", 12_990),
        ("Fibra 500 Mbps", 24_990),
        ("Voz ilimitada", 9_990),
    ];
    let line = |number: usize| {
        let (service, cents) = services
            .get((number + index) % services.len())
            .copied()
            .unwrap_or(("Assinatura", 5_000));
        InvoiceLine {
            number: format!("41 99999-{:04}", 10 + index * 13 + number),
            service: service.to_owned(),
            cents: cents + wave * 11,
        }
    };
    InvoiceFacts {
        operator: row.operator_name.clone(),
        client: row.client_name.clone(),
        cnpj: row.client_cnpj.formatted(),
        account: row.account_number.clone(),
        period: format!(
            "01/{0:02}/{1} a {2:02}/{0:02}/{1}",
            row.mes_ano.month(),
            row.mes_ano.year(),
            row.mes_ano.last_day().day()
        ),
        due_date: due(row.mes_ano, index),
        lines: (0..lines).map(line).collect(),
    }
}

fn due(month: Month, index: usize) -> NaiveDate {
    month.first_day() + TimeDelta::days(14 + i64::try_from(index % 13).unwrap_or(0))
}
