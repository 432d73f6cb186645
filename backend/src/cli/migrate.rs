//! `esteira migrate`

use crate::config::Config;

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let bus = crate::bus::Bus::default();
    let clock = std::sync::Arc::new(crate::clock::SystemClock);
    // Says why in plain words when the database cannot be reached.
    drop(crate::db::Database::connect(&config.database.url, 1, bus, clock).await?);
    let applied = crate::db::migrate(&config.database.url).await?;
    for name in &applied {
        println!("applied {name}");
    }
    println!("{} is up to date ({} applied)", config.database.url, applied.len());
    Ok(())
}
