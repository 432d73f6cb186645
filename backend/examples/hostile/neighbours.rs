//! People who do what they do every day while others are hostile. They have a thread of their own, so what is measured is
//! the server's time and not this tool's.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::ensure;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval};

use crate::{client::Client, pdf};

/// Between the beginnings of two requests of one kind.
const PACE: Duration = Duration::from_millis(100);
/// One that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is done again and again.
#[derive(Clone, Copy)]
enum Habit {
    Health,
    List,
    Upload,
}

/// How they fared for a while.
#[derive(Default)]
pub struct Fared {
    /// The slowest request of each kind in milliseconds.
    pub slowest: BTreeMap<&'static str, f64>,
    /// What did not end well.
    pub failed: Vec<String>,
}

/// People at work, as long as this program runs.
pub struct Neighbours {
    fared: Arc<Mutex<Fared>>,
}

/// What they sign in with.
pub struct Words {
    /// Of the organisation of those who are hostile.
    pub same: Value,
    pub other: Value,
    /// A process of the other organisation, for invoices.
    pub process: String,
}

impl Neighbours {
    pub fn start(base: String, words: Words) -> anyhow::Result<Self> {
        let fared = Arc::<Mutex<Fared>>::default();
        let shared = Arc::clone(&fared);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || {
            let ended = runtime.block_on(live(&base, &words, &shared));
            if let Err(error) = ended {
                locked(&shared).failed.push(format!("{error:#}"));
            }
        });
        Ok(Self { fared })
    }

    /// How they fared since the last time.
    pub fn take(&self) -> Fared {
        mem::take(&mut *locked(&self.fared))
    }
}

fn locked(fared: &Mutex<Fared>) -> MutexGuard<'_, Fared> {
    fared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn live(base: &str, words: &Words, fared: &Mutex<Fared>) -> anyhow::Result<()> {
    let same = Client::enter(base, "/session", &words.same).await?;
    let other = Client::enter(base, "/session", &words.other).await?;
    let each = |name, client, habit| repeat(name, client, habit, &words.process, fared);
    tokio::join!(
        each("health", &other, Habit::Health),
        each("list, same organisation", &same, Habit::List),
        each("list, another", &other, Habit::List),
        each("upload, another", &other, Habit::Upload),
    );
    Ok(())
}

async fn repeat(name: &'static str, client: &Client, habit: Habit, process: &str, fared: &Mutex<Fared>) {
    let mut tick = interval(PACE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0_u64.. {
        tick.tick().await;
        let began = Instant::now();
        let ended = once(client, habit, process, number).await;
        let took = began.elapsed().as_secs_f64() * 1e3;
        let mut fared = locked(fared);
        let slowest = fared.slowest.entry(name).or_default();
        *slowest = slowest.max(took);
        if let Err(error) = ended {
            fared.failed.push(format!("{name}: {error:#}"));
        }
    }
}

async fn once(client: &Client, habit: Habit, process: &str, number: u64) -> anyhow::Result<()> {
    let request = match habit {
        // Beside the versioned part of the API.
        Habit::Health => client.request(Method::GET, "/../health"),
        Habit::List => client.request(Method::GET, "/processes?limit=50"),
        Habit::Upload => {
            // A document is kept under its name and the second of its upload; of one name there is one a second.
            let path = format!("/processes/{process}/documents?filename=fatura-{number}.pdf&accept_duplicate=true");
            let request = client.request(Method::POST, &path);
            request.header(CONTENT_TYPE, "application/pdf").body(invoice(number))
        }
    };
    let answer = request.timeout(PATIENCE).send().await?;
    let status = answer.status();
    let body = answer.bytes().await?;
    ensure!(status.is_success(), "{status} {}", String::from_utf8_lossy(&body));
    Ok(())
}

/// A small good PDF, another one each time.
fn invoice(number: u64) -> Vec<u8> {
    let mut file = pdf::File::new();
    file.object(1, pdf::CATALOG);
    file.object(2, "<</Type/Pages/Count 1/Kids[3 0 R]>>");
    file.object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>");
    file.stream(4, "", format!("BT ({number}) Tj ET").as_bytes());
    file.end()
}
