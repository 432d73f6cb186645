use serde_json::json;

use super::*;

fn mask(secret: &str) -> Mask {
    Mask::new(Some(&SecretString::from(secret)))
}

#[test]
fn a_secret_is_hidden_as_it_is_and_as_json_writes_it() {
    let mask = mask("a\"b\\c");
    assert_eq!(mask.text("senha=a\"b\\c, a\"b\\c".to_owned()), "senha=•••, •••");
    let line = json!({ "senha": "a\"b\\c", "login": "ana" }).to_string();
    assert_eq!(mask.text(line), json!({ "senha": SHOWN, "login": "ana" }).to_string());
    assert_eq!(mask.text("a\"b".to_owned()), "a\"b");
    assert!(!format!("{mask:?}").contains("a\"b"));
}

#[test]
fn a_secret_is_hidden_however_it_is_written() {
    let mask = mask("Se nh@&+Ç\"é1");
    for form in [
        "Se nh@&+Ç\"é1",
        "se NH@&+ç\"É1",
        // Decomposed.
        "Se nh@&+C\u{327}\"e\u{301}1",
        // JSON with and without letters of its own, and JSON within JSON.
        r#"Se nh@&+Ç\"é1"#,
        r#"Se nh@&+\u00c7\"\u00e91"#,
        r#"Se nh@\u0026\u002B\u00C7\u0022\u00E91"#,
        r#"Se nh@&+\\u00c7\\\"\\u00e91"#,
        // Python's bytes.
        r#"Se nh@&+\xc3\x87"\xc3\xa91"#,
        // Addresses, forms, every byte, Latin-1, twice.
        "Se%20nh%40%26%2B%C3%87%22%C3%A91",
        "se+nh%40%26%2b%c3%87%22%c3%a91",
        "%53%65%20%6e%68%40%26%2b%c3%87%22%c3%a9%31",
        "Se%20nh%40%26%2B%C7%22%E91",
        "Se%2520nh%2540%2526%252B%25C3%2587%2522%25C3%25A91",
        // HTML.
        "Se nh@&amp;+Ç&quot;é1",
        "Se nh@&amp;+&Ccedil;&quot;&eacute;1",
        "&#83;&#101;&#32;&#110;&#104;&#64;&#38;&#43;&#199;&#34;&#233;&#49;",
        "&#x53;&#x65;&#x20;&#x6E;&#x68;&#x40;&#x26;&#x2B;&#xC7;&#x22;&#xE9;&#x31;",
        // Some of each, and a line break.
        "Se%20nh&#64;&amp;\n+\\u00c7%22é1",
    ] {
        assert_eq!(mask.text(format!("a {form} b 100% é")), "a ••• b 100% é", "{form}");
    }
    for other in ["Se nh@&+Ç\"é2", "Se%20nh%40%26", "\\u00zz &nada; %zz \\", "", "ü"] {
        assert_eq!(mask.text(other.to_owned()), other);
    }
}

#[test]
fn a_long_text_is_masked_wherever_the_secret_stands() {
    let mask = mask("segredo ç");
    for before in [0, 28_000, 32_760, 32_768, 100_000] {
        let text = format!("{}%73egredo%20\\u00e7{}", "é".repeat(before), "x".repeat(40_000));
        let shown = format!("{}•••{}", "é".repeat(before), "x".repeat(40_000));
        assert!(mask.text(text) == shown, "behind {before}");
    }
}

