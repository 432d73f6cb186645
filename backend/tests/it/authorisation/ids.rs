//! Things that operations are about.

use diesel::prelude::*;
use esteira::{
    db::{
        RunQueryDsl,
        schema::{backups, workers},
    },
    mail::{Attachment, Draft, Recipient, queue},
    with_conn,
};
use esteira_shared::{
    ids::{BackupId, WorkerId},
    status::BackupStatus,
};
use serde_json::{Value, json};

use super::body::in_days;
use crate::support::{Fixture, TestApp, pdf};

/// Belongs to no organisation.
const WORKER: &str = "0196b7f0-0000-7000-8000-000000000000";

/// Writes down a worker as it writes itself down. One that runs would take the jobs that are looked at.
pub(super) async fn worker(test: &TestApp, host: &str) {
    let id: WorkerId = WORKER.parse().unwrap();
    let mut tx = test.app.db.begin().await.unwrap();
    let now = tx.now();
    with_conn!(tx.conn(), |c| diesel::insert_into(workers::table)
        .values((
            workers::id.eq(id),
            workers::host.eq(host),
            workers::pid.eq(4_242_i64),
            workers::version.eq("1.0.0"),
            workers::slots.eq(1),
            workers::started_at.eq(now),
            workers::heartbeat_at.eq(now),
            workers::draining_at.eq(Some(now)),
            workers::drained_by.eq(Some(host)),
        ))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
}

/// A calendar of the organisation, and one of its days.
const CALENDAR: &str = "feriados-da-casa";
const CALENDAR_DAY: &str = "2026-06-24";

/// Writes down a backup and puts its file where it belongs. A job that makes one would make the other jobs run too.
async fn backup(test: &TestApp, fixture: &Fixture) -> String {
    let id = BackupId(uuid::Uuid::now_v7());
    let mut tx = test.app.db.begin().await.unwrap();
    let now = tx.now();
    let name = format!("esteira-{id}.tar.zst");
    with_conn!(tx.conn(), |c| diesel::insert_into(backups::table)
        .values((
            backups::id.eq(id),
            backups::organization_id.eq(fixture.organization),
            backups::name.eq(&name),
            backups::storage_key.eq(&name),
            backups::status.eq(BackupStatus::Proven),
            backups::sha256.eq(Some("0".repeat(64))),
            backups::encrypted.eq(false),
            backups::with_documents.eq(false),
            backups::documents.eq(0_i64),
            backups::documents_bytes.eq(0_i64),
            backups::documents_missing.eq(0_i64),
            backups::row_count.eq(0_i64),
            backups::database_kind.eq("sqlite"),
            backups::version.eq("1.0.0"),
            backups::proof_ms.eq(Some(1_i64)),
            backups::made_by.eq("N"),
            backups::created_at.eq(now),
            backups::ended_at.eq(Some(now)),
        ))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
    let folder = test.folder.path().join("backups");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), "a file").unwrap();
    id.to_string()
}

/// Things of the first organisation.
pub struct Ids {
    pub(super) process: String,
    pub(super) client: String,
    pub(super) operator: String,
    pub(super) account: String,
    pub(super) document: String,
    pub(super) job: String,
    pub(super) user: String,
    pub(super) token: String,
    pub(super) webhook: String,
    pub(super) message: String,
    pub(super) email: String,
    pub(super) execution: String,
    pub(super) maintenance: String,
    pub(super) schedule: String,
    pub(super) schedule_run: String,
    /// By its name.
    pub(super) calendar: String,
    pub(super) calendar_import: String,
    pub(super) backup: String,
}

