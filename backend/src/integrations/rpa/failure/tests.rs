use serde_json::json;

use super::*;

fn read(details: Value) -> Option<RpaDetails> {
    of_failure(details.as_object()?)
}

#[test]
fn only_known_technical_causes_are_repeated() {
    let technical = [
        json!({"codigo_erro": "TIMEOUT"}),
        json!({"codigo_erro": "timeout-30", "etapa_falha": "LOGIN_PORTAL"}),
        json!({"codigo_erro": "TIMED OUT"}),
        json!({"codigo_erro": "ETIMEDOUT"}),
        json!({"codigo_erro": "CONN-RESET", "acao_recomendada": "x"}),
        json!({"codigo_erro": "ECONNREFUSED"}),
        json!({"codigo_erro": "CONEXÃO_PERDIDA"}),
        json!({"codigo_erro": "NETWORK"}),
        json!({"codigo_erro": "net::ERR_NAME_NOT_RESOLVED"}),
        json!({"codigo_erro": "DNS-1"}),
        json!({"codigo_erro": "BROWSER_CRASHED", "mensagem_erro": "O navegador caiu."}),
        json!({"codigo_erro": "PORTAL_INDISPONÍVEL"}),
        json!({"codigo_erro": "HTTP-503", "acao_recomendada": "Tentar mais tarde"}),
        json!({"codigo_erro": "http_500"}),
        json!({"codigo_erro": 502}),
        json!({"error": {"code": "GATEWAY_TIMEOUT", "message": "sem resposta do portal"}}),
        json!({"error": "SERVICE_UNAVAILABLE"}),
    ];
    let others = [
        json!({}),
        json!({"error": "INVALID_CREDENTIALS"}),
        json!({"codigo_erro": "INVALID_CREDENTIALS"}),
        json!({"codigo_erro": "SENHA_INVALIDA"}),
        json!({"codigo_erro": "401"}),
        json!({"error": 401}),
        json!({"error": "Senha expirada"}),
        json!({"erro": {"mensagem": "Usuário bloqueado"}}),
        json!({"errors": [{"message": "Account locked"}]}),
        json!({"codigo_erro": "TIMEOUT", "mensagem_erro": "Senha inválida"}),
        json!({"codigo_erro": "NET_LOGIN"}),
        json!({"codigo_erro": "NET-401"}),
        json!({"codigo_erro": "CONN_AUTH"}),
        json!({"codigo_erro": "LOGIN_TIMEOUT"}),
        json!({"codigo_erro": "HTTP-404"}),
        json!({"codigo_erro": "5000"}),
        json!({"codigo_erro": "X-1"}),
        json!({"codigo_erro": "FATAL-1"}),
        json!({"etapa_falha": "DOWNLOAD_PDF"}),
        json!({"error": "Timeout ao abrir a página"}),
        json!({"message": "falhou"}),
    ];
    for details in technical {
        assert!(is_technical(read(details.clone()).as_ref()), "{details}");
    }
    for details in others {
        assert!(!is_technical(read(details.clone()).as_ref()), "{details}");
    }
    assert!(!is_technical(None));
}

#[test]
fn the_words_are_found_wherever_an_api_puts_them() {
    let found = [
        (
            json!({"status": "FAILED", "error": "Senha expirada"}),
            None,
            "Senha expirada",
        ),
        (
            json!({"error": {"code": "E-7", "message": "caiu"}}),
            Some("E-7"),
            "caiu",
        ),
        (json!({"errors": [null, {"detail": "caiu"}]}), None, "caiu"),
        (
            json!({"message": "Job failed", "result": {"error": "caiu"}}),
            None,
            "caiu",
        ),
        (json!({"error": "caiu", "result": {"message": "fim"}}), None, "caiu"),
        (
            json!({"error_code": "E-7", "error_message": "caiu"}),
            Some("E-7"),
            "caiu",
        ),
        (json!({"data": {"erro": 401}}), None, "401"),
        (json!({"code": 200, "mensagem": "caiu"}), None, "caiu"),
        (json!({"error": true, "message": " caiu\n"}), None, "caiu"),
        (json!({"error": {"code": "E-7"}}), Some("E-7"), "E-7"),
    ];
    for (body, code, message) in found {
        let details = of_job(&body, &|text| text).unwrap_or_default();
        assert_eq!(
            (details.codigo_erro.as_deref(), details.mensagem_erro.as_deref()),
            (code, Some(message)),
            "{body}"
        );
    }
    for silent in [
        json!({"status": "FAILED", "error": null}),
        json!({"error": ""}),
        json!([]),
    ] {
        assert_eq!(of_job(&silent, &|text| text), None, "{silent}");
    }
    let hidden = of_job(&json!({"error": "senha fake-1 errada"}), &|text| {
        text.replace("fake-1", "•••")
    });
    assert_eq!(
        hidden.and_then(|details| details.mensagem_erro).as_deref(),
        Some("senha ••• errada")
    );
}
