//! National holidays against a service outside.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get,
};
use chrono::{Datelike as _, TimeDelta};
use diesel::prelude::*;
use esteira::{
    calendars::check::check_next_year,
    clock::Clock as _,
    config::Vars,
    db::{RunQueryDsl, schema::email_contents},
    with_conn,
};
use serde_json::{Value, json};

use crate::support::{Fixture, TestApp, serve};

/// Lists holidays as BrasilAPI does, with one more and some less; other years as services fail.
fn answer(year: i32) -> Response {
    if year == 2020 {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if year == 2021 {
        return axum::Json(json!({ "message": "Ano fora do intervalo suportado" })).into_response();
    }
    let day = |date: &str, name: &str| json!({ "date": format!("{year}-{date}"), "name": name, "type": "national" });
    let mut days = vec![
        day("01-01", "Confraternização mundial"),
        day("04-21", "Tiradentes"),
        day("05-01", "Dia do trabalho"),
        day("08-11", "Dia do Advogado"),
        day("09-07", "Independência do Brasil"),
        day("10-12", "Nossa Senhora Aparecida"),
        day("11-02", "Finados"),
        day("11-15", "Proclamação da República"),
        day("11-20", "Dia da consciência negra"),
    ];
    if year == 2026 {
        days.extend([
            day("02-17", "Carnaval"),
            day("04-03", "Sexta-feira Santa"),
            day("04-05", "Páscoa"),
            day("06-04", "Corpus Christi"),
        ]);
        // In no order.
        days.reverse();
    }
    axum::Json(days).into_response()
}

/// Counts how often it is asked.
async fn service(asked: Arc<AtomicUsize>) -> String {
    let list = move |Path(year): Path<i32>, _: Bytes| {
        asked.fetch_add(1, Ordering::SeqCst);
        let answer = answer(year);
        async move { answer }
    };
    serve(Router::new().route("/feriados/v1/{year}", get(list))).await
}

async fn both(check: impl AsyncFn(TestApp, Arc<AtomicUsize>)) {
    for postgres in [false, true] {
        let asked = Arc::new(AtomicUsize::new(0));
        let address = format!("{}/feriados/v1/", service(Arc::clone(&asked)).await);
        let vars: Vars = [("ESTEIRA_HOLIDAYS_URL".to_owned(), address)].into();
        let test = if postgres {
            TestApp::postgres_with(vars).await
        } else {
            TestApp::start(vars).await
        };
        check(test, asked).await;
    }
}

fn names(days: &Value) -> Vec<&str> {
    days.as_array()
        .unwrap()
        .iter()
        .map(|day| day["name"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_is_compared_by_date_and_by_name() {
    both(async |test, _| {
        let fixture = Fixture::new(&test, "conferida").await;
        let detail = fixture.viewer.get("/api/v1/calendars/br-national").await.expect(200);
        assert_eq!(detail["can_check"], true);
        let path = "/api/v1/calendars/br-national/check";
        let check = fixture.manager.post(path, json!({ "year": 2026 })).await.expect(200);
        assert_eq!(check["same"], 11);
        assert_eq!(names(&check["unknown"]), ["Dia do Advogado"]);
        assert_eq!(names(&check["missing"]), ["Natal"]);
        assert_eq!(names(&check["ignored"]), ["Páscoa"]);
        for (year, code) in [(2020, "holidays_answered"), (2021, "holidays_unreadable")] {
            let check = fixture.manager.post(path, json!({ "year": year })).await.expect(200);
            assert_eq!(check["failure"]["code"], code);
        }
        let elsewhere = "/api/v1/calendars/br-sp/check";
        fixture
            .manager
            .post(elsewhere, json!({ "year": 2026 }))
            .await
            .refused(404, "not_found");
        fixture
            .analyst
            .post(path, json!({ "year": 2026 }))
            .await
            .refused(403, "forbidden");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_a_year_the_administrators_are_told_of_differences() {
    both(async |test, asked| {
        let fixture = Fixture::new(&test, "avisada").await;
        let now = test.clock.now();
        let to = |month: u32| {
            let year = if month <= now.month() {
                now.year() + 1
            } else {
                now.year()
            };
            let there = now.with_day(1).and_then(|day| day.with_month(month)).unwrap();
            there.with_year(year).unwrap() - *now
        };
        test.clock.advance(to(10));
        check_next_year(&test.app).await.unwrap();
        assert_eq!(AtomicUsize::load(&asked, Ordering::SeqCst), 0, "only in December");
        test.clock.advance(TimeDelta::days(62));
        assert_eq!(test.clock.now().month(), 12);
        check_next_year(&test.app).await.unwrap();
        check_next_year(&test.app).await.unwrap();
        assert_eq!(AtomicUsize::load(&asked, Ordering::SeqCst), 1, "once");
        // Nobody is signed in any more after months.
        let mails: Vec<String> = with_conn!(&mut test.app.db.read().await.unwrap(), |c| email_contents::table
            .filter(email_contents::organization_id.eq(fixture.organization))
            .select(email_contents::text)
            .load(c)
            .await)
        .unwrap();
        assert_eq!(mails.len(), 1, "one administrator, one message");
        let text = &mails[0];
        for part in ["11/08 Dia do Advogado", "25/12 Natal"] {
            assert!(text.contains(part), "{text}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_setting_nobody_is_asked() {
    let test = TestApp::sqlite().await;
    let fixture = Fixture::new(&test, "desligada").await;
    let detail = fixture.viewer.get("/api/v1/calendars/br-national").await.expect(200);
    assert_eq!(detail["can_check"], false);
    let path = "/api/v1/calendars/br-national/check";
    let asked = fixture.manager.post(path, json!({ "year": 2026 })).await;
    asked.refused(409, "holidays_not_configured");
}
