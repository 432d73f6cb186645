//! The signature of Standard Webhooks: HMAC-SHA256 over `{id}.{timestamp}.{body}`.

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret as _, SecretString};

use crate::secrets::random_bytes;

const PREFIX: &str = "whsec_";

/// A new secret as people paste it into the receiver: the prefix and 32 bytes in base64.
///
/// # Errors
/// When the machine gives no randomness.
pub(super) fn new_secret() -> anyhow::Result<SecretString> {
    Ok(format!("{PREFIX}{}", BASE64_STANDARD.encode(random_bytes::<32>()?)).into())
}

/// The value of the header `webhook-signature`: one signature for each secret, with spaces between. A receiver takes
/// the message when one of them holds. `timestamp` is in seconds since the epoch.
///
/// # Errors
/// When a secret was not made by [`new_secret`].
pub(super) fn sign_all(secrets: &[SecretString], id: &str, timestamp: i64, body: &str) -> anyhow::Result<String> {
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| sign(secret, id, timestamp, body))
        .collect::<anyhow::Result<_>>()?;
    Ok(signatures.join(" "))
}

fn sign(secret: &SecretString, id: &str, timestamp: i64, body: &str) -> anyhow::Result<String> {
    let base64 = secret.expose_secret().strip_prefix(PREFIX).unwrap_or_default();
    let key = BASE64_STANDARD.decode(base64)?;
    anyhow::ensure!(!key.is_empty(), "the webhook's secret is not one of ours");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64_STANDARD.encode(tag.as_ref())))
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that meets the unexpected shall panic")]
mod tests {
    use super::*;

    /// The worked example of the specification's reference libraries.
    #[test]
    fn signs_as_the_standard_says() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned().into();
        let signed = sign(
            &secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signed.expect("signs"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn each_secret_signs_on_its_own() {
        let secrets = [new_secret().expect("randomness"), new_secret().expect("randomness")];
        let both = sign_all(&secrets, "msg_1", 1, "{}").expect("signs");
        let each = secrets.map(|secret| sign(&secret, "msg_1", 1, "{}").expect("signs"));
        assert_eq!(both, each.join(" "));
        assert_eq!(both.matches("v1,").count(), 2);
    }

    #[test]
    fn refuses_a_secret_without_a_key() {
        assert!(sign(&"".to_owned().into(), "a", 1, "b").is_err());
        assert!(sign(&new_secret().expect("randomness"), "a", 1, "b").is_ok());
    }
}
