//! Taking in documents, and everything that is refused.

use futures_util::StreamExt as _;
use serde_json::json;

use crate::{
    on_both,
    support::{Fixture, TestApp, pdf},
};

async fn one(test: &TestApp, name: &str) -> (Fixture, String) {
    let fixture = Fixture::new(test, name).await;
    let processes = fixture.opened(test, 2, &["OI"], "2026-10").await;
    let id = processes[0]["id"].as_str().unwrap().to_owned();
    (fixture, id)
}

/// Objects in the store.
async fn objects(test: &TestApp) -> usize {
    test.app.storage.list("pdfs/").await.unwrap().len()
}

on_both!(a_document_is_kept_under_the_documented_key_and_served_safely, |test| {
    let (fixture, id) = one(&test, "guarda").await;
    let detail = fixture
        .analyst
        .upload(&id, "../../etc/Fatura São José\u{202e}.PDF", pdf(1))
        .await
        .expect(201);
    let key = detail["process"]["fatura_s3_key"].as_str().unwrap();
    assert!(
        key.starts_with("pdfs/OI/Cliente001_2026_10_") && key.ends_with("_FaturaSaoJose.pdf"),
        "{key}"
    );
    assert_eq!(test.app.storage.list("pdfs/").await.unwrap(), [key]);
    let document = &detail["documents"][0];
    assert_eq!(document["filename"], "Fatura São José.pdf");
    let content = fixture
        .viewer
        .get(&format!(
            "/api/v1/documents/{}/content",
            document["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!((content.status, &content.bytes), (200, &pdf(1)));
    let header = |name: &str| content.headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert!(header("content-disposition").starts_with("attachment; filename=\"Fatura S_o Jos_.pdf\""));
    assert!(header("cache-control").contains("private"));
});

on_both!(what_is_no_good_pdf_is_refused_with_its_reason, |test| {
    let (fixture, id) = one(&test, "recusas").await;
    let jpeg = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 not a pdf".to_vec();
    let body = fixture
        .analyst
        .upload(&id, "foto.pdf", jpeg)
        .await
        .refused(422, "not_pdf");
    assert_eq!(body["details"]["looks_like"], "JPEG");
    fixture
        .analyst
        .upload(&id, "vazio.pdf", Vec::new())
        .await
        .refused(422, "empty_file");
    let bytes = pdf(1);
    let trailer = bytes
        .windows(7)
        .rposition(|window| window == b"trailer")
        .expect("the maker writes a plain trailer");
    let open = trailer + bytes[trailer..].windows(2).position(|window| window == b"<<").unwrap() + 2;
    let locked = [&bytes[..open], b" /Encrypt 99 0 R ", &bytes[open..]].concat();
    fixture
        .analyst
        .upload(&id, "cifrado.pdf", locked)
        .await
        .refused(422, "encrypted_pdf");
    let mut cut = pdf(1);
    cut.truncate(cut.len() / 2);
    fixture
        .analyst
        .upload(&id, "cortado.pdf", cut)
        .await
        .refused(422, "damaged_pdf");
    assert_eq!(objects(&test).await, 0);
    let process = fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200);
    assert_eq!(
        (&process["process"]["status"], &process["documents"]),
        (&json!("AGUARDANDO_DOWNLOAD"), &json!([]))
    );
});

on_both!(a_file_under_inspection_delays_no_other_organisation, |test| {
    let (busy, _) = one(&test, "ocupada").await;
    let (other, id) = one(&test, "outra").await;
    let _inspected = test.app.inspections.take(busy.organization).await.expect("free");
    other.analyst.upload(&id, "fatura.pdf", pdf(1)).await.expect(201);
});

on_both!(a_file_over_the_limit_is_cut_off_with_and_without_a_length, |test| {
    let (fixture, id) = one(&test, "limite").await;
    let mut settings = fixture.admin.get("/api/v1/organization").await.expect(200);
    settings["max_document_bytes"] = json!(2_000);
    fixture.admin.put("/api/v1/organization", settings).await.expect(200);
    let mut big = pdf(1);
    big.resize(3_000, b'\n');
    let body = fixture
        .analyst
        .upload(&id, "grande.pdf", big)
        .await
        .refused(413, "too_large");
    assert_eq!(body["details"]["limit_bytes"], 2_000);
    // Larger than what the kernels hold between both sides: the answer must not be lost in a broken connection.
    let huge = vec![b'x'; 16 << 20];
    fixture
        .analyst
        .upload(&id, "enorme.pdf", huge)
        .await
        .refused(413, "too_large");
    // A body of unknown length, of which only the first few chunks are taken.
    let chunks = futures_util::stream::iter((0..16_000).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1_000])));
    let path = format!("/api/v1/processes/{id}/documents?filename=sem-fim.pdf");
    let request = fixture
        .analyst
        .request(reqwest::Method::POST, &path)
        .body(reqwest::Body::wrap_stream(chunks.boxed()));
    fixture.analyst.send(request).await.refused(413, "too_large");
    assert_eq!(objects(&test).await, 0);
    let left = std::fs::read_dir(test.folder.path().join("incoming")).expect("they came through this folder");
    assert_eq!(left.count(), 0, "no temporary file stays");
});

