//! How somebody stops getting a report.

use reqwest::Method;
use serde_json::json;

use super::{TO, current_month, run, schedule};
use crate::{on_both, support::Letter, with_post_office};

/// The token of the link by which a reader takes themselves off.
fn unsubscribe_path(letter: &Letter) -> String {
    let link = letter.header("List-Unsubscribe").unwrap();
    let link = link.trim_matches(['<', '>']).to_owned();
    assert!(
        link.starts_with("https://esteira.example.com/base/api/v1/reports/unsubscribe?token="),
        "{link}"
    );
    link.strip_prefix("https://esteira.example.com/base")
        .unwrap()
        .to_owned()
}

with_post_office!(a_reader_takes_themselves_off, "saida", |test, fixture, office| {
    fixture.opened(&test, 1, &["VIVO"], &current_month(&test)).await;
    let id = schedule(&fixture, json!({ "to": TO })).await;
    run(&test, &fixture, &id).await;
    let letter = office.letters_to(TO[1])[0].clone();
    let path = unsubscribe_path(&letter);
    assert!(letter.part("text/html").contains("Não receber mais"));
    assert!(
        !path.contains("example") && !path.contains(&id),
        "the link gives nothing away: {path}"
    );

    // Looking changes nothing: mail programs look at links by themselves.
    let stranger = test.stranger().without_csrf();
    let page = stranger.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("default-src 'none'")
    );
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert!(page.text().contains("bia@example.com") && page.text().contains("<form method=\"post\">"));
    let settings = format!("/api/v1/schedules/{id}");
    let before = fixture.manager.get(&settings).await.expect(200);
    assert_eq!(before["parameters"]["to"], json!(TO));

    // One click of a mail program: no cookie, a form as its body.
    let one_click = || stranger.request(Method::POST, &path).body("List-Unsubscribe=One-Click");
    for _ in 0..2 {
        let answer = stranger.send(one_click()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let after = fixture.manager.get(&settings).await.expect(200);
    assert_eq!(after["parameters"]["to"], json!([TO[0], TO[2]]));
    assert_eq!(after["version"], before["version"].as_i64().unwrap() + 1, "once");
    let trail = fixture
        .admin
        .get("/api/v1/audit?action=report.unsubscribe")
        .await
        .expect(200);
    assert_eq!(trail["items"].as_array().unwrap().len(), 1);
    assert_eq!(trail["items"][0]["actor"], TO[1]);
    run(&test, &fixture, &id).await;
    assert_eq!(office.letters_to(TO[1]).len(), 1, "no more for her");
    assert_eq!(office.letters_to(TO[0]).len(), 2);

    // The last one leaves a schedule that says so.
    for address in [TO[0], TO[2]] {
        let path = unsubscribe_path(&office.letters_to(address)[0]);
        let taken = stranger.send(stranger.request(Method::POST, &path)).await;
        assert_eq!(taken.status, 200, "{}", taken.text());
    }
    let empty = run(&test, &fixture, &id).await;
    assert_eq!(empty["result"]["skipped"], "report_without_recipients", "{empty}");
    fixture.manager.delete(&settings).await;
    let gone = stranger.get(&path).await;
    assert_eq!(gone.status, 404);
    assert!(gone.text().contains("não vale mais"), "{}", gone.text());
});

on_both!(
    a_link_that_we_did_not_make_is_no_good_and_guessing_is_slowed_down,
    |test| {
        let stranger = test.stranger();
        let mut last = 0;
        for number in 0..12 {
            let path = format!("/api/v1/reports/unsubscribe?token=v1.00000000.{number}&utm_source=x");
            last = stranger.send(stranger.request(Method::POST, &path)).await.status;
            assert!([404, 429].contains(&last), "{last}");
        }
        assert_eq!(last, 429);
    }
);
