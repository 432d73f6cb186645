//! An API that answers about each client in another way.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use serde_json::Value;

use crate::support::serve;

pub type Headers = &'static [(&'static str, &'static str)];

/// One answer. `@` in its body stands for a job id of its own.
#[derive(Clone, Copy)]
pub struct Reply {
    pub status: u16,
    pub headers: Headers,
    pub body: &'static str,
}

pub fn reply(status: u16, body: &'static str) -> Reply {
    Reply {
        status,
        headers: &[],
        body,
    }
}

/// Asks for patience.
pub fn later(status: u16, headers: Headers) -> Reply {
    Reply {
        status,
        headers,
        body: "{}",
    }
}

/// What is answered about one client's robot, the last for ever.
#[derive(Clone)]
pub struct Style {
    pub start: Vec<Reply>,
    pub job: Vec<Reply>,
}

impl Style {
    pub fn start(status: u16, body: &'static str) -> Self {
        Self {
            start: vec![reply(status, body)],
            job: vec![reply(200, r#"{"status":"FAILED"}"#)],
        }
    }

    pub fn job(body: &'static str) -> Self {
        Self {
            start: vec![reply(202, r#"{"job_id":"@"}"#)],
            job: vec![reply(200, body)],
        }
    }
}

#[derive(Clone, Default)]
pub struct Asked {
    pub starts: Vec<Instant>,
    pub jobs: Vec<Instant>,
}

/// An API that answers about each client in another way.
pub struct Vendor {
    pub styles: Vec<Style>,
    asked: Mutex<Vec<Asked>>,
}

impl Vendor {
    pub async fn serve(styles: Vec<Style>) -> (String, Arc<Self>) {
        let asked = Mutex::new(vec![Asked::default(); styles.len()]);
        let vendor = Arc::new(Self { styles, asked });
        let router = Router::new()
            .route("/executar/{operator}", post(begin))
            .route("/jobs/{id}", get(look))
            .with_state(Arc::clone(&vendor));
        (serve(router).await, vendor)
    }

    pub fn asked(&self, index: usize) -> Asked {
        self.asked.lock().unwrap()[index].clone()
    }
}

async fn begin(State(vendor): State<Arc<Vendor>>, body: Bytes) -> Response {
    let order: Value = serde_json::from_slice(&body).unwrap();
    let index = place(&order["cliente"]["razao_social"]);
    let nth = {
        let mut asked = vendor.asked.lock().unwrap();
        asked[index].starts.push(Instant::now());
        asked[index].starts.len()
    };
    respond(&vendor.styles[index].start, nth, index)
}

async fn look(State(vendor): State<Arc<Vendor>>, Path(id): Path<usize>) -> Response {
    let index = id - 100;
    let nth = {
        let mut asked = vendor.asked.lock().unwrap();
        asked[index].jobs.push(Instant::now());
        asked[index].jobs.len()
    };
    respond(&vendor.styles[index].job, nth, index)
}

fn respond(replies: &[Reply], nth: usize, index: usize) -> Response {
    let reply = replies[nth.min(replies.len()) - 1];
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(*name, *value);
    }
    let body = reply.body.replace('@', &(100 + index).to_string());
    response.body(Body::from(body)).unwrap()
}

/// `Cliente 003` is the third.
pub fn place(client: &Value) -> usize {
    let name = client.as_str().unwrap();
    name.rsplit(' ').next().unwrap().parse::<usize>().unwrap() - 1
}
