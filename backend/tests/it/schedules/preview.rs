//! What a schedule says that it will do.

use reqwest::header::ACCEPT_LANGUAGE;

use super::*;

/// The whole of what a rule can say, in one request.
fn everything() -> Value {
    json!({
        "timezone": "America/Sao_Paulo",
        "rule": { "type": "monthly", "day": 31, "short_month": "backward", "times": ["09:00"] },
        "window": { "start": "09:00", "end": "18:00" }, "skip_weekends": true, "skip_holidays": true,
        "calendars": ["br-national"],
        "blackouts": [{ "start": "2026-12-24", "end": "2027-01-02", "reason": "fechamento" }],
        "roll": "next_business_day",
        "exceptions": [
            { "type": "skip", "start": "2026-03-01", "end": "2026-03-31", "reason": "manutenção" },
            { "type": "reschedule", "date": "2026-04-30", "to": "2026-05-04T10:00" },
            { "type": "modify", "start": "2026-06-01", "end": "2026-06-30", "changes": { "rate_limit_per_hour": 3000 } },
        ],
        "from": "2026-01-01T00:00:00Z", "count": 10,
    })
}

on_both!(a_draft_says_what_will_run_and_what_will_not, |test| {
    let fixture = Fixture::new(&test, "rascunho").await;
    let told = fixture
        .viewer
        .post("/api/v1/schedules/preview", everything())
        .await
        .expect(200);
    let runs = told["occurrences"].as_array().unwrap();
    assert_eq!(runs.len(), 10);
    let of = |nominal: &str| runs.iter().find(|run| run["nominal"] == nominal).unwrap();
    let saturday = of("2026-01-31T09:00");
    assert_eq!(
        (&saturday["local"], &saturday["at"]),
        (&json!("2026-02-02T09:00"), &json!("2026-02-02T12:00:00Z"))
    );
    assert_eq!(saturday["moved"][0]["code"], "roll_next_business_day");
    assert_eq!(of("2026-04-30T09:00")["local"], "2026-05-04T10:00");
    assert_eq!(
        of("2026-06-30T09:00")["changes"],
        json!({ "rate_limit_per_hour": 3000 })
    );
    let skipped = &told["skipped"][0];
    assert_eq!(
        (&skipped["nominal"], &skipped["code"]),
        (&json!("2026-03-31T09:00"), &json!("exception_skip"))
    );
    assert!(word(skipped, "text").contains("manutenção"), "{skipped}");
    assert_eq!(told["never_fires"], false);

    let english = fixture
        .viewer
        .request(reqwest::Method::POST, "/api/v1/schedules/preview")
        .header(ACCEPT_LANGUAGE, "en")
        .json(&everything());
    let english = fixture.viewer.send(english).await.expect(200);
    assert_ne!(english["description"], told["description"]);
    assert_eq!(english["occurrences"][0]["at"], told["occurrences"][0]["at"]);
});

on_both!(a_rule_that_never_fires_says_so_at_once, |test| {
    let fixture = Fixture::new(&test, "nunca").await;
    let mut request = everything();
    request["rule"] = json!({ "type": "cron", "expression": "0 0 30 2 *" });
    request["exceptions"] = json!([]);
    let told = fixture
        .viewer
        .post("/api/v1/schedules/preview", request)
        .await
        .expect(200);
    assert_eq!((&told["never_fires"], &told["occurrences"]), (&json!(true), &json!([])));
});

on_both!(a_saved_one_is_previewed_as_it_will_fire, |test| {
    let fixture = Fixture::new(&test, "salvo").await;
    let mut create = monthly("Espalhado");
    create["schedule"]["rule"] = json!({ "type": "daily", "every": 1, "times": ["02:00"] });
    create["schedule"]["jitter_seconds"] = json!(3_600);
    let made = add(&fixture, create).await;
    let path = format!("/api/v1/schedules/{}/preview", word(&made, "id"));
    let told = fixture.viewer.get(&format!("{path}?count=1")).await.expect(200);
    assert_eq!(told["occurrences"][0]["at"], made["next"]["at"], "with its own delay");
    let from = fixture
        .viewer
        .get(&format!("{path}?from=2027-01-01T12:00:00Z&count=3"))
        .await
        .expect(200);
    let nominal: Vec<String> = from["occurrences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| word(run, "nominal"))
        .collect();
    assert_eq!(nominal, ["2027-01-02T02:00", "2027-01-03T02:00", "2027-01-04T02:00"]);
    let refused = fixture.viewer.get(&format!("{path}?count=1001")).await;
    assert_eq!(refused.refused_field(), ("count".to_owned(), "out_of_range".to_owned()));
});

#[test]
fn the_command_answers_line_by_line_without_a_database() {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };
    let mut child = Command::new(env!("CARGO_BIN_EXE_esteira"))
        .args(["schedule", "preview", "--language", "en"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut wrong = everything();
    wrong["timezone"] = json!("Mars/Olympus");
    let input = format!("{}\n\n{wrong}\nnot json\n", everything());
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3, "{text}");
    assert_eq!(answers[0]["occurrences"].as_array().unwrap().len(), 10);
    let problem = &answers[1]["problems"][0];
    assert_eq!(
        (&problem["field"], &problem["code"]),
        (&json!("timezone"), &json!("unknown_zone"))
    );
    assert!(word(problem, "text").contains("there is no time zone"), "{problem}");
    assert!(answers[2]["problems"][0]["text"].is_string());
}
