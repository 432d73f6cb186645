//! Operators, clients, accounts and the import.

use esteira_shared::validate::Cnpj;
use serde_json::{Value, json};

use crate::{
    on_both,
    support::{Answer, Client, Fixture},
};

async fn import(client: &Client, csv: impl Into<Vec<u8>>, dry_run: bool) -> Answer {
    let request = client.request(reqwest::Method::POST, "/api/v1/clients/import");
    client
        .send(
            request
                .query(&[("dry_run", dry_run)])
                .header("content-type", "text/csv")
                .body(csv.into()),
        )
        .await
}

fn cnpj(number: usize) -> String {
    Cnpj::from_base(&format!("{number:08}0001")).unwrap().formatted()
}

on_both!(an_operator_is_unique_and_kept_while_used, |test| {
    let fixture = Fixture::new(&test, "operadoras").await;
    let made = fixture
        .manager
        .post("/api/v1/operators", json!({ "name": " vivo  empresas " }))
        .await
        .expect(201);
    assert_eq!(made["name"], "VIVO EMPRESAS");
    let again = fixture
        .manager
        .post("/api/v1/operators", json!({ "name": "Vivo Empresas" }))
        .await
        .refused_field();
    assert_eq!(again, ("name".to_owned(), "taken".to_owned()));
    let bad = json!({ "name": "X", "url_endpoint_rpa": "ftp://x" });
    assert_eq!(
        fixture.manager.post("/api/v1/operators", bad).await.refused_field().0,
        "url_endpoint_rpa"
    );
    fixture.registry(&test, 1, &["TIM"]).await;
    let found = fixture.viewer.get("/api/v1/operators?q=tim").await.expect(200);
    let used = found["items"][0]["id"].as_str().unwrap();
    let refused = fixture
        .manager
        .delete(&format!("/api/v1/operators/{used}"))
        .await
        .refused(409, "in_use");
    assert_eq!(refused["details"]["accounts"], 1);
    let unused = format!("/api/v1/operators/{}", made["id"].as_str().unwrap());
    fixture.manager.delete(&unused).await.expect(204);
    fixture.viewer.get(&unused).await.refused(404, "not_found");
});

on_both!(a_cnpj_must_be_right_and_unique, |test| {
    let fixture = Fixture::new(&test, "cadastro").await;
    let create = |number: &str| json!({ "razao_social": "Padaria Pão da Hora", "cnpj": number });
    for (number, code) in [
        ("", "required"),
        ("123", "invalid"),
        ("12.ABC.345/01DE-36", "check_digits"),
    ] {
        let refused = fixture
            .manager
            .post("/api/v1/clients", create(number))
            .await
            .refused_field();
        assert_eq!(refused, ("cnpj".to_owned(), code.to_owned()), "{number}");
    }
    let made = fixture
        .manager
        .post("/api/v1/clients", create("12.abc.345/01de-35"))
        .await
        .expect(201);
    assert_eq!(made["cnpj"], "12ABC34501DE35");
    let again = fixture
        .manager
        .post("/api/v1/clients", create("12ABC34501DE35"))
        .await
        .refused_field();
    assert_eq!(again, ("cnpj".to_owned(), "taken".to_owned()));
    // Another organisation knows nothing of it.
    let other = Fixture::new(&test, "vizinha").await;
    other
        .manager
        .post("/api/v1/clients", create("12ABC34501DE35"))
        .await
        .expect(201);
});

