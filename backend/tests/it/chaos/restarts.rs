//! Restarted again and again while robots are at work under a limit and documents are sent. The robots' API counts: never
//! more at once than allowed, each started once, and none that nobody looks at for long. SAT counts: what was approved, once,
//! and nothing else.

use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;

use super::{Program, beside, documents::Documents, robots::count, rounds, side_by_side, starting};
use crate::{
    everywhere,
    support::{TestApp, eventually_within},
};

/// Robots at once.
const LIMIT: usize = 5;
/// Robots in all, in the short form and in the long one.
const ROBOTS: usize = 15;
const MANY: usize = 200;
/// Nobody asks about a robot for so long, at most.
const UNWATCHED: Duration = Duration::from_secs(15);

everywhere!(no_restart_doubles_robots_or_leaves_one_behind, |test| {
    let many = rounds() > 3;
    let (robots, seconds) = if many { (MANY, 14) } else { (ROBOTS, 4) };
    let (fixture, ids) = starting(&test, robots, LIMIT, seconds).await;
    let mut documents = Documents::prepare(&fixture).await;
    let arguments = side_by_side(&test);
    let start = |at: usize| Program::start(arguments[at], &beside(&test));
    let mut programs: Vec<Option<Program>> = (0..arguments.len()).map(|at| Some(start(at))).collect();
    let mut random = StdRng::seed_from_u64(20_261_201);
    let began = Instant::now();
    for _ in 0..rounds() {
        // For nothing: when it ends is left to chance, also how far the sending is then.
        tokio::time::sleep(Duration::from_millis(random.random_range(100..2_100))).await;
        documents.send_next(&test, &fixture).await;
        tokio::time::sleep(Duration::from_millis(random.random_range(0..400))).await;
        let at = random.random_range(0..programs.len());
        if let Some(program) = programs[at].take() {
            match random.random_bool(0.5) {
                true => program.kill(),
                false => end(program).await,
            }
        }
        programs[at] = Some(start(at));
        assert_eq!(watched(&test).await.0, 0, "more at once than {LIMIT}");
    }
    eventually_within(Duration::from_secs(600), "every execution is over", || async {
        count(&fixture, "executions?status=PENDENTE,EXECUTANDO").await == 0
    })
    .await;
    let (above, unwatched) = watched(&test).await;
    assert_eq!(above, 0, "more at once than {LIMIT}");
    assert!(unwatched <= UNWATCHED, "nobody asked about a robot for {unwatched:?}");
    let counts = test.rpa_counts().await;
    assert_eq!(counts["robos"], robots, "{counts}");
    for id in &ids {
        assert_eq!(counts["por_chave"][id], 1, "started once: {counts}");
    }
    assert_eq!(count(&fixture, "executions?status=CONCLUIDO").await, robots);
    assert_eq!(count(&fixture, "executions").await, robots, "none was repeated");
    let sent = documents.judge(&fixture).await;
    println!(
        "chaos: {} restarts during {robots} robots under a limit of {LIMIT}, in {:.0?}; no robot went without a look for \
         longer than {unwatched:.1?}; {sent}",
        rounds(),
        began.elapsed()
    );
});

/// SIGTERM, and the time that it needs.
async fn end(mut program: Program) {
    program.signal("TERM");
    eventually_within(Duration::from_secs(60), "it stops", || {
        std::future::ready(program.is_over())
    })
    .await;
}

/// How many more robots than allowed were at work at once, and the longest time in which nobody asked about one.
async fn watched(test: &TestApp) -> (usize, Duration) {
    let url = format!("{}/vigilia", test.rpa_url);
    let seen: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let number = |name: &str| seen[name].as_u64().unwrap();
    let most = usize::try_from(number("mais_ativos")).unwrap();
    (
        most.saturating_sub(LIMIT),
        Duration::from_millis(number("sem_consulta_ms")),
    )
}
