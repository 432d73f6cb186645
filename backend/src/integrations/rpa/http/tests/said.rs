//! What the analyst reads when the API does not answer as it should: a sentence in Portuguese, and no library's words.

use super::*;
use crate::engine::Failure;

/// The sentence, and the whole chain for the server's log.
fn told(error: RpaError) -> (String, String) {
    let failure = Failure::Technical(error.into());
    let Failure::Technical(chain) = &failure else {
        unreachable!()
    };
    let (said, chain) = (failure.to_string(), format!("{chain:#}"));
    for words in ["http://", "error ", "127.0.0.1"] {
        assert!(!said.contains(words), "{said}");
    }
    (said, chain)
}

#[tokio::test]
async fn each_answer_that_is_none_is_told_in_portuguese() {
    let api = Api::new(Answer::json(200, "{}")).await;
    let page =
        |code| format!("Veio uma página no lugar da resposta da API de robôs, como as de um proxy (resposta {code}).");
    let answers = [
        (
            Answer::json(500, "{}"),
            "A API de robôs está com problemas (resposta 500).".to_owned(),
        ),
        (
            Answer::html(502),
            "A API de robôs está com problemas (resposta 502).".to_owned(),
        ),
        (
            Answer::json(429, "{}"),
            "A API de robôs pede que se tente mais tarde (resposta 429).".to_owned(),
        ),
        (Answer::html(200), page(200)),
        (Answer::html(404), page(404)),
        (
            Answer::json(200, r#"{"status":"FAI"#),
            "A resposta da API de robôs não pôde ser lida: não é JSON inteiro (resposta 200).".to_owned(),
        ),
        (
            Answer::json(200, r#"["FAILED"]"#),
            "A API de robôs não disse como está o trabalho: a resposta não é um objeto JSON.".to_owned(),
        ),
    ];
    for (answer, expected) in answers {
        api.answers(answer);
        let error = rpa().job(&api.connection, &id("7")).await.unwrap_err();
        assert_eq!(told(error).0, expected);
    }
    api.answers(Answer::json(202, "{}"));
    let error = rpa().start(&api.connection, &start::start()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "A API de robôs não informou um job_id que sirva (resposta 202). Não se sabe se o robô começou, e o pedido não será \
         repetido. A resposta foi: {}"
    );
}

#[tokio::test]
async fn a_connection_that_fails_is_told_in_portuguese_and_logged_whole() {
    let api = Api::new(Answer::Hang(200)).await;
    let error = hasty().job(&api.connection, &id("7")).await.unwrap_err();
    assert_eq!(
        told(error).0,
        "A API de robôs começou a responder e não terminou a tempo."
    );
    api.answers(Answer::Cut(200));
    let error = rpa().job(&api.connection, &id("7")).await.unwrap_err();
    let (said, chain) = told(error);
    assert!(said.starts_with("A conexão com a API de robôs caiu"), "{said}");
    assert!(chain.len() > said.len() + 2, "{chain}");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connection = RpaConnection {
        url: format!("http://{}", listener.local_addr().unwrap()),
        token: None,
    };
    // The system takes the connection, and nobody ever reads from it.
    let error = hasty().job(&connection, &id("7")).await.unwrap_err();
    assert_eq!(told(error).0, "A API de robôs não respondeu em 0.8 s.");
    let error = hasty().logs(&connection, &id("7"), None).await.err().unwrap();
    assert_eq!(told(error).0, "O log do robô não veio em 0.8 s.");
    drop(listener);
    let error = hasty().job(&connection, &id("7")).await.unwrap_err();
    let (said, chain) = told(error);
    assert_eq!(
        said,
        "Não houve conexão com a API de robôs: ninguém atende nesse endereço."
    );
    assert!(chain.contains("error sending request"), "{chain}");
    assert_eq!(chain.matches(&said).count(), 1, "{chain}");
}