on_both!(clients_are_found_by_the_start_of_words_and_of_the_cnpj, |test| {
    let fixture = Fixture::new(&test, "busca").await;
    for (number, name) in ["Clínica São José", "Clínica Santa Clara", "Auto Peças Avenida"]
        .iter()
        .enumerate()
    {
        let create = json!({ "razao_social": name, "cnpj": cnpj(number + 1) });
        fixture.manager.post("/api/v1/clients", create).await.expect(201);
    }
    let names = async |query: &str| -> Vec<String> {
        let request = fixture
            .viewer
            .request(reqwest::Method::GET, "/api/v1/clients")
            .query(&[("q", query)]);
        let page = fixture.viewer.send(request).await.expect(200);
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["razao_social"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("clinica").await, ["Clínica Santa Clara", "Clínica São José"]);
    assert_eq!(names("jose CLÍNICA").await, ["Clínica São José"]);
    assert_eq!(names("pec").await, ["Auto Peças Avenida"]);
    assert_eq!(names("00.000.003").await, ["Auto Peças Avenida"]);
    assert_eq!(names("%").await, Vec::<String>::new());
    let page = fixture.viewer.get("/api/v1/clients?limit=2").await.expect(200);
    assert_eq!(page["total"], json!({ "count": 3, "capped": false }));
    let rest = fixture
        .viewer
        .get(&format!(
            "/api/v1/clients?limit=2&cursor={}",
            page["next_cursor"].as_str().unwrap()
        ))
        .await;
    assert_eq!(rest.expect(200)["items"].as_array().unwrap().len(), 1);
    fixture
        .viewer
        .get("/api/v1/clients?cursor=nonsense")
        .await
        .refused(422, "validation");
    fixture
        .viewer
        .get("/api/v1/clients?limit=0")
        .await
        .refused(422, "validation");
    let refused = fixture.viewer.get("/api/v1/clients?nmae=x").await.refused_field();
    assert_eq!(refused, ("nmae".to_owned(), "unknown".to_owned()));
});

on_both!(a_portal_password_goes_in_and_never_comes_out, |test| {
    let fixture = Fixture::new(&test, "portal").await;
    fixture.registry(&test, 1, &["OI", "TIM"]).await;
    let clients = fixture.viewer.get("/api/v1/clients").await.expect(200);
    let client = clients["items"][0]["id"].as_str().unwrap();
    let accounts_path = format!("/api/v1/clients/{client}/accounts");
    let accounts = fixture.viewer.get(&accounts_path).await.expect(200);
    let account = &accounts[0];
    let path = format!("/api/v1/accounts/{}", account["id"].as_str().unwrap());
    let update = |password: Value, version: i64| {
        let mut update = json!({ "account_number": "1", "portal_login": "ana", "active": true, "version": version });
        if !password.is_null() {
            update["portal_password"] = password;
        }
        update
    };
    let saved = fixture
        .manager
        .put(&path, update(json!("hunter22"), 1))
        .await
        .expect(200);
    assert_eq!(saved["portal_password_set"], true);
    let kept = fixture.manager.put(&path, update(Value::Null, 2)).await.expect(200);
    assert_eq!(kept["portal_password_set"], true, "absent means unchanged");
    let everything = [
        fixture.admin.get("/api/v1/audit").await.text(),
        fixture.manager.get(&accounts_path).await.text(),
        saved.to_string(),
    ];
    assert!(everything[0].contains("account.update"), "{}", everything[0]);
    assert!(everything.iter().all(|text| !text.contains("hunter22")));
    let removed = fixture.manager.put(&path, update(json!(""), 3)).await.expect(200);
    assert_eq!(removed["portal_password_set"], false);
    let again = json!({ "operator_id": account["operator_id"], "account_number": "2" });
    let refused = fixture.manager.post(&accounts_path, again).await.refused_field();
    assert_eq!(refused, ("operator_id".to_owned(), "taken".to_owned()));
});

on_both!(a_bad_row_7000_lines_down_is_named_and_nothing_is_written, |test| {
    let fixture = Fixture::new(&test, "importacao").await;
    fixture.registry(&test, 0, &["VIVO", "CLARO"]).await;
    let mut csv = "razao_social;cnpj;operadora;conta;login;senha;ativo\n".to_owned();
    for number in 1..=7_100_usize {
        let good = cnpj(number);
        let number_text = if number == 7_001 {
            good.replace("/0001", "/0002")
        } else {
            good
        };
        csv.push_str(&format!("Cliente {number};{number_text};vivo;{number};;;sim\n"));
    }
    let report = import(&fixture.manager, csv.clone(), false).await.expect(200);
    assert_eq!(
        (&report["rows"], &report["error_count"], &report["applied"]),
        (&json!(7_100), &json!(1), &json!(false))
    );
    let error = &report["errors"][0];
    assert_eq!(
        (&error["line"], &error["error"]["field"]),
        (&json!(7_002), &json!("cnpj")),
        "{error}"
    );
    assert_eq!(
        fixture.viewer.get("/api/v1/clients").await.expect(200)["items"],
        json!([])
    );
});

on_both!(an_import_merges_by_cnpj_and_may_be_repeated, |test| {
    let fixture = Fixture::new(&test, "mescla").await;
    fixture.registry(&test, 0, &["VIVO", "CLARO"]).await;
    let (one, two) = (cnpj(41), cnpj(42));
    // As a spreadsheet in Brazil saves it: Windows-1252, semicolons.
    let text = format!(
        "Razao Social;CNPJ;Operadora;Conta;Senha\nPadaria Pão;{one};Vivo;1;abc\nPadaria Pão;{one};Claro;2;\nOutra;{two};VIVO;3;\n"
    );
    let csv: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let dry = import(&fixture.manager, csv.clone(), true).await.expect(200);
    assert_eq!(
        (&dry["clients_created"], &dry["accounts_created"], &dry["applied"]),
        (&json!(2), &json!(3), &json!(false))
    );
    assert_eq!(
        fixture.viewer.get("/api/v1/clients").await.expect(200)["items"],
        json!([])
    );
    let done = import(&fixture.manager, csv.clone(), false).await.expect(200);
    assert_eq!(done["applied"], true);
    let found = fixture.viewer.get("/api/v1/clients?q=pao").await.expect(200);
    assert_eq!(
        (&found["items"][0]["razao_social"], &found["items"][0]["accounts"]),
        (&json!("Padaria Pão"), &json!(2))
    );
    let without_password =
        format!("razao_social,cnpj,operadora,conta\nPadaria Pão,{one},vivo,1\nOutra Ltda,{two},vivo,33\n");
    let again = import(&fixture.manager, without_password, false).await.expect(200);
    assert_eq!(
        (
            &again["clients_created"],
            &again["clients_updated"],
            &again["accounts_updated"],
            &again["unchanged"]
        ),
        (&json!(0), &json!(1), &json!(1), &json!(1))
    );
    let trail = fixture.admin.get("/api/v1/audit").await.text();
    assert!(trail.contains("client.import") && !trail.contains("abc\""), "{trail}");
});

on_both!(an_import_says_what_is_wrong_with_each_row_and_with_the_file, |test| {
    let fixture = Fixture::new(&test, "erros").await;
    fixture.registry(&test, 0, &["VIVO"]).await;
    let missing = import(&fixture.manager, "razao_social;cnpj;oprdora\n", true)
        .await
        .refused(422, "validation");
    let fields: Vec<_> = missing["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["operadora", "conta", "oprdora"]);
    let one = cnpj(7);
    let csv = format!(
        "razao_social;cnpj;operadora;conta;ativo\n;{one};VIVO;1;sim\nA;{one};NENHUMA;1;sim\nA;{one};VIVO;;talvez\nA;{one};VIVO;1;sim\nA;{one};VIVO;1;sim\n"
    );
    let report = import(&fixture.manager, csv, false).await.expect(200);
    let seen: Vec<(i64, &str, &str)> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (
                e["line"].as_i64().unwrap(),
                e["error"]["field"].as_str().unwrap(),
                e["error"]["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (2, "razao_social", "required"),
            (3, "operadora", "unknown"),
            (4, "conta", "required"),
            (4, "ativo", "invalid"),
            (6, "operadora", "taken"),
        ]
    );
});

on_both!(what_an_export_writes_an_import_reads_back, |test| {
    let fixture = Fixture::new(&test, "ida-e-volta").await;
    fixture.registry(&test, 0, &["VIVO"]).await;
    let phone = "+55 41 99999-0001";
    let typed = format!(
        "razao_social;cnpj;operadora;conta\n=Mais & Mais;{};VIVO;{phone}\n",
        cnpj(1)
    );
    let made = import(&fixture.manager, typed, false).await.expect(200);
    assert_eq!(made["accounts_created"], 1, "{made}");
    fixture
        .manager
        .post("/api/v1/months/2026-10/open", json!({}))
        .await
        .expect(200);
    let export = fixture
        .viewer
        .get("/api/v1/processes/export?month=2026-10")
        .await
        .text();
    let row: Vec<&str> = export.lines().nth(1).unwrap().split(';').collect();
    assert_eq!((row[1], row[4]), ("'=Mais & Mais", "'+55 41 99999-0001"), "no formula");
    let back = format!(
        "razao_social;cnpj;operadora;conta\n{};{};{};{}\n",
        row[1], row[2], row[3], row[4]
    );
    let again = import(&fixture.manager, back, false).await.expect(200);
    assert_eq!(
        (
            &again["unchanged"],
            &again["accounts_updated"],
            &again["clients_updated"]
        ),
        (&json!(1), &json!(0), &json!(0)),
        "{again}"
    );
    let accounts = fixture.viewer.get("/api/v1/clients").await.expect(200);
    let id = accounts["items"][0]["id"].as_str().unwrap();
    let accounts = fixture
        .viewer
        .get(&format!("/api/v1/clients/{id}/accounts"))
        .await
        .expect(200);
    assert_eq!(accounts[0]["account_number"], phone);
});

on_both!(
    an_import_with_a_row_of_no_sense_is_refused_before_it_takes_memory,
    |test| {
        let fixture = Fixture::new(&test, "larguras").await;
        let header = "razao_social;cnpj;operadora;conta";
        for csv in [
            format!("{header}{}\n", ";a".repeat(200)),
            format!("{header}\nx;1;y;2{}\n", ";".repeat(200)),
            format!("{header}\n{};1;y;2\n", "x".repeat(70_000)),
            format!("{header}\n\"{}", "a;b\n".repeat(20_000)),
        ] {
            let answer = import(&fixture.manager, csv, true).await.refused(422, "validation");
            assert_eq!(answer["fields"][0]["field"], "arquivo", "{answer}");
            let message = answer["fields"][0]["message"].as_str().unwrap();
            assert!(message.contains("more than 100 columns or 64 KiB"), "{message}");
        }
    }
);