#[test]
fn a_secret_is_hidden_in_base64_behind_anything() {
    // `…`, `a…` and `ab…`, each with `!` behind it. What also holds a part of the secret is hidden with it.
    for (encoded, shown) in [
        ("U2UgbmhAJivDhyLDqTEh", "•••h"),
        ("YVNlIG5oQCYrw4ciw6kxIQ==", "Y•••IQ=="),
        ("YWJTZSBuaEAmK8OHIsOpMSE=", "YW•••E="),
    ] {
        let line = format!("Authorization: Basic {encoded} ok");
        assert_eq!(
            mask("Se nh@&+Ç\"é1").text(line),
            format!("Authorization: Basic {shown} ok")
        );
    }
    // The other alphabet, in an address, and as JSON writes a slash.
    let mask = mask("\u{ff}\u{fff}ÿ>?~");
    let plain = STANDARD_NO_PAD.encode("\u{ff}\u{fff}ÿ>?~");
    assert!(plain.contains('+') || plain.contains('/'), "{plain}");
    for form in [
        plain.clone(),
        plain.replace('+', "-").replace('/', "_"),
        plain.replace('+', "%2B").replace('/', "%2F"),
        plain.replace('/', "\\/"),
    ] {
        assert_eq!(mask.text(format!("={form}")), "=•••", "{form}");
    }
    // Base64 in other letter cases is another text.
    assert_eq!(mask.text(plain.to_lowercase()), plain.to_lowercase());
}

#[test]
fn short_secrets_and_none_hide_nothing() {
    for mask in [mask("abc"), mask(""), Mask::new(None)] {
        assert_eq!(mask.text("abcabc".to_owned()), "abcabc");
        assert_eq!(mask.kept(&json!({ "a": "abc" })), json!({ "a": "abc" }));
    }
    assert_eq!(mask("ábcd").text("ábcde".to_owned()), "•••e");
}

#[test]
fn payloads_are_masked_at_any_depth() {
    let payload = json!({ "a": [{ "b": "x1234y" }, 1234, 12345, true, null], "c": "1234" });
    let kept = json!({ "a": [{ "b": "x•••y" }, SHOWN, 12345, true, null], "c": SHOWN });
    assert_eq!(mask("1234").kept(&payload), kept);
    let named = json!({ "senha 1234": { "1234": 1 }, "message": "ok" });
    let kept = json!({ "senha •••": { SHOWN: 1 }, "message": "ok" });
    assert_eq!(mask("1234").kept(&named), kept);
    // A field is read by its name all the same.
    assert_eq!(mask("message").result(&named).message.as_deref(), Some("ok"));
}

#[test]
fn what_is_worked_with_stays_as_it_came() {
    let process = json!({
        "hash_execucao": "VIVO-12345678900012-DOWNLOAD-2026-10", "status_final": "UPLOADED_SAT",
        "faturas": [
            { "caminho": "s3://robos/2026/a.pdf", "data_vencimento": "20-10-2026", "ano": 2026, "valor": "2026.10" },
            { "caminho": "https://portal.example/2026", "data_vencimento": "x2026" },
        ],
        "detalhes": { "mensagem_erro": format!("{} 2026", "x".repeat(997)), "acao_recomendada": "trocar 2026" },
    });
    let payload = json!({ "message": "senha 2026", "processes": [process, { "hash_execucao": "x-2026" }] });
    let plain = parse_result(&payload);
    let masked = mask("2026").result(&payload);
    let (Some(before), Some(after), Some(odd)) = (
        plain.processes.first(),
        masked.processes.first(),
        masked.processes.last(),
    ) else {
        unreachable!("two processes were given")
    };
    assert_eq!(masked.message.as_deref(), Some("senha •••"));
    assert_eq!(after.hash_execucao, before.hash_execucao);
    assert_eq!(after.faturas.first(), before.faturas.first());
    let other = after.faturas.last().and_then(|fatura| fatura.caminho.as_deref());
    assert_eq!(other, Some("https://portal.example/•••"));
    let problem = Reason::ValueNotUnderstood {
        name: "data_vencimento".to_owned(),
        value: "x•••".to_owned(),
        expected: Box::new(Reason::ADate {}),
    };
    assert_eq!(after.problems, [problem]);
    let details = after.detalhes.clone().unwrap_or_default();
    assert!(
        details.mensagem_erro.is_some_and(|text| !text.contains('2')),
        "cut within the secret"
    );
    assert_eq!(details.acao_recomendada.as_deref(), Some("trocar •••"));
    assert_eq!(odd.hash_execucao.as_deref(), Some("x-•••"));
}
