//! The queue: every job ends once, whoever dies on the way.

mod attempts;
mod workers;

use diesel::prelude::*;
use esteira::{
    administration::organization::Organization,
    app::SharedApp,
    applications,
    db::RunQueryDsl,
    db::schema::{job_attempts, jobs},
    engine::{NewJob, enqueue, job::Job},
    error::AppError,
    with_conn,
};
use esteira_shared::{
    ids::{JobId, OrganizationId},
    status::{JobOutcome, JobStatus},
    task::TaskName,
};

use crate::support::{Probe, ProbePayload, TestApp, eventually};

#[test]
fn the_closed_list_of_tasks_is_what_runs() {
    let mut listed: Vec<&str> = TaskName::ALL.iter().map(|name| name.as_str()).collect();
    listed.sort_unstable();
    assert_eq!(applications::tasks().names(), listed);
}

async fn organization(test: &TestApp) -> OrganizationId {
    let mut tx = test.app.db.begin().await.unwrap();
    let made = Organization::create(&mut tx, "Motor").await.unwrap();
    tx.commit().await.unwrap();
    made.id
}

fn new_job(organization_id: OrganizationId, key: &str, script: &[&str]) -> NewJob<Probe> {
    let payload = ProbePayload {
        key: key.to_owned(),
        script: script.iter().map(|step| (*step).to_owned()).collect(),
    };
    NewJob::new(organization_id, "test", payload)
}

/// Queues a job and returns its id and the key under which its probe reports.
async fn queue(test: &TestApp, script: &[&str]) -> (OrganizationId, JobId, String) {
    let organization = organization(test).await;
    let key = uuid::Uuid::now_v7().to_string();
    let id = put(&test.app, new_job(organization, &key, script)).await.unwrap();
    (organization, id, key)
}

async fn put(app: &SharedApp, new: NewJob<Probe>) -> Result<JobId, AppError> {
    let mut tx = app.db.begin().await?;
    let id = enqueue(&mut tx, new).await?;
    tx.commit().await?;
    Ok(id)
}

async fn job(test: &TestApp, id: JobId) -> Job {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| jobs::table
        .find(id)
        .select(Job::as_select())
        .first(c)
        .await)
    .unwrap()
}

/// Waits until a job stands so.
async fn until(test: &TestApp, id: JobId, status: JobStatus) {
    eventually(&format!("{id} is {status}"), || async {
        job(test, id).await.status == status
    })
    .await;
}

async fn outcomes(test: &TestApp, id: JobId) -> Vec<JobOutcome> {
    let mut conn = test.app.db.read().await.unwrap();
    with_conn!(&mut conn, |c| job_attempts::table
        .filter(job_attempts::job_id.eq(id))
        .order(job_attempts::fence)
        .select(job_attempts::outcome)
        .load(c)
        .await)
    .unwrap()
}

/// Lets waiting jobs run now, whatever their backoff.
pub async fn make_due(test: &TestApp) {
    let mut tx = test.app.db.begin().await.unwrap();
    with_conn!(tx.conn(), |c| diesel::update(jobs::table)
        .set((jobs::run_at.eq(jobs::created_at), jobs::rank.eq(jobs::created_at)))
        .execute(c)
        .await)
    .unwrap();
    tx.commit().await.unwrap();
}
