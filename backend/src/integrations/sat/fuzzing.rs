//! What is true of any answer of SAT.

use reqwest::StatusCode;

use super::{SatError, answer};

const STATUSES: [u16; 11] = [200, 201, 202, 204, 302, 400, 401, 409, 422, 429, 500];

/// A status and a body, JSON or not.
pub fn sat_answer(data: &[u8]) {
    let [status, body @ ..] = data else { return };
    let status = STATUSES.get(usize::from(*status) % STATUSES.len());
    let Some(Ok(status)) = status.map(|status| StatusCode::from_u16(*status)) else {
        return;
    };
    match answer::receipt(status, body) {
        Ok(receipt) => {
            assert!(status.is_success());
            is_protocol(&receipt.protocol);
        }
        Err(error) => {
            let whole = matches!(error, SatError::NotUnderstood(_));
            assert_eq!(whole, status.is_success(), "a whole answer is no lost one");
            assert!(error.reason().stored().len() < 16 * 1024);
            if let SatError::AlreadyKept { protocol, .. } = error {
                assert_eq!(status, StatusCode::CONFLICT);
                is_protocol(&protocol);
            }
        }
    }
    if let Ok(Some(name)) = answer::health(StatusCode::OK, body) {
        assert!((1..=100).contains(&name.chars().count()) && !name.contains(char::is_control));
    }
}

fn is_protocol(text: &str) {
    assert!((1..=200).contains(&text.chars().count()), "{text:?}");
    assert!(text.trim() == text && !text.contains(char::is_control), "{text:?}");
}