impl Ids {
    pub async fn of(test: &TestApp, fixture: &Fixture) -> Self {
        let processes = fixture.opened(test, 2, &["VIVO"], "2026-10").await;
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let process = word(&processes[0]["id"]);
        let detail = fixture.analyst.upload(&process, "fatura.pdf", pdf(1)).await.expect(201);
        let seen = json!({ "version": detail["process"]["version"], "sha256": detail["process"]["fatura_sha256"] });
        let approved = fixture
            .analyst
            .post(&format!("/api/v1/processes/{process}/approve"), seen)
            .await
            .expect(200);
        let seen = json!({ "version": approved["process"]["version"] });
        let sent = fixture
            .analyst
            .post(&format!("/api/v1/processes/{process}/send"), seen)
            .await
            .expect(200);
        let client = word(&processes[0]["client_id"]);
        let execution = Self::execution(test, fixture, &processes[1]).await;
        let accounts = fixture
            .viewer
            .get(&format!("/api/v1/clients/{client}/accounts"))
            .await
            .expect(200);
        let create = json!({ "name": "T", "scopes": ["processes:read"], "expires_in_days": 1 });
        let token = fixture.admin.post("/api/v1/tokens", create).await.expect(201);
        let create = json!({ "name": "W", "url": "https://hooks.example.com", "events": ["process.failed"] });
        let made = fixture.admin.post("/api/v1/webhooks", create).await.expect(201);
        let webhook = word(&made["endpoint"]["id"]);
        let create = json!({ "area": "sat", "reason": "M", "starts_at": in_days(40), "ends_at": in_days(41) });
        let maintenance = fixture.admin.post("/api/v1/maintenance", create).await.expect(201);
        let path = format!("/api/v1/webhooks/{webhook}/test");
        let message = fixture.admin.post(&path, json!({})).await.expect(201);
        let create = crate::schedules::monthly("Agendado");
        let made = fixture.manager.post("/api/v1/schedules", create).await.expect(201);
        let schedule = word(&made["id"]);
        let path = format!("/api/v1/schedules/{schedule}/run");
        let run = fixture.manager.post(&path, json!({})).await.expect(201);
        let create = json!({ "name": CALENDAR, "title": "Feriados da casa" });
        fixture.manager.post("/api/v1/calendars", create).await.expect(201);
        let import =
            json!({ "format": "csv", "text": format!("{CALENDAR_DAY};São João\n24/12;Véspera"), "file_name": "a.csv" });
        let path = format!("/api/v1/calendars/{CALENDAR}/import");
        let imported = fixture.manager.post(&path, import).await.expect(200);
        Self {
            schedule,
            schedule_run: word(&run["id"]),
            calendar: CALENDAR.to_owned(),
            calendar_import: word(&imported["import_id"]),
            process,
            client,
            operator: word(&processes[0]["operator_id"]),
            account: word(&accounts[0]["id"]),
            document: word(&detail["documents"][0]["id"]),
            job: word(&sent["last_job"]["id"]),
            user: fixture.users["viewer"].to_string(),
            token: word(&token["details"]["id"]),
            message: word(&message["delivery"]["id"]),
            email: Self::email(test, fixture).await,
            webhook,
            execution,
            maintenance: word(&maintenance["id"]),
            backup: backup(test, fixture).await,
        }
    }

    /// A message with all that one can have.
    async fn email(test: &TestApp, fixture: &Fixture) -> String {
        let draft = Draft {
            subject: "Relatório".to_owned(),
            text: "Olá".to_owned(),
            html: Some("<p>Olá</p>".to_owned()),
            attachment: Some(Attachment {
                filename: "tabela.csv".to_owned(),
                csv: "a;b\r\n".to_owned(),
            }),
        };
        let mut tx = test.app.db.begin().await.unwrap();
        let to = vec![Recipient::plain("segredo-correio@x.example".to_owned())];
        let queued = queue(&mut tx, fixture.organization, "teste", draft, to).await.unwrap();
        tx.commit().await.unwrap();
        queued[0].email_id.to_string()
    }

    /// A robot that waits for another process.
    async fn execution(test: &TestApp, fixture: &Fixture, process: &Value) -> String {
        let operator = process["operator_id"].as_str().unwrap();
        let update = json!({
            "name": "VIVO", "possui_rpa": true, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true,
            "version": 1,
        });
        fixture
            .manager
            .put(&format!("/api/v1/operators/{operator}"), update)
            .await
            .expect(200);
        let settings = json!({
            "url": test.rpa_url, "honours_keys": true, "max_minutes": 60, "max_running": 5, "max_per_operator": 5,
            "sat_transport": "https", "version": 0,
        });
        fixture.admin.put("/api/v1/robots/settings", settings).await.expect(200);
        let create = json!({ "process_id": process["id"], "tipo": "DOWNLOAD_FATURA" });
        let made = fixture.analyst.post("/api/v1/executions", create).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    /// The path with ids of the first organisation in it.
    pub fn path(&self, template: &str) -> String {
        let id = match template.split('/').nth(3) {
            Some("processes") => &self.process,
            Some("clients") => &self.client,
            Some("operators") => &self.operator,
            Some("accounts") => &self.account,
            Some("documents") => &self.document,
            Some("jobs") => &self.job,
            Some("users") => &self.user,
            Some("tokens") => &self.token,
            Some("webhooks") => &self.webhook,
            Some("webhook-deliveries") => &self.message,
            Some("emails") => &self.email,
            Some("executions") => &self.execution,
            Some("maintenance") => &self.maintenance,
            Some("schedules") => &self.schedule,
            Some("backups") => &self.backup,
            Some("workers") => WORKER,
            _ if template.starts_with("/api/task-status/") => &self.job,
            _ => "",
        };
        assert!(
            !template.contains("{id}") || !id.is_empty(),
            "{template}: a new kind of id needs a field in `Ids`"
        );
        template
            .replace("{id}", id)
            .replace("{process_id}", &self.process)
            .replace("{job_id}", &self.execution)
            .replace("{run_id}", &self.schedule_run)
            .replace("{month}", "2026-10")
            .replace("{import_id}", &self.calendar_import)
            .replace("{day}", CALENDAR_DAY)
            .replace(
                "{name}",
                if template.starts_with("/api/v1/calendars/") {
                    &self.calendar
                } else {
                    "default"
                },
            )
    }

    pub(super) fn all(&self) -> [&str; 17] {
        [
            &self.process,
            &self.client,
            &self.operator,
            &self.account,
            &self.document,
            &self.job,
            &self.user,
            &self.token,
            &self.webhook,
            &self.message,
            &self.email,
            &self.execution,
            &self.maintenance,
            &self.schedule,
            &self.schedule_run,
            &self.calendar_import,
            &self.backup,
        ]
        .map(String::as_str)
    }
}
