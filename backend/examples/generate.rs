//! Fills the configured database with a large organisation, to see how lists behave: `cargo xtask generate`.
//!
//! The rows are written directly, not by the rules, because a million uploads would take days. They hold what the rules
//! would have left, except histories and documents.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a tool for developers may stop at the unexpected"
)]

use std::time::Instant as Stopwatch;

use anyhow::Context as _;
use diesel::prelude::*;
use diesel_async::SimpleAsyncConnection as _;
use esteira::{
    administration::organization::Organization,
    applications,
    auth::Actor,
    clients::{self, account::Account},
    config::Config,
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{accounts, processes},
    },
    operators,
    processes::model::Process,
    with_conn,
};
use esteira_shared::{
    dto::{clients::ClientCreate, operators::OperatorCreate},
    ids::{AccountId, ClientId, OperatorId, ProcessId},
    money::Money,
    month::Month,
    status::ProcessStatus,
    validate::Cnpj,
};
use uuid::Uuid;

const OPERATORS: [&str; 5] = ["VIVO", "CLARO", "OI", "EMBRATEL", "TIM"];
const MONTHS: usize = 12;
/// Rows in one statement: 28 columns stay below SQLite's 32,766 parameters.
const CHUNK: usize = 1_000;
const WORDS: [&str; 40] = [
    "Clínica",
    "Saúde",
    "Padaria",
    "Metalúrgica",
    "Hospital",
    "Auto",
    "Peças",
    "Cooperativa",
    "Agro",
    "Escola",
    "Laticínios",
    "Serra",
    "Construtora",
    "Horizonte",
    "Farmácia",
    "Editora",
    "Transportes",
    "Vale",
    "Indústria",
    "Arroz",
    "São",
    "Jorge",
    "Santa",
    "Clara",
    "Norte",
    "Azul",
    "Verde",
    "Central",
    "Popular",
    "Total",
    "Avenida",
    "Mundo",
    "Viva",
    "Letra",
    "Nova",
    "Aliança",
    "União",
    "Comercial",
    "Rio",
    "Sol",
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let rows: usize = std::env::args()
        .nth(1)
        .context("say how many processes to make")?
        .parse()?;
    let config = Config::from_process().map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let app = applications::start(config).await?;
    let started = Stopwatch::now();
    let mut tx = app.db.begin().await?;
    let organization = Organization::create(&mut tx, "Organização grande").await?;
    let actor = Actor::system(organization.id);
    let mut carriers = Vec::new();
    for name in OPERATORS {
        let create = OperatorCreate {
            name: name.to_owned(),
            ..OperatorCreate::default()
        };
        carriers.push(operators::create(&mut tx, &actor, &create).await?.id);
    }
    let wanted = rows.div_ceil(OPERATORS.len() * MONTHS);
    let mut contracts: Vec<(AccountId, ClientId, OperatorId)> = Vec::new();
    for number in 0..wanted {
        let create = ClientCreate {
            razao_social: name(number),
            cnpj: Cnpj::from_base(&format!("{number:08}0001"))?.to_string(),
        };
        let client = clients::create(&mut tx, &actor, &create).await?;
        contracts.extend(
            carriers
                .iter()
                .map(|operator| (AccountId(Uuid::now_v7()), client.id, *operator)),
        );
    }
    for chunk in contracts.chunks(CHUNK) {
        let made: Vec<Account> = chunk
            .iter()
            .map(|contract| account(&tx, &organization, *contract))
            .collect();
        with_conn!(tx.conn(), |c| diesel::insert_into(accounts::table)
            .values(&made)
            .execute(c)
            .await)?;
    }
    tx.commit().await?;
    println!(
        "{wanted} clients, {} accounts in {:?}",
        contracts.len(),
        started.elapsed()
    );
    let newest = Month::of(app.clock.now().date_naive());
    let mut made = 0;
    for back in (0..MONTHS).rev() {
        let month = newest.plus(-i32::try_from(back)?);
        for chunk in contracts.chunks(CHUNK * 20) {
            let mut tx = app.db.begin().await?;
            for part in chunk.chunks(CHUNK) {
                let part: Vec<Process> = part
                    .iter()
                    .take(rows - made)
                    .enumerate()
                    .map(|(i, c)| process(&tx, &organization, month, back, made + i, *c))
                    .collect();
                made += part.len();
                with_conn!(tx.conn(), |c| diesel::insert_into(processes::table)
                    .values(&part)
                    .execute(c)
                    .await)?;
            }
            tx.commit().await?;
        }
        println!("{month}: {made} processes in {:?}", started.elapsed());
    }
    let mut tx = app.db.begin().await?;
    with_conn!(tx.conn(), |c| c.batch_execute("ANALYZE").await)?;
    tx.commit().await?;
    if let DbConn::Postgres(c) = &mut app.db.read().await? {
        c.batch_execute("VACUUM processes").await?;
    }
    let mut conn = app.db.read().await?;
    let count: i64 = with_conn!(&mut conn, |c| processes::table.count().get_result(c).await)?;
    println!(
        "{count} processes in organisation {} after {:?}",
        organization.id,
        started.elapsed()
    );
    Ok(())
}

