//! A PostgreSQL to point a development server or a single test at.

use std::time::Duration;

use anyhow::Result;

use crate::postgres::Cluster;
use crate::process;
use crate::project::Project;

pub(crate) fn pg(project: &Project) -> Result<()> {
    let mut cluster = Cluster::start(project)?;
    println!("{}", cluster.url());
    println!("pg: Ctrl+C stops it and removes its data");
    while !process::interrupted() {
        cluster.check()?;
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}
