//! What is kept, in memory: the jobs, the invoices that their robots brought, and how often each was asked for.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    mem::take,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use esteira_shared::instant::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    invoice::Invoice,
    job::Job,
    options::RpaOptions,
    order::{Order, Received, Service},
    outcome::{Failure, Outcome},
    plan::Plan,
    script::Script,
};

/// Above this, the oldest jobs that are over are forgotten.
const JOBS_MAX: usize = 20_000;
/// Room for the numeric ids of one millisecond, so that a simulator that is started again gives out others.
const IDS_PER_MS: u64 = 1_000;

pub(super) enum Started {
    New(Arc<Job>),
    Before(Arc<Job>),
}

#[derive(Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    jobs: HashMap<String, Arc<Job>>,
    /// Ids, oldest first.
    order: VecDeque<String>,
    id_by_key: HashMap<String, String>,
    last_number: u64,
    /// By bucket and key.
    invoices: HashMap<(String, String), (Invoice, Instant)>,
    /// Digest of the password with which an execution failed for a reason of the field.
    failed_with: HashMap<String, String>,
    /// Requests by hash, refused ones too.
    attempts: HashMap<String, u32>,
    starts: u64,
    robots: u64,
    robots_by_key: BTreeMap<String, u32>,
    robots_by_hash: BTreeMap<String, u32>,
    /// The most robots that were at work at one time.
    most_at_once: usize,
}

impl Book {
    /// Counts one more request to start this execution, from 1.
    pub(super) fn attempt(&self, hash: &str) -> u32 {
        let mut pages = self.lock();
        let attempt = pages.attempts.entry(hash.to_owned()).or_default();
        *attempt += 1;
        *attempt
    }

    /// Enters a job, unless its key is known and honoured.
    pub(super) fn start(
        &self,
        received: Received,
        options: &RpaOptions,
        script: Option<Arc<Script>>,
        now: Instant,
    ) -> Started {
        let mut guard = self.lock();
        let pages = &mut *guard;
        pages.starts += 1;
        if options.honours_keys
            && let Some(before) = pages.find_by_key(received.key.as_deref())
        {
            return Started::Before(before);
        }
        let Received { order, password, key } = received;
        pages.robots += 1;
        if let Some(key) = &key {
            *pages.robots_by_key.entry(key.clone()).or_default() += 1;
        }
        let run = pages.robots_by_hash.entry(order.hash.clone()).or_default();
        *run += 1;
        let run = *run;
        let told = script.as_ref().is_some_and(|script| script.outcome().is_some());
        let business = if told {
            None
        } else {
            pages.business(options, &order, password)
        };
        let plan = Plan::new(options, &order.hash, run, business, script);
        let (id, text) = pages.next_id(options.numeric_ids, now);
        let dice_key = format!("{}#{run}", order.hash);
        let job = Arc::new(Job::new(id, key, order, plan, dice_key, now));
        pages.keep(text, Arc::clone(&job));
        pages.most_at_once = pages.most_at_once.max(pages.at_work());
        Started::New(job)
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Job>> {
        self.lock().jobs.get(id).cloned()
    }

    /// Oldest first.
    pub(super) fn list(&self) -> Vec<Arc<Job>> {
        let pages = self.lock();
        pages
            .order
            .iter()
            .filter_map(|id| pages.jobs.get(id).cloned())
            .collect()
    }

    pub(super) fn count(&self) -> Value {
        let pages = self.lock();
        json!({
            "inicios": pages.starts,
            "robos": pages.robots,
            "por_chave": pages.robots_by_key,
            "por_hash": pages.robots_by_hash,
            "ativos": pages.at_work(),
        })
    }

    /// How many were at work at once, and for how long nobody asked for one of them, at most.
    pub(super) fn watch(&self) -> Value {
        let pages = self.lock();
        let unwatched = pages
            .jobs
            .values()
            .filter(|job| !job.is_gone())
            .map(|job| job.unwatched());
        json!({
            "mais_ativos": pages.most_at_once,
            "sem_consulta_ms": u64::try_from(unwatched.max().unwrap_or_default().as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Forgets everything, counts included, and stops the robots.
    pub(super) fn clear(&self) -> usize {
        let pages = take(&mut *self.lock());
        for job in pages.jobs.values() {
            job.gone.cancel();
        }
        pages.jobs.len()
    }

    pub(super) fn keep_invoice(&self, bucket: &str, invoice: Invoice, now: Instant) {
        let place = (bucket.to_owned(), invoice.key());
        self.lock().invoices.insert(place, (invoice, now));
    }

    pub(super) fn invoice(&self, bucket: &str, key: &str) -> Option<(Invoice, Instant)> {
        let place = (bucket.to_owned(), key.to_owned());
        self.lock().invoices.get(&place).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    fn at_work(&self) -> usize {
        let jobs = self.jobs.values();
        jobs.filter(|job| !job.is_over() && !job.is_gone()).count()
    }

    fn find_by_key(&self, key: Option<&str>) -> Option<Arc<Job>> {
        self.jobs.get(self.id_by_key.get(key?)?).cloned()
    }

    /// What the field decides: nothing, a failure, or the success that follows its cure.
    fn business(&mut self, options: &RpaOptions, order: &Order, password: String) -> Option<Outcome> {
        let number = options.fails_in_business(&order.hash)?;
        let before = self.failed_with.get(&order.hash);
        // What is uploaded was published long ago.
        let failure = if order.service == Service::UploadSat || number.is_multiple_of(2) {
            Failure::WrongPassword
        } else {
            Failure::NotPublished
        };
        let cured = match failure {
            Failure::WrongPassword => before.is_some_and(|before| *before != password),
            _ => before.is_some(),
        };
        if cured {
            return Some(Outcome::Success);
        }
        self.failed_with.insert(order.hash.clone(), password);
        Some(Outcome::Failed(failure))
    }

    /// An id that was never given out, not even by an earlier run of the simulator.
    fn next_id(&mut self, numeric: bool, now: Instant) -> (Value, String) {
        if numeric {
            let least = u64::try_from(now.timestamp_millis()).unwrap_or_default() * IDS_PER_MS;
            self.last_number = least.max(self.last_number + 1);
            (self.last_number.into(), self.last_number.to_string())
        } else {
            let id = Uuid::now_v7().to_string();
            (id.as_str().into(), id)
        }
    }

    fn keep(&mut self, id: String, job: Arc<Job>) {
        if let Some(key) = &job.key {
            self.id_by_key.insert(key.clone(), id.clone());
        }
        self.order.push_back(id.clone());
        self.jobs.insert(id, job);
        if self.jobs.len() <= JOBS_MAX {
            return;
        }
        let is_done = |id: &String| self.jobs.get(id).is_none_or(|job| job.is_over() || job.is_gone());
        let Some(oldest) = self.order.iter().position(is_done).and_then(|at| self.order.remove(at)) else {
            return;
        };
        if let Some(key) = self.jobs.remove(&oldest).and_then(|job| job.key.clone())
            && self.id_by_key.get(&key) == Some(&oldest)
        {
            self.id_by_key.remove(&key);
        }
    }
}
