use super::*;

#[tokio::test]
async fn each_answer_to_a_cancellation_means_what_the_contract_says() {
    let api = Api::new(Answer::json(200, "{}")).await;
    let answers = [
        (Answer::json(202, ""), "Accepted"),
        (Answer::json(204, ""), "Accepted"),
        (Answer::json(200, r#"{"status":"CANCELLED"}"#), "Accepted"),
        (Answer::json(200, "OK"), "Accepted"),
        (Answer::json(200, r#"{"status":"completed"}"#), "AlreadyOver"),
        (Answer::json(409, r#"{"erro":"O job já terminou."}"#), "AlreadyOver"),
        (Answer::html(200), "technical"),
        (Answer::json(404, "{}"), "not found"),
        (Answer::json(401, ""), "unauthorized"),
        (
            Answer::json(405, ""),
            "refused 405 A API de robôs recusou o pedido sem dizer o motivo (resposta 405).",
        ),
        (Answer::json(503, ""), "technical"),
        (Answer::json(307, ""), MOVED),
    ];
    for (answer, meaning) in answers {
        api.answers(answer);
        let result = rpa().cancel(&api.connection, &id("a/b")).await;
        let seen = result.map_or_else(|error| kind(&error), |cancelled| format!("{cancelled:?}"));
        assert_eq!(seen, meaning);
    }
    let asked = api.last();
    assert_eq!((asked.method, asked.path.as_str()), (Method::DELETE, "/v1/jobs/a%2Fb"));
}

#[tokio::test]
async fn a_check_proves_that_the_api_answers_and_takes_the_token() {
    let mut api = Api::new(Answer::json(404, r#"{"erro":"Job esteira-teste não encontrado."}"#)).await;
    api.connection.token = Some("fake-token".to_owned().into());
    assert_eq!(rpa().check(&api.connection).await.unwrap(), api.connection.url);
    let asked = api.last();
    assert_eq!(asked.path, "/v1/jobs/esteira-teste");
    assert_eq!(asked.header("authorization"), Some("Bearer fake-token"));
    let answers = [
        (Answer::json(200, r#"{"sistema":"Robôs da Ana"}"#), "Robôs da Ana"),
        (Answer::json(422, r#"{"detail":"not a number","sistema":"X"}"#), "X"),
        (Answer::json(401, "{}"), "unauthorized"),
        // Known, but not allowed this: another token is no remedy.
        (
            Answer::json(403, r#"{"erro":"fora do plano"}"#),
            "refused 403 fora do plano",
        ),
        (Answer::html(404), NOT_THERE),
        (Answer::json(404, ""), NOT_THERE),
        (
            Answer::html(200),
            "address Não há API de robôs nesse endereço (resposta 200).",
        ),
        (Answer::json(307, ""), MOVED),
        (Answer::json(500, "{}"), "technical"),
    ];
    for (answer, meaning) in answers {
        api.answers(answer);
        let seen = rpa().check(&api.connection).await.unwrap_or_else(|error| kind(&error));
        assert_eq!(seen, meaning);
    }
}

#[tokio::test]
async fn tokens_are_neither_shown_nor_sent_when_they_cannot_be() {
    let mut api = Api::new(Answer::json(404, "{}")).await;
    api.connection.token = Some("fake-token".to_owned().into());
    assert!(!format!("{:?}", api.connection).contains("fake-token"));
    api.connection.token = Some("fake\r\nX-Evil: 1".to_owned().into());
    let error = rpa().check(&api.connection).await.unwrap_err();
    assert_eq!(kind(&error), "unauthorized");
    assert_eq!(error.action(), Some(Reason::CheckRobotToken {}));
    assert!(api.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn private_and_malformed_addresses_are_for_a_person() {
    let api = Api::new(Answer::json(200, "{}")).await;
    let closed = HttpRpa::new(Outbound::new(false).unwrap(), RpaTimeouts::default());
    let private = api.connection.url.clone();
    let named = private.replace("127.0.0.1", "localhost");
    let queried = "https://rpa.example.com/?a=b";
    for url in [
        private.as_str(),
        named.as_str(),
        "rpa.example.com",
        "ftp://rpa.example.com",
        queried,
    ] {
        let connection = RpaConnection {
            url: url.to_owned(),
            token: None,
        };
        for error in [
            closed.job(&connection, &id("7")).await.err(),
            closed.cancel(&connection, &id("7")).await.err(),
            closed.check(&connection).await.err(),
            closed.logs(&connection, &id("7"), None).await.err(),
        ] {
            let error = error.unwrap();
            assert!(kind(&error).starts_with("address "), "{url} {error:?}");
            let action = error.action().unwrap().to_string();
            assert!(action.starts_with("Conferir o endereço"), "{error:?}");
        }
        let error = closed.start(&connection, &start::start()).await.unwrap_err();
        assert!(
            matches!(error, StartError::NotStarted(RpaError::Address { .. })),
            "{error:?}"
        );
    }
    assert!(api.asked.lock().unwrap().is_empty());
}
