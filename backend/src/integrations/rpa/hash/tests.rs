#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use proptest::prelude::*;

use super::*;

#[test]
fn both_forms_are_read_and_one_is_written() {
    let forms = [
        (
            "VIVO-12345678900012-DOWNLOAD-2025-10",
            "VIVO-12345678900012-DOWNLOAD-2025-10",
        ),
        (
            "CLARO-44556677000188-UPLOAD-2025-10",
            "CLARO-44556677000188-UPLOAD-2025-10",
        ),
        (
            "VIVO-12345678900012-DOWNLOAD-10-2025",
            "VIVO-12345678900012-DOWNLOAD-2025-10",
        ),
        (
            "VIVO-12345678900012-UPLOAD-01-2026",
            "VIVO-12345678900012-UPLOAD-2026-01",
        ),
        (
            " vivo-12345678900012-download-2025-10 \n",
            "VIVO-12345678900012-DOWNLOAD-2025-10",
        ),
        (
            "Claro Móvel-12345678900012-Upload-2025-10",
            "CLARO MÓVEL-12345678900012-UPLOAD-2025-10",
        ),
        (
            "TIM-S-A-12345678900012-UPLOAD-2025-10",
            "TIM-S-A-12345678900012-UPLOAD-2025-10",
        ),
        (
            "OI - 12345678900012 - DOWNLOAD-2025-10",
            "OI-12345678900012-DOWNLOAD-2025-10",
        ),
        (
            "VIVO-12abc34501de35-DOWNLOAD-2025-10",
            "VIVO-12ABC34501DE35-DOWNLOAD-2025-10",
        ),
        (
            "VIVO-12.345.678/9000-12-DOWNLOAD-2025-10",
            "VIVO-12345678900012-DOWNLOAD-2025-10",
        ),
        (
            "TIM-S-A-12.ABC.345/01DE-35-UPLOAD-10-2025",
            "TIM-S-A-12ABC34501DE35-UPLOAD-2025-10",
        ),
        (
            "2025-12345678900012-UPLOAD-2025-10",
            "2025-12345678900012-UPLOAD-2025-10",
        ),
    ];
    for (text, written) in forms {
        assert_eq!(text.parse::<ExecutionHash>().unwrap().to_string(), written, "{text}");
    }
    let hash: ExecutionHash = "VIVO-12345678900012-DOWNLOAD-10-2025".parse().unwrap();
    let month = Month::new(2025, 10).unwrap();
    assert_eq!(
        hash,
        ExecutionHash::new(" Vivo", "12345678900012", ExecutionType::DownloadFatura, month)
    );
}

#[test]
fn anything_else_is_refused() {
    for text in [
        "",
        "-",
        "----",
        "VIVO",
        "VIVO-12345678900012-DOWNLOAD-2025",
        "VIVO-12345678900012-DOWNLOAD-2025-13",
        "VIVO-12345678900012-DOWNLOAD-13-2025",
        "VIVO-12345678900012-DOWNLOAD-2025-1",
        "VIVO-12345678900012-DOWNLOAD-1999-10",
        "VIVO-12345678900012-DOWNLOAD-2025-10-11",
        "VIVO-12345678900012-DOWNLOAD_FATURA-2025-10",
        "VIVO-12345678900012-2025-10",
        "VIVO-12345678900012-DOWNLOAD-2025/10",
        "12345678900012-DOWNLOAD-2025-10",
        "-12345678900012-DOWNLOAD-2025-10",
        " -12345678900012-DOWNLOAD-2025-10",
        "VI\u{0}VO-12345678900012-DOWNLOAD-2025-10",
        "VIVO12345678900012-DOWNLOAD-2025-10",
        "VIVO-1234567890001-DOWNLOAD-2025-10",
        "VIVO-123456789000123-DOWNLOAD-2025-10",
        "VIVO-X-1234567890001-DOWNLOAD-2025-10",
        "VIVO-1234567890001Ç-DOWNLOAD-2025-10",
        "VIVO-12-345-678-9000-12-DOWNLOAD-2025-10",
    ] {
        assert_eq!(text.parse::<ExecutionHash>(), Err(InvalidHash), "{text:?}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        operadora in "[A-Z0-9ÇÃ]([A-Z0-9ÇÃ -]{0,20}[A-Z0-9ÇÃ])?",
        cnpj in "[0-9A-Z]{12}[0-9]{2}",
        upload in any::<bool>(),
        year in 2000..=2100_i32,
        month in 1..=12_u32,
    ) {
        let kind = if upload { ExecutionType::UploadSat } else { ExecutionType::DownloadFatura };
        let month = Month::new(year, month).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let hash = ExecutionHash::new(&operadora, &cnpj, kind, month);
        prop_assert_eq!(hash.to_string().parse(), Ok(hash));
    }

    #[test]
    fn no_text_is_a_panic(text in ".{0,60}") {
        let _ = text.parse::<ExecutionHash>();
    }
}