fn name(number: usize) -> String {
    let word = |step: usize| WORDS[(number * 7 + number / step + step) % WORDS.len()];
    format!("{} {} {} {number}", word(1), word(41), word(1_601))
}

fn account(
    tx: &Tx,
    organization: &Organization,
    (id, client_id, operator_id): (AccountId, ClientId, OperatorId),
) -> Account {
    let now = tx.now();
    Account {
        id,
        organization_id: organization.id,
        client_id,
        operator_id,
        account_number: format!("{:010}", id.0.as_u128() % 10_000_000_000),
        portal_login: None,
        portal_password_sealed: None,
        active: true,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// Older months are nearly done; the newest is in every status.
fn process(
    tx: &Tx,
    organization: &Organization,
    month: Month,
    back: usize,
    index: usize,
    (account_id, client_id, operator_id): (AccountId, ClientId, OperatorId),
) -> Process {
    let dice = index.wrapping_mul(2_654_435_761) % 1_000;
    let status = match (back, dice) {
        (0, _) => ProcessStatus::ALL[dice % ProcessStatus::ALL.len()],
        (_, 0..=2) => ProcessStatus::ErroEnvioSat,
        (_, 3..=5) => ProcessStatus::ErroDownload,
        (_, 6) => ProcessStatus::Rejeitado,
        _ => ProcessStatus::UploadRealizado,
    };
    let opened = tx.now() - chrono::TimeDelta::days(i64::try_from(back * 30).unwrap_or(0));
    let since = opened + chrono::TimeDelta::seconds(i64::try_from(dice * 977).unwrap_or(0));
    let has_document = !matches!(
        status,
        ProcessStatus::AguardandoDownload
            | ProcessStatus::DownloadEmAndamento
            | ProcessStatus::DownloadConcluido
            | ProcessStatus::ErroDownload
    );
    let approved = matches!(
        status,
        ProcessStatus::AguardandoEnvioSat
            | ProcessStatus::EnviandoSat
            | ProcessStatus::ErroEnvioSat
            | ProcessStatus::UploadRealizado
    );
    let hash = has_document.then(|| format!("{index:064x}"));
    Process {
        id: ProcessId(Uuid::now_v7()),
        organization_id: organization.id,
        client_id,
        operator_id,
        account_id,
        mes_ano: month,
        status,
        status_since: since,
        url_fatura: None,
        fatura_s3_key: has_document.then(|| format!("pdfs/X/Gerado_{month}_{index}_fatura.pdf")),
        fatura_filename: has_document.then(|| "fatura.pdf".to_owned()),
        fatura_sha256: hash.clone(),
        data_upload_manual: has_document.then_some(since),
        data_download: None,
        valor_fatura: has_document.then(|| Money(10_000 + i64::try_from(dice * 137).unwrap_or(0))),
        data_vencimento: has_document.then(|| month.last_day()),
        data_envio_sat: (status == ProcessStatus::UploadRealizado).then_some(since),
        sat_protocol: (status == ProcessStatus::UploadRealizado).then(|| format!("GERADO-{index}")),
        approved_by: approved.then(|| "gerador".to_owned()),
        approved_at: approved.then_some(since),
        approved_sha256: hash.filter(|_| approved),
        sat_sent_sha256: None,
        rejection_reason: (status == ProcessStatus::Rejeitado).then(|| "gerado".to_owned()),
        error_cause: None,
        error_step: None,
        error_action: None,
        created_at: opened,
        updated_at: since,
        version: 1,
    }
}