on_both!(the_same_bytes_are_named_and_kept_only_on_purpose, |test| {
    let (fixture, id) = one(&test, "repetido").await;
    let other = crate::support::processes_in(&fixture.viewer, "2026-10").await[1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    fixture.analyst.upload(&id, "a.pdf", pdf(1)).await.expect(201);
    let refused = fixture
        .analyst
        .upload(&other, "b.pdf", pdf(1))
        .await
        .refused(409, "duplicate_document");
    let place = &refused["details"][0];
    assert_eq!(
        (place["process_id"].as_str(), place["client_name"].as_str()),
        (Some(id.as_str()), Some("Cliente 001"))
    );
    fixture
        .analyst
        .upload(&id, "a.pdf", pdf(1))
        .await
        .refused(409, "duplicate_document");
    let path = format!("/api/v1/processes/{other}/documents?filename=b.pdf&accept_duplicate=true");
    let request = fixture.analyst.request(reqwest::Method::POST, &path).body(pdf(1));
    let kept = fixture.analyst.send(request).await.expect(201);
    assert_eq!(kept["review"]["same_document"][0]["process_id"], id);
    let third = fixture
        .analyst
        .upload(&id, "c.pdf", pdf(1))
        .await
        .refused(409, "duplicate_document");
    let place = |at: usize, name: &str| third["details"][at][name].clone();
    let seen = |at| ["process_id", "filename", "operator_name"].map(|name| place(at, name));
    assert_eq!(
        [seen(0), seen(1)],
        [
            [json!(other), json!("b.pdf"), json!("OI")],
            [json!(id), json!("a.pdf"), json!("OI")]
        ],
        "every place, newest first"
    );
    assert_eq!(objects(&test).await, 2);
});

on_both!(uploads_at_the_same_second_do_not_overwrite_each_other, |test| {
    let (fixture, id) = one(&test, "segundo").await;
    let uploads = (0..6).map(|number| {
        let (client, id) = (fixture.analyst.clone(), id.clone());
        async move { client.upload(&id, "fatura.pdf", pdf(number)).await.status }
    });
    let statuses = futures_util::future::join_all(uploads).await;
    assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
    assert_eq!(objects(&test).await, 6);
    let detail = fixture.viewer.get(&format!("/api/v1/processes/{id}")).await.expect(200);
    assert_eq!(detail["documents"].as_array().unwrap().len(), 6);
});

on_both!(what_was_sent_takes_no_new_document, |test| {
    let (fixture, id) = one(&test, "fechado").await;
    let process = fixture.analyst.upload(&id, "a.pdf", pdf(1)).await.expect(201)["process"].clone();
    let seen = json!({ "version": process["version"], "sha256": process["fatura_sha256"] });
    let approved = fixture
        .analyst
        .post(&format!("/api/v1/processes/{id}/approve"), seen)
        .await
        .expect(200);
    let seen = json!({ "version": approved["process"]["version"] });
    fixture
        .analyst
        .post(&format!("/api/v1/processes/{id}/send"), seen)
        .await
        .expect(200);
    fixture
        .analyst
        .upload(&id, "b.pdf", pdf(2))
        .await
        .refused(409, "illegal_transition");
    test.run_jobs().await;
    fixture
        .analyst
        .upload(&id, "b.pdf", pdf(2))
        .await
        .refused(409, "illegal_transition");
    assert_eq!(objects(&test).await, 1);
});
